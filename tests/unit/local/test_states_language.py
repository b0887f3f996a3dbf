"""The pure parts of the interpreter: what parses, what is refused, who handles which error."""

import json
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.emulator.states import definition
from local.emulator.states.errors import StatesError, UnsupportedError, find_handler, matches
from local.emulator.states.interpreter import _delay
from local.emulator.states.intrinsics import evaluate, parse_call
from local.emulator.states.paths import PathNotFound, parse_path
from local.emulator.states.tokens import TokenError, Tokens, new_token

WORKFLOWS = Path(__file__).parents[3] / "infra" / "workflows"


@pytest.mark.parametrize("file", sorted(WORKFLOWS.glob("*.asl.json")), ids=lambda file: file.stem)
def test_our_own_workflows_are_accepted(file: Path) -> None:
    """Whatever the workflows use must be implemented before they use it."""
    text = file.read_text()
    for name in set(definition_placeholders(text)):
        text = text.replace(f"${{{name}}}", "arn:aws:lambda:us-east-1:123456789012:function:x")
    definition.check(json.loads(text))


def definition_placeholders(text: str) -> list[str]:
    return [part.split("}", 1)[0] for part in text.split("${")[1:]]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", {"a": {"b c": [1, {"d": None}]}}),
        ("$.a['b c'][0]", 1),
        ('$["a"]["b c"][-1].d', None),
        ("$.a['b c'][*]", [1, {"d": None}]),
        ("$.a['b c'][5:]", []),
    ],
)
def test_paths_find(path: str, found: object) -> None:
    assert parse_path(path).find({"a": {"b c": [1, {"d": None}]}}) == found


@pytest.mark.parametrize("path", ["$.x", "$.a.b", "$.a[2]", "$.a[-3]", "$.s[0]"])
def test_paths_that_find_nothing_say_so(path: str) -> None:
    with pytest.raises(PathNotFound):
        parse_path(path).find({"a": [1, 2], "s": "text"})


@pytest.mark.parametrize(
    "path", ["a", "", "$..a", "$.a[?(@.b)]", "$['a','b']", "$.a.", "$.length()", "$.a b"]
)
def test_paths_outside_the_subset_are_refused(path: str) -> None:
    with pytest.raises(UnsupportedError):
        parse_path(path)


def test_putting_keeps_the_original() -> None:
    document = {"a": {"b": 1}}
    assert parse_path("$.a.c").put(document, 2) == {"a": {"b": 1, "c": 2}}
    assert document == {"a": {"b": 1}}


@given(st.text(min_size=1), st.text())
def test_format_inserts_any_text_unchanged(name: str, value: str) -> None:
    call = parse_call("States.Format('<{}>', $.v)")
    assert evaluate(call, name, {"v": value}, {}) == f"<{value}>"


@pytest.mark.parametrize(
    "text",
    [
        "States.Format('{}'",
        "States.Format('{}', $.a",
        "States.UUID()",
        "Format('{}')",
        "States.Format('{}', nope)",
        "States.Format('a) more",
        "States.Format('x') y",
    ],
)
def test_malformed_functions_are_refused(text: str) -> None:
    with pytest.raises(UnsupportedError):
        parse_call(text)


@pytest.mark.parametrize(
    ("names", "error", "expected"),
    [
        (["States.ALL"], "ServiceBusyError", True),
        (["States.ALL"], "States.Timeout", True),
        (["States.ALL"], "States.Runtime", False),
        (["States.ALL"], "States.DataLimitExceeded", False),
        (["States.DataLimitExceeded"], "States.DataLimitExceeded", True),
        (["States.Runtime"], "States.Runtime", False),
        (["States.TaskFailed"], "ServiceBusyError", True),
        (["States.TaskFailed"], "States.Timeout", False),
        (["ServiceBusyError"], "ServiceBusyErrors", False),
    ],
)
def test_which_names_cover_which_errors(names: list[str], error: str, *, expected: bool) -> None:
    assert matches(names, error) is expected


def test_the_first_entry_that_covers_the_error_counts() -> None:
    handlers = [{"ErrorEquals": ["A"]}, {"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["B"]}]
    assert find_handler(handlers, "B") == 1


def test_delays_grow_to_their_limit_and_end() -> None:
    retrier = {
        "ErrorEquals": ["States.ALL"],
        "IntervalSeconds": 5,
        "BackoffRate": 2,
        "MaxAttempts": 4,
        "MaxDelaySeconds": 15,
    }
    tries: dict[int, int] = {}
    error = StatesError("ServiceBusyError")
    assert [_delay([retrier], error, tries) for _ in range(5)] == [5, 10, 15, 15, None]


def test_jitter_stays_within_the_delay() -> None:
    retrier = {
        "ErrorEquals": ["States.ALL"],
        "IntervalSeconds": 3,
        "JitterStrategy": "FULL",
        "MaxAttempts": 99,
    }
    delays = [_delay([retrier | {"BackoffRate": 1}], StatesError("E"), {}) for _ in range(50)]
    assert all(delay is not None and 0 <= delay <= 3 for delay in delays)
    assert len(set(delays)) > 1


def test_a_token_is_open_once() -> None:
    tokens, woken = Tokens(), []
    token = new_token()
    callback = tokens.open(token, lambda: woken.append(True))
    tokens.succeed(token, '{"a": 1}')
    assert (callback.done, callback.value, woken) == (True, {"a": 1}, [True])
    with pytest.raises(TokenError) as caught:
        tokens.fail(token, "E", "c")
    assert caught.value.code == "TaskTimedOut"


@given(st.text())
def test_no_text_is_a_token_by_chance(text: str) -> None:
    with pytest.raises(TokenError) as caught:
        Tokens().heartbeat(text)
    assert caught.value.code == "InvalidToken"


def test_a_token_of_somebody_else_belongs_to_no_task() -> None:
    """The reconciler drops a waiter by this answer, so it must not be mistaken for a closed one."""
    token = new_token()
    other = ("A" if token[0] != "A" else "B") + token[1:]
    with pytest.raises(TokenError) as caught:
        Tokens().heartbeat(other)
    assert caught.value.code == "TaskDoesNotExist"


def test_an_answer_waits_for_an_execution_that_goes_on_after_a_restart() -> None:
    """Refused as closed, it would be dropped, and the film would wait for half a day."""
    tokens, token = Tokens(), new_token()
    tokens.expect([token])
    opening = threading.Timer(0.05, lambda: tokens.open(token, lambda: None))
    opening.start()
    tokens.heartbeat(token)
    tokens.succeed(token, "1")
    opening.join()


def test_an_answer_longer_than_state_is_refused() -> None:
    tokens = Tokens()
    token = new_token()
    callback = tokens.open(token, lambda: None)
    with pytest.raises(TokenError) as caught:
        tokens.succeed(token, json.dumps("x" * 262_144))
    assert caught.value.code == "InvalidOutput"
    assert not callback.done
