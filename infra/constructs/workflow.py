"""The two state machines, from their ASL files, with the rights that the files need.

A definition loaded from text derives no rights, so they are granted here by
hand; ``tests/workflow`` compares them with what the files call.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, cast

from aws_cdk import ArnFormat, CfnElement, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.constructs.compliance import acknowledge
from infra.constructs.log_groups import log_group
from infra.constructs.naming import ROOT, deployment_of
from infra.constructs.python_function import PythonFunction
from infra.stages import LogSettings

WORKFLOWS: Final = ROOT / "infra" / "workflows"
_PLACEHOLDER: Final = re.compile(r"\$\{(\w+)\}")

RENDER_ROLE: Final = "RenderRoleArn"
MAKE_TRAILER: Final = "MakeTrailerStateMachineArn"


class UnknownPlaceholderError(Exception):
    """A workflow file names something that the stack doesn't have."""


class Workflow(Construct):
    """AnalyseVideo, and MakeTrailer which it starts once per profile.

    Attributes:
        analyse_video: from an upload to its trailers.
        make_trailer: one trailer of an analysed film.
        machines: both.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        functions: Sequence[PythonFunction],
        render_role: iam.IRole,
        callers_back: Sequence[PythonFunction],
        askers: Sequence[PythonFunction],
        logs: LogSettings,
    ) -> None:
        """Make both state machines.

        Args:
            scope: the stack.
            id_: construct id.
            functions: every state's function; the construct's id is the placeholder.
            render_role: what MediaConvert assumes.
            callers_back: functions that may end the wait of a task by its token.
            askers: functions that may ask whether an execution of AnalyseVideo is over.
            logs: of the stage.
        """
        super().__init__(scope, id_)
        by_name = {function.node.id: function for function in functions}
        self.make_trailer = StateMachine(
            self,
            "MakeTrailer",
            file="make_trailer.asl.json",
            functions=by_name,
            values={RENDER_ROLE: render_role.role_arn},
            logs=logs,
        )
        self.analyse_video = StateMachine(
            self,
            "AnalyseVideo",
            file="analyse_video.asl.json",
            functions=by_name,
            values={
                RENDER_ROLE: render_role.role_arn,
                MAKE_TRAILER: self.make_trailer.machine.state_machine_arn,
            },
            logs=logs,
        )
        self.machines = (self.analyse_video, self.make_trailer)
        for machine in self.machines:
            _allow_rendering(machine.role, render_role)
        _allow_nesting(self.analyse_video.role, self.make_trailer.machine)
        for function in callers_back:
            _allow_calling_back(function, self.analyse_video)
        for function in askers:
            allow_asking(function, self.analyse_video)


class StateMachine(Construct):
    """A state machine whose definition is a file of ``infra/workflows``.

    Attributes:
        machine: the state machine.
        family: how its name begins, in this deployment of the stack and in every other.
        role: what it runs as; it may invoke the functions that its file names.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        file: str,
        functions: Mapping[str, PythonFunction],
        values: Mapping[str, str],
        logs: LogSettings,
    ) -> None:
        """Make a state machine.

        Args:
            scope: the workflow.
            id_: its name.
            file: below ``infra/workflows``.
            functions: by placeholder; the machine may invoke those it names.
            values: of the other placeholders.
            logs: of the stage.

        Raises:
            UnknownPlaceholderError: the file names something else.
        """
        super().__init__(scope, id_)
        definition = (WORKFLOWS / file).read_text(encoding="utf-8")
        names = sorted(set(_PLACEHOLDER.findall(definition)))
        if unknown := [name for name in names if name not in functions and name not in values]:
            raise UnknownPlaceholderError(
                f"{file} has placeholders that nothing fills: {', '.join(unknown)}."
            )
        used = {name: functions[name].function.function_arn for name in names if name in functions}
        self.role = iam.Role(
            self, "Role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"), description=f"Runs {id_}"
        )
        self.role.add_to_policy(
            iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=list(used.values()))
        )
        self.family = f"{Stack.of(self).stack_name}-{id_}-"
        self.machine = sfn.StateMachine(
            self,
            "StateMachine",
            # A deleted machine keeps its name for as long as its last executions take to end.
            state_machine_name=f"{self.family}{deployment_of(self)}",
            definition_body=sfn.DefinitionBody.from_string(definition),
            definition_substitutions={
                **used,
                **{name: value for name, value in values.items() if name in names},
            },
            role=self.role,
            logs=_logging(self, logs),
            tracing_enabled=True,
        )
        acknowledge(
            self.role,
            "Log delivery, X-Ray and MediaConvert's jobs have no resources to name beforehand.",
            "IAM5[Resource::*]",
        )


