"""The states before detection: claim an upload, and find out what it is before money is spent."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.access import read_films, read_results, use_table
from infra.constructs.compliance import acknowledge
from infra.constructs.detection import PROXIES
from infra.constructs.python_function import FunctionDefaults, PythonFunction


class Registration(Construct):
    """Registers an uploaded object version once, probes it, and checks the proxy if it needs one.

    Attributes:
        states: RegisterVideo, ProbeVideo and CheckProxy.
        probe_video: one of them; it asks about the executions of films with equal bytes.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        defaults: FunctionDefaults,
        films: s3.IBucket,
        results: s3.IBucket,
        catalogue: dynamodb.ITableV2,
        jobs: dynamodb.ITableV2,
    ) -> None:
        super().__init__(scope, id_)
        register_video = PythonFunction(
            self, folder="register_video", defaults=defaults, timeout=Duration.seconds(30)
        )
        read_films(register_video, films)
        use_table(register_video, catalogue, "GetItem", "PutItem", "UpdateItem")

        probe_video = PythonFunction(
            self, folder="probe_video", defaults=defaults, timeout=Duration.seconds(90)
        )
        read_films(probe_video, films)
        use_table(probe_video, catalogue, "GetItem", "UpdateItem")
        use_table(probe_video, jobs, "GetItem", "UpdateItem")
        probe_video.allow("s3:ListBucket", on=[results.bucket_arn])

        check_proxy = PythonFunction(
            self, folder="check_proxy", defaults=defaults, timeout=Duration.seconds(90)
        )
        read_films(check_proxy, films)
        read_results(check_proxy, results, PROXIES)
        use_table(check_proxy, catalogue, "GetItem", "UpdateItem")
        use_table(check_proxy, jobs, "GetItem", "UpdateItem")

        for function in (probe_video, check_proxy):
            function.allow("mediaconvert:Probe", on=["*"])
            acknowledge(
                function.role,
                "mediaconvert:Probe has no resource to name; it reads with the caller's rights on S3.",
                "IAM5[Resource::*]",
            )
        self.states = (register_video, probe_video, check_proxy)
        self.probe_video = probe_video
