"""What a rendered trailer is: its frames, its black, its loudness. Measured on the file itself.

The measures are those of the judge's reference: black as FFmpeg's ``blackdetect`` means it, loudness
as EBU R 128 does (FFmpeg's ``ebur128``). They need PyAV, which comes with the extra ``local``.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cli.errors import UsageError

if TYPE_CHECKING:
    from cli.target import Deployment
    from trailer.domain.judgement import Loudness
    from trailer.domain.planning.plan import TrailerPlan

_BLACK_LEVEL: Final = 0.10
"""A pixel is black up to this share of the range from black to white."""
_BLACK_SHARE: Final = 0.98
"""A frame is black from this share of black pixels."""
_LIMITED: Final = (16, 235)
_STEP_SECONDS: Final = 0.1
_WINDOW_SECONDS: Final = 0.4
"""Of momentary loudness, which the meter tells every tenth of a second."""
_SILENCE: Final = -70.0


def is_possible() -> bool:
    """Whether the reader of films is installed."""
    try:
        import av  # noqa: F401
    except ImportError:
        return False
    return True


def rendition_beside(plan_file: Path) -> Path | None:
    """The smallest MP4 in a plan's folder, as ``trailer run`` leaves them."""
    found = sorted(plan_file.parent.glob("*.mp4"), key=lambda file: file.stat().st_size)
    return found[0] if found else None


def fetch_rendition(deployment: Deployment, record: dict[str, Any], folder: Path) -> Path | None:
    """Download the smallest MP4 of a published trailer; None where it has only a stream."""
    sizes = {}
    for key in record.get("files", ()):
        if str(key).endswith(".mp4"):
            head = deployment.s3.head_object(Bucket=deployment.results_bucket, Key=str(key))
            sizes[str(key)] = head["ContentLength"]
    if not sizes:
        return None
    smallest = min(sizes, key=lambda key: (sizes[key], key))
    path = folder / Path(smallest).name
    deployment.s3.download_file(deployment.results_bucket, smallest, str(path))
    return path


def temporary_folder() -> tempfile.TemporaryDirectory[str]:
    """Where a downloaded rendition lies while it is measured."""
    return tempfile.TemporaryDirectory(prefix="trailer-")


def count_frames(file: Path) -> tuple[int, int]:
    """All frames of a film and the black ones, every one of them decoded.

    Raises:
        UsageError: it can't be decoded.
    """
    import av

    frames = black = 0
    try:
        with av.open(str(file)) as container:
            for frame in container.decode(video=0):
                frames += 1
                black += _is_black(frame)
    except (av.FFmpegError, IndexError) as error:
        raise UsageError(f"{file} can't be read as a film: {error}.") from error
    return frames, black


def _is_black(frame: Any) -> bool:
    import numpy as np

    if not frame.format.name.startswith("yuv") or frame.format.components[0].bits != 8:
        frame = frame.reformat(format="yuv420p")
    plane = frame.planes[0]
    luma = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
    full = frame.format.name.startswith("yuvj") or int(frame.color_range) == 2
    low, high = (0, 255) if full else _LIMITED
    dark = np.count_nonzero(luma <= low + _BLACK_LEVEL * (high - low))
    return bool(dark >= _BLACK_SHARE * luma.size)


def measure_loudness(file: Path, plan: TrailerPlan, target: float) -> Loudness | None:
    """How loud a film is, against what was ordered; None where it has no sound."""
    import av

    from trailer.domain.judgement import Loudness

    with av.open(str(file)) as container:
        if not container.streams.audio:
            return None
        readings = list(_metered(container))
    if not readings:
        return None
    integrated = float(readings[-1].get("lavfi.r128.I", _SILENCE))
    momentary = [max(_SILENCE, float(one.get("lavfi.r128.M", _SILENCE))) for one in readings]
    peaks = [
        float(value) for key, value in readings[-1].items() if key.startswith("lavfi.r128.true_peaks_ch")
    ]
    peak = max(peaks, default=0.0)
    return Loudness(
        integrated=integrated,
        target=target,
        true_peak=20 * math.log10(peak) if peak > 0 else _SILENCE,
        greatest_jump=greatest_jump(momentary, plan),
    )


def _metered(container: Any) -> Iterator[dict[str, str]]:
    """What the meter says, every tenth of a second."""
    import av

    stream = container.streams.audio[0]
    graph = av.filter.Graph()
    source = graph.add_abuffer(template=stream)
    meter = graph.add("ebur128", "metadata=1:peak=true")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    for frame in (*container.decode(audio=0), None):
        graph.push(frame)
        while True:
            try:
                metered = graph.pull()
            except (av.BlockingIOError, av.EOFError):
                break
            if "lavfi.r128.M" in metered.metadata:
                yield dict(metered.metadata)


def greatest_jump(momentary: list[float], plan: TrailerPlan) -> float:
    """Greatest difference in LU between neighbouring clips, the hook and the button left out.

    A clip is as loud as the mean energy of the meter's windows that lie inside it. Of a clip that is
    shorter than one, the window about its middle counts.
    """
    levels = []
    at = 0
    for clip in plan.clips:
        start, end = float(at / plan.frame_rate), float((at + clip.source.length) / plan.frame_rate)
        at += clip.source.length
        if clip.act not in ("hook", "button"):
            levels.append(_level(momentary, start, end))
    return max((abs(one - other) for one, other in pairwise(levels)), default=0.0)


def _level(momentary: list[float], start: float, end: float) -> float:
    first = math.ceil((start + _WINDOW_SECONDS) / _STEP_SECONDS) - 1
    last = math.floor(end / _STEP_SECONDS) - 1
    inside = momentary[max(0, first) : last + 1]
    if not inside:
        middle = round(((start + end) / 2 + _WINDOW_SECONDS / 2) / _STEP_SECONDS) - 1
        inside = momentary[max(0, min(middle, len(momentary) - 1)) :][:1]
    energy = sum(10 ** (level / 10) for level in inside) / max(1, len(inside))
    return 10 * math.log10(energy) if energy > 0 else _SILENCE
