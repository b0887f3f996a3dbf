"""MediaConvert as Step Functions calls it for ``createJob.sync``."""

import logging
import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from local.emulator.states.errors import RUNTIME, StatesError
from local.faults.plan import STEP_FUNCTIONS

logger = logging.getLogger("local.emulator.mediaconvert")

ENDPOINT_VARIABLE = "AWS_ENDPOINT_URL_MEDIACONVERT"
_TRANSIENT = frozenset({"TooManyRequestsException", "InternalServerErrorException"})
_ASKED = 3
"""How often a job is asked for when no answer comes; its token keeps a second job from being made."""


class MediaConvertClient:
    """A lazy boto3 client: importing boto3 must not delay the start of the emulator."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._endpoint = variables.get(ENDPOINT_VARIABLE)
        self._lock = threading.Lock()
        self._client: Any = None

    def create(self, parameters: dict[str, Any]) -> str:
        """Create a job and return its id.

        Raises:
            StatesError: ``MediaConvert.<Name>Exception`` as the API answered, ``States.Runtime`` for
                parameters that the API does not have.
        """
        from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError  # noqa: PLC0415

        try:
            answer = self._ask(parameters)
        except ClientError as error:
            raise StatesError(f"MediaConvert.{_code(error)}", str(error)) from error
        except ParamValidationError as error:
            cause = f"The parameters could not be used to start the Task: {error}"
            raise StatesError(RUNTIME, cause) from error
        except BotoCoreError as error:
            raise StatesError("MediaConvert.SdkClientException", str(error)) from error
        job_id: str = answer["Job"]["Id"]
        return job_id

    def _ask(self, parameters: dict[str, Any]) -> dict[str, Any]:
        from botocore.exceptions import ConnectionClosedError  # noqa: PLC0415

        for _ in range(_ASKED - 1):
            try:
                answer: dict[str, Any] = self._connected().create_job(**parameters)
            except ConnectionClosedError as error:
                logger.warning("CreateJob was not answered, and is asked again: %s", error)
            else:
                return answer
        last: dict[str, Any] = self._connected().create_job(**parameters)
        return last

    def get(self, job_id: str) -> dict[str, Any] | None:
        """Return a job as JSON; ``None`` if the service can't be reached just now.

        Raises:
            StatesError: the API refuses for good.
        """
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        try:
            job: dict[str, Any] = _plain(self._connected().get_job(Id=job_id)["Job"])
        except ClientError as error:
            if _code(error) in _TRANSIENT:
                return None
            raise StatesError(f"MediaConvert.{_code(error)}", str(error)) from error
        except BotoCoreError:
            return None
        return job

    def cancel(self, job_id: str) -> None:
        """Cancel a job as far as possible: it may have ended, or the service may be gone."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        try:
            self._connected().cancel_job(Id=job_id)
        except (BotoCoreError, ClientError) as error:
            logger.info("Job %s was not cancelled: %s", job_id, error)

    def _connected(self) -> Any:
        with self._lock:
            if self._client is None:
                if self._endpoint is None:
                    raise StatesError(
                        RUNTIME, f"{ENDPOINT_VARIABLE} is not set: there is no MediaConvert here."
                    )
                import boto3  # noqa: PLC0415
                from botocore.config import Config  # noqa: PLC0415

                # The state's own Retry decides about a second attempt.
                config = Config(
                    retries={"total_max_attempts": 1},
                    connect_timeout=5,
                    read_timeout=60,
                    user_agent_extra=f"app/{STEP_FUNCTIONS}",
                )
                self._client = boto3.session.Session().client(
                    "mediaconvert", endpoint_url=self._endpoint, config=config
                )
            return self._client


def _code(error: Any) -> str:
    code: str = error.response["Error"]["Code"]
    return code if code.endswith("Exception") else f"{code}Exception"


def _plain(value: Any) -> Any:
    """Return a boto3 answer as the JSON that Step Functions shows: times are epoch milliseconds."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return int(value.timestamp() * 1000) if isinstance(value, datetime) else value
