"""One deployed local AWS for all end-to-end tests, in a directory of its own, and the command line as a person has it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from cli.target import Deployment, LocalTarget
from local.supervisor import Environment
from tests.chaos.deployed.stack import deployed

PROJECT = Path(__file__).parents[2]
LIMIT_SECONDS = 300


@dataclass(frozen=True)
class Answer:
    """What one call of ``trailer`` said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Film:
    """A film that was made, and where everything is in it."""

    path: Path
    truth: dict[str, Any]

    @property
    def rate(self) -> Fraction:
        return Fraction(self.truth["frameRate"])

    def forbidden_frames(self) -> set[int]:
        """Frames of black, colour bars and credits."""
        return {frame for cue in self.truth["cues"] for frame in range(cue["start"], cue["end"])}


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """Deployed with the hooks of the fault injector in it, and no fault planned but by the tests of it."""
    with deployed(tmp_path_factory.mktemp("local aws")) as stack:
        yield stack.environment


@pytest.fixture
def deployment(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    """The clients, in this process; what they need from the environment is taken back after the test."""
    for name, value in environment.client_env().items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "NO_PROXY"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    return LocalTarget("local", environment.state_dir).connect()


@pytest.fixture
def trailer(environment: Environment) -> Any:
    """Call the command line in a process of its own, as a person does."""

    def call(*words: str | Path) -> Answer:
        paths = f"{PROJECT}{os.pathsep}{PROJECT / 'layers/core/python'}"
        done = subprocess.run(
            [sys.executable, "-m", "cli", "--state-dir", str(environment.state_dir), *map(str, words)],
            cwd=PROJECT,
            env=os.environ | {"PYTHONPATH": paths},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT_SECONDS,
            check=False,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    return call


def make_film(path: Path, *arguments: str) -> Film:
    done = subprocess.run(
        [sys.executable, "-m", "local.sample_film", str(path), *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=True,
    )
    return Film(path, json.loads(done.stdout))


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """The whole sample film."""
    return make_film(tmp_path_factory.mktemp("films") / "sample film.mp4")


@pytest.fixture(scope="session")
def short_film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """The shortest sample film: 20 seconds at 29.97 frames a second."""
    path = tmp_path_factory.mktemp("films") / "short.mp4"
    return make_film(path, "--seconds", "20", "--rate", "30000/1001")
