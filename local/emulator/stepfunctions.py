"""The seams of Step Functions: the emulator's functions that give way to our engine."""

import contextvars
import json
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.emulator.engine import Engine
from local.emulator.executions import Executions
from local.emulator.functions.install import Functions
from local.emulator.imports import after_import
from local.emulator.states import definition
from local.emulator.states.errors import UnsupportedError
from local.emulator.states.tokens import TokenError

Response = tuple[int, dict[str, str], bytes]
Action = Callable[[dict[str, Any]], Response]

_NAME = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}")
MAX_INPUT_BYTES = 262_144


def install(state_dir: Path, functions: Functions) -> Engine:
    """Replace what runs executions and answers task tokens; return the engine."""
    from ministack.core.responses import error_response_json, json_response  # noqa: PLC0415
    from ministack.services import stepfunctions  # noqa: PLC0415

    sfn: Any = stepfunctions
    engine = Engine(state_dir / "executions.jsonl", functions)
    sfn._run_execution = engine.run
    sfn._start_execution = _start(sfn, error_response_json, json_response)
    sfn._stop_execution = _stop(sfn._stop_execution, engine)
    Executions(engine)
    for name in ("_create_state_machine", "_update_state_machine"):
        setattr(sfn, name, _checked(getattr(sfn, name), error_response_json))
    after_import("ministack.services.cloudformation.provisioners", _check_deployed)

    def answering(action: Callable[[dict[str, Any]], None]) -> Action:
        def answer(request: dict[str, Any]) -> Response:
            try:
                action(request)
            except TokenError as error:
                return _response(error_response_json(error.code, str(error), 400))
            return _response(json_response({}))

        return answer

    tokens = engine.tokens
    sfn._send_task_success = answering(lambda r: tokens.succeed(r.get("taskToken", ""), r.get("output", "")))
    sfn._send_task_failure = answering(
        lambda r: tokens.fail(r.get("taskToken", ""), r.get("error", ""), r.get("cause", ""))
    )
    sfn._send_task_heartbeat = answering(lambda r: tokens.heartbeat(r.get("taskToken", "")))
    sfn._test_state = lambda request: error_response_json(
        "ValidationException", "TestState is not supported by the local Step Functions.", 400
    )
    return engine


def resume(engine: Engine) -> None:
    """Carry on the executions that the last run of the emulator left unfinished."""
    from ministack.core.responses import set_request_account_id, set_request_region  # noqa: PLC0415

    for (account, region), arn in engine.interrupted():

        def carry_on(account: str = account, region: str = region, arn: str = arn) -> None:
            set_request_account_id(account)
            set_request_region(region)
            engine.run(arn)

        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(carry_on,), daemon=True, name="states-resume").start()


def _response(answer: Any) -> Response:
    status, headers, body = answer
    return status, headers, body


def _start(sfn: Any, refuse: Callable[..., Any], answer: Callable[..., Any]) -> Action:
    original: Action = sfn._start_execution
    lock = threading.Lock()

    def start(request: dict[str, Any]) -> Response:
        text = request.get("input", "{}")
        name = request.get("name")
        if len(text.encode()) > MAX_INPUT_BYTES:
            return _response(
                refuse("ValidationException", f"The input is longer than {MAX_INPUT_BYTES} bytes.", 400)
            )
        try:
            json.loads(text)
        except ValueError as error:
            return _response(
                refuse("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{error}'", 400)
            )
        if name is not None and not _NAME.fullmatch(name):
            return _response(refuse("InvalidName", f"Invalid Name: '{name}'", 400))
        # Executions that start executions do so at the same time as clients: one name is taken once.
        with lock:
            same = _running_twin(sfn, request.get("stateMachineArn", ""), name, text)
            return original(request) if same is None else _response(answer(same))

    return start


def _running_twin(sfn: Any, machine: str, name: str | None, text: str) -> dict[str, Any] | None:
    """Return the running execution of this name and input: starting it again is no error."""
    if name is None:
        return None
    arn = f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
    record = sfn._executions.get(arn)
    if record is None or record["status"] != "RUNNING" or record["input"] != text:
        return None
    return {"executionArn": arn, "startDate": record["startDate"]}


def _stop(original: Action, engine: Engine) -> Action:
    def stop(request: dict[str, Any]) -> Response:
        response = original(request)
        engine.stop(request.get("executionArn", ""))
        return response

    return stop


def _checked(original: Action, refuse: Callable[..., Any]) -> Action:
    def check(request: dict[str, Any]) -> Response:
        try:
            if "definition" in request:
                definition.check(json.loads(request["definition"]))
        except (UnsupportedError, ValueError) as error:
            return _response(refuse("InvalidDefinition", f"Invalid State Machine Definition: '{error}'", 400))
        return original(request)

    return check


def _check_deployed(provisioners: Any) -> None:
    """Check what CloudFormation creates too, so that a deployment fails with the reason."""
    original: Callable[[Any], str] = provisioners._sfn_definition

    def check(properties: Any) -> str:
        text = original(properties)
        try:
            definition.check(json.loads(text))
        except (UnsupportedError, ValueError) as error:
            raise ValueError(f"Invalid State Machine Definition: '{error}'") from error
        return text

    provisioners._sfn_definition = check
