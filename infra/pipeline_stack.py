"""Everything that computes. It can be deleted and deployed again without losing a film."""

from __future__ import annotations

from typing import Any

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.constructs.completion import Completion
from infra.constructs.detection import CompletionChannel, Detection
from infra.constructs.ended_executions import EndedExecutions
from infra.constructs.ingest import Ingest
from infra.constructs.layers import Layers
from infra.constructs.notifications import Notifications
from infra.constructs.observability import SERVICE, Observability
from infra.constructs.python_function import FunctionDefaults
from infra.constructs.regions import refuse_other_regions
from infra.constructs.registration import Registration
from infra.constructs.rendering import Rendering
from infra.constructs.scoring import Scoring
from infra.constructs.sidecars import Sidecars
from infra.constructs.workflow import Workflow
from infra.media_stack import MediaStack
from infra.stages import Stage
from trailer import settings


class PipelineStack(Stack):
    """Stateless: the functions, the state machines and what connects them."""

    def __init__(self, scope: Construct, id_: str, *, stage: Stage, media: MediaStack, **kwargs: Any) -> None:
        super().__init__(scope, id_, description=f"Trailer, pipeline ({stage.name})", **kwargs)
        refuse_other_regions(self)
        films, results, catalogue, jobs = media.films, media.results, media.catalogue, media.jobs
        channel = CompletionChannel(self, "CompletionChannel")
        outcomes = Notifications(self, "Notifications").topic
        defaults = _function_defaults(self, stage, media, channel, outcomes)
        registration = Registration(
            self,
            "Registration",
            defaults=defaults,
            films=films,
            results=results,
            catalogue=catalogue,
            jobs=jobs,
        )
        detection = Detection(
            self,
            "Detection",
            defaults=defaults,
            channel=channel,
            films=films,
            results=results,
            catalogue=catalogue,
            jobs=jobs,
            reconcile_every=Duration.minutes(stage.reconcile_every_minutes),
        )
        scoring = Scoring(
            self, "Scoring", defaults=defaults, films=films, results=results, catalogue=catalogue
        )
        rendering = Rendering(
            self,
            "Rendering",
            defaults=defaults,
            films=films,
            results=results,
            catalogue=catalogue,
            jobs=jobs,
            outcomes=outcomes,
        )
        completion = Completion(
            self,
            "Completion",
            defaults=defaults,
            catalogue=catalogue,
            jobs=jobs,
            results=results,
            outcomes=outcomes,
        )
        workflow = Workflow(
            self,
            "Workflow",
            functions=[
                *registration.states,
                *detection.states,
                scoring.score_scenes,
                *rendering.states,
                *completion.states,
            ],
            render_role=rendering.role,
            callers_back=detection.job_functions,
            askers=[registration.probe_video],
            logs=stage.logs,
        )
        ended = EndedExecutions(
            self,
            "EndedExecutions",
            defaults=defaults,
            machines=workflow.machines,
            catalogue=catalogue,
            jobs=jobs,
            results=results,
            outcomes=outcomes,
            look_every=Duration.minutes(stage.reconcile_every_minutes),
        )
        ingest = Ingest(self, "Ingest", films=films, analyse_video=workflow.analyse_video.machine)
        sidecars = Sidecars(
            self,
            "Sidecars",
            defaults=defaults,
            films=films,
            catalogue=catalogue,
            make_trailer=workflow.make_trailer.machine,
            outcomes=outcomes,
        )
        observability = Observability(
            self,
            "Observability",
            settings=stage.observability,
            machines=workflow.machines,
            dead_letters=[
                ingest.dead_letters,
                channel.dead_letters,
                detection.dead_letters,
                ended.dead_letters,
                sidecars.dead_letters,
            ],
            event_functions=[*detection.event_functions, ended.close_records, sidecars.apply_sidecar],
            metrics_namespace=_metrics_namespace(stage),
        )
        if observability.alarm_topic is not None:
            CfnOutput(self, "AlarmTopicArn", value=observability.alarm_topic.topic_arn)
        self._publish_names(media, workflow, outcomes.topic_arn)
        self._publish_remedies(channel, detection, ingest, ended, sidecars)

    def _publish_names(self, media: MediaStack, workflow: Workflow, notification_topic_arn: str) -> None:
        """Tell the command line and people what they need, in one ``DescribeStacks``."""
        for name, value in {
            "SourceBucketName": media.films.bucket_name,
            "ResultsBucketName": media.results.bucket_name,
            "CatalogueTableName": media.catalogue.table_name,
            "JobsTableName": media.jobs.table_name,
            "AnalyseVideoStateMachineArn": workflow.analyse_video.machine.state_machine_arn,
            "MakeTrailerStateMachineArn": workflow.make_trailer.machine.state_machine_arn,
            "NotificationTopicArn": notification_topic_arn,
        }.items():
            CfnOutput(self, name, value=value)

    def _publish_remedies(
        self,
        channel: CompletionChannel,
        detection: Detection,
        ingest: Ingest,
        ended: EndedExecutions,
        sidecars: Sidecars,
    ) -> None:
        """Tell ``trailer doctor`` where dead letters are, and which functions settle and close."""
        for name, value in {
            "CompletionQueueName": channel.queue.queue_name,
            "CompletionDeadLettersName": channel.dead_letters.queue_name,
            "UploadDeadLettersName": ingest.dead_letters.queue_name,
            "EndedExecutionDeadLettersName": ended.dead_letters.queue_name,
            "TickDeadLettersName": detection.dead_letters.queue_name,
            "SidecarDeadLettersName": sidecars.dead_letters.queue_name,
            "ReconcileJobsFunctionName": detection.reconcile_jobs.function.function_name,
            "CloseRecordsFunctionName": ended.close_records.function.function_name,
            "ApplySidecarFunctionName": sidecars.apply_sidecar.function.function_name,
        }.items():
            CfnOutput(self, name, value=value)


def _metrics_namespace(stage: Stage) -> str:
    """Stages may share an account, and must not be counted together."""
    return f"Trailer/{stage.name}"


def _function_defaults(
    scope: Construct, stage: Stage, media: MediaStack, channel: CompletionChannel, outcomes: sns.ITopic
) -> FunctionDefaults:
    return FunctionDefaults(
        layers=Layers(scope, "Layers").all,
        environment={
            settings.CATALOGUE_TABLE: media.catalogue.table_name,
            settings.JOBS_TABLE: media.jobs.table_name,
            settings.RESULTS_BUCKET: media.results.bucket_name,
            settings.DETECTION_TOPIC_ARN: channel.topic.topic_arn,
            settings.DETECTION_ROLE_ARN: channel.role.role_arn,
            settings.NOTIFICATION_TOPIC_ARN: outcomes.topic_arn,
            settings.DEFAULT_OPTIONS: stage.default_options.to_json(),
            "POWERTOOLS_SERVICE_NAME": SERVICE,
            "POWERTOOLS_METRICS_NAMESPACE": _metrics_namespace(stage),
            "POWERTOOLS_LOG_LEVEL": stage.functions.log_level,
        },
        functions=stage.functions,
        logs=stage.logs,
    )
