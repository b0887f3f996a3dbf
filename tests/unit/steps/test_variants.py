"""A repeated request with a limit on the overlap differs from the trailers before it; without one it does not."""

import pytest

from tests.unit.steps.test_trailer_steps import analysed
from trailer.errors import InfeasiblePlanError, InvalidOptionsError
from trailer.steps.plan_trailer import plan_trailer
from trailer.wire.plan import load_plan


def frames(film, version, services):
    key = services.catalogue.get(film, f"TRAILER#romance#{version:04d}")["planKey"]
    plan = load_plan(services.results.get_json(key))
    return {frame for clip in plan.clips for frame in range(clip.source.start, clip.source.end)}


def test_the_same_request_gives_the_same_plan_unless_a_variant_is_asked_for():
    film, services = analysed()
    for number, options in enumerate(({}, {}, {"max-overlap": "0.25"}), start=1):
        plan_trailer(film, "romance", options, f"make-{number}", services)
    first, again, variant = (frames(film, version, services) for version in (1, 2, 3))
    assert first == again
    assert len(variant & first) <= 0.25 * len(variant)
    record = services.catalogue.get(film, "TRAILER#romance#0003")
    assert record["earlierVersions"] == [1, 2]
    assert record["repeatedFrames"] == len(variant & first)
    assert "earlierVersions" not in services.catalogue.get(film, "TRAILER#romance#0001")


def test_a_retry_of_the_same_execution_makes_the_same_variant():
    film, services = analysed()
    plan_trailer(film, "romance", {}, "make-1", services)
    for _ in range(2):
        planned = plan_trailer(film, "romance", {"max-overlap": 0}, "make-2", services)
        assert planned["version"] == 2
        assert not frames(film, 1, services) & frames(film, 2, services)


def test_a_trailer_that_failed_was_seen_by_nobody_and_other_profiles_do_not_count():
    film, services = analysed()
    plan_trailer(film, "romance", {}, "make-1", services)
    plan_trailer(film, "thriller", {"max-overlap": 0}, "make-2", services)
    assert "earlierVersions" not in services.catalogue.get(film, "TRAILER#thriller#0001")
    services.catalogue.update(film, "TRAILER#romance#0001", {"status": "FAILED"})
    plan_trailer(film, "romance", {"max-overlap": "0"}, "make-3", services)
    assert frames(film, 1, services) == frames(film, 2, services)


def test_a_variant_that_the_film_has_no_material_for_is_refused():
    film, services = analysed({"max-duration": "120"})
    plan_trailer(film, "romance", {"max-duration": "120"}, "make-1", services)
    with pytest.raises(InfeasiblePlanError, match="At most 0 % of this trailer may repeat"):
        plan_trailer(film, "romance", {"max-duration": "120", "max-overlap": "0"}, "make-2", services)


@pytest.mark.parametrize("value", ["-0.1", "1.2", "some", "120%", "%"])
def test_a_share_that_is_none_is_refused(value):
    film, services = analysed()
    with pytest.raises(InvalidOptionsError, match="max-overlap is .*shares from 0 to 1"):
        plan_trailer(film, "romance", {"max-overlap": value}, "make-1", services)
