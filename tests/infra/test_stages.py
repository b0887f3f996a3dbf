"""The settings of a stage: complete, of the right kind, and clear about what is wrong."""

from __future__ import annotations

import copy
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import aws_lambda as lambda_
from aws_lambda_powertools.shared.constants import LAMBDA_ADVANCED_LOGGING_LEVELS

from infra.stages import LOG_LEVELS, Removal, StageError, load_stage
from tests.infra.synthesis import ROOT
from trailer.domain.taste.profiles import load_profiles
from trailer.wire.options import parse_upload_options

CONTEXT = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
STAGES = CONTEXT["stages"]


@pytest.mark.parametrize("name", sorted(STAGES))
def test_every_stage_of_cdk_json_loads(name: str) -> None:
    stage = load_stage(STAGES, name)
    assert stage.name == name
    assert stage.functions.memory_of("NotNamedThere") == stage.functions.memory["default"]


def test_production_keeps_its_data_and_local_throws_it_away() -> None:
    production, local = load_stage(STAGES, "prod").storage, load_stage(STAGES, "local").storage
    assert (production.removal_policy, production.deletion_protection) == (Removal.RETAIN, True)
    assert (local.removal_policy, local.deletion_protection) == (Removal.DESTROY, False)


@pytest.mark.parametrize("name", sorted(STAGES))
def test_no_stage_logs_what_the_sdk_sends(name: str) -> None:
    """At DEBUG it writes credentials, task tokens and whole pages of answers."""
    level = load_stage(STAGES, name).functions.log_level
    assert logging.getLevelNamesMapping()[level] >= logging.INFO


@pytest.mark.parametrize("level", LOG_LEVELS)
def test_lambda_and_our_logger_know_the_levels(level: str) -> None:
    assert lambda_.ApplicationLogLevel[level].value == level
    assert LAMBDA_ADVANCED_LOGGING_LEVELS[level] in logging.getLevelNamesMapping()


def test_production_and_dev_are_checked_for_compliance() -> None:
    assert {name for name in STAGES if load_stage(STAGES, name).compliance_checks} == {"dev", "prod"}


def test_the_local_stand_in_is_not_asked_for_celebrities() -> None:
    """It knows none; asking would make every local film wait for a job that can't be done."""
    assert load_stage(STAGES, "local").default_options.detectors == ("segments", "labels", "faces")
    assert "celebrities" in load_stage(STAGES, "prod").default_options.detectors


def test_default_options_become_the_json_that_functions_read() -> None:
    options = json.loads(load_stage(STAGES, "local").default_options.to_json())
    assert set(options) == {
        "profileIds",
        "maxDuration",
        "targetLanguage",
        "outputFormat",
        "detectors",
        "onDetectorFailure",
        "maxCost",
    }
    assert options["maxCost"] is None


@pytest.mark.parametrize("name", sorted(STAGES))
def test_the_product_accepts_the_default_options(name: str) -> None:
    """They are merged under every upload, so a wrong one would refuse them all."""
    given = load_stage(STAGES, name).default_options
    options = parse_upload_options({}, json.loads(given.to_json()))
    assert options.detectors == given.detectors
    assert options.on_detector_failure == given.on_detector_failure == "fail"
    assert options.trailer.max_duration == given.max_duration
    assert options.max_cost == given.max_cost
    everybody = tuple(sorted(load_profiles()))
    assert options.profile_ids == (everybody if given.profile_ids == ("all",) else given.profile_ids)


def test_an_unknown_stage_is_refused_with_what_there_is() -> None:
    with pytest.raises(StageError, match="no stage 'staging'.*dev, local, prod"):
        load_stage(STAGES, "staging")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda stage: stage.pop("storage"), r"stages\.dev lacks storage"),
        (lambda stage: stage["logs"].pop("retentionDays"), r"stages\.dev\.logs lacks retentionDays"),
        (
            lambda stage: stage["storage"].update(retention=3),
            r"unknown settings: retention; known: .*oldVersionDays",
        ),
        (
            lambda stage: stage["storage"].update(deletionProtection="yes"),
            r"deletionProtection is 'yes'.*no bool",
        ),
        (lambda stage: stage["logs"].update(retentionDays=True), r"retentionDays is True, which is no int"),
        (
            lambda stage: stage["storage"].update(removalPolicy="keep"),
            r"'keep'; allowed are: destroy, retain",
        ),
        (lambda stage: stage.update(observability=[]), r"stages\.dev\.observability has to be an object"),
        (lambda stage: stage["functions"]["memory"].pop("default"), r"memory needs an entry 'default'"),
        *[
            (
                lambda stage, level=level: stage["functions"].update(logLevel=level),
                rf"logLevel is '{level}'; allowed are: INFO, WARN, ERROR, FATAL.*credentials and task tokens",
            )
            for level in ("TRACE", "DEBUG", "info", "")
        ],
    ],
)
def test_a_wrong_setting_is_named(spoil: Callable[[dict[str, Any]], Any], message: str) -> None:
    stages = copy.deepcopy(STAGES)
    spoil(stages["dev"])
    with pytest.raises(StageError, match=message):
        load_stage(stages, "dev")


def test_recommended_feature_flags_are_on() -> None:
    for flag in (
        "@aws-cdk/aws-s3:publicAccessBlockedByDefault",
        "@aws-cdk/aws-s3:createDefaultLoggingPolicy",
        "@aws-cdk/aws-lambda:useCdkManagedLogGroup",
        "@aws-cdk/aws-iam:minimizePolicies",
        "@aws-cdk/core:annotationsInValidationReport",
        "@aws-cdk/core:validateAgainstDefaultRules",
        "@aws-cdk/core:validateSnapshotRemovalPolicy",
    ):
        assert CONTEXT[flag] is True
    assert CONTEXT["@aws-cdk/aws-lambda:createNewPoliciesWithAddToRolePolicy"] is False
