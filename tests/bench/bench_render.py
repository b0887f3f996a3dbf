"""How much longer a render takes than decoding and encoding exactly its seconds: ``python -m tests.bench.bench_render``.

The floor reads a film that holds nothing but the clips, from front to back, decodes it in one thread and
encodes it in another with the same x264 options: no seeking, no sound, no files. Floor and render run in
turns; medians are compared.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from local.mediaconvert.decoding import decoded_ahead
from local.mediaconvert.encoding import VideoEncoder
from local.mediaconvert.picture import Picture, Shown, canvas_of
from local.mediaconvert.render import Render
from local.mediaconvert.source import describe
from local.mediaconvert.spec import JobSpec, read_settings
from local.mediaconvert.timeline import Source, lay_out
from tests.unit.local.mediaconvert_jobs import (
    aac,
    captures,
    clip_input,
    file_group,
    h264,
    hls_group,
    job,
    mp4,
)

ROOT = Path(__file__).resolve().parents[2]
URL = "s3://films/film.mp4"
LOUD = {
    "Algorithm": "ITU_BS_1770_4",
    "AlgorithmControl": "CORRECT_AUDIO",
    "TargetLkfs": -16.0,
    "TruePeakLimiterThreshold": -1.0,
}


def footage() -> Path:
    """The shared film, beside the project or where TRAILER_SHARED says."""
    shared = Path(os.environ.get("TRAILER_SHARED", ROOT.parent / "shared"))
    return shared / "footage" / "big_buck_bunny_486p.mp4"


def clips(frames: int, rate: Fraction, count: int, seconds: int) -> list[tuple[int, int]]:
    """``count`` clips of together ``seconds``, spread over the film, none at a key frame's place."""
    length = round(seconds * rate / count)
    step = (frames - 2 * length) // count
    return [
        (length + index * step + 7 * index, length + index * step + 7 * index + length)
        for index in range(count)
    ]


def video(width: int, height: int) -> dict[str, Any]:
    """The H.264 settings of a trailer rendition."""
    return h264(width, height, MaxBitrate=6_000_000, QualityTuningLevel="SINGLE_PASS_HQ", GopSize=2.0)


def only_clips(film: Path, spec: JobSpec, folder: Path) -> Path:
    """A film of nothing but the clips, encoded much like the original."""
    path = folder / "clips.mp4"
    source = Source(film, URL, describe(film, URL))
    with av.open(str(path), "w") as output:
        stream = output.add_stream("libx264", rate=source.track.rate, options={"crf": "20", "preset": "fast"})
        stream.width, stream.height, stream.pix_fmt = source.track.width, source.track.height, "yuv420p"
        with decoded_ahead(lay_out(spec.inputs, lambda item: source)) as pictures:
            for number, (_, frame) in enumerate(pictures):
                frame.pts, frame.time_base, frame.pict_type = number, 1 / source.track.rate, 0
                output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path


def floor(path: Path, spec: JobSpec) -> None:
    """Decode the clips and encode every different picture once."""
    whole = read_settings(
        job(
            [{"FileInput": URL, "TimecodeSource": "ZEROBASED"}],
            file_group("s3://r/t", mp4(None, video(64, 64))),
        )
    )
    source = Source(path, URL, describe(path, URL))
    wanted = {o.video for group in spec.groups for o in group.outputs if o.video and o.kind != "JPEG"}
    shown = Shown.of(source.track, 0)
    pictures = [Picture(item, canvas_of(item, shown), source.track, 0, "yuv420p") for item in wanted]
    encoders: list[VideoEncoder] = []
    with decoded_ahead(lay_out(whole.inputs, lambda item: source)) as decoded:
        for number, (_, frame) in enumerate(decoded):
            fitted = [picture.fit(frame) for picture in pictures]
            if not encoders:
                encoders = [
                    VideoEncoder(item, canvas_of(item, shown), source.track.rate, sample, 0)
                    for item, sample in zip(wanted, fitted, strict=True)
                ]
            for encoder, picture in zip(encoders, fitted, strict=True):
                list(encoder.encode(picture, number, False))
    for encoder in encoders:
        list(encoder.finish())
        encoder.close()


def render(film: Path, spec: JobSpec, folder: Path) -> None:
    """Render as the service does, without download and upload."""
    source = Source(film, URL, describe(film, URL))
    shutil.rmtree(folder, ignore_errors=True)
    Render(spec, lay_out(spec.inputs, lambda item: source), folder).run(lambda share: None)


def timed(work: Callable[[], None]) -> tuple[float, float]:
    """Wall and CPU seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def compare(name: str, film: Path, spec: JobSpec, runs: int, folder: Path) -> None:
    """Print the medians of floor and render, run in turns."""
    short = only_clips(film, spec, folder)
    floors, renders = [], []
    for _ in range(runs):
        floors.append(timed(lambda: floor(short, spec)))
        renders.append(timed(lambda: render(film, spec, folder / "render")))
    ratios = sorted(r[0] / f[0] for f, r in zip(floors, renders, strict=True))
    wall = [statistics.median(item[0] for item in items) for items in (floors, renders)]
    cpu = [statistics.median(item[1] for item in items) for items in (floors, renders)]
    print(  # noqa: T201
        f"{name:32} floor {wall[0]:6.2f} s  render {wall[1]:6.2f} s  "
        f"ratio {statistics.median(ratios):.2f} [{ratios[0]:.2f}-{ratios[-1]:.2f}]  CPU ratio {cpu[1] / cpu[0]:.2f}"
    )


def main() -> None:
    """Measure one rendition, and a ladder with stream and thumbnails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--film", type=Path, default=footage())
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--clips", type=int, default=10)
    arguments = parser.parse_args()
    if not arguments.film.exists():
        sys.exit(f"There is no film at {arguments.film}; name one with --film.")
    track = describe(arguments.film, URL)
    ranges = clips(track.frame_count, track.rate, arguments.clips, arguments.seconds)
    inputs = [clip_input(URL, start, end, round(track.rate)) for start, end in ranges]
    full, small = (track.width // 2 * 2, track.height // 2 * 2), (track.width // 6 * 4, track.height // 6 * 4)
    audio = aac(AudioNormalizationSettings=LOUD)
    one = file_group("s3://results/t", mp4("_a", video(*full), audio))
    ladder = [mp4("_a", video(*full), audio), mp4("_b", video(*small), audio)]
    groups = [file_group("s3://results/t", *ladder), hls_group("s3://results/h", *ladder, seconds=6)]
    groups.append(captures("s3://results/p", 3, 10, 640, 360))
    with tempfile.TemporaryDirectory() as name:
        compare("one MP4", arguments.film, read_settings(job(inputs, one)), arguments.runs, Path(name))
        compare(
            "two sizes, MP4 + HLS + JPEG",
            arguments.film,
            read_settings(job(inputs, *groups)),
            arguments.runs,
            Path(name),
        )


if __name__ == "__main__":
    main()
