"""A deployment is refused where films would hang."""

from __future__ import annotations

import botocore.session
import pytest

from infra.constructs.regions import REGIONS
from tests.infra.synthesis import ROOT, Synthesis


@pytest.mark.parametrize("stack", ["media", "pipeline"])
def test_cloudformation_refuses_other_regions_and_names_those_that_do(
    synthesis: Synthesis, stack: str
) -> None:
    rule = getattr(synthesis, stack).body["Rules"]["Region"]
    assert "RuleCondition" not in rule, "it holds always"
    (assertion,) = rule["Assertions"]
    assert assertion["Assert"] == {"Fn::Contains": [list(REGIONS), {"Ref": "AWS::Region"}]}
    assert all(region in assertion["AssertDescription"] for region in REGIONS)


@pytest.mark.parametrize(
    "service", ["rekognition", "mediaconvert", "stepfunctions", "lambda", "dynamodb", "events", "xray"]
)
def test_each_service_has_an_endpoint_in_each_region(service: str) -> None:
    assert set(REGIONS) <= set(botocore.session.get_session().get_available_regions(service))


@pytest.mark.parametrize("region", ["ca-central-1", "eu-south-2", "il-central-1", "ap-southeast-7"])
def test_an_endpoint_alone_is_not_enough(region: str) -> None:
    """Rekognition has an endpoint there, but takes no stored films, or MediaConvert is missing."""
    assert region in botocore.session.get_session().get_available_regions("rekognition")
    assert region not in REGIONS


def test_the_readme_names_the_regions() -> None:
    assert ", ".join(f"`{region}`" for region in REGIONS) in (ROOT / "README.md").read_text(encoding="utf-8")
