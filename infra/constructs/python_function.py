"""The only way to make a Lambda function here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.compliance import acknowledge
from infra.constructs.layers import ARCHITECTURE, IGNORED, RUNTIME
from infra.constructs.log_groups import log_group
from infra.constructs.naming import ROOT, pascal_case
from infra.stages import FunctionSettings, LogSettings


@dataclass(frozen=True, slots=True)
class FunctionDefaults:
    """What all functions of a deployment have in common."""

    layers: Sequence[lambda_.ILayerVersion]
    environment: Mapping[str, str]
    """The names are those of ``trailer.settings``."""
    functions: FunctionSettings
    logs: LogSettings


class PythonFunction(Construct):
    """One folder of ``lambdas/``: own role, own log group, traced, JSON logs.

    Attributes:
        function: the Lambda function.
        role: its role; it may write its own log and traces, and what ``allow`` adds.
        timeout: of one invocation.
    """

    def __init__(
        self, scope: Construct, *, folder: str, defaults: FunctionDefaults, timeout: Duration
    ) -> None:
        """Make the function of a folder.

        Args:
            scope: the construct of its capability.
            folder: below ``lambdas/``, with a ``handler.py``; gives the construct its id.
            defaults: of the deployment.
            timeout: of one invocation.
        """
        name = pascal_case(folder)
        super().__init__(scope, name)
        self.timeout = timeout
        group = log_group(self, "Logs", settings=defaults.logs)
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"Runs {name}",
            inline_policies={
                "Logs": iam.PolicyDocument(
                    statements=[
                        iam.PolicyStatement(
                            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                            resources=[group.log_group_arn],
                        )
                    ]
                )
            },
        )
        self.function = lambda_.Function(
            self,
            "Function",
            code=lambda_.Code.from_asset(str(ROOT / "lambdas" / folder), exclude=IGNORED),
            handler="handler.handler",
            runtime=RUNTIME,
            architecture=ARCHITECTURE,
            role=self.role,
            layers=list(defaults.layers),
            environment=dict(defaults.environment),
            memory_size=defaults.functions.memory_of(name),
            timeout=timeout,
            tracing=lambda_.Tracing.ACTIVE,
            log_group=group,
            logging_format=lambda_.LoggingFormat.JSON,
            application_log_level_v2=lambda_.ApplicationLogLevel[defaults.functions.log_level],
        )
        acknowledge(
            self.role,
            "X-Ray has no resources to name: xray:PutTraceSegments and xray:PutTelemetryRecords take only *.",
            "IAM5[Resource::*]",
        )

    def allow(
        self, *actions: str, on: Sequence[str], conditions: Mapping[str, Mapping[str, str]] | None = None
    ) -> None:
        """Let the function do something, and nothing more.

        Args:
            actions: without wildcards.
            on: ARNs.
            conditions: as IAM has them.
        """
        self.role.add_to_policy(
            iam.PolicyStatement(actions=list(actions), resources=list(on), conditions=dict(conditions or {}))
        )
