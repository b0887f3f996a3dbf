"""Protects: a job renders exactly the plan's frames, in sizes and sound that fit the source."""

import json
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.wire.films import clip, film, films, plan_of, plans
from trailer.domain.film.media import AudioTrack
from trailer.domain.time.timecode import from_timecode
from trailer.errors import InfeasiblePlanError, InvalidOptionsError
from trailer.wire.mediaconvert import (
    build_trailer_job,
    renditions,
    thumbnail_interval,
    trailer_outputs,
)

NTSC = Fraction(30000, 1001)


def job(plan, media, output_format="mp4", language="en", source="s3://films/a b+ü.mp4"):
    return build_trailer_job(
        plan,
        media,
        source_uri=source,
        destination_uri="s3://results/videos/v/trailers/action/0001/",
        output_format=output_format,
        target_language=language,
    )


def groups(settings):
    return {group["Name"]: group for group in settings["OutputGroups"]}


def clippings(settings):
    return [
        (clipping["StartTimecode"], clipping["EndTimecode"])
        for each in settings["Inputs"]
        for clipping in each["InputClippings"]
    ]


def file_names(settings):
    """What MediaConvert will write, after its rule: destination, name modifier, extension."""
    for group in settings["OutputGroups"]:
        kind = group["OutputGroupSettings"]
        inner = kind.get("FileGroupSettings") or kind["HlsGroupSettings"]
        base = inner["Destination"].removeprefix("s3://results/videos/v/trailers/action/0001/")
        if "HlsGroupSettings" in kind:
            yield f"{base}.m3u8"
            continue
        for output in group["Outputs"]:
            capture = output["VideoDescription"]["CodecSettings"].get("FrameCaptureSettings")
            if capture:
                yield from (f"{base}.{number:07d}.jpg" for number in range(capture["MaxCaptures"]))
            else:
                yield f"{base}{output['NameModifier']}.mp4"


def test_the_last_frame_of_a_clip_is_included_and_no_more():
    settings = job(plan_of(clip(240, 288), clip(24, 25)), film())
    assert clippings(settings) == [("00:00:10:00", "00:00:11:23"), ("00:00:01:00", "00:00:01:00")]


def test_drop_frame_timecode_counts_as_mediaconvert_does():
    media = film(frame_rate=NTSC, frame_count=18_000)
    assert clippings(job(plan_of(clip(1800, 1830), rate=NTSC), media)) == [("00:01:00;02", "00:01:01;01")]


def test_every_input_counts_from_zero_and_turns_the_picture():
    settings = job(plan_of(clip(0, 24), clip(100, 124)), film())
    assert settings["TimecodeConfig"] == {"Source": "ZEROBASED"}
    for each in settings["Inputs"]:
        assert each["FileInput"] == "s3://films/a b+ü.mp4"
        assert each["TimecodeSource"] == "ZEROBASED"
        assert each["VideoSelector"] == {"Rotate": "AUTO"}


def test_a_container_without_automatic_rotation_is_turned_by_name():
    settings = job(plan_of(clip(0, 24)), film(container="matroska", rotation=270))
    assert settings["Inputs"][0]["VideoSelector"]["Rotate"] == "DEGREES_270"
    settings = job(plan_of(clip(0, 24)), film(container="matroska"))
    assert "Rotate" not in settings["Inputs"][0]["VideoSelector"]


def test_clips_that_continue_each_other_are_one_clipping():
    settings = job(plan_of(clip(100, 124), clip(124, 148), clip(160, 184), clip(50, 60)), film())
    assert clippings(settings) == [
        ("00:00:04:04", "00:00:06:03"),
        ("00:00:06:16", "00:00:07:15"),
        ("00:00:02:02", "00:00:02:11"),
    ]


@given(st.data())
def test_the_inputs_are_the_frames_of_the_plan_in_its_order(data):
    media = data.draw(films())
    plan = data.draw(plans(media))
    wanted = [frame for each in plan.clips for frame in range(each.source.start, each.source.end)]
    rendered = []
    for start, end in clippings(job(plan, media)):
        first, last = (from_timecode(text, media.frame_rate) for text in (start, end))
        rendered.extend(range(first, last + 1))
    assert rendered == wanted


def test_more_clips_than_a_job_takes_are_refused():
    many = [clip(start, start + 2) for start in range(0, 151 * 4, 4)]
    with pytest.raises(InfeasiblePlanError, match="151 separate clips; one rendering job joins at most 150"):
        job(plan_of(*many), film())
    assert len(clippings(job(plan_of(*many[:150]), film()))) == 150


def test_the_file_is_named_again_only_where_the_trailer_goes_back():
    settings = job(
        plan_of(clip(900, 924), clip(100, 124), clip(130, 154), clip(300, 324), clip(200, 224)), film()
    )
    assert [len(each["InputClippings"]) for each in settings["Inputs"]] == [1, 3, 1]


@given(st.data())
def test_clippings_of_one_input_are_chronological_and_apart(data):
    media = data.draw(films())
    for each in job(data.draw(plans(media)), media)["Inputs"]:
        spans = [
            [from_timecode(text, media.frame_rate) for text in (cut["StartTimecode"], cut["EndTimecode"])]
            for cut in each["InputClippings"]
        ]
        assert all(before[1] < after[0] for before, after in pairwise(spans))


