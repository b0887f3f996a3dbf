"""What a platform team looks at, and what wakes it up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.python_function import PythonFunction
from infra.constructs.workflow import StateMachine
from infra.stages import ObservabilitySettings

PERIOD: Final = Duration.minutes(5)

SERVICE: Final = "trailer"
"""What Powertools calls us in logs and as the dimension of metrics."""

FAILED_EXECUTIONS: Final = 3
"""In 15 minutes. A refused film fails its execution too, so a single one is a matter for its uploader."""


class Observability(Construct):
    """Alarms on what no retry mends, and one dashboard; each as the stage wants."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        settings: ObservabilitySettings,
        machines: Sequence[StateMachine],
        dead_letters: Sequence[sqs.IQueue],
        event_functions: Sequence[PythonFunction],
        metrics_namespace: str,
    ) -> None:
        """Watch the pipeline.

        Args:
            scope: the stack.
            id_: construct id.
            settings: of the stage.
            machines: of the workflow.
            dead_letters: every dead-letter queue.
            event_functions: those that no state machine retries.
            metrics_namespace: where the functions count refusals and failures.
        """
        super().__init__(scope, id_)
        self.alarm_topic: sns.ITopic | None = None
        """Whoever subscribes is woken; none where the stage has no alarms."""
        if settings.alarms:
            self.alarm_topic = _notify(
                self,
                [
                    *(_depth_alarm(self, queue) for queue in dead_letters),
                    *(alarm for machine in machines for alarm in _machine_alarms(self, machine)),
                    *(_error_alarm(self, function) for function in event_functions),
                ],
            )
        if settings.dashboard:
            counted = _counted(metrics_namespace, event_functions)
            widgets = [_executions(machines), counted, _queues(dead_letters)]
            cloudwatch.Dashboard(self, "Dashboard", widgets=widgets)


def _notify(scope: Construct, alarms: Sequence[cloudwatch.Alarm]) -> sns.ITopic:
    topic = sns.Topic(scope, "AlarmTopic", enforce_ssl=True)
    topic.grant_publish(iam.ServicePrincipal("cloudwatch.amazonaws.com"))
    for alarm in alarms:
        alarm.add_alarm_action(actions.SnsAction(topic))
    return topic


def _depth_alarm(scope: Construct, queue: sqs.IQueue) -> cloudwatch.Alarm:
    return _alarm(
        scope,
        f"{_owner(queue)}DeadLetters",
        queue.metric_approximate_number_of_messages_visible(period=PERIOD, statistic="Maximum"),
        "Messages wait for a person after every retry failed; see docs/operations.md.",
    )


def _machine_alarms(scope: Construct, machine: StateMachine) -> list[cloudwatch.Alarm]:
    name = machine.node.id
    return [
        _alarm(
            scope,
            f"{name}Failed",
            machine.machine.metric_failed(period=Duration.minutes(15), statistic="Sum"),
            f"Several executions of {name} failed; the catalogue's byStatus index says why.",
            threshold=FAILED_EXECUTIONS,
        ),
        _alarm(
            scope,
            f"{name}TimedOut",
            machine.machine.metric_timed_out(period=PERIOD, statistic="Sum"),
            f"An execution of {name} ran out of time although each of its states has a limit.",
        ),
    ]


def _error_alarm(scope: Construct, function: PythonFunction) -> cloudwatch.Alarm:
    name = function.node.id
    return _alarm(
        scope,
        f"{name}Errors",
        function.function.metric_errors(period=PERIOD, statistic="Sum"),
        f"{name} fails again and again; waiting films are not woken.",
        threshold=FAILED_EXECUTIONS,
    )


def _alarm(
    scope: Construct, id_: str, metric: cloudwatch.IMetric, description: str, *, threshold: int = 1
) -> cloudwatch.Alarm:
    return cloudwatch.Alarm(
        scope,
        id_,
        metric=metric,
        threshold=threshold,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        alarm_description=description,
    )


def _executions(machines: Sequence[StateMachine]) -> list[cloudwatch.IWidget]:
    return [
        cloudwatch.GraphWidget(
            title=machine.node.id,
            width=12,
            left=[
                machine.machine.metric_started(statistic="Sum"),
                machine.machine.metric_succeeded(statistic="Sum"),
                machine.machine.metric_failed(statistic="Sum"),
            ],
            right=[machine.machine.metric_time(statistic="p90")],
        )
        for machine in machines
    ]


def _counted(namespace: str, event_functions: Sequence[PythonFunction]) -> list[cloudwatch.IWidget]:
    """What films end by, and whether those who wake and close them do their work."""
    return [
        cloudwatch.GraphWidget(
            title="Refused and failed steps",
            width=12,
            left=[
                cloudwatch.Metric(
                    namespace=namespace,
                    metric_name=name,
                    dimensions_map={"service": SERVICE},
                    period=PERIOD,
                    statistic="Sum",
                )
                for name in ("Rejected", "Failed")
            ],
        ),
        cloudwatch.GraphWidget(
            title="Errors of the functions that events call",
            width=12,
            left=[
                each.function.metric_errors(period=PERIOD, statistic="Sum", label=each.node.id)
                for each in event_functions
            ],
        ),
    ]


def _queues(dead_letters: Sequence[sqs.IQueue]) -> list[cloudwatch.IWidget]:
    return [
        cloudwatch.GraphWidget(
            title="Dead letters",
            width=24,
            left=[
                queue.metric_approximate_number_of_messages_visible(label=_owner(queue))
                for queue in dead_letters
            ],
        )
    ]


def _owner(queue: sqs.IQueue) -> str:
    """The capability whose messages the queue holds: ``Ingest`` for ``Ingest/DeadLetters``."""
    return queue.node.scopes[-2].node.id
