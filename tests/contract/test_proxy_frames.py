"""Frame n of a proxy is frame n of the film, and what is planned on the one is cut from the other.

Every picture carries its number, so that frames are compared by what they show. The settings are the
product's; the local MediaConvert renders them, which shares no code with it.
"""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.contract.proxied import probed, proxy_of, trailer_of
from tests.unit.local.mediaconvert_films import make_film, numbers_of, tone
from tests.unit.wire.films import clip, plan_of
from trailer.domain.film.media import SourceMedia
from trailer.wire.suitability import check_source, needs_proxy

FRAMES = 96
CLIPS = ((50, 61), (3, 4), (20, 33), (90, 96), (61, 70), (0, 5))
NTSC, FILM, PAL = Fraction(30000, 1001), Fraction(24000, 1001), Fraction(25)
X265 = {"codec": "libx265", "options": {"x265-params": "log-level=none", "preset": "ultrafast"}}
VP9 = {"codec": "libvpx-vp9", "options": {"deadline": "realtime", "cpu-used": "8"}}
AV1 = {
    "codec": "libsvtav1",
    "options": {"preset": "9", "crf": "5", "svtav1-params": "lp=1:enable-tf=0:pred-struct=1"},
}
FIELDS = {"x264-params": "tff=1", "preset": "ultrafast"}
SOUND = [("stereo", tone([0.2, 0.2]))]

KINDS: dict[str, tuple[str, Fraction, dict[str, Any]]] = {
    "HEVC in MP4": ("a.mp4", FILM, X265),
    "HEVC 10 bits in MKV, AC-3": (
        "a.mkv",
        Fraction(24),
        X265 | {"pixel_format": "yuv420p10le", "sounds": SOUND, "sound_codec": "ac3"},
    ),
    "HDR10 in MP4": ("a.mp4", Fraction(24), X265 | {"pixel_format": "yuv420p10le", "transfer": 16}),
    "HLG in TS": ("a.ts", Fraction(50), X265 | {"pixel_format": "yuv420p10le", "transfer": 18}),
    "VP9 and Opus in WebM": ("a.webm", Fraction(30), VP9 | {"sounds": SOUND}),
    "VP9 of odd size": ("a.webm", Fraction(25), VP9 | {"size": (255, 143)}),
    "AV1 in MP4": ("a.mp4", Fraction(25), AV1),
    "ProRes and PCM in MOV": (
        "a.mov",
        FILM,
        {
            "codec": "prores_ks",
            "options": {},
            "pixel_format": "yuv422p10le",
            "sounds": SOUND,
            "sound_codec": "pcm_s16le",
        },
    ),
    "interlaced ProRes": (
        "a.mov",
        NTSC,
        {"codec": "prores_ks", "options": {"flags": "+ildct"}, "pixel_format": "yuv422p10le"},
    ),
    "H.264 and FLAC in MKV": ("a.mkv", FILM, {"sounds": SOUND, "sound_codec": "flac"}),
    "H.264 and E-AC-3 in MP4": ("a.mp4", PAL, {"sounds": SOUND, "sound_codec": "eac3"}),
    "MPEG-4 and MP3 in AVI": (
        "a.avi",
        PAL,
        {"codec": "mpeg4", "options": {"bf": "2"}, "sounds": SOUND, "sound_codec": "libmp3lame"},
    ),
    "Motion JPEG in AVI": (
        "a.avi",
        PAL,
        {"codec": "mjpeg", "options": {}, "pixel_format": "yuvj420p"},
    ),
    "MPEG-2 interlaced, MP2 in TS": (
        "a.ts",
        NTSC,
        {
            "codec": "mpeg2video",
            "options": {"flags": "+ildct+ilme", "bf": "2"},
            "sounds": SOUND,
            "sound_codec": "mp2",
        },
    ),
    "H.264 in TS": ("a.ts", Fraction(60000, 1001), {}),
    "H.264 10 bits": ("a.mp4", Fraction(24), {"pixel_format": "yuv420p10le"}),
    "H.264 4:2:2": ("a.mp4", Fraction(24), {"pixel_format": "yuv422p"}),
    "H.264 interlaced": ("a.mp4", NTSC, {"options": FIELDS}),
    "H.264 turned by 90 degrees": ("a.mp4", Fraction(30), {"rotation": 90}),
    "H.264 turned by 180 degrees": ("a.mov", Fraction(30), {"rotation": 180}),
    "18 pictures a second in MKV": ("a.mkv", Fraction(18), {}),
    "12.5 pictures a second, anamorphic, in MKV": (
        "a.mkv",
        Fraction(25, 2),
        {"pixel_aspect": Fraction(4, 3)},
    ),
}


