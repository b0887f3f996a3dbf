"""A wish is understood in each of its spellings, or refused with what is allowed."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailer.errors import InvalidOptionsError, TrailerError
from trailer.wire.detectors import DETECTORS
from trailer.wire.options import (
    UPLOAD_OPTIONS,
    dump_trailer_options,
    parse_options,
    parse_trailer_options,
    parse_upload_options,
)

DEFAULTS = {
    "profileIds": ["all"],
    "maxDuration": 30,
    "targetLanguage": "en",
    "outputFormat": "mp4",
    "detectors": list(DETECTORS),
    "maxCost": None,
}


def test_all_spellings_of_a_name_are_one():
    for name in ("max-duration", "max_duration", "maxDuration", "MAX-DURATION"):
        assert parse_upload_options({name: "15"}, DEFAULTS).trailer.max_duration == 15


def test_defaults_fill_what_is_left_out():
    options = parse_upload_options({}, DEFAULTS)
    assert len(options.profile_ids) == 8
    assert options.detectors == tuple(DETECTORS)


def test_a_failed_detector_fails_its_film_unless_the_upload_says_otherwise():
    assert parse_upload_options({}, DEFAULTS).on_detector_failure == "fail"
    assert (
        parse_upload_options({"onDetectorFailure": " Continue "}, DEFAULTS).on_detector_failure == "continue"
    )


def test_metadata_of_upload_tools_is_no_wish():
    assert parse_upload_options({"mtime": "1", "s3cmd-attrs": "x"}, DEFAULTS) == parse_upload_options(
        {}, DEFAULTS
    )


def test_pins_and_bans_are_times_or_scenes():
    options = parse_trailer_options({"pin": "1:05-1:12.5, scene:7", "ban": "1:00:00-1:00:01"}, DEFAULTS)
    assert (options.pins[0].start, options.pins[0].end) == (65, Fraction("72.5"))
    assert options.pins[1].scene == 7
    assert options.bans[0].start == 3600


@pytest.mark.parametrize(
    "wish",
    [
        {"max-duration": "-1"},
        {"max-duration": "1e999"},
        {"max-duration": "nan"},
        {"max-duration": "1/0"},
        {"max-duration": "601"},
        {"max-cost": "free"},
        {"max-cost": "NaN"},
        {"max-cost": "0"},
        {"target-language": "<script>"},
        {"target-language": ""},
        {"pin": "20-10"},
        {"ban": "yesterday"},
        {"detectors": "segments,smells"},
        {"on-detector-failure": "ignore"},
    ],
)
def test_bad_values_are_refused_by_name(wish):
    with pytest.raises(InvalidOptionsError, match=next(iter(wish))):
        parse_upload_options(wish, DEFAULTS)


@given(st.dictionaries(st.sampled_from(UPLOAD_OPTIONS), st.text(max_size=40), max_size=4))
def test_any_text_is_understood_or_refused_by_name(wish):
    try:
        parse_options(wish)
    except TrailerError as refusal:
        assert len(str(refusal)) < 800


@given(
    st.fractions(5, 600, max_denominator=10_000),
    st.lists(st.tuples(st.integers(0, 9000), st.integers(1, 500)), max_size=3),
)
def test_what_is_dumped_is_read_back(duration, spans):
    pins = ",".join(f"{start / 10}-{(start + length) / 10}" for start, length in spans)
    options = parse_trailer_options({"max-duration": str(duration), "pin": pins}, DEFAULTS)
    assert parse_trailer_options(dump_trailer_options(options), {}) == options
