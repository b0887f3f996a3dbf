"""The catalogue behaves as the steps rely on: claims are exclusive, a replacement is whole."""

from decimal import Decimal
from fractions import Fraction

import boto3
import pytest
from moto import mock_aws

from trailer.aws.dynamodb import DynamoCatalogue


@pytest.fixture
def dynamodb(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        yield boto3.resource("dynamodb", region_name="us-east-1")


def string_keys(*names):
    return [{"AttributeName": name, "AttributeType": "S"} for name in names]


@pytest.fixture
def catalogue(dynamodb):
    schema = [
        {"AttributeName": "videoId", "KeyType": "HASH"},
        {"AttributeName": "record", "KeyType": "RANGE"},
    ]
    return DynamoCatalogue(
        dynamodb.create_table(
            TableName="catalogue",
            KeySchema=schema,
            AttributeDefinitions=string_keys("videoId", "record"),
            BillingMode="PAY_PER_REQUEST",
        )
    )


def item(execution_id="e1", record="VIDEO", **more):
    return {"videoId": "film", "record": record, "executionId": execution_id, **more}


def test_a_claim_is_exclusive_but_repeatable_by_its_owner(catalogue):
    assert catalogue.claim(item("e1"))
    assert catalogue.claim(item("e1"))
    assert not catalogue.claim(item("e2"))


def test_numbers_come_back_as_they_went_and_none_is_left_out(catalogue):
    catalogue.claim(item(size=5, price=1.25, note=None, media={"fps": 23.976}, tags=["a"]))
    catalogue.update("film", "VIDEO", {"status": "COMPLETED", "size": 6})
    found = catalogue.get("film", "VIDEO")
    assert found == item(size=6, price=1.25, media={"fps": 23.976}, tags=["a"], status="COMPLETED")


def test_what_becomes_none_is_taken_off(catalogue):
    """A redriven film keeps no reason of the failure before."""
    catalogue.claim(item(status="FAILED", reason="stopped"))
    catalogue.update("film", "VIDEO", {"status": "COMPLETED", "reason": None, "action": None})
    assert catalogue.get("film", "VIDEO") == item(status="COMPLETED")


def test_a_record_is_written_only_in_the_statuses_that_are_named(catalogue):
    """Of a late sidecar and the step that fixes the wishes, exactly one sees the other."""
    catalogue.claim(item(status="REGISTERED"))
    assert catalogue.update_open("film", "VIDEO", {"status": "ANALYSING"})
    assert not catalogue.update_open("film", "VIDEO", {"detectors": ["x"]}, while_in=["REGISTERED"])
    catalogue.update("film", "VIDEO", {"status": "COMPLETED"})
    assert not catalogue.update_open("film", "VIDEO", {"status": "CUTTING"})
    assert not catalogue.update_open("nowhere", "VIDEO", {"status": "CUTTING"})
    assert catalogue.get("film", "VIDEO") == item(status="COMPLETED")


def test_a_record_is_changed_only_as_it_was_seen(catalogue):
    catalogue.update("film", "VIDEO", {"status": "FAILED", "cost": Fraction(1, 3)})
    seen = {"cost": catalogue.get("film", "VIDEO")["cost"], "status": "FAILED"}
    assert catalogue.update_unchanged("film", "VIDEO", {"cost": Decimal("0.5")}, seen=seen)
    assert not catalogue.update_unchanged("film", "VIDEO", {"cost": Decimal(1)}, seen=seen)
    assert catalogue.get("film", "VIDEO")["cost"] == 0.5
    assert not catalogue.update_unchanged("film", "VIDEO", {"cost": Decimal(1)}, seen={"cost": None})
    assert catalogue.update_unchanged("film", "VIDEO", {"cost": None}, seen={"reason": None})
    assert "cost" not in catalogue.get("film", "VIDEO")


def test_a_claim_by_its_owner_keeps_what_came_meanwhile(catalogue):
    catalogue.claim(item(status="REGISTERED"))
    catalogue.update("film", "VIDEO", {"status": "ANALYSING"})
    assert catalogue.claim(item(status="REGISTERED"))
    assert catalogue.get("film", "VIDEO") == item(status="ANALYSING")


def test_replacing_removes_what_an_earlier_run_left(catalogue):
    catalogue.claim(item())
    catalogue.replace("film", ["SCENE#"], [item(record=f"SCENE#{n:04d}") for n in range(60)])
    assert catalogue.replace("film", ["SCENE#"], [item(record=f"SCENE#{n:04d}") for n in range(30)]) == 30
    assert [i["record"] for i in catalogue.query("film", "SCENE#")] == [f"SCENE#{n:04d}" for n in range(30)]
    assert catalogue.get("film", "VIDEO")