def _logging(machine: StateMachine, settings: LogSettings) -> sfn.LogOptions:
    """Log every event, without the data of executions: it holds task tokens, and who has one can answer."""
    group = log_group(
        machine,
        "Logs",
        settings=settings,
        # The prefix keeps the log's resource policy from growing past its limit.
        name=f"/aws/vendedlogs/states/{Stack.of(machine).stack_name}/{machine.node.id}-{deployment_of(machine)}",
    )
    return sfn.LogOptions(destination=group, level=sfn.LogLevel.ALL, include_execution_data=False)


def _allow_rendering(role: iam.Role, render_role: iam.IRole) -> None:
    """``mediaconvert:createJob.sync``: the job, its end through a rule that Step Functions manages."""
    role.add_to_policy(
        iam.PolicyStatement(
            actions=["mediaconvert:CreateJob", "mediaconvert:GetJob", "mediaconvert:CancelJob"],
            # Step Functions' guide: MediaConvert supports resources in part only, so it must be *.
            resources=["*"],
        )
    )
    # Step Functions tags the jobs that it waits for (ManagedByService), and tags need a right of their own.
    role.add_to_policy(
        iam.PolicyStatement(
            actions=["mediaconvert:TagResource"],
            resources=[Stack.of(role).format_arn(service="mediaconvert", resource="jobs", resource_name="*")],
        )
    )
    acknowledge(
        role,
        "Jobs get their ids when they are made; the right covers those of this account and region.",
        "IAM5[Resource::arn:<AWS::Partition>:mediaconvert:<AWS::Region>:<AWS::AccountId>:jobs/*]",
    )
    role.add_to_policy(
        iam.PolicyStatement(
            actions=["iam:PassRole"],
            resources=[render_role.role_arn],
            conditions={"StringEquals": {"iam:PassedToService": "mediaconvert.amazonaws.com"}},
        )
    )
    _allow_managed_rule(role, "StepFunctionsGetEventsForMediaConvertJobRule")


def _allow_nesting(role: iam.Role, child: sfn.StateMachine) -> None:
    """``states:startExecution.sync:2``: start the child, follow it, stop it when the parent is stopped."""
    executions = Stack.of(child).format_arn(
        service="states",
        resource="execution",
        resource_name=f"{child.state_machine_name}:*",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    role.add_to_policy(
        iam.PolicyStatement(actions=["states:StartExecution"], resources=[child.state_machine_arn])
    )
    role.add_to_policy(
        iam.PolicyStatement(
            actions=["states:DescribeExecution", "states:StopExecution"], resources=[executions]
        )
    )
    _allow_managed_rule(role, "StepFunctionsGetEventsForStepFunctionsExecutionRule")
    name = f"<{Stack.of(child).get_logical_id(cast('CfnElement', child.node.default_child))}.Name>"
    acknowledge(
        role,
        "Executions get their names when they start; the right covers those of one state machine.",
        f"IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:{name}:*]",
    )


def allow_asking(function: PythonFunction, machine: StateMachine) -> None:
    """Let a function ask how executions of a machine are, those of earlier deployments included.

    A record may name an execution of a machine that is gone with its stack. Step Functions says that it
    doesn't exist, to those who may ask.
    """
    _allow_on_family(function, machine, "execution", "*:*", "DescribeExecution")


def _allow_calling_back(function: PythonFunction, machine: StateMachine) -> None:
    """Let a function end the wait of a task, and ask whether it still waits.

    Tokens of an earlier deployment may be left in the job ledger; for those, too, it needs the right to
    hear that nobody waits.
    """
    calls = ("SendTaskSuccess", "SendTaskFailure", "SendTaskHeartbeat")
    _allow_on_family(function, machine, "stateMachine", "*", *calls)


def _allow_on_family(
    function: PythonFunction, machine: StateMachine, resource: str, ending: str, *calls: str
) -> None:
    """Rights by the beginning of a machine's name.

    To name the machine itself would close a circle: it waits for its functions, and each of them for its
    rights.
    """
    name = f"{machine.family}{ending}"
    arn = Stack.of(machine).format_arn(
        service="states", resource=resource, resource_name=name, arn_format=ArnFormat.COLON_RESOURCE_NAME
    )
    function.allow(*(f"states:{call}" for call in calls), on=[arn])
    acknowledge(
        function.role,
        "A state machine gets the end of its name with its stack, and an execution all of it when it starts; "
        "the right covers one state machine of one stage.",
        f"IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:{resource}:{name}]",
    )


def _allow_managed_rule(role: iam.Role, rule: str) -> None:
    role.add_to_policy(
        iam.PolicyStatement(
            actions=["events:PutTargets", "events:PutRule", "events:DescribeRule"],
            resources=[Stack.of(role).format_arn(service="events", resource="rule", resource_name=rule)],
        )
    )