def size(settings):
    """What a state carries: JSON without blanks, in UTF-8."""
    return len(json.dumps(settings, separators=(",", ":"), ensure_ascii=False).encode())


def test_settings_of_a_usual_trailer_are_a_small_part_of_a_state():
    """A strong moment first, then forward through the story, and one look back."""
    starts = [7200, *range(100, 9000, 400), 300, *range(9100, 10700, 400)]
    assert len(starts) == 29
    settings = job(plan_of(*(clip(start, start + 20) for start in starts)), film())
    assert size(settings) < 8_000


def test_settings_of_the_longest_trailer_fit_into_a_state_in_whatever_order():
    media = film(width=3840, height=2160, frame_rate=Fraction(60000, 1001), scan_type="INTERLACED", hdr=True)
    clips = [clip(start, start + 20) for start in range(0, 150 * 50, 50)]
    longest = "s3://" + 63 * "b" + "/" + 341 * "東"
    for order, most in ((clips, 32_000), (clips[::-1], 230_000)):
        plan = plan_of(*order, rate=media.frame_rate)
        assert size(job(plan, media, "mp4+hls", source=longest)) < most < 262_144


def test_an_empty_plan_and_a_clip_beyond_the_end_are_refused():
    with pytest.raises(InfeasiblePlanError, match="no clip"):
        job(plan_of(), film())
    with pytest.raises(InfeasiblePlanError, match="beyond the end"):
        job(plan_of(clip(14_390, 14_401)), film())


def test_an_unknown_output_format_is_refused():
    with pytest.raises(InvalidOptionsError, match="allowed are mp4, hls and mp4"):
        job(plan_of(clip(0, 24)), film(), "mov")


@pytest.mark.parametrize(
    ("width", "height", "sizes"),
    [
        (3840, 2160, [(3840, 2160), (1920, 1080), (1280, 720), (854, 480)]),
        (1920, 1080, [(1920, 1080), (1280, 720), (854, 480)]),
        (1080, 1920, [(1080, 1920), (720, 1280), (480, 854)]),
        (1920, 804, [(1720, 720), (1146, 480)]),
        (864, 486, [(854, 480)]),
        (640, 360, [(640, 360)]),
        (65, 37, [(64, 36)]),
        (1080, 1080, [(1080, 1080), (720, 720), (480, 480)]),
        (5120, 2160, [(4096, 1728), (2560, 1080), (1706, 720), (1138, 480)]),
        (8192, 480, [(4096, 240)]),
    ],
)
def test_the_ladder_follows_the_short_side(width, height, sizes):
    ladder = renditions(film(width=width, height=height))
    assert [(rendition.width, rendition.height) for rendition in ladder] == sizes


@given(films())
def test_no_rendition_is_enlarged_odd_distorted_or_too_large(media):
    ladder = renditions(media)
    assert ladder
    for size in ladder:
        assert size.width % 2 == size.height % 2 == 0
        assert 32 <= size.width <= min(media.width, 4096)
        assert 32 <= size.height <= min(media.height, 4096)
        # One pixel of the shorter side is all that even numbers may cost.
        ideal = Fraction(media.width, media.height)
        tolerance = ideal * Fraction(3, size.short_side)
        assert abs(Fraction(size.width, size.height) - ideal) <= tolerance
    for larger, smaller in pairwise(ladder):
        assert larger.short_side > smaller.short_side


def test_encodings_state_what_must_not_be_guessed():
    outputs = groups(job(plan_of(clip(0, 24)), film()))["MP4"]["Outputs"]
    rates = []
    for output in outputs:
        h264 = output["VideoDescription"]["CodecSettings"]["H264Settings"]
        assert h264["RateControlMode"] == "QVBR"
        assert h264["QualityTuningLevel"] == "SINGLE_PASS_HQ"
        assert h264["FramerateControl"] == "INITIALIZE_FROM_SOURCE"
        assert (h264["ParControl"], h264["ParNumerator"], h264["ParDenominator"]) == ("SPECIFIED", 1, 1)
        assert (h264["GopSize"], h264["GopSizeUnits"]) == (2.0, "SECONDS")
        assert output["ContainerSettings"]["Mp4Settings"]["MoovPlacement"] == "PROGRESSIVE_DOWNLOAD"
        rates.append((h264["QvbrSettings"]["QvbrQualityLevel"], h264["MaxBitrate"]))
    assert rates == [(8, 8_500_000), (8, 6_000_000), (7, 3_000_000)]


def test_high_frame_rates_get_more_bits():
    fast = film(frame_rate=Fraction(60), frame_count=36_000)
    outputs = groups(job(plan_of(clip(0, 60), rate=Fraction(60)), fast))["MP4"]["Outputs"]
    assert outputs[0]["VideoDescription"]["CodecSettings"]["H264Settings"]["MaxBitrate"] == 12_750_000


