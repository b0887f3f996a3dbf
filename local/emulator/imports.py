"""Do something to a module as soon as it is imported, and leave out packages that nothing here needs."""

import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

Action = Callable[[Any], None]
"""Receives the module."""


class _Watch(MetaPathFinder):
    """Finds modules as Python does, and has their actions run before anybody gets to see them."""

    def __init__(self) -> None:
        self.actions: dict[str, list[Action]] = {}

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """See ``MetaPathFinder``; a module without actions is not found here."""
        actions = self.actions.get(name)
        spec = PathFinder.find_spec(name, path, target) if actions else None
        if actions is None or spec is None or spec.loader is None:
            return None
        loader: Any = spec.loader
        execute = loader.exec_module

        def execute_and_act(module: ModuleType) -> None:
            execute(module)
            for action in actions:
                action(module)

        loader.exec_module = execute_and_act
        return spec


_watch = _Watch()


def after_import(name: str, action: Action) -> None:
    """Run ``action`` with the module once it is imported; now, if it is already."""
    if name in sys.modules:
        action(sys.modules[name])
        return
    if _watch not in sys.meta_path:
        sys.meta_path.insert(0, _watch)
    _watch.actions.setdefault(name, []).append(action)


def leave_out(name: str) -> None:
    """Make a package that is not needed look as if it were not installed."""
    modules: dict[str, Any] = sys.modules
    modules[name] = None
