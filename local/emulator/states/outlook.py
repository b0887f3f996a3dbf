"""Which functions an execution is going to call, in the order in which it will."""

from collections.abc import Callable, Iterator
from typing import Any

from local.emulator.states.definition import LAMBDA, LAMBDA_CALLBACK, LAMBDA_INVOKE, START_EXECUTION


class Outlook:
    """Walks state machines along every way but those of errors."""

    def __init__(self, machine_of: Callable[[str], dict[str, Any] | None], wakers: list[str]) -> None:
        """Remember where to look.

        Args:
            machine_of: The definition of a state machine, by ARN.
            wakers: Functions that are called by messages, as those are that end a wait.
        """
        self._machine_of = machine_of
        self._wakers = wakers

    def functions(self, machine: dict[str, Any]) -> list[str]:
        """Return the functions of a state machine and of those that it starts, each one once."""
        return list(dict.fromkeys(self._walk(machine, frozenset())))

    def _walk(self, machine: dict[str, Any], inside: frozenset[str]) -> Iterator[str]:
        coming, seen = [machine["StartAt"]], set()
        while coming:
            name = coming.pop(0)
            if name in seen:
                continue
            seen.add(name)
            state = machine["States"][name]
            yield from self._calls(state, inside)
            if "ItemProcessor" in state:
                yield from self._walk(state["ItemProcessor"], inside)
            ways = [state.get("Next"), *(choice["Next"] for choice in state.get("Choices", ()))]
            coming += [way for way in (*ways, state.get("Default")) if way]

    def _calls(self, state: dict[str, Any], inside: frozenset[str]) -> Iterator[str]:
        resource, parameters = state.get("Resource", ""), state.get("Parameters", {})
        if LAMBDA.fullmatch(resource):
            yield resource
        elif resource in (LAMBDA_INVOKE, LAMBDA_CALLBACK):
            yield str(parameters.get("FunctionName", ""))
            if resource == LAMBDA_CALLBACK:
                yield from self._wakers
        elif resource == START_EXECUTION:
            arn = str(parameters.get("StateMachineArn", ""))
            child = self._machine_of(arn) if arn not in inside else None
            if child is not None:
                yield from self._walk(child, inside | {arn})
