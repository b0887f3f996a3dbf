"""Executions as the API and EventBridge show them, and the redrive of those that did not succeed."""

import contextvars
import json
import logging
import re
import threading
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from local.emulator.engine import Engine
from local.emulator.states.history import MAX_EVENTS, now

logger = logging.getLogger("local.emulator.executions")

Response = tuple[int, dict[str, str], bytes]

_ARN = re.compile(r"arn:[a-z-]+:states:[a-z0-9-]+:\d{12}:execution:[^:]+:[^:]+")
_UNSUCCESSFUL = frozenset({"FAILED", "TIMED_OUT", "ABORTED"})
_REDRIVABLE_FOR = timedelta(days=14)
_SAME_REQUEST_FOR = timedelta(minutes=15)
"""How long a repeated RedriveExecution with one client token is the same redrive."""
_EVENT_PAYLOAD_BYTES = 248 * 1024
"""Above this, a status event leaves input and output out."""


class Executions:
    """Stands before the emulator's own actions on executions."""

    def __init__(self, engine: Engine) -> None:
        """Take the place of the emulator's functions; the engine runs what is redriven."""
        from ministack.core.responses import error_response_json, json_response  # noqa: PLC0415
        from ministack.services import eventbridge, stepfunctions  # noqa: PLC0415

        self._engine = engine
        self._sfn: Any = stepfunctions
        self._events: Any = eventbridge
        self._refuse: Callable[..., Any] = error_response_json
        self._answer: Callable[..., Any] = json_response
        self._describe: Callable[[dict[str, Any]], Response] = self._sfn._describe_execution
        self._list: Callable[[dict[str, Any]], Response] = self._sfn._list_executions
        self._handle: Callable[..., Awaitable[Response]] = self._sfn.handle_request
        self._sfn._emit_execution_status_event = self.emit
        self._sfn._describe_execution = self.describe
        self._sfn._list_executions = self.list
        self._sfn.handle_request = self.handle

    async def handle(self, method: str, path: str, headers: Any, body: Any, query: Any) -> Response:
        """Answer RedriveExecution, which the emulator does not have, and pass everything else on."""
        if headers.get("x-amz-target", "").endswith(".RedriveExecution"):
            response: Response = self._sfn._finalize_response(self.redrive(json.loads(body or b"{}")))
            return response
        return await self._handle(method, path, headers, body, query)

    def describe(self, request: dict[str, Any]) -> Response:
        """DescribeExecution, with what it says of redrives."""
        arn = str(request.get("executionArn", ""))
        if not _ARN.fullmatch(arn):
            return self._refused("InvalidArn", f"Invalid Arn: '{arn}'")
        status, headers, body = self._describe(request)
        if status != 200:
            return status, headers, body
        return self._ok({**json.loads(body), **_redrive_facts(self._sfn._executions.get(arn))})

    def list(self, request: dict[str, Any]) -> Response:
        """ListExecutions; a state machine that is not there is an error, not an empty list."""
        machine = request.get("stateMachineArn")
        if "redriveFilter" in request:
            return self._refused("ValidationException", "redriveFilter is not supported by the local AWS.")
        if machine and self._sfn._resolve_state_machine_arn(machine) is None:
            return self._refused("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{machine}'")
        status, headers, body = self._list(request)
        if status != 200:
            return status, headers, body
        page = json.loads(body)
        for item in page["executions"]:
            facts = _redrive_facts(self._sfn._executions.get(item["executionArn"]))
            item |= {name: facts[name] for name in ("redriveCount", "redriveDate") if name in facts}
        return self._ok(page)

    def redrive(self, request: dict[str, Any]) -> Response:
        """RedriveExecution: on from the states that did not succeed, under the same name and ARN."""
        arn, token = str(request.get("executionArn", "")), request.get("clientToken")
        record = self._sfn._executions.get(arn)
        if record is None:
            return self._refused("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
        if token and record.get("redriveToken") == token and _age(record["redriveDate"]) < _SAME_REQUEST_FOR:
            return self._ok({"redriveDate": record["redriveDate"]})
        status, reason = _redrivability(record)
        if status != "REDRIVABLE":
            return self._refused("ExecutionNotRedrivable", reason)
        count = record.get("redriveCount", 0) + 1
        for name in ("error", "cause"):
            record.pop(name, None)
        record.update(redriveCount=count, redriveDate=now(), redriveToken=token, stopDate=None)
        record["events"].append(
            {
                "id": len(record["events"]) + 1,
                "previousEventId": len(record["events"]),
                "timestamp": record["redriveDate"],
                "type": "ExecutionRedriven",
                "executionRedrivenEventDetails": {"redriveCount": count},
            }
        )
        record["status"] = "RUNNING"
        self.emit(record)
        context = contextvars.copy_context()
        thread = threading.Thread(
            target=context.run, args=(self._engine.redrive, arn), daemon=True, name="states-redrive"
        )
        thread.start()
        return self._ok({"redriveDate": record["redriveDate"]})

    def emit(self, record: dict[str, Any]) -> None:
        """Send the status change of an execution to the default event bus."""
        entry = {
            "Source": "aws.states",
            "DetailType": "Step Functions Execution Status Change",
            "Detail": json.dumps(_detail(record), ensure_ascii=False),
            "Resources": [record["executionArn"]],
        }
        try:
            self._events._put_events({"Entries": [entry]}, allow_aws_source=True)
        except Exception:
            # As on AWS these events are sent on a best-effort basis; an execution never fails by them.
            logger.exception("No status event was sent for %s", record["executionArn"])

    def _ok(self, body: dict[str, Any]) -> Response:
        response: Response = self._answer(body)
        return response

    def _refused(self, code: str, message: str) -> Response:
        response: Response = self._refuse(code, message, 400)
        return response


def _detail(record: dict[str, Any]) -> dict[str, Any]:
    facts = _redrive_facts(record)
    succeeded = record["status"] == "SUCCEEDED"
    detail: dict[str, Any] = {
        **{name: record[name] for name in ("executionArn", "stateMachineArn", "name", "status")},
        "startDate": _milliseconds(record["startDate"]),
        "stopDate": _milliseconds(record["stopDate"]),
        "stateMachineVersionArn": None,
        "stateMachineAliasArn": None,
        **facts,
        "redriveDate": _milliseconds(facts.get("redriveDate")),
        "error": record.get("error"),
        "cause": record.get("cause"),
    }
    for name, value in (("input", record["input"]), ("output", record["output"] if succeeded else None)):
        included = value is None or len(value.encode()) <= _EVENT_PAYLOAD_BYTES
        detail[name] = value if included else None
        detail[f"{name}Details"] = None if value is None else {"included": included}
    return detail


def _redrive_facts(record: dict[str, Any]) -> dict[str, Any]:
    status, reason = _redrivability(record)
    facts: dict[str, Any] = {"redriveCount": record.get("redriveCount", 0), "redriveStatus": status}
    if status == "NOT_REDRIVABLE":
        facts["redriveStatusReason"] = reason
    if "redriveDate" in record:
        facts["redriveDate"] = record["redriveDate"]
    return facts


def _redrivability(record: dict[str, Any]) -> tuple[str, str]:
    status = record["status"]
    if status not in _UNSUCCESSFUL:
        return "NOT_REDRIVABLE", f"Execution is {status} and cannot be redriven"
    if _age(record["stopDate"]) > _REDRIVABLE_FOR:
        return "NOT_REDRIVABLE", "Execution is older than the redrivable period"
    if len(record["events"]) >= MAX_EVENTS - 1:
        return "NOT_REDRIVABLE", "Execution history is full"
    return "REDRIVABLE", ""


def _age(moment: str) -> timedelta:
    return datetime.now(UTC) - datetime.fromisoformat(moment.replace("Z", "+00:00"))


def _milliseconds(moment: str | None) -> int | None:
    if moment is None:
        return None
    return int(datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp() * 1000)
