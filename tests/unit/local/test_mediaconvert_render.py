"""What comes out is exactly what the job says: which frames, in which order, how many, with their sound."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest

from local.mediaconvert.errors import JobCanceledError, JobError
from local.mediaconvert.render import Render
from local.mediaconvert.source import describe
from local.mediaconvert.spec import read_settings
from local.mediaconvert.timeline import Source, lay_out
from tests.unit.local.mediaconvert_films import (
    HEIGHT,
    WIDTH,
    beeps,
    make_film,
    number_in,
    numbers_of,
    remuxed,
    sound_of,
    tone,
)
from tests.unit.local.mediaconvert_jobs import (
    aac,
    captures,
    clip_input,
    file_group,
    h264,
    hls_group,
    job,
    mp4,
    render,
    whole_input,
)

URL = "s3://films/a.mp4"
CLIPS = [
    (150, 171),
    (3, 9),
    (40, 41),
    (299, 317),
    (60, 78),
    (78, 90),
    (210, 225),
    (0, 2),
    (395, 400),
    (120, 133),
]
NUMBERS = [number for start, end in CLIPS for number in range(start, end)]


def drop_frame(frame, rate):
    """Drop-frame timecode of a frame in the first minute, where nothing is dropped yet."""
    seconds, part = divmod(frame, round(rate))
    return f"00:00:{seconds:02};{part:02}"


@pytest.mark.parametrize(
    "rate", [Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60000, 1001), Fraction(24000, 1001)]
)
def test_should_cut_ten_clips_to_the_frame_with_their_sound(tmp_path, rate):
    marks = [start for start, end in CLIPS if end - start > 4]
    sound = beeps(marks, rate)
    film = make_film(tmp_path / "a.mp4", 400, rate, sounds=[("stereo", sound)])
    inputs = [clip_input(URL, start, end, round(rate)) for start, end in CLIPS]
    if rate.denominator == 1001 and round(rate) != 24:
        for item, (start, end) in zip(inputs, CLIPS, strict=True):
            item["InputClippings"] = [
                {"StartTimecode": drop_frame(start, rate), "EndTimecode": drop_frame(end - 1, rate)}
            ]
    settings = job(inputs, file_group("s3://results/t", mp4("_a", h264(WIDTH, HEIGHT), aac())))
    (written,) = render(settings, {URL: film}, tmp_path)
    path = written.folder / "output.mp4"
    assert numbers_of(path) == NUMBERS
    assert written.frames == len(NUMBERS)
    assert_length(path, rate, len(NUMBERS))
    heard = np.abs(sound_of(path)[0])
    for mark in marks:
        assert_beep_at(heard, NUMBERS.index(mark) / rate, rate)


def test_should_cut_several_clips_of_one_input_to_the_frame(tmp_path):
    spans = [(10, 20), (21, 25), (300, 330)]
    film = make_film(tmp_path / "a.mp4", 400, Fraction(24))
    cuts = [clip_input(URL, start, end, 24)["InputClippings"][0] for start, end in spans]
    settings = job(
        [{**whole_input(URL), "InputClippings": cuts}, clip_input(URL, 5, 9, 24)],
        file_group("s3://results/t", mp4("_a", h264(WIDTH, HEIGHT))),
    )
    (written,) = render(settings, {URL: film}, tmp_path)
    wanted = [number for start, end in [*spans, (5, 9)] for number in range(start, end)]
    assert numbers_of(written.folder / "output.mp4") == wanted


def assert_length(path, rate, frames):
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        assert video.average_rate == rate
        assert video.duration * video.time_base == frames / rate
        for audio in container.streams.audio:
            assert abs(audio.duration * audio.time_base - frames / rate) <= Fraction(1024, 48000)


def assert_beep_at(heard, seconds, rate):
    """A beep of one frame begins at ``seconds``, off by far less than a frame."""
    begin, length = round(seconds * 48000), round(48000 / rate)
    margin = 240
    inside = heard[begin + margin : begin + length - margin]
    assert inside.max() > 0.3
    before = heard[max(0, begin - 2 * length) : max(0, begin - margin)]
    after = heard[begin + length + margin : begin + 2 * length]
    assert before.size == 0 or before.max() < 0.1
    assert after.max() < 0.1


def test_should_keep_sound_in_step_with_a_picture_that_starts_late(tmp_path):
    late = Fraction(12, 5)
    heard_at = 40 + round(late * 25)
    film = make_film(tmp_path / "a.mp4", 120, 25, sounds=[("stereo", beeps([heard_at], 25))])
    film = remuxed(film, tmp_path / "late.mp4", late_picture=late)
    settings = job([clip_input(URL, 30, 60, 25)], file_group("s3://results/t", mp4("_a", h264(), aac())))
    (written,) = render(settings, {URL: film}, tmp_path)
    path = written.folder / "output.mp4"
    assert numbers_of(path) == list(range(30, 60))
    assert_beep_at(np.abs(sound_of(path)[0]), Fraction(10, 25), Fraction(25))


def test_should_not_pass_off_half_a_film_as_the_whole(tmp_path):
    film = remuxed(make_film(tmp_path / "a.mp4", 200, 25), tmp_path / "fast.mp4", faststart=True)
    film.write_bytes(film.read_bytes()[: film.stat().st_size // 2])
    with pytest.raises(JobError) as caught:
        render(
            job([whole_input(URL)], file_group("s3://results/t", mp4("_a", h264()))), {URL: film}, tmp_path
        )
    assert caught.value.code == JobError.READ
    assert "though it says that it has 200" in caught.value.message


def test_should_keep_source_and_order_of_several_files(tmp_path):
    first = make_film(tmp_path / "a.mp4", 60, 25, sounds=[("stereo", tone([0.2, 0.2]))])
    second = make_film(tmp_path / "b.mkv", 60, 25)
    other = "s3://films/b.mkv"
    inputs = [clip_input(other, 50, 55, 25), clip_input(URL, 0, 10, 25), clip_input(other, 5, 9, 25)]
    settings = job(inputs, file_group("s3://results/t", mp4("_a", h264(), aac())))
    (written,) = render(settings, {URL: first, other: second}, tmp_path)
    path = written.folder / "output.mp4"
    assert numbers_of(path) == [*range(50, 55), *range(10), *range(5, 9)]
    heard = np.abs(sound_of(path)[0])
    assert heard[: 4 * 1920].max() < 0.01
    assert heard[6 * 1920 : 14 * 1920].max() > 0.15
    assert heard[16 * 1920 : 19 * 1920].max() < 0.01


def test_should_encode_equal_renditions_once_and_write_them_as_file_and_stream(tmp_path):
    film = make_film(tmp_path / "a.mp4", 150, 25, sounds=[("stereo", tone([0.2, 0.2]))])
    output = mp4("_144p", h264(WIDTH, HEIGHT), aac())
    small = mp4("_72p", h264(WIDTH // 2, HEIGHT // 2), aac())
    settings = job(
        [clip_input(URL, 10, 135, 25)],
        file_group("s3://results/t", output, small),
        hls_group("s3://results/hls/t", output, small),
        captures("s3://results/thumb", 2, 10, WIDTH, HEIGHT),
    )
    written = render(settings, {URL: film}, tmp_path)
    big, little, big_stream, little_stream, pictures = written
    assert big.video is big_stream.video
    assert little.video is little_stream.video
    assert big.audio == big_stream.audio == little.audio
    for item in (big, little):
        assert numbers_of(item.folder / "output.mp4") == list(range(10, 135))
    for item in (big_stream, little_stream):
        segments = sorted(item.folder.glob("segment_*.ts"))
        assert [len(numbers_of(segment)) for segment in segments] == [50, 50, 25]
        assert [number for segment in segments for number in numbers_of(segment)] == list(range(10, 135))
    assert [numbers_of(path) for path in pictures.captures.paths] == [[10], [60], [110]]


def test_should_take_the_whole_film_when_nothing_is_clipped(tmp_path):
    film = make_film(
        tmp_path / "a.webm", 80, 30, codec="libvpx-vp9", options={"deadline": "realtime", "cpu-used": "8"}
    )
    settings = job([whole_input(URL)], file_group("s3://results/p", mp4(None, h264())))
    (written,) = render(settings, {URL: film}, tmp_path)
    path = written.folder / "output.mp4"
    assert numbers_of(path) == list(range(80))
    with av.open(str(path)) as container:
        assert container.streams.video[0].codec_context.name == "h264"
        assert not container.streams.audio


@pytest.mark.parametrize(
    "arguments",
    [
        {"codec": "libx265", "pixel_format": "yuv420p10le", "options": {"x265-params": "log-level=none"}},
        {"pixel_format": "yuv444p"},
        {"codec": "mpeg2video", "options": {"flags": "+ildct+ilme", "bf": "2"}},
        {"options": {"x264-params": "tff=1", "preset": "ultrafast"}},
    ],
)
def test_should_render_ten_bits_full_chroma_and_interlaced_pictures_frame_for_frame(tmp_path, arguments):
    film = make_film(tmp_path / "a.mkv", 60, 25, **arguments)
    settings = job([clip_input(URL, 7, 42, 25)], file_group("s3://results/t", mp4("_a", h264())))
    (written,) = render(settings, {URL: film}, tmp_path)
    path = written.folder / "output.mp4"
    assert numbers_of(path) == list(range(7, 42))
    with av.open(str(path)) as container:
        assert container.streams.video[0].codec_context.pix_fmt == "yuv420p"


def test_should_change_the_frame_rate_by_repeating_and_dropping(tmp_path):
    film = make_film(tmp_path / "a.mp4", 50, 25)
    faster = h264(FramerateControl="SPECIFIED", FramerateNumerator=50, FramerateDenominator=1)
    slower = h264(FramerateControl="SPECIFIED", FramerateNumerator=25, FramerateDenominator=2)
    settings = job(
        [clip_input(URL, 10, 20, 25)], file_group("s3://results/t", mp4("_f", faster), mp4("_s", slower))
    )
    fast, slow = render(settings, {URL: film}, tmp_path)
    assert numbers_of(fast.folder / "output.mp4") == [number for number in range(10, 20) for _ in range(2)]
    assert numbers_of(slow.folder / "output.mp4") == list(range(10, 20, 2))


def test_should_choose_the_track_by_number_and_by_language(tmp_path):
    tracks = [("stereo", tone([0.1, 0.1])), ("mono", tone([0.4]))]
    film = make_film(tmp_path / "a.mp4", 50, 25, sounds=tracks, languages=["deu", "fra"])
    for selector, level in (
        ({"Tracks": [2]}, 0.4),
        ({"SelectorType": "LANGUAGE_CODE", "LanguageCode": "GER"}, 0.1),
        ({"SelectorType": "LANGUAGE_CODE", "LanguageCode": "FRA"}, 0.4),
        ({"SelectorType": "LANGUAGE_CODE", "LanguageCode": "JPN"}, 0.0),
        ({"Tracks": [3]}, 0.0),
    ):
        item = clip_input(URL, 0, 50, 25)
        item["AudioSelectors"] = {"Audio Selector 1": {**selector, "DefaultSelection": "DEFAULT"}}
        settings = job([item], file_group("s3://results/t", mp4("_a", h264(), aac())))
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        (written,) = render(settings, {URL: film}, folder)
        heard = sound_of(written.folder / "output.mp4")
        assert heard.shape[0] == 2
        assert abs(np.abs(heard[:, 20000:60000]).max(axis=1) - level).max() < 0.03


def test_should_stop_when_it_is_told_to(tmp_path):
    film = make_film(tmp_path / "a.mp4", 200, 25)
    spec = read_settings(job([whole_input(URL)], file_group("s3://results/t", mp4("_a", h264()))))
    segments = lay_out(spec.inputs, lambda item: Source(film, URL, describe(film, URL)))

    def stop(share):
        raise JobCanceledError

    with pytest.raises(JobCanceledError):
        Render(spec, segments, tmp_path / "render").run(stop)


@pytest.mark.parametrize(("start", "end"), [("00:00:03:00", "00:00:03:10"), ("00:00:00:30", "00:00:01:00")])
def test_should_refuse_a_clip_that_the_film_does_not_have(tmp_path, start, end):
    film = make_film(tmp_path / "a.mp4", 50, 25)
    item = {**whole_input(URL), "InputClippings": [{"StartTimecode": start, "EndTimecode": end}]}
    with pytest.raises(JobError) as caught:
        render(job([item], file_group("s3://results/t", mp4("_a", h264()))), {URL: film}, tmp_path)
    assert caught.value.code == JobError.CLIP_NOT_IN_INPUT
    assert "Input 1" in caught.value.message


def test_should_start_counting_where_the_job_says(tmp_path):
    film = make_film(tmp_path / "a.mp4", 50, 25)
    clipping = {"StartTimecode": "10:00:00:05", "EndTimecode": "10:00:00:09"}
    item = {**whole_input(URL), "InputClippings": [clipping]}
    item.update(TimecodeSource="SPECIFIEDSTART", TimecodeStart="10:00:00:00")
    (written,) = render(job([item], file_group("s3://results/t", mp4("_a", h264()))), {URL: film}, tmp_path)
    assert numbers_of(written.folder / "output.mp4") == [5, 6, 7, 8, 9]


def test_should_turn_a_rotated_film_upright_only_when_asked(tmp_path):
    film = make_film(tmp_path / "a.mp4", 10, 25, rotation=90)
    assert describe(film, URL).rotation == 90
    plain = job([clip_input(URL, 0, 10, 25)], file_group("s3://results/t", mp4("_a", h264())))
    (written,) = render(plain, {URL: film}, tmp_path / "plain")
    assert (written.canvas.width, written.canvas.height) == (WIDTH, HEIGHT)
    item = clip_input(URL, 0, 10, 25, VideoSelector={"Rotate": "AUTO"})
    (turned,) = render(
        job([item], file_group("s3://results/t", mp4("_a", h264()))), {URL: film}, tmp_path / "auto"
    )
    assert (turned.canvas.width, turned.canvas.height) == (HEIGHT, WIDTH)
    with av.open(str(turned.folder / "output.mp4")) as container:
        frame = next(container.decode(video=0))
        back = av.VideoFrame.from_ndarray(np.rot90(frame.to_ndarray(format="gray")).copy(), format="gray")
        assert number_in(back) == 0
