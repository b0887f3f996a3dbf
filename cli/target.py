"""Where the commands work: on the AWS of this machine or on Amazon's.

This is the only module that knows the difference. A command asks a ``Target``
for a ``Deployment`` and talks to that through boto3, whatever is behind it.
"""

from __future__ import annotations

import importlib
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from cli.errors import NotRunningError

if TYPE_CHECKING:
    from boto3 import Session
    from botocore.config import Config
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb.service_resource import Table
    from mypy_boto3_rekognition import RekognitionClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient

Progress = Callable[[str], None]
"""Receives one line for a person at a time."""

OUTPUTS: Final = (
    "SourceBucketName",
    "ResultsBucketName",
    "CatalogueTableName",
    "JobsTableName",
    "AnalyseVideoStateMachineArn",
    "MakeTrailerStateMachineArn",
    "NotificationTopicArn",
)
"""What the pipeline stack tells about itself."""

_AMBIENT: Final = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN")
"""What a person may have set for Amazon's AWS and what must not reach the local one."""


class On(StrEnum):
    """Which AWS."""

    LOCAL = "local"
    AWS = "aws"


@dataclass
class Deployment:
    """A deployed pipeline and the clients to reach it; clients are made when first used."""

    stage: str
    outputs: Mapping[str, str]
    """CloudFormation outputs of the pipeline stack."""
    poll_seconds: float
    """How long to wait between two looks at an execution."""
    patience_seconds: float
    """How long an upload may take to show up in the catalogue."""
    loopback: bool
    """Whether this AWS is the machine itself: nothing is lost on the way to it, and nothing is far."""

    @property
    def source_bucket(self) -> str:
        """Where films are uploaded to."""
        return self.outputs["SourceBucketName"]

    @property
    def results_bucket(self) -> str:
        """Where trailers are."""
        return self.outputs["ResultsBucketName"]

    @cached_property
    def s3(self) -> S3Client:
        """The S3 client."""
        from botocore.config import Config

        config = _config()
        if self.loopback:
            # A film needn't be summed up twice more to be the same at the other end.
            plain = Config(
                request_checksum_calculation="when_required", s3={"payload_signing_enabled": False}
            )
            config = config.merge(plain)
        return self._session.client("s3", config=config)

    @cached_property
    def stepfunctions(self) -> SFNClient:
        """The Step Functions client."""
        return self._session.client("stepfunctions", config=_config())

    @cached_property
    def queues(self) -> SQSClient:
        """The SQS client."""
        return self._session.client("sqs", config=_config())

    @cached_property
    def functions(self) -> Any:
        """The Lambda client, of which we have no types."""
        return self._session.client("lambda", config=_config())

    @cached_property
    def rekognition(self) -> RekognitionClient:
        """The Rekognition client."""
        return self._session.client("rekognition", config=_config())

    @cached_property
    def catalogue(self) -> Table:
        """The table of films, scenes, concepts and trailers."""
        return self._table("CatalogueTableName")

    @cached_property
    def jobs(self) -> Table:
        """The ledger of detection jobs."""
        return self._table("JobsTableName")

    @cached_property
    def _session(self) -> Session:
        """A session of our own: boto3's shared one may have been made before the environment was known."""
        import boto3

        return boto3.Session()

    def _table(self, output: str) -> Table:
        return self._session.resource("dynamodb", config=_config()).Table(self.outputs[output])


class Target(Protocol):
    """An AWS that the pipeline can be deployed on."""

    def prepare(self, progress: Progress) -> Deployment:
        """Return the deployment; bring it into being where that is ours to do.

        Raises:
            NotRunningError: it isn't there, and making it is somebody's decision.
        """

    def connect(self) -> Deployment:
        """Return the deployment as it is.

        Raises:
            NotRunningError: there is none; the message says how to get one.
        """

    def stop(self) -> str:
        """Stop what was started; returns the sentence that says so."""


