"""`make trailer` hands a film's name on as it is, whatever make and the shell would make of it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]

NAMES = (
    "film.mp4",
    "two  spaces and 'quotes\".mp4",
    "$HOME $(shell id) ${X} $$.mp4",
    "`id`;&|<>*?[a]~!.mp4",
    "-dash=%2F#+.mp4",
    "東京 🎬 déjà.mp4",
)


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize("in_environment", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_a_film_s_name_arrives_as_it_is(tmp_path: Path, name: str, in_environment: bool) -> None:
    told = tmp_path / "python"
    told.write_text(f"#!{sys.executable}\nimport sys\nprint(ascii(sys.argv[1:]))\n")
    told.chmod(0o755)
    given = [] if in_environment else [f"VIDEO={name}"]
    variables = os.environ | ({"VIDEO": name} if in_environment else {})
    variables.pop("MAKEFLAGS", None)
    made = subprocess.run(
        ["make", "--silent", "trailer", "SETUP=", f"PY={told}", "ARGS=--profile romance", *given],
        cwd=PROJECT,
        env=variables,
        capture_output=True,
        text=True,
        check=True,
    )
    assert made.stdout == f"{['-m', 'cli', 'run', '--profile', 'romance', '--', name]!a}\n"
