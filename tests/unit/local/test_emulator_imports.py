"""What is done to a module when it is imported: once, and before anybody sees it."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.emulator import imports


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory on the path; what is imported from it is forgotten afterwards."""
    monkeypatch.syspath_prepend(str(tmp_path))
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:
        del sys.modules[name]


def test_whoever_imports_it_finds_it_done(modules: Path) -> None:
    (modules / "watched_one.py").write_text("value = 1\n")
    (modules / "watched_user.py").write_text("from watched_one import value\n")

    def double(module: Any) -> None:
        module.value *= 2

    imports.after_import("watched_one", double)
    assert "watched_one" not in sys.modules
    assert importlib.import_module("watched_user").value == 2
    assert importlib.import_module("watched_one").value == 2, "done a second time"


def test_what_is_imported_already_is_done_at_once(modules: Path) -> None:
    (modules / "watched_two.py").write_text("")
    importlib.import_module("watched_two")
    seen: list[Any] = []
    imports.after_import("watched_two", seen.append)
    assert [module.__name__ for module in seen] == ["watched_two"]


def test_a_package_and_the_modules_in_it_are_different_things(modules: Path) -> None:
    (modules / "watched_package").mkdir()
    (modules / "watched_package" / "__init__.py").write_text("from . import part\n")
    (modules / "watched_package" / "part.py").write_text("")
    order: list[str] = []
    for name in ("watched_package", "watched_package.part"):
        imports.after_import(name, lambda module: order.append(module.__name__))
    importlib.import_module("watched_package")
    assert order == ["watched_package.part", "watched_package"]


def test_what_is_left_out_looks_as_if_it_were_not_installed(modules: Path) -> None:
    (modules / "watched_heavy.py").write_text("raise AssertionError('imported')\n")
    imports.leave_out("watched_heavy")
    with pytest.raises(ImportError):
        importlib.import_module("watched_heavy")