@dataclass(frozen=True)
class LocalTarget:
    """The emulator of this machine, deployed to by the real CDK."""

    stage: str
    state_dir: Path | None = None

    def prepare(self, progress: Progress) -> Deployment:
        """Start the local AWS if need be, and deploy what changed."""
        from local import supervisor

        # A start leaves this process idle for as long as it will need for this.
        threading.Thread(target=_import_clients).start()
        environment = supervisor.up(self._state_dir(), progress=progress)
        environment = supervisor.deploy(environment, stage=self.stage, progress=progress)
        return self._deployment(environment.client_env(), environment.outputs)

    def connect(self) -> Deployment:
        """Find the local AWS that runs."""
        from local import supervisor

        environment = supervisor.find(self._state_dir())
        if environment is None:
            raise NotRunningError("The AWS of this machine is not running; `trailer up` starts it.")
        if not environment.outputs:
            raise NotRunningError("Nothing is deployed on the AWS of this machine yet; `trailer up` deploys.")
        return self._deployment(environment.client_env(), environment.outputs)

    def stop(self) -> str:
        """Stop the local AWS; what it holds is kept."""
        from local import supervisor

        if supervisor.down(self._state_dir()):
            return "The AWS of this machine is stopped; its state is kept for the next `trailer up`."
        return "The AWS of this machine was not running."

    def _state_dir(self) -> Path:
        from local import supervisor

        return self.state_dir or supervisor.DEFAULT_STATE_DIR

    def _deployment(self, client_env: Mapping[str, str], outputs: Mapping[str, str]) -> Deployment:
        for name in _AMBIENT:
            os.environ.pop(name, None)
        # A proxy for the internet can't reach the loopback interface.
        os.environ["NO_PROXY"] = ",".join(filter(None, (os.environ.get("NO_PROXY"), "127.0.0.1,localhost")))
        os.environ.update(client_env)
        return Deployment(self.stage, outputs, poll_seconds=0.1, patience_seconds=60, loopback=True)


@dataclass(frozen=True)
class AwsTarget:
    """Amazon's AWS, with the credentials and region that boto3 finds."""

    stage: str

    def prepare(self, progress: Progress) -> Deployment:
        """Find the deployment; deploying on an account is done by ``cdk deploy`` and on purpose."""
        progress(f"Looking for {self._stack}")
        return self.connect()

    def connect(self) -> Deployment:
        """Read the outputs of the pipeline stack."""
        from botocore.exceptions import ClientError

        if "AWS_REGION" in os.environ:
            # The AWS command line and the Lambdas read this name, boto3 only the other one.
            os.environ["AWS_DEFAULT_REGION"] = os.environ["AWS_REGION"]
        cloudformation = _cloudformation()
        try:
            stacks = cloudformation.describe_stacks(StackName=self._stack)["Stacks"]
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ValidationError":
                raise
            raise NotRunningError(
                f"There is no stack {self._stack} in {cloudformation.meta.region_name}; deploy it with "
                f"`npx --no-install cdk deploy --all -c stage={self.stage}`, "
                "or choose another with --stage or AWS_REGION."
            ) from error
        outputs = {entry["OutputKey"]: entry["OutputValue"] for entry in stacks[0].get("Outputs", [])}
        return Deployment(self.stage, outputs, poll_seconds=2, patience_seconds=300, loopback=False)

    def stop(self) -> str:
        """Refuse: stopping an account's pipeline means deleting it."""
        raise NotRunningError(
            "`trailer down` stops the AWS of this machine only; what is on Amazon's is removed with "
            f"`npx --no-install cdk destroy --all -c stage={self.stage}`."
        )

    @property
    def _stack(self) -> str:
        return f"TrailerPipeline-{self.stage}"


def choose_target(on: On, stage: str | None, state_dir: Path | None) -> Target:
    """Return where the commands work."""
    if on is On.LOCAL:
        return LocalTarget(stage or "local", state_dir)
    return AwsTarget(stage or "dev")


def _import_clients() -> None:
    """Import what every upload needs."""
    for name in ("boto3", "botocore.config", "boto3.s3.transfer"):
        importlib.import_module(name)


def _cloudformation() -> CloudFormationClient:
    import boto3

    return boto3.Session().client("cloudformation", config=_config())


def _config() -> Config:
    from botocore.config import Config

    return Config(connect_timeout=5, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 4})
