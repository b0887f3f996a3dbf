"""Short ways to write states."""

from typing import Any


def task(resource: str, **fields: Any) -> dict[str, Any]:
    state = {"Type": "Task", "Resource": resource, **fields}
    return state if "Next" in fields else {**state, "End": True}


def retry(*errors: str, **fields: Any) -> dict[str, Any]:
    """A retrier that does not make the suite slow: full jitter of one second at most."""
    return {
        "ErrorEquals": list(errors),
        "IntervalSeconds": 1,
        "BackoffRate": 1,
        "JitterStrategy": "FULL",
        **fields,
    }


def each(states: dict[str, Any], **fields: Any) -> dict[str, Any]:
    processor = {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": next(iter(states)), "States": states}
    state = {"Type": "Map", "ItemProcessor": processor, **fields}
    return state if "Next" in fields else {**state, "End": True}


PASS: dict[str, Any] = {"Type": "Pass", "End": True}
