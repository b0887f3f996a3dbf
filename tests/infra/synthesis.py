"""One synth for all tests that look at templates, and a readable view of what came out."""

from __future__ import annotations

import atexit
import functools
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
STAGE = "prod"
"""The stage that is tested: the one where a mistake costs most."""


@dataclass(frozen=True)
class Template:
    """A synthesized template."""

    name: str
    body: Mapping[str, Any]
    others: dict[str, Template] = field(default_factory=dict)

    def resources(self, type_: str) -> dict[str, dict[str, Any]]:
        """Properties of all resources of a type, by construct path below the stack."""
        return {
            self.path(logical_id): resource.get("Properties", {})
            for logical_id, resource in self.body["Resources"].items()
            if resource["Type"] == type_
        }

    def whole(self, type_: str) -> dict[str, dict[str, Any]]:
        """Resources of a type with their policies, by construct path."""
        return {
            self.path(logical_id): resource
            for logical_id, resource in self.body["Resources"].items()
            if resource["Type"] == type_
        }

    def path(self, logical_id: str) -> str:
        """``Detection/StartDetection/Role`` for its logical id."""
        path: str = self.body["Resources"][logical_id]["Metadata"]["aws:cdk:path"]
        return path.removeprefix(f"{self.name}/").removesuffix("/Resource")

    def readable(self, value: Any) -> str:
        """A reference as a person writes it: ``SourceBucket.Arn/*``."""
        match value:
            case str():
                return value
            case {"Ref": logical_id}:
                return f"<{logical_id}>" if "::" in logical_id else self.path(logical_id)
            case {"Fn::GetAtt": [logical_id, attribute]}:
                return f"{self.path(logical_id)}.{attribute}"
            case {"Fn::Join": [separator, parts]}:
                return str(separator).join(self.readable(part) for part in parts)
            case {"Fn::Select": [index, {"Fn::Split": [separator, value]}]}:
                return f"{self.readable(value)}[{separator}{index}]"
            case {"Fn::GetStackOutput": {"StackName": stack, "OutputName": output}}:
                other = self.others[stack]
                return other.readable(other.body["Outputs"][output]["Value"])
        raise AssertionError(f"an unknown reference: {value}")

    def statements(self, role_path: str) -> Iterator[dict[str, Any]]:
        """Everything that a role may do, from its own and its attached policies."""
        for path, role in self.resources("AWS::IAM::Role").items():
            if path == role_path:
                for policy in role.get("Policies", []):
                    yield from policy["PolicyDocument"]["Statement"]
        for policy in self.resources("AWS::IAM::Policy").values():
            if any(self.readable(role) == role_path for role in policy["Roles"]):
                yield from policy["PolicyDocument"]["Statement"]

    def rights(self, role_path: str) -> set[tuple[str, str]]:
        """(action, resource) pairs that a role is allowed."""
        return {
            (action, self.readable(resource))
            for statement in self.statements(role_path)
            for action in as_list(statement["Action"])
            for resource in as_list(statement["Resource"])
        }


@dataclass(frozen=True)
class Synthesis:
    """The two stacks of a stage."""

    media: Template
    pipeline: Template
    directory: Path

    def asset(self, code: Mapping[str, Any]) -> Path:
        """The folder that a function's or layer's ``Code`` or ``Content`` was made of."""
        return self.directory / f"asset.{code['S3Key'].removesuffix('.zip')}"


def as_list(value: Any) -> list[Any]:
    """IAM writes a list of one without brackets."""
    return value if isinstance(value, list) else [value]


@functools.cache
def synthesize() -> Synthesis:
    """Build the app as the CDK command line would, with every check on.

    ``synth`` raises when cdk-nag or the CloudFormation rules find something.
    """
    if shutil.which("node") is None:
        pytest.skip("synthesis runs CDK, which needs Node")
    import aws_cdk as cdk

    import app as entry

    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    outdir = tempfile.mkdtemp(prefix="trailer-synth-")
    atexit.register(shutil.rmtree, outdir, ignore_errors=True)
    application = cdk.App(
        context={**context, "stage": STAGE, "nag": "true", "aws:cdk:enable-path-metadata": True},
        outdir=outdir,
        builtin_cloud_formation_validation=True,
    )
    entry.build(application)
    directory = Path(application.synth().directory)
    media = _template(directory, f"TrailerMedia-{STAGE}", {})
    return Synthesis(
        media=media,
        pipeline=_template(directory, f"TrailerPipeline-{STAGE}", {media.name: media}),
        directory=directory,
    )


def _template(directory: Path, name: str, others: dict[str, Template]) -> Template:
    return Template(name, json.loads((directory / f"{name}.template.json").read_text()), others)
