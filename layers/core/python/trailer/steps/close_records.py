"""Records whose execution is over, though no state of it wrote how it ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from trailer.domain.work.executions import FORGOTTEN
from trailer.errors import RecordLostError, ServiceBusyError, TrailerError
from trailer.ports import Item, Services
from trailer.steps.complete_video import complete_video
from trailer.steps.record_failure import record_failure
from trailer.wire.catalogue import OPEN_STATUSES, VIDEO, origin_of

_PATIENCE: Final = timedelta(minutes=10)
"""How long a record may stand still before Step Functions is asked; the event of an end comes in seconds."""
_ASKED_AT_ONCE: Final = 50
"""DescribeExecution refills 10 to 15 calls a second, and the tick comes again in a minute."""
_LISTED_AT_MOST: Final = 1000


def close_records(event: Mapping[str, Any], services: Services) -> dict[str, Any]:
    """Close the record of one execution that has just ended, or find all that stand still.

    No Catch sees an execution that runs out of time as a whole, is stopped by a person,
    or breaks with an error that ``States.ALL`` does not match. Its end is an event, and
    where the event is lost, the minute tick finds the record. Both ask Step Functions
    how it ended, so both write the same reason; the first one stays.

    Args:
        event: ``executionId`` and ``workflow`` of an execution that did not succeed; without
            them, it is the tick.
        services: everything outside.
    """
    if "executionId" in event:
        return {"closed": _close_ended(event["workflow"], event["executionId"], services)}
    now = services.clock.now()
    still = [
        item
        for status in OPEN_STATUSES
        for item in services.catalogue.unchanged(status, since=now - _PATIENCE, limit=_LISTED_AT_MOST)
    ]
    return {"standing": len(still), "closed": _close_each(_some_of(still, now), services)}


def _close_each(items: Iterable[Item], services: Services) -> int:
    """Close what is over; how many were.

    A busy service leaves the rest to the next minute. Any other error is raised when all others
    were looked at, so that one bad record keeps no other open and is seen.
    """
    closed = 0
    bad: TrailerError | None = None
    for item in items:
        try:
            closed += _close_if_over(item, services)
        except ServiceBusyError:
            break
        except TrailerError as error:
            bad = bad or error
    if bad:
        raise bad
    return closed


def _some_of(items: Sequence[Item], now: datetime) -> list[Item]:
    """As many as may be asked about now, others at the next minute: none is left out for good."""
    first = int(now.timestamp() // 60) * _ASKED_AT_ONCE % max(len(items), 1)
    return [*items[first:], *items[:first]][:_ASKED_AT_ONCE]


def _close_ended(workflow: str, execution_id: str, services: Services) -> bool:
    execution = services.workflow.execution(execution_id)
    if execution is None or not execution.is_over or execution.status == "SUCCEEDED":
        # It was redriven meanwhile: what the event tells is over.
        return False
    record_failure(workflow, execution.input, execution_id, execution.failure, services)
    return True


def _close_if_over(item: Item, services: Services) -> bool:
    execution_id = str(item["executionId"])
    execution = services.workflow.execution(execution_id)
    if execution is not None and not execution.is_over:
        return False
    if execution is not None and execution.status == "SUCCEEDED":
        return _finish(item, services)
    failure = {"Error": FORGOTTEN, "Cause": ""} if execution is None else execution.failure
    record_failure(*origin_of(item), execution_id, failure, services)
    return True


def _finish(item: Item, services: Services) -> bool:
    """Write again what a successful execution had written: the table was restored, or the index is behind."""
    video_id, record = str(item["videoId"]), str(item["record"])
    current = services.catalogue.get(video_id, record)
    if current is None or current["status"] not in OPEN_STATUSES:
        return False
    if record != VIDEO:
        _fail(item, RecordLostError("The trailer was made, and then its record was lost."), services)
        return True
    try:
        complete_video(video_id, services)
    except ServiceBusyError:
        raise
    except TrailerError as error:
        _fail(item, error, services)
    return True


def _fail(item: Item, error: TrailerError, services: Services) -> None:
    failure = {"Error": type(error).__name__, "Cause": str(error)}
    record_failure(*origin_of(item), str(item["executionId"]), failure, services)
