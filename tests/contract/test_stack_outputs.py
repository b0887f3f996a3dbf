"""On Amazon's AWS the command line finds a deployment by one DescribeStacks."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from cli import target
from cli.errors import NotRunningError
from cli.target import AwsTarget, LocalTarget, On, choose_target
from local.supervisor import PROJECT


@pytest.fixture
def cloudformation(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    client = boto3.client(
        "cloudformation",
        region_name="eu-west-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    monkeypatch.setattr(target, "_cloudformation", lambda: client)
    with Stubber(client) as stubber:
        yield stubber


def stack(**more: Any) -> dict[str, Any]:
    described = {
        "StackName": "TrailerPipeline-prod",
        "CreationTime": "2026-11-21",
        "StackStatus": "CREATE_COMPLETE",
    }
    return {"Stacks": [{**described, **more}]}


def test_outputs_are_read_from_the_pipeline_stack_of_the_stage(cloudformation: Stubber) -> None:
    outputs = [{"OutputKey": "SourceBucketName", "OutputValue": "films"}]
    cloudformation.add_response(
        "describe_stacks", stack(Outputs=outputs), {"StackName": "TrailerPipeline-prod"}
    )
    deployment = AwsTarget("prod").connect()
    assert (deployment.stage, deployment.source_bucket) == ("prod", "films")


def test_a_stage_that_is_not_deployed_is_told_with_the_way_to_deploy_it(cloudformation: Stubber) -> None:
    cloudformation.add_client_error(
        "describe_stacks", "ValidationError", "Stack with id TrailerPipeline-dev does not exist"
    )
    with pytest.raises(NotRunningError, match=r"no stack TrailerPipeline-dev in eu-west-1.*cdk deploy"):
        AwsTarget("dev").connect()


def test_the_stack_names_and_stages_are_those_of_the_app() -> None:
    """``app.py`` names the stacks and ``cdk.json`` the stages; the command line's defaults must be among them."""
    stages = json.loads((PROJECT / "cdk.json").read_text(encoding="utf-8"))["context"]["stages"]
    for on in On:
        chosen = choose_target(on, None, None)
        assert isinstance(chosen, LocalTarget | AwsTarget)
        assert chosen.stage in stages
    assert "TrailerPipeline-" in (PROJECT / "app.py").read_text(encoding="utf-8")
