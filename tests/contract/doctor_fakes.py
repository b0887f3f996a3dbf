"""Step Functions and Lambda as a test of ``trailer doctor`` says that they answer."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


class NoSuchExecution(Exception):
    pass


class StepFunctions:
    """Knows some executions, and remembers what it was asked to do."""

    exceptions = SimpleNamespace(
        ExecutionDoesNotExist=NoSuchExecution,
        InvalidArn=NoSuchExecution,
        ExecutionAlreadyExists=NoSuchExecution,
        ExecutionNotRedrivable=NoSuchExecution,
    )

    def __init__(self, **statuses: str) -> None:
        self.statuses = statuses
        self.started: list[dict[str, Any]] = []
        self.stopped: list[str] = []

    def describe_execution(self, *, executionArn: str) -> dict[str, Any]:
        if executionArn not in self.statuses:
            raise NoSuchExecution
        wish = {"videoId": "film-1", "profileId": "romance", "options": {}}
        return {"status": self.statuses[executionArn], "startDate": NOW, "input": json.dumps(wish)}

    def get_execution_history(self, **request: Any) -> dict[str, Any]:
        entered = {
            "id": 1,
            "type": "MapStateEntered",
            "timestamp": NOW,
            "stateEnteredEventDetails": {"name": "Detect"},
        }
        return {"events": [entered]}

    def get_paginator(self, name: str) -> Any:
        running = [
            {"executionArn": arn, "startDate": NOW - timedelta(hours=3)}
            for arn, status in self.statuses.items()
            if status == "RUNNING"
        ]
        return SimpleNamespace(
            paginate=lambda stateMachineArn, **more: [
                {"executions": running if stateMachineArn == "analyse" else []}
            ]
        )

    def start_execution(self, **request: Any) -> None:
        if request["name"] in [earlier["name"] for earlier in self.started]:
            raise NoSuchExecution
        self.started.append(request)

    def redrive_execution(self, *, executionArn: str) -> None:
        if self.statuses[executionArn] == "RUNNING":
            raise NoSuchExecution
        self.statuses[executionArn] = "RUNNING"

    def stop_execution(self, *, executionArn: str, **more: Any) -> None:
        self.stopped.append(executionArn)


class Functions:
    """Lambda: answers, or fails as long as ``broken`` says."""

    def __init__(self) -> None:
        self.broken = ""
        self.called: list[tuple[str, Any]] = []

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:
        if self.broken:
            body = {"errorType": "AccessRefusedError", "errorMessage": self.broken}
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(json.dumps(body).encode())}
        self.called.append((FunctionName, json.loads(Payload)))
        return {"Payload": io.BytesIO(b'{"settled": 1, "closed": 1, "standing": 1}')}
