"""Run executions on our interpreter, in the emulator's records, so that its API shows them move."""

import contextvars
import json
import logging
import os
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from local.emulator.functions.install import Functions
from local.emulator.mediaconvert_client import MediaConvertClient
from local.emulator.states import definition
from local.emulator.states.errors import RUNTIME, Cancelled, StatesError, UnsupportedError
from local.emulator.states.history import now
from local.emulator.states.interpreter import Interpreter
from local.emulator.states.outlook import Outlook
from local.emulator.states.run import Branch, MachineTimedOut, Run
from local.emulator.states.tasks import Tasks
from local.emulator.states.tokens import Tokens

logger = logging.getLogger("local.emulator.states")

INTERRUPTED = "States.ServiceRestart"
"""How the emulator marks executions that it finds running when it loads its state."""


class Engine:
    """The executions under way, and the services that their tasks reach."""

    def __init__(self, log: Path, functions: Functions) -> None:
        """Create the engine; ``log`` gets one JSON line per finished execution."""
        from ministack.services import lambda_svc, stepfunctions  # noqa: PLC0415  (configured before import)

        self._lambda: Any = lambda_svc
        self._sfn: Any = stepfunctions
        self._log = log
        self._functions = functions
        self._preparing = threading.Lock()
        self._lock = threading.Lock()
        self._ended = threading.Condition(self._lock)
        self._runs: dict[str, Run] = {}
        self._watchers: dict[str, list[Callable[[], None]]] = {}
        self._media = MediaConvertClient(os.environ)
        self.tokens = Tokens()
        self._interpreter = Interpreter(Tasks(self))

    @property
    def running(self) -> int:
        """How many executions are under way."""
        return len(self._runs)

    def run(self, arn: str) -> None:
        """Run an execution from its start, or on from where a restart found it, to its end."""
        record = self._sfn._executions.get(arn)
        try:
            parsed = self._definition(record)
            run = Run(record, parsed, json.loads(record["input"]))
        except (StatesError, UnsupportedError, ValueError) as error:
            self._end(record, "FAILED", error=RUNTIME, cause=getattr(error, "cause", str(error)))
            return
        with self._lock:
            self._runs[arn] = run
        if record["status"] != "RUNNING":
            # It was stopped before there was anything to stop.
            run.stop()
        context = contextvars.copy_context()
        threading.Thread(
            target=context.run, args=(self._prepare, parsed), daemon=True, name="warm-up"
        ).start()
        try:
            self._interpret(run, parsed, record)
        finally:
            with self._ended:
                self._runs.pop(arn, None)
                self._ended.notify_all()
            self._write_usage(record)

    def _prepare(self, machine: dict[str, Any]) -> None:
        """Warm up what the execution will call, one function after the other, while it is at work.

        Lambda has such workers at hand, or brings them up beside everything else; here a cold start takes the
        processor from the film.
        """
        if not self._preparing.acquire(blocking=False):
            return
        try:
            for function in Outlook(self._machine_of, self._functions.wakers()).functions(machine):
                self._functions.prepare(function)
        except Exception:
            # Nobody waits for it: what is not warm is started when it is called.
            logger.exception("Functions could not be prepared.")
        finally:
            self._preparing.release()

    def _machine_of(self, arn: str) -> dict[str, Any] | None:
        machine = self._sfn._state_machines.get(arn)
        return None if machine is None else json.loads(machine["definition"])

    def redrive(self, arn: str) -> None:
        """Run an execution that did not succeed on from its unfinished states, to its end."""
        with self._ended:
            # What was stopped a moment ago may still be on its way out.
            self._ended.wait_for(lambda: arn not in self._runs)
        journal = self._sfn._executions.get(arn).setdefault("journal", {})
        for key, entry in journal.items():
            if "output" not in entry:
                # The state is not entered again, but what is in it is: a new token, a new child, a new job.
                journal[key] = {"entered": entry["entered"]}
        self.run(arn)

    def _definition(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return the definition that the execution began with; an update meanwhile doesn't reach it."""
        if "definition" not in record:
            machine = self._sfn._state_machines.get(record["stateMachineArn"])
            if machine is None:
                raise StatesError(RUNTIME, "The state machine was deleted.")
            record["definition"] = machine["definition"]
        parsed: dict[str, Any] = json.loads(record["definition"])
        definition.check(parsed)
        return parsed

    def _interpret(self, run: Run, machine: dict[str, Any], record: dict[str, Any]) -> None:
        branch = Branch(run, event=len(record["events"]))
        try:
            output = self._interpreter.run(branch, machine, run.context["Execution"]["Input"])
            text = json.dumps(output, separators=(",", ":"), ensure_ascii=False)
            self._end(record, "SUCCEEDED", output=text)
        except MachineTimedOut:
            self._end(record, "TIMED_OUT")
        except Cancelled:
            # StopExecution has already written the end of the record.
            logger.info("%s was aborted.", record["executionArn"])
            self._tell_watchers(record["executionArn"])
        except StatesError as error:
            self._end(record, "FAILED", error=error.error, cause=error.cause)
        except Exception as error:
            logger.exception("The interpreter failed on %s", record["executionArn"])
            self._end(record, "FAILED", error=RUNTIME, cause=f"The local Step Functions failed: {error!r}")

    def _end(self, record: dict[str, Any], status: str, **outcome: str) -> None:
        kinds = {"SUCCEEDED": "Succeeded", "FAILED": "Failed", "TIMED_OUT": "TimedOut"}
        kind = kinds[status]
        if record["status"] != "RUNNING":
            # Whoever stopped it a moment before its end has written how it ended, and that stays.
            self._tell_watchers(record["executionArn"])
            return
        record.update(outcome)
        record["stopDate"] = now()
        record["events"].append(
            {
                "id": len(record["events"]) + 1,
                "previousEventId": len(record["events"]),
                "timestamp": record["stopDate"],
                "type": f"Execution{kind}",
                f"execution{kind}EventDetails": outcome,
            }
        )
        # Last, because whoever waits for the status reads the rest right away.
        record["status"] = status
        if status == "SUCCEEDED":
            # Only what did not succeed can be redriven.
            record.pop("journal", None)
            record.pop("definition", None)
        self._tell_watchers(record["executionArn"])
        self._sfn._emit_execution_status_event(record)

    def _tell_watchers(self, arn: str) -> None:
        with self._lock:
            watchers = self._watchers.pop(arn, [])
        for wake in watchers:
            wake()

    def _write_usage(self, record: dict[str, Any]) -> None:
        usage: Mapping[str, Any] = record.get("usage", {})
        line = {
            "executionArn": record["executionArn"],
            "status": record["status"],
            "startDate": record["startDate"],
            "seconds": round(_seconds(record["startDate"], record["stopDate"]), 3),
            # Billed are the states entered and every retry of one.
            "stateTransitions": usage.get("statesEntered", 0) + usage.get("retries", 0),
            "historyEvents": len(record["events"]),
            **usage,
        }
        with self._lock, self._log.open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")

    def interrupted(self) -> list[tuple[tuple[str, str], str]]:
        """Return the executions that ran when the emulator ended, as ((account, region), ARN).

        They are put back into the state that they were in; `run` carries them on.
        """
        found = []
        for (account, region, arn), record in self._sfn._executions._data.items():
            if record.get("error") == INTERRUPTED:
                record.update(status="RUNNING", stopDate=None)
                for name in ("error", "cause"):
                    record.pop(name, None)
                journal = record.get("journal", {})
                self.tokens.expect(entry["token"] for entry in journal.values() if "token" in entry)
                found.append(((account, region), arn))
        return found

    def stop(self, arn: str) -> None:
        """End the branches of an execution whose record says that it was stopped."""
        run = self._runs.get(arn)
        if run is not None:
            run.stop()

    # What tasks reach (states.tasks.Services).

    def invoke(self, function: str, payload: Any) -> Any:
        """Invoke a function as Step Functions does: its errors by class name, the rest as Lambda's."""
        code, config, name = self._lambda._get_func_record_for_ref(function)
        if not code or not config:
            raise StatesError("Lambda.ResourceNotFoundException", f"Function not found: {name}")
        record = self._lambda._execution_record_for_config(code, config)
        result = self._lambda._execute_function_with_config_scope(record, payload)
        body = result.get("body")
        if result.get("throttle"):
            raise StatesError("Lambda.TooManyRequestsException", json.dumps(body))
        if result.get("error"):
            kind = body.get("errorType") if isinstance(body, dict) else None
            raise StatesError(kind or "Lambda.Unknown", json.dumps(body))
        return body

    def start_execution(self, parameters: dict[str, Any]) -> str:
        """Start a child execution and return its ARN."""
        request: dict[str, Any] = {
            "stateMachineArn": parameters["StateMachineArn"],
            "input": json.dumps(parameters.get("Input", {}), separators=(",", ":"), ensure_ascii=False),
        }
        if "Name" in parameters:
            request["name"] = parameters["Name"]
        status, _, body = self._sfn._start_execution(request)
        answer = json.loads(body)
        if status >= 400:
            code = answer["__type"].rsplit("#", 1)[-1].removesuffix("Exception")
            raise StatesError(f"StepFunctions.{code}Exception", answer.get("message", ""))
        arn: str = answer["executionArn"]
        return arn

    def execution(self, arn: str, wake: Callable[[], None]) -> dict[str, Any]:
        """Return the record of an execution, and call ``wake`` when it ends."""
        record: dict[str, Any] | None = self._sfn._executions.get(arn)
        if record is None:
            raise StatesError("StepFunctions.ExecutionDoesNotExistException", arn)
        with self._lock:
            self._watchers.setdefault(arn, []).append(wake)
        return record

    def stop_execution(self, arn: str) -> None:
        """Abort an execution, if it runs."""
        self._sfn._stop_execution({"executionArn": arn, "cause": "The parent execution's state ended."})

    def create_job(self, parameters: dict[str, Any]) -> str:
        """Create a MediaConvert job and return its id."""
        return self._media.create(parameters)

    def job(self, job_id: str) -> dict[str, Any] | None:
        """Return a MediaConvert job; ``None`` if the service can't be reached just now."""
        return self._media.get(job_id)

    def cancel_job(self, job_id: str) -> None:
        """Cancel a MediaConvert job, if it runs."""
        self._media.cancel(job_id)


def _seconds(start: str, stop: str | None) -> float:
    moments = [datetime.fromisoformat(text.replace("Z", "+00:00")) for text in (start, stop or now())]
    return (moments[1] - moments[0]).total_seconds()