def planned(media: SourceMedia) -> Any:
    return plan_of(*(clip(start, end) for start, end in CLIPS), rate=media.frame_rate)


@pytest.mark.parametrize("kind", KINDS)
def test_a_proxy_has_the_films_frames_and_its_plan_cuts_them_from_the_film(kind: str, tmp_path: Path) -> None:
    name, rate, arguments = KINDS[kind]
    film = make_film(tmp_path / name, FRAMES, rate, **arguments)
    media = probed(film, tmp_path)
    check_source(media)
    assert needs_proxy(media, film.stat().st_size)
    assert (media.frame_rate, media.frame_count, media.variable_rate) == (rate, FRAMES, False)

    proxy = proxy_of(film, media, tmp_path)

    assert numbers_of(proxy, media.rotation) == list(range(FRAMES))
    copy = probed(proxy, tmp_path, rendered=True)
    assert not needs_proxy(copy, proxy.stat().st_size)
    assert (copy.frame_rate, copy.frame_count) == (rate, FRAMES)
    cut = numbers_of(trailer_of(film, media, planned(media), tmp_path), media.rotation)
    assert cut == [frame for start, end in CLIPS for frame in range(start, end)]


GAPS = [slot * 100 // 3 for slot in range(140) if slot % 7 not in (3, 5)]
"""Milliseconds of a rate that varies between 15 and 30, and is 21.6 on average."""
JITTER = [round(number * 1000 / 29.87) + (7 * number % 11 - 5) for number in range(1, 120)]
"""A telephone: nearly 30, never quite regular."""
BURSTS = [
    time for burst in range(3) for time in (*range(burst * 2000, burst * 2000 + 500, 20), burst * 2000 + 1000)
]
"""Half a second at 50, then hardly anything: 15.6 on average, so that pictures of a burst are left out."""

VARIABLE: dict[str, tuple[str, list[int], Fraction | int, dict[str, Any]]] = {
    "H.264 in MP4 with gaps": ("a.mp4", GAPS, 24, {}),
    "H.264 in MOV as a telephone films": ("a.mov", JITTER, 30, {}),
    "HEVC in MP4 in bursts": ("a.mp4", BURSTS, 24, X265),
    # Their headers say 30, and only reading them to the end shows the truth.
    "H.264 in MKV with gaps": ("a.mkv", GAPS, 24, {}),
    "VP9 in WebM with gaps": ("a.webm", GAPS, 24, VP9),
    # Constant, but neither at the rate that the header says nor at any round one.
    "H.264 in MKV every 42 ms": ("a.mkv", list(range(0, 5040, 42)), Fraction(500, 21), {}),
}


def on_grid(times: list[int], rate: Fraction | int, count: int) -> list[int]:
    """Which picture stands at each place of a grid: the last of those that are nearest to it or before."""
    places = [math.floor(Fraction(time - times[0], 1000) * rate + Fraction(1, 2)) for time in times]
    return [max(number for number, at in enumerate(places) if at <= place) for place in range(count)]


@pytest.mark.parametrize("kind", VARIABLE)
def test_a_variable_rate_is_cut_on_the_grid_that_its_proxy_shows(kind: str, tmp_path: Path) -> None:
    name, times, grid, arguments = VARIABLE[kind]
    film = make_film(tmp_path / name, len(times), 30, times=times, **arguments)
    header = probed(film, tmp_path)
    assert needs_proxy(header, film.stat().st_size)

    proxy = proxy_of(film, header, tmp_path)

    copy = probed(proxy, tmp_path, rendered=True)
    media = header.on_timeline_of(copy)
    assert (media.frame_rate, media.variable_rate) == (grid, True)
    pictures = on_grid(times, grid, media.frame_count)
    assert numbers_of(proxy) == pictures
    assert len(set(pictures)) > len(times) / 3
    clips = [(start, end) for start, end in CLIPS if end <= media.frame_count]
    plan = plan_of(*(clip(start, end) for start, end in clips), rate=media.frame_rate)
    trailer = trailer_of(film, media, plan, tmp_path)
    assert numbers_of(trailer) == [pictures[frame] for start, end in clips for frame in range(start, end)]
    assert probed(trailer, tmp_path, rendered=True).frame_rate == grid
