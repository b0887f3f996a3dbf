"""What a person gets from a mistake: one sentence on stderr and the exit code that belongs to it."""

import sys
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError
from typer.testing import CliRunner

from cli import main as cli_main
from cli import transfer
from cli.errors import CliError, RefusedError
from cli.main import app, explain
from cli.target import Deployment
from local.errors import DeployError
from trailer.errors import InvalidOptionsError

RUNNER = CliRunner()


class NeverTouched:
    """A target that fails the test when a command reaches for it."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the command used {name} before it looked for mistakes")


@pytest.fixture
def untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_main, "choose_target", lambda *_: NeverTouched())


def call(*words: str) -> tuple[int, str]:
    result = RUNNER.invoke(app, list(words))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stderr.strip()


@pytest.mark.usefixtures("untouched")
class TestMistakesAreToldBeforeAnythingIsStarted:
    @pytest.fixture
    def film(self, tmp_path: Path) -> str:
        path = tmp_path / "film.mp4"
        path.write_bytes(b"not looked into")
        return str(path)

    @pytest.mark.parametrize("duration", ["0", "abc", "-5", ""])
    def test_a_duration_that_is_none(self, film: str, duration: str) -> None:
        code, said = call("run", film, f"--max-duration={duration}")
        assert code == 1
        assert said.startswith(f"max-duration is “{duration}”; allowed are seconds")

    def test_a_profile_that_does_not_exist(self, film: str) -> None:
        code, said = call("run", film, "--profile", "westerns")
        assert code == 1
        assert "westerns" in said
        assert "romance" in said

    def test_a_language_that_is_none(self, film: str) -> None:
        code, said = call("upload", film, "--language", "english please")
        assert code == 1
        assert "target-language" in said

    def test_a_film_that_is_not_there(self, tmp_path: Path) -> None:
        assert call("run", str(tmp_path / "none.mp4")) == (2, f"There is no file {tmp_path / 'none.mp4'}.")

    def test_an_empty_film(self, tmp_path: Path) -> None:
        empty = tmp_path / "empty.mp4"
        empty.touch()
        assert call("run", str(empty)) == (1, "empty.mp4 is empty (0 bytes); upload the complete film again.")

    def test_a_request_for_nobody(self) -> None:
        code, said = call("request", "film-1")
        assert code == 2
        assert "--profile" in said

    def test_a_request_with_a_name_that_no_execution_can_have(self) -> None:
        code, said = call("request", "film-1", "-p", "romance", "--request-id", "a/b")
        assert code == 2
        assert said.startswith("--request-id is “a/b”; allowed are")

    def test_a_question_about_nothing(self) -> None:
        assert call("scenes")[0] == 2
        assert call("trailers")[0] == 2
        assert call("scenes", "--concept", "Car") == (
            2,
            "“Car” is no concept; write kind:name, such as label:Car or emotion:HAPPY.",
        )

    def test_a_flag_that_does_not_exist(self) -> None:
        assert call("run", "--bogus")[0] == 2


def test_every_kind_of_trouble_is_a_sentence() -> None:
    assert explain(RefusedError("REJECTED: no.")) == "REJECTED: no."
    assert explain(InvalidOptionsError("bad")) == "bad"
    assert explain(DeployError("CloudFormation said no.")) == "CloudFormation said no."
    refused = explain(ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetItem"))
    assert refused is not None
    assert "AccessDenied" in refused
    missing = explain(NoCredentialsError())
    assert missing is not None
    assert "--on local" in missing


def test_a_defect_of_ours_is_not_dressed_up_as_a_sentence() -> None:
    assert explain(KeyError("x")) is None


def test_a_refused_film_ends_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing:
        def connect(self) -> Deployment:
            raise RefusedError("REJECTED: It is no film.")

    monkeypatch.setattr(cli_main, "choose_target", lambda *_: Refusing())
    assert call("videos") == (1, "REJECTED: It is no film.")


def test_a_question_starts_without_media_libraries_and_cdk() -> None:
    """The three-second rule begins here: these imports alone take seconds."""
    import subprocess

    found = subprocess.run(
        [sys.executable, "-c", "import sys, cli.main; print(*sorted(sys.modules))"],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert not {"boto3", "botocore", "aws_cdk", "av", "cv2", "numpy"} & set(found)


def test_exit_codes_are_those_of_the_documentation() -> None:
    assert CliError("x").exit_code == 1


def test_every_wish_travels_with_the_upload(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Connected:
        def connect(self) -> None:
            return None

    seen: dict[str, str] = {}

    def upload(deployment: object, film: Path, metadata: dict[str, str]) -> str:
        seen.update(metadata)
        return "film-1"

    monkeypatch.setattr(cli_main, "choose_target", lambda *_: Connected())
    monkeypatch.setattr(transfer, "upload", upload)
    film = tmp_path / "film.mp4"
    film.write_bytes(b"x")
    flags = "-p romance -p comedy -d 12.5 -l pt-BR -f mp4+hls --detectors segments,labels --max-cost 9 --on-detector-failure continue"
    spans = "--pin 1:05-1:12 --pin scene:7 --ban 0:00-0:10"

    result = RUNNER.invoke(app, ["upload", str(film), *flags.split(), *spans.split()])

    assert (result.exit_code, result.stdout) == (0, "film-1\n")
    assert seen == {
        "profile-ids": "romance,comedy",
        "max-duration": "12.5",
        "target-language": "pt-BR",
        "output-format": "mp4+hls",
        "detectors": "segments,labels",
        "on-detector-failure": "continue",
        "max-cost": "9",
        "pin": "1:05-1:12,scene:7",
        "ban": "0:00-0:10",
    }
