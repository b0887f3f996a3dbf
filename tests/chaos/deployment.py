"""What the stack deploys around the handlers, read from the CDK code without running it.

Synthesis takes half a minute; the few numbers that matter here stand in the
constructs as plain calls. ``tests/infra`` compares them with the template.
"""

from __future__ import annotations

import ast
import functools
import json
import re
from typing import Any, Final

from tests.chaos.functions import ROOT

DEFAULT_TIMEOUT: Final = 60.0
VISIBILITY: Final = 360.0
MAX_RECEIVES: Final = 5
TICKS: Final = ("reconcile_jobs", "close_records")
"""What the schedule invokes, with an empty event and without retries."""
ENDED: Final = "close_records"
"""What hears of executions that did not succeed."""
ENDED_RETRIES: Final = 2
BESIDE: Final = "apply_sidecar"
"""What gets the event of options laid beside a film, with two retries."""
TICK_SECONDS: Final = 60.0
WORKFLOWS: Final = {"AnalyseVideo": "analyse_video.asl.json", "MakeTrailer": "make_trailer.asl.json"}


@functools.cache
def function_timeouts() -> dict[str, float]:
    """Seconds that each function may run, by folder."""
    found = {}
    for path in sorted((ROOT / "infra" / "constructs").glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(tree):
            given = _keywords(call, "PythonFunction")
            if "folder" in given and isinstance(given["folder"], ast.Constant):
                timeout = given["timeout"]
                if isinstance(timeout, ast.Name):
                    timeout = constants[timeout.id]
                found[given["folder"].value] = _seconds(timeout)
    return found


@functools.cache
def indexes(table: str) -> dict[str, tuple[str, str]]:
    """Partition and sort key of each index, by the construct id of the table."""
    tree = ast.parse((ROOT / "infra" / "media_stack.py").read_text(encoding="utf-8"))
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and any(
            isinstance(argument, ast.Constant) and argument.value == table for argument in call.args
        ):
            return {
                inner.args[0].value: (_attribute(inner.args[1]), _attribute(inner.args[2]))
                for inner in ast.walk(call)
                if isinstance(inner, ast.Call)
                and isinstance(inner.func, ast.Name)
                and inner.func.id == "_index"
                and isinstance(inner.args[0], ast.Constant)
            }
    raise LookupError(table)


def definition(machine: str) -> dict[str, Any]:
    """A state machine with the names of this model in its placeholders."""
    text = (ROOT / "infra" / "workflows" / WORKFLOWS[machine]).read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(re.sub(r"\$\{(\w+)\}", lambda match: _value(match[1]), text))
    return loaded


def _value(placeholder: str) -> str:
    if placeholder == "RenderRoleArn":
        return "arn:aws:iam::123456789012:role/render"
    if placeholder.endswith("StateMachineArn"):
        name = placeholder.removesuffix("StateMachineArn")
        return f"arn:aws:states:us-east-1:123456789012:stateMachine:{name}"
    folder = re.sub(r"(?<!^)(?=[A-Z])", "_", placeholder).lower()
    if not (ROOT / "lambdas" / folder / "handler.py").exists():
        raise LookupError(f"the state machines name {placeholder}, which this model does not know")
    return f"arn:aws:lambda:us-east-1:123456789012:function:{folder}"


def _keywords(call: ast.AST, name: str) -> dict[str, ast.expr]:
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == name:
        return {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    return {}


def _seconds(duration: ast.expr) -> float:
    """``Duration.minutes(14)`` in seconds."""
    if isinstance(duration, ast.Call) and isinstance(duration.func, ast.Attribute):
        unit = {"seconds": 1.0, "minutes": 60.0}[duration.func.attr]
        amount = duration.args[0]
        if isinstance(amount, ast.Constant):
            return unit * float(amount.value)
    raise LookupError(ast.dump(duration))


def _attribute(call: ast.expr) -> str:
    assert isinstance(call, ast.Call) and isinstance(call.args[0], ast.Constant)
    return str(call.args[0].value)
