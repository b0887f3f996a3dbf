"""A trailer is judged from its files or from a deployment; a broken rule is an exit code."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import main as cli_main
from cli import queries
from cli.errors import NotRunningError
from cli.main import app
from tests.unit.domain.judgement.films import film, plan
from trailer.domain.planning.plan import TrailerPlan
from trailer.wire.analysis import dump_analysis
from trailer.wire.plan import dump_plan

RUNNER = CliRunner()
FILM = film(
    shots=20,
    shown={i: {"label:Car": 1.0} if i % 2 else {"label:Flower": 1.0} for i in range(20)},
    technical=(("BlackFrames", 0, 10),),
)


class NothingRuns:
    def connect(self) -> Any:
        raise NotRunningError("Nothing runs.")


@pytest.fixture(autouse=True)
def no_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_main, "choose_target", lambda *_: NothingRuns())


def trailer(profile_id: str, *clips: tuple[int, int]) -> TrailerPlan:
    return replace(plan(*clips, limit=200), profile_id=profile_id)


def write(folder: Path, made: TrailerPlan) -> Path:
    own = folder / made.profile_id
    own.mkdir(exist_ok=True)
    (own / "plan.json").write_text(json.dumps(dump_plan(made)))
    return own / "plan.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "analysis.json.gz").write_bytes(gzip.compress(json.dumps(dump_analysis(FILM)).encode()))
    write(tmp_path, trailer("romance", (200, 300), (600, 700)))
    return tmp_path


def call(*words: str) -> tuple[int, str, str]:
    result = RUNNER.invoke(app, ["evaluate", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr.strip()


def rows(stdout: str) -> dict[str, list[str]]:
    cells = [line.split("\t") for line in stdout.splitlines() if "\t" in line]
    return {row[1]: row for row in cells}


def test_a_plan_is_judged_beside_its_neighbours(folder: Path) -> None:
    file = write(folder, trailer("action_enthusiast", (100, 200), (600, 700)))
    code, said, _ = call(str(file))
    assert code == 0
    table = rows(said)
    assert table["Budget"][2:] == ["1", "0.98 to 1", "pass"]
    # 100 frames shared with romance, of 300 that either shows.
    assert table["Distance to other profiles"][2:] == ["0.667", ">= 0.6", "pass"]
    assert "Unmeasured: Optimality (18): needs an exact solver." in said


def test_a_broken_rule_is_exit_code_1(folder: Path) -> None:
    file = write(folder, trailer("action_enthusiast", (0, 100), (600, 700)))
    code, said, _ = call(str(file))
    assert code == 1
    assert rows(said)["Frames of credits, black …"][2:] == ["11", "0", "fail"]
    assert rows(said)["Score of 100"][2] == "0.0"


def test_baselines_stand_beside_ours(folder: Path) -> None:
    _, said, _ = call(str(folder / "romance" / "plan.json"), "--baselines")
    table = rows(said)
    assert table["metric"][4:9] == ["random", "uniform", "top-k", "similarity", "thirds"]
    assert len(table["Relevance lift"]) == len(table["metric"])


def test_json_names_the_formula_and_what_was_not_measured(folder: Path) -> None:
    _, said, _ = call(str(folder / "romance" / "plan.json"), "--json")
    records = {record["key"]: record for record in map(json.loads, said.splitlines())}
    assert records["budget"]["value"] == 1.0
    assert records["budget"]["formula"].startswith("D / B")
    assert records["true_peak"]["value"] is None
    assert "rendered" in records["true_peak"]["note"]
    assert 0 < records["score"]["value"] <= 100


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "is not readable as JSON."),
        ("{}", "is no trailer plan of this version."),
        ("[]", "is no trailer plan"),
    ],
)
def test_a_file_that_is_no_plan_is_told(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "plan.json"
    file.write_text(text)
    code, _, said = call(str(file))
    assert code == 2
    assert sentence in said


def test_a_plan_without_its_analysis_asks_the_deployment(tmp_path: Path) -> None:
    file = write(tmp_path, trailer("romance", (200, 300)))
    assert call(str(file)) == (1, "", "Nothing runs.")


def test_the_analysis_of_another_film_is_refused(folder: Path) -> None:
    file = write(folder, replace(trailer("comedy", (200, 300)), video_id="other"))
    assert call(str(file))[2] == "The plan is of other, the analysis of film."


def test_a_profile_that_does_not_exist_is_told(folder: Path) -> None:
    code, _, said = call(str(folder / "romance" / "plan.json"), "--profile", "westerns")
    assert code == 1
    assert "westerns" in said


class Deployed:
    """A deployment with one film and the latest trailers of two profiles."""

    def __init__(self) -> None:
        self.catalogue = object()
        self.results_bucket = "results"
        self.s3 = SimpleNamespace(get_object=self.get_object)
        self.objects: dict[str, bytes] = {
            "videos/film/analysis.json.gz": gzip.compress(json.dumps(dump_analysis(FILM)).encode())
        }

    def connect(self) -> Deployed:
        return self

    def add(self, made: TrailerPlan, version: int) -> dict[str, Any]:
        key = f"videos/film/trailers/{made.profile_id}/{version:04d}/plan.json"
        self.objects[key] = json.dumps(dump_plan(made)).encode()
        return {"profileId": made.profile_id, "version": version, "planKey": key}

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        assert Bucket == self.results_bucket
        return {"Body": BytesIO(self.objects[Key])}


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Deployed:
    deployment = Deployed()
    records = [
        deployment.add(trailer("action_enthusiast", (0, 100), (600, 700)), 1),
        deployment.add(trailer("action_enthusiast", (100, 200), (600, 700)), 2),
        deployment.add(trailer("romance", (200, 300), (600, 700)), 1),
        {"profileId": "comedy", "version": 1, "status": "REJECTED"},
    ]
    monkeypatch.setattr(cli_main, "choose_target", lambda *_: deployment)
    monkeypatch.setattr(queries, "trailers", lambda _, film_id: records if film_id == "film" else [])
    return deployment


@pytest.mark.usefixtures("deployed")
def test_a_film_is_judged_by_the_latest_trailer_of_each_profile() -> None:
    code, said, _ = call("film")
    assert code == 0
    assert said.count("Budget") == 2
    code, said, _ = call("film", "--profile", "romance")
    assert (code, said.count("Budget")) == (0, 1)
    assert rows(said)["Distance to other profiles"][2] == "0.667"


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize(("words", "missing"), [(["nofilm"], "nofilm"), (["film", "-p", "comedy"], "comedy")])
def test_a_film_without_trailers_is_told(words: list[str], missing: str) -> None:
    code, _, said = call(*words)
    assert code == 2
    assert missing in said
    assert "trailer trailers" in said
