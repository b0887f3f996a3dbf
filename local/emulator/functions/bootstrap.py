"""A stand-in for Amazon's Python runtime client, for platforms without a wheel of it.

It speaks the Runtime API as awslambdaric does, with the same error names and the same JSON, and is covered by
the same tests. It must run with the standard library alone: it starts inside the worker.
"""

import http.client
import importlib
import json
import os
import sys
import time
import traceback
import types
from typing import Any

_PREFIX = "/2018-06-01/runtime"


class Context:
    """What a handler gets as its second argument."""

    def __init__(self, headers: http.client.HTTPMessage) -> None:
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = None
        self.client_context = None
        self.tenant_id = None
        self._deadline = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the invocation may still take."""
        return max(0, self._deadline - int(time.time() * 1000))


def failure(name: str, message: str, trace: list[str], request_id: str = "") -> dict[str, str | list[str]]:
    """Return an error as the runtime reports it."""
    result: dict[str, str | list[str]] = {"errorMessage": message, "errorType": name}
    if request_id:
        result["requestId"] = request_id
    result["stackTrace"] = trace
    return result


def load(handler: str) -> Any:
    """Import the handler; exits after reporting why it can't be imported."""
    module, _, function = handler.rpartition(".")
    try:
        return getattr(importlib.import_module(module.replace("/", ".")), function)
    except ImportError as error:
        name, message = "Runtime.ImportModuleError", f"Unable to import module '{module}': {error}"
    except AttributeError:
        name, message = "Runtime.HandlerNotFound", f"Handler '{function}' missing on module '{module}'"
    except SyntaxError as error:
        name, message = "Runtime.UserCodeSyntaxError", f"Syntax error in module '{module}': {error}"
    except Exception as error:
        name, message = type(error).__name__, str(error)
    sys.stderr.write(f"[ERROR] {name}: {message}\n")
    _request("POST", f"{_PREFIX}/init/error", failure(name, message, []), name)
    sys.exit(1)


def respond(function: Any, body: bytes, context: Context) -> tuple[str, Any]:
    """Call the handler; return the ending of the path to post to, and what to post."""
    try:
        result = function(json.loads(body), context)
    except Exception as error:
        frames = _own_frames(error.__traceback__)
        name = type(error).__name__
        sys.stderr.write(f"[ERROR] {name}: {error}\nTraceback (most recent call last):\n{''.join(frames)}\n")
        return "error", failure(name, str(error), frames, context.aws_request_id)
    try:
        return "response", json.loads(json.dumps(result))
    except (TypeError, ValueError) as error:
        message = f"Unable to marshal response: {error}"
        return "error", failure("Runtime.MarshalError", message, [], context.aws_request_id)


def _own_frames(trace: types.TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)
    return traceback.format_list([frame for frame in frames if "/bootstrap.py" not in frame.filename])


def _request(
    method: str, path: str, body: Any = None, error: str | None = None
) -> tuple[bytes, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    headers = {"Content-Type": "application/json"}
    if error:
        headers["Lambda-Runtime-Function-Error-Type"] = error
    connection.request(method, path, None if method == "GET" else json.dumps(body), headers)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    if response.status >= 400:
        sys.exit(1)
    return content, response.msg


def main() -> None:
    """Serve invocations until the Runtime API goes away."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, write_through=True)  # type: ignore[union-attr]
    function = load(sys.argv[1])
    while True:
        body, headers = _request("GET", f"{_PREFIX}/invocation/next")
        context = Context(headers)
        ending, answer = respond(function, body, context)
        name = answer["errorType"] if ending == "error" else None
        _request("POST", f"{_PREFIX}/invocation/{context.aws_request_id}/{ending}", answer, name)


if __name__ == "__main__":
    main()
