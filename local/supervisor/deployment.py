"""Deploy the project as it would be deployed to AWS, and skip it all when nothing changed."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from local.errors import DeployError
from local.supervisor.cdk import run_cdk
from local.supervisor.environment import PROJECT, Environment, Progress
from local.supervisor.fingerprint import fingerprint
from local.supervisor.services import fetch

BOOTSTRAP_STACK = "CDKToolkit"
RECORD_FILE = "deployment.json"


def deploy(
    environment: Environment,
    *,
    stage: str = "local",
    project: Path = PROJECT,
    force: bool = False,
    validate: bool = False,
    progress: Progress | None = None,
) -> Environment:
    """Deploy the project's CDK app by the real CDK command line; return the environment with its outputs.

    Nothing is synthesized or deployed if no source changed since the last deployment on this state
    directory, unless ``force``.

    Args:
        environment: The local AWS to deploy on.
        stage: The stage of the app, given to it as the context value ``stage``.
        project: The checkout that holds ``cdk.json``.
        force: Synthesize and deploy even if nothing changed.
        validate: Run CloudFormation's validator during synthesis too: slower, meant for CI.
        progress: Receives one line per step.

    Raises:
        DeployError: with CloudFormation's own reason, or the end of the CDK's output.
    """
    tell = progress or (lambda line: None)
    mark = fingerprint(project, extra=f"{stage}\0{project}")
    deployed = None if force else _still_deployed(environment, mark)
    if deployed is not None:
        return deployed
    if BOOTSTRAP_STACK not in stacks(environment):
        tell("Bootstrapping the account.")
        _bootstrap(environment, project, tell)
        _save(environment)
    tell(f"Synthesizing and deploying stage {stage}.")
    merged = _deploy(environment, project, stage, tell, validate=validate)
    names = sorted(name for name in stacks(environment) if name != BOOTSTRAP_STACK)
    record = {"fingerprint": mark, "stacks": names, "outputs": merged}
    _write(environment.state_dir / RECORD_FILE, record)
    result = replace(environment, outputs=merged)
    result.save()
    _save(environment)
    return result


def _save(environment: Environment) -> None:
    """Let the emulator remember now what our record says of it, even if it is killed."""
    fetch(f"{environment.endpoint_url}/_local/save", data=b"")


def stacks(environment: Environment) -> dict[str, str]:
    """Ask for CloudFormation's stacks and their status.

    Not by DescribeStacks: it would wake a service that nothing needs while nothing is deployed.
    """
    found: dict[str, str] = json.loads(fetch(f"{environment.endpoint_url}/_local/stacks"))
    return found


def _still_deployed(environment: Environment, mark: str) -> Environment | None:
    """Return the environment with its outputs if the last deployment is this one and is still there."""
    try:
        text = (environment.state_dir / RECORD_FILE).read_text(encoding="utf-8")
        known: dict[str, Any] = json.loads(text)
    except (OSError, ValueError):
        return None
    if known.get("fingerprint") != mark:
        return None
    found = stacks(environment)
    if not all(
        found.get(name, "").endswith(("CREATE_COMPLETE", "UPDATE_COMPLETE")) for name in known["stacks"]
    ):
        return None
    if environment.outputs != known["outputs"]:
        environment = replace(environment, outputs=known["outputs"])
        environment.save()
    return environment


def _bootstrap(environment: Environment, project: Path, tell: Progress) -> None:
    target = f"aws://{environment.account}/{environment.region}"
    run_cdk(environment, project, ["bootstrap", target, "--app", ""], tell, validate=False)


def _deploy(
    environment: Environment, project: Path, stage: str, tell: Progress, *, validate: bool
) -> dict[str, str]:
    """Deploy every stack and return their outputs, merged."""
    outputs_file = environment.state_dir / "cdk-outputs.json"
    outputs_file.unlink(missing_ok=True)
    arguments = ["deploy", "--all", "--require-approval", "never", "--progress", "events"]
    arguments += ["-c", f"stage={stage}", "--output", str(environment.state_dir / "cdk.out")]
    arguments += ["--outputs-file", str(outputs_file)]
    run_cdk(environment, project, arguments, tell, validate=validate)
    if not outputs_file.exists():
        raise DeployError("The CDK deployed nothing: the app defines no stack for this stage.")
    by_stack: dict[str, dict[str, str]] = json.loads(outputs_file.read_text(encoding="utf-8"))
    return {key: value for outputs in by_stack.values() for key, value in outputs.items()}


def _write(path: Path, data: dict[str, Any]) -> None:
    scratch = path.with_suffix(".tmp")
    scratch.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    scratch.replace(path)
