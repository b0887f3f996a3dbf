"""Where the commands work is decided in one place, and a local run can't reach Amazon's AWS."""

import os
from pathlib import Path
from typing import Any

import pytest

from cli.errors import NotRunningError
from cli.target import AwsTarget, Deployment, LocalTarget, On, choose_target
from local import supervisor
from local.supervisor import Environment


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return Environment(
        "http://127.0.0.1:1",
        "http://127.0.0.1:2",
        "http://127.0.0.1:3",
        tmp_path,
        outputs={"SourceBucketName": "films"},
    )


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))


def test_each_place_has_its_own_default_stage(tmp_path: Path) -> None:
    assert choose_target(On.LOCAL, None, None) == LocalTarget("local")
    assert choose_target(On.AWS, None, None) == AwsTarget("dev")
    assert choose_target(On.LOCAL, "other", tmp_path) == LocalTarget("other", tmp_path)


def test_a_local_deployment_is_reached_with_its_own_credentials_only(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "find", lambda state_dir: environment)
    os.environ |= {
        "AWS_PROFILE": "production",
        "AWS_SESSION_TOKEN": "secret",
        "AWS_ACCESS_KEY_ID": "AKIAREAL",
    }

    deployment = LocalTarget("local").connect()

    assert deployment.source_bucket == "films"
    assert "AWS_PROFILE" not in os.environ
    assert "AWS_SESSION_TOKEN" not in os.environ
    assert os.environ["AWS_ACCESS_KEY_ID"] == supervisor.ACCOUNT
    assert deployment.s3.meta.endpoint_url == "http://127.0.0.1:1"
    assert deployment.s3.meta.region_name == supervisor.REGION
    assert "127.0.0.1" in os.environ["NO_PROXY"]


def test_preparing_starts_and_deploys(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def up(state_dir: Path, **_: Any) -> Environment:
        calls.append(f"up {state_dir}")
        return environment

    def deploy(given: Environment, *, stage: str, **_: Any) -> Environment:
        calls.append(f"deploy {stage}")
        return given

    monkeypatch.setattr(supervisor, "up", up)
    monkeypatch.setattr(supervisor, "deploy", deploy)

    LocalTarget("local", environment.state_dir).prepare(lambda line: None)

    assert calls == [f"up {environment.state_dir}", "deploy local"]


def test_a_question_to_nobody_says_how_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "find", lambda state_dir: None)
    with pytest.raises(NotRunningError, match="trailer up"):
        LocalTarget("local").connect()


def test_a_pipeline_on_amazons_aws_is_not_stopped() -> None:
    with pytest.raises(NotRunningError, match="cdk destroy"):
        AwsTarget("dev").stop()


@pytest.mark.parametrize(
    ("loopback", "signed", "summed"), [(True, False, "when_required"), (False, None, "when_supported")]
)
def test_only_on_this_machine_a_film_goes_up_without_sums(
    loopback: bool, signed: bool | None, summed: str
) -> None:
    os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
    deployment = Deployment("dev", {}, poll_seconds=0, patience_seconds=0, loopback=loopback)
    config: Any = deployment.s3.meta.config
    assert (config.s3 or {}).get("payload_signing_enabled") is signed
    assert config.request_checksum_calculation == summed
    assert config.retries["total_max_attempts"] == 4
