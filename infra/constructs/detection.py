"""Rekognition jobs: start, wake the waiting execution when they end, collect what they found.

Rekognition says that a job ended through SNS; a queue in between keeps the
message when the function fails, and a minute tick settles what got lost.
"""

from __future__ import annotations

from typing import Final

from aws_cdk import Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.constructs.access import (
    count_cost,
    query_index,
    read_films,
    read_results,
    use_table,
    write_results,
)
from infra.constructs.compliance import acknowledge
from infra.constructs.python_function import FunctionDefaults, PythonFunction
from infra.constructs.queues import dead_letter_queue, work_queue
from infra.constructs.ticks import TICK_WAITS, tick

OPERATIONS: Final = ("SegmentDetection", "LabelDetection", "FaceDetection", "CelebrityRecognition")
"""Rekognition's names of our detectors: each has a Start and a Get. A new detector adds one here."""

PROXIES: Final = "videos/*/proxy/*"
"""Where the copies are that Rekognition reads instead of the film."""

DETECTIONS: Final = "videos/*/detections/*"
"""Where the collected pages of Rekognition's answers are."""

RESUME_TIMEOUT: Final = Duration.seconds(60)


class CompletionChannel(Construct):
    """The way of Rekognition's completions: topic, then queue, with dead letters behind it.

    Attributes:
        topic: where Rekognition publishes.
        role: which Rekognition assumes to publish.
        queue: what ResumeDetection reads.
        dead_letters: completions that could not be handled.
    """

    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(scope, id_)
        self.topic = sns.Topic(self, "Topic", enforce_ssl=True)
        self.role = iam.Role(
            self,
            "Role",
            description="Lets Rekognition announce that a job ended",
            assumed_by=iam.ServicePrincipal(
                "rekognition.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
            ),
            inline_policies={
                "Publish": iam.PolicyDocument(
                    statements=[
                        iam.PolicyStatement(actions=["sns:Publish"], resources=[self.topic.topic_arn])
                    ]
                )
            },
        )
        self.dead_letters = dead_letter_queue(self, "DeadLetters")
        self.queue = work_queue(
            self, "Queue", consumer_timeout=RESUME_TIMEOUT, dead_letters=self.dead_letters
        )
        self.topic.add_subscription(
            subscriptions.SqsSubscription(
                self.queue, raw_message_delivery=True, dead_letter_queue=self.dead_letters
            )
        )


class Detection(Construct):
    """Runs detectors over films within Rekognition's quotas.

    Attributes:
        states: StartDetection and CollectDetection.
        event_functions: ResumeDetection, which reads the completion queue, and ReconcileJobs, which
            gets the tick.
        job_functions: those that start jobs and may answer for the waiting execution. All
            three start: a finished or reconciled job frees a slot, and the oldest pending one takes it.
        reconcile_jobs: the one that gets the tick.
        dead_letters: ticks that came to nothing.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        defaults: FunctionDefaults,
        channel: CompletionChannel,
        films: s3.IBucket,
        results: s3.IBucket,
        catalogue: dynamodb.ITableV2,
        jobs: dynamodb.ITableV2,
        reconcile_every: Duration,
    ) -> None:
        super().__init__(scope, id_)
        start_detection = PythonFunction(
            self, folder="start_detection", defaults=defaults, timeout=Duration.seconds(60)
        )
        # Whether the result of an earlier film with the same bytes is still there.
        read_results(start_detection, results, DETECTIONS)
        use_table(start_detection, jobs, "PutItem")

        resume_detection = PythonFunction(
            self, folder="resume_detection", defaults=defaults, timeout=RESUME_TIMEOUT
        )
        resume_detection.function.add_event_source(
            event_sources.SqsEventSource(channel.queue, batch_size=10, report_batch_item_failures=True)
        )

        self.reconcile_jobs = PythonFunction(
            self, folder="reconcile_jobs", defaults=defaults, timeout=Duration.seconds(60)
        )
        self.dead_letters = dead_letter_queue(self, "DeadLetters")
        self.reconcile_jobs.function.configure_async_invoke(
            # A tick that fails is not repeated: the next one comes in a minute.
            retry_attempts=0,
            max_event_age=TICK_WAITS,
            on_failure=destinations.SqsDestination(self.dead_letters),
        )
        tick(
            self,
            "ReconcileTick",
            self.reconcile_jobs.function,
            every=reconcile_every,
            description="Settles Rekognition jobs whose completion never came and starts queued ones",
            dead_letters=self.dead_letters,
        )

        self.event_functions = (resume_detection, self.reconcile_jobs)
        self.job_functions = (start_detection, *self.event_functions)
        for function in self.job_functions:
            _allow_starting(function, channel=channel, films=films, results=results)
            use_table(function, jobs, "GetItem", "UpdateItem")
            query_index(function, jobs, "byStatus")
            count_cost(function, catalogue, jobs, results)
        for function in self.event_functions:
            _allow_reading_answers(function)

        collect_detection = PythonFunction(
            self, folder="collect_detection", defaults=defaults, timeout=Duration.minutes(14)
        )
        _allow_reading_answers(collect_detection)
        use_table(collect_detection, catalogue, "GetItem")
        use_table(collect_detection, jobs, "GetItem", "UpdateItem")
        read_results(collect_detection, results, DETECTIONS)
        write_results(collect_detection, results)
        self.states = (start_detection, collect_detection)


def _allow_starting(
    function: PythonFunction, *, channel: CompletionChannel, films: s3.IBucket, results: s3.IBucket
) -> None:
    function.allow(*(f"rekognition:Start{operation}" for operation in OPERATIONS), on=["*"])
    function.allow(
        "iam:PassRole",
        on=[channel.role.role_arn],
        conditions={"StringEquals": {"iam:PassedToService": "rekognition.amazonaws.com"}},
    )
    # Rekognition reads the film with the rights of whoever starts the job.
    read_films(function, films)
    read_results(function, results, PROXIES)
    _acknowledge_rekognition(function)


def _allow_reading_answers(function: PythonFunction) -> None:
    function.allow(*(f"rekognition:Get{operation}" for operation in OPERATIONS), on=["*"])
    _acknowledge_rekognition(function)


def _acknowledge_rekognition(function: PythonFunction) -> None:
    acknowledge(
        function.role,
        "Rekognition's stored-video calls have no resource to name; the actions are listed one by one.",
        "IAM5[Resource::*]",
    )
