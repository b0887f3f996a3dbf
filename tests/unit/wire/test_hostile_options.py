"""Options written to do harm are refused by name, quickly; they never hang or crash a function."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import FakeUploads, fake_services, upload_event
from trailer.errors import InvalidOptionsError, RejectedError, UnknownProfileError
from trailer.steps.register_video import register_video
from trailer.wire.options import UPLOAD_OPTIONS, dump_trailer_options, parse_options, parse_upload_options

STAGE = {"profile-ids": "all", "max-duration": 30, "target-language": "en", "output-format": "mp4"}
HUGE_NUMBERS = ["1e9999999999", "1e-9999999999", "9" * 5000, "0." + "1" * 5000, "nan", "Infinity", "1/0"]


@pytest.mark.parametrize("name", ["max-duration", "max-overlap", "max-cost"])
@pytest.mark.parametrize("number", HUGE_NUMBERS)
def test_a_number_that_no_function_could_write_out_is_refused(name, number):
    with pytest.raises(InvalidOptionsError, match=name):
        parse_options({name: number})


@pytest.mark.parametrize("cost", ["1e200", "1e-200", "0", "-1", "1000001"])
def test_a_cost_that_the_catalogue_can_not_hold_is_refused(cost):
    with pytest.raises(InvalidOptionsError, match="up to 1000000"):
        parse_options({"max-cost": cost})


@pytest.mark.parametrize("name", ["pin", "ban"])
@pytest.mark.parametrize(
    "stretch", ["scene:" + "9" * 5000, "9" * 5000 + "-1", "0-" + "9" * 4000, "0:0-999999:0:0", "١-٢"]
)
def test_a_stretch_of_endless_digits_is_refused(name, stretch):
    with pytest.raises(InvalidOptionsError, match=name):
        parse_options({name: stretch})


def test_a_flood_of_stretches_is_refused():
    with pytest.raises(InvalidOptionsError, match="at most 100"):
        parse_options({"ban": "0-1," * 10_000})


@pytest.mark.parametrize("value", [[[1]], [{"a": 1}], {"a": 1}, json.loads("[" * 900 + "]" * 900)])
@pytest.mark.parametrize("name", UPLOAD_OPTIONS)
def test_what_is_nested_is_refused_before_it_is_looked_into(name, value):
    with pytest.raises(InvalidOptionsError, match="list of lists"):
        parse_options({name: value})


def test_one_wish_written_twice_is_refused_rather_than_one_of_them_ignored():
    with pytest.raises(InvalidOptionsError, match="max-duration is given twice"):
        parse_options({"maxDuration": "10", "max-duration": "20"})


def test_metadata_wins_over_a_sidecar_that_spells_the_name_otherwise():
    uploads = FakeUploads({"max-duration": "15"}, b'{"maxDuration": 20}')
    services = fake_services(uploads=uploads)
    video = register_video(upload_event(), "execution-1", services)["videoId"]
    assert services.catalogue.get(video, "VIDEO")["options"]["max-duration"] == "15"


@pytest.mark.parametrize(
    "body",
    [
        b'{"max-duration": 10, "max-duration": 20}',
        b'{"max-cost": NaN}',
        b'{"max-duration": Infinity}',
        b'{"max-duration": ' + b"9" * 5000 + b"}",
        b'{"pin": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        b'{"pin": ' + b"[" * 940 + b"]" * 940 + b"}",
        b'{"ban": ' + b'{"a":' * 900 + b"1" + b"}" * 900 + b"}",
        b'{"../../etc/passwd": 1}',
        b'{"profile-ids": "<script>\\u001b[31m\\u202e"}',
        b"\x00" * 100,
        b"\xff\xfe\xfd",
        b"",
    ],
)
def test_a_hostile_sidecar_is_refused_with_a_record_that_can_say_so(body):
    services = fake_services(uploads=FakeUploads(options=body))
    with pytest.raises(RejectedError):
        register_video(upload_event(), "execution-1", services)
    assert len(services.catalogue.items) == 1


def test_the_sentence_about_an_endless_profile_stays_short_enough_for_the_state_machine():
    with pytest.raises(UnknownProfileError) as refusal:
        parse_options({"profile-ids": "x" * 60_000})
    assert len(str(refusal.value)) < 1000 and "romance" in str(refusal.value)


VALUES = st.one_of(
    st.text(max_size=40),
    st.from_regex(r"[0-9:.\-/eE%scn,+_]{0,30}", fullmatch=True),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.lists(st.text(max_size=8), max_size=3),
)


@given(st.dictionaries(st.sampled_from(UPLOAD_OPTIONS), VALUES, max_size=4))
def test_any_value_is_understood_and_can_be_written_down_or_is_refused(given_options):
    try:
        options = parse_upload_options(given_options, STAGE)
    except RejectedError as refusal:
        assert len(str(refusal)) < 1000
        return
    written = dump_trailer_options(options.trailer)
    assert parse_upload_options(written, STAGE).trailer == options.trailer