def test_interlaced_sources_become_progressive_frame_for_frame():
    media = film(scan_type="INTERLACED")
    for group in groups(job(plan_of(clip(0, 24)), media)).values():
        steps = group["Outputs"][0]["VideoDescription"]["VideoPreprocessors"]
        assert steps == {
            "Deinterlacer": {"Algorithm": "INTERPOLATE", "Control": "NORMAL", "Mode": "DEINTERLACE"}
        }
    plain = groups(job(plan_of(clip(0, 24)), film()))["MP4"]["Outputs"][0]["VideoDescription"]
    assert "VideoPreprocessors" not in plain


TRACKS = (
    AudioTrack(1, 6, None, "AAC"),
    AudioTrack(2, 2, "eng", "AAC"),
    AudioTrack(3, 2, "fra", "AAC"),
    AudioTrack(4, 1, "eng", "AAC"),
)


@pytest.mark.parametrize(
    ("language", "track"), [("en", 2), ("en-GB", 2), ("fr", 3), ("fre", 3), ("FRA", 3), ("de", 1), ("und", 1)]
)
def test_the_track_in_the_wanted_language_is_taken_else_the_first(language, track):
    settings = job(plan_of(clip(0, 24)), film(audio_tracks=TRACKS), language=language)
    assert settings["Inputs"][0]["AudioSelectors"] == {
        "Audio Selector 1": {"SelectorType": "TRACK", "Tracks": [track], "DefaultSelection": "DEFAULT"}
    }


@pytest.mark.parametrize(
    ("channels", "mode"),
    [(1, "CODING_MODE_1_0"), (2, "CODING_MODE_2_0"), (6, "CODING_MODE_2_0"), (8, "CODING_MODE_2_0")],
)
def test_more_than_stereo_is_mixed_down_and_mono_stays_mono(channels, mode):
    media = film(audio_tracks=(AudioTrack(1, channels, "eng", "AAC"),))
    for output in groups(job(plan_of(clip(0, 24)), media))["MP4"]["Outputs"]:
        (sound,) = output["AudioDescriptions"]
        assert sound["CodecSettings"]["AacSettings"]["CodingMode"] == mode


def test_the_trailer_is_as_loud_as_ebu_r128_asks():
    output = groups(job(plan_of(clip(0, 24)), film()))["MP4"]["Outputs"][0]
    loudness = output["AudioDescriptions"][0]["AudioNormalizationSettings"]
    assert loudness["Algorithm"] == "ITU_BS_1770_4"
    assert loudness["AlgorithmControl"] == "CORRECT_AUDIO"
    assert (loudness["TargetLkfs"], loudness["TruePeakLimiterThreshold"]) == (-23.0, -2.0)


def test_a_silent_film_makes_outputs_without_sound():
    settings = job(plan_of(clip(0, 24)), film(audio_tracks=()), "mp4+hls")
    assert all("AudioSelectors" not in each for each in settings["Inputs"])
    outputs = [output for group in settings["OutputGroups"] for output in group["Outputs"]]
    assert outputs
    assert all("AudioDescriptions" not in output for output in outputs)


@pytest.mark.parametrize("output_format", ["mp4", "hls", "mp4+hls"])
def test_the_named_files_are_the_files_that_are_made(output_format):
    plan = plan_of(clip(0, 24), clip(100, 172), clip(240, 250))
    names = list(file_names(job(plan, film(), output_format)))
    assert trailer_outputs(film(), output_format, plan) == names
    certain = trailer_outputs(film(), output_format)
    assert set(certain) <= set(names)
    assert "thumbnail.0000000.jpg" in certain


def test_file_names_are_those_of_the_catalogue():
    assert trailer_outputs(film(), "mp4+hls") == [
        "trailer_1080p.mp4",
        "trailer_720p.mp4",
        "trailer_480p.mp4",
        "hls/trailer.m3u8",
        "thumbnail.0000000.jpg",
    ]


def test_hls_leaves_the_gop_to_the_segments():
    group = groups(job(plan_of(clip(0, 24)), film(), "hls"))["HLS"]
    settings = group["OutputGroupSettings"]["HlsGroupSettings"]
    assert settings["SegmentLength"] == 6
    assert [output["NameModifier"] for output in group["Outputs"]] == ["_1080p", "_720p", "_480p"]
    for output in group["Outputs"]:
        h264 = output["VideoDescription"]["CodecSettings"]["H264Settings"]
        assert h264["GopSizeUnits"] == "AUTO"
        assert "GopSize" not in h264


@given(st.data())
def test_thumbnails_are_few_and_inside_the_trailer(data):
    media = data.draw(films())
    plan = data.draw(plans(media))
    (output,) = groups(job(plan, media))["Thumbnails"]["Outputs"]
    capture = output["VideoDescription"]["CodecSettings"]["FrameCaptureSettings"]
    distance = plan.frame_rate / Fraction(capture["FramerateNumerator"], capture["FramerateDenominator"])
    assert distance == thumbnail_interval(plan)
    assert 1 <= capture["MaxCaptures"] <= 40
    assert (capture["MaxCaptures"] - 1) * distance < plan.frames <= capture["MaxCaptures"] * distance
