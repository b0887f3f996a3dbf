"""Protects: no job settings leave here that MediaConvert's own model refuses.

botocore checks names, types and required members, but neither enumerations,
patterns nor maxima; those are checked here against the same model.
"""

import re

import botocore.session
import pytest
from botocore.validate import ParamValidator
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.wire.films import clip, film, films, plan_of, plans
from trailer.domain.film.media import AudioTrack
from trailer.wire import languages
from trailer.wire.mediaconvert import build_proxy_job, build_trailer_job

MODEL = botocore.session.get_session().get_service_model("mediaconvert")
CREATE_JOB = MODEL.operation_model("CreateJob").input_shape
ROLE = "arn:aws:iam::123456789012:role/render"
LANGUAGES = st.sampled_from(["en", "fr", "de", "pt-BR", "ja", "xx"])
FORMATS = st.sampled_from(["mp4", "hls", "mp4+hls"])


def complaints(value, shape, path="Settings"):
    """What the model's enumerations, patterns and bounds have against a value, member by member."""
    if shape.type_name == "structure":
        for name, member in value.items():
            yield from complaints(member, shape.members[name], f"{path}.{name}")
    elif shape.type_name == "list":
        for index, member in enumerate(value):
            yield from complaints(member, shape.member, f"{path}[{index}]")
    elif shape.type_name == "map":
        for name, member in value.items():
            yield from complaints(member, shape.value, f"{path}.{name}")
    else:
        yield from scalar_complaints(value, shape, path)


def scalar_complaints(value, shape, path):
    bounds = shape.metadata
    size = len(value) if isinstance(value, str) else value
    if shape.type_name == "string":
        if bounds.get("enum") and value not in bounds["enum"]:
            yield f"{path}: {value} is none of {bounds['enum']}"
        if bounds.get("pattern") and not re.search(bounds["pattern"], value):
            yield f"{path}: {value} does not match {bounds['pattern']}"
    if "min" in bounds and size < bounds["min"]:
        yield f"{path}: {value} is below {bounds['min']}"
    if "max" in bounds and size > bounds["max"]:
        yield f"{path}: {value} is above {bounds['max']}"


def assert_accepted(job):
    report = ParamValidator().validate({"Role": ROLE, "Settings": job}, CREATE_JOB)
    assert not report.has_errors(), report.generate_report()
    assert list(complaints(job, CREATE_JOB.members["Settings"])) == []


def trailer_job(plan, media, output_format, language):
    return build_trailer_job(
        plan,
        media,
        source_uri="s3://films-123/2026/Ein Film (größer) #1 + 50% 🎬.mp4",
        destination_uri="s3://results-123/videos/v-0/trailers/action/0001/",
        output_format=output_format,
        target_language=language,
    )


@settings(max_examples=60, deadline=None)
@given(st.data(), FORMATS, LANGUAGES)
def test_every_trailer_job_fits_the_model(data, output_format, language):
    media = data.draw(films())
    assert_accepted(trailer_job(data.draw(plans(media)), media, output_format, language))


@settings(max_examples=40, deadline=None)
@given(films())
def test_every_proxy_job_fits_the_model(media):
    job = build_proxy_job(
        media, source_uri="s3://films-123/a.mkv", destination_uri="s3://results-123/p/proxy"
    )
    assert_accepted(job)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("Inputs", 0, "TimecodeSource"), "ZERO"),
        (("Inputs", 0, "InputClippings", 0, "EndTimecode"), "00:00:01:0"),
        (("OutputGroups", 0, "Outputs", 0, "VideoDescription", "Width"), 16),
        (("OutputGroups", 0, "OutputGroupSettings", "FileGroupSettings", "Destination"), "/tmp/out"),
    ],
)
def test_the_check_itself_finds_what_the_model_forbids(path, value):
    job = trailer_job(plan_of(clip(0, 24)), film(), "mp4", "en")
    place = job
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(AssertionError):
        assert_accepted(job)


def test_every_multi_output_group_has_distinct_names():
    job = trailer_job(plan_of(clip(0, 24)), film(width=3840, height=2160), "mp4+hls", "en")
    for group in job["OutputGroups"]:
        modifiers = [output.get("NameModifier") for output in group["Outputs"]]
        assert len(set(modifiers)) == len(modifiers)
        assert len(modifiers) == 1 or None not in modifiers


def test_audio_sources_name_a_selector_of_every_input():
    media = film(audio_tracks=(AudioTrack(1, 6, "eng", "AAC"), AudioTrack(2, 2, "fra", "AAC")))
    job = trailer_job(plan_of(clip(0, 24), clip(100, 124)), media, "mp4+hls", "fr")
    sources = {
        sound["AudioSourceName"]
        for group in job["OutputGroups"]
        for output in group["Outputs"]
        for sound in output.get("AudioDescriptions", [])
    }
    assert sources
    assert all(sources <= set(each["AudioSelectors"]) for each in job["Inputs"])


def test_two_letter_languages_lead_to_codes_that_mediaconvert_knows():
    known = {code.lower() for code in MODEL.shape_for("LanguageCode").enum}
    assert len(languages._ISO_639_1) == 183
    assert set(languages._ISO_639_1.values()) <= known
    assert set(languages._BIBLIOGRAPHIC.values()) <= known
