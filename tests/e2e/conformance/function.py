"""The function that the cases deploy: what it does is in its event."""

import json
import os
import sys
import time
from pathlib import Path

import boto3

IMPORTED = time.time()


class ServiceBusyError(Exception):
    """An error that is worth another attempt."""


class VideoTooLongError(Exception):
    """An error that is not."""


ERRORS = {error.__name__: error for error in (ServiceBusyError, VideoTooLongError, ValueError)}


def handler(event, context):
    attempt = count(event["counter"]) if "counter" in event else 1
    if attempt <= event.get("failures", 10_000) and "error" in event:
        raise ERRORS[event["error"]](event.get("message", "as asked"))
    sys.stdout.write(f"attempt {attempt}\n")
    return ACTIONS[event.get("do", "echo")](event, context)


def count(path: str) -> int:
    """Append to a file and return how often that was done, over all workers."""
    with Path(path).open("a") as file:
        file.write(".")
    return Path(path).stat().st_size


def sleep(event, context):
    time.sleep(event["seconds"])
    return {"slept": event["seconds"]}


def answer(event, context):
    """Answer the task token from inside the function, before it returns."""
    states = boto3.client("stepfunctions")
    if "failure" in event:
        states.send_task_failure(taskToken=event["token"], error=event["failure"], cause="told so")
    else:
        states.send_task_success(taskToken=event["token"], output=json.dumps(event["output"]))
    time.sleep(event.get("linger", 0))
    return "not this"


def describe(event, context):
    return {
        "environment": dict(os.environ),
        "path": sys.path,
        "remaining": context.get_remaining_time_in_millis(),
        "arn": context.invoked_function_arn,
        "name": context.function_name,
        "requestId": context.aws_request_id,
        "pid": os.getpid(),
        "imported": IMPORTED,
    }


def batch(event, context):
    """Report every message that says so as failed."""
    for record in event["Records"]:
        count(json.loads(record["body"])["counter"])
    failed = [r["messageId"] for r in event["Records"] if json.loads(r["body"]).get("bad")]
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in failed]}


ACTIONS = {
    "echo": lambda event, context: event,
    "sleep": sleep,
    "answer": answer,
    "describe": describe,
    "large": lambda event, context: "x" * event["bytes"],
    "unserializable": lambda event, context: {1, 2},
    "exit": lambda event, context: os._exit(3),
    "import": lambda event, context: str(__import__(event["module"])),
    "say": lambda event, context: sys.stdout.write(event["text"]),
    "start": lambda event, context: Path(event["file"]).write_text(event["token"]),
}
