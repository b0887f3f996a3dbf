"""The seams of events: what S3 says of an object, and who may speak for AWS."""

import contextvars
import json
import logging
from collections.abc import Callable
from typing import Any

logger = logging.getLogger("local.emulator.events")

EMITTER_HEADER = b"x-local-aws-emitter"
"""Our own services mark their PutEvents with it; only AWS itself may send events of an ``aws.`` source."""

emitter: contextvars.ContextVar[str | None] = contextvars.ContextVar("emitter", default=None)
_version: contextvars.ContextVar[str | None] = contextvars.ContextVar("version", default=None)


def install() -> None:
    """Let object events name the version, and our services send theirs."""
    from ministack.services import eventbridge, s3  # noqa: PLC0415  (configured before import)

    storage: Any = s3
    bus: Any = eventbridge
    fire: Callable[..., None] = storage._fire_s3_event
    dispatch: Callable[..., Any] = bus._dispatch_event
    put: Callable[..., Any] = bus._put_events

    def fire_with_version(*args: Any, **named: Any) -> None:
        # A thread of its own carries each event, so the variable needs no reset.
        _version.set(named.get("version_id"))
        fire(*args, **named)

    def dispatch_corrected(event: dict[str, Any], *args: Any, **named: Any) -> Any:
        if event.get("Source") == "aws.s3":
            event["Detail"] = json.dumps(_object_detail(json.loads(event["Detail"])), ensure_ascii=False)
        return dispatch(event, *args, **named)

    def put_events(request: dict[str, Any], allow_aws_source: bool = False) -> Any:
        return put(request, allow_aws_source=allow_aws_source or emitter.get() is not None)

    storage._fire_s3_event = fire_with_version
    bus._dispatch_event = dispatch_corrected
    bus._put_events = put_events
    bus._dispatch_to_lambda = _invoke_later


def _invoke_later(arn: str, payload: str) -> None:
    """Invoke a rule's function as Lambda invokes asynchronously: retried, and then to its dead letters."""
    from ministack.services import lambda_svc  # noqa: PLC0415

    service: Any = lambda_svc
    code, config, name = service._get_func_record_for_ref(arn)
    if not code or not config:
        logger.warning("A rule's target is gone: the function %s", name)
        return
    service.invoke_async_with_retry(service._execution_record_for_config(code, config), json.loads(payload))


def _object_detail(detail: dict[str, Any]) -> dict[str, Any]:
    """Return the detail of an object event with the fields that S3 documents, and no other."""
    detail.pop("event-version", None)
    version = _version.get()
    if version is not None:
        detail["object"]["version-id"] = version
    return detail
