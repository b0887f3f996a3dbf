"""Make the project's own small test film: `python -m local.sample_film OUT.mp4`.

It has what the pipeline must cope with (colour bars, black, cuts, a dissolve,
talking faces, walking people, a black gap, rolling credits) and says where:
the ground truth, in frames, is what the tests compare with. The same arguments
give the same film.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

from local import sample_people as people
from local import sample_pictures as pictures
from local import sample_sound as sound
from local.sample_pictures import HEIGHT, WIDTH, Image, Painter
from local.sample_sound import SAMPLE_RATE, Samples

FULL_SECONDS = 90
SHORTEST_SECONDS = 20
CREDITS = (
    "THE SAMPLE FILM", "", "Directed by", "A. Painter", "", "Written by", "B. Scribe", "C. Quill", "",
    "Talking face", "D. Oval", "Walking figures", "E. Coat   F. Hat   G. Shoe", "Red car", "H. Wheel", "",
    "Music", "J. Pluck", "", "Sound", "K. Formant   L. Silence", "", "Editor", "M. Cutter", "",
    "Colour bars", "N. Seven", "Meadow and forest", "O. Green   P. Leaf", "Sea and desert", "Q. Wave", "",
    "Fireworks", "R. Spark", "Fish", "S. Fin   T. Scale   U. Reef", "", "THE END",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of the film's plan; ``weight`` is its length in seconds in the 90 second film."""

    name: str
    weight: float
    painter: Callable[[], Painter]
    sound: Callable[[float], Samples]
    dissolve: float = 0.0
    """Seconds over which the part before melts into this one."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A part with its half-open range in frames."""

    part: Part
    start: int
    end: int
    dissolve: int


def _voice(pitch: float) -> Callable[[float], Samples]:
    return lambda seconds: sound.talk(seconds, pitch)


def _music(root: float) -> Callable[[float], Samples]:
    return lambda seconds: sound.tune(seconds, root)


def _portrait(wall: int, skin: pictures.Colour, size: int) -> Callable[[], Painter]:
    top, bottom = ((wall, wall // 2 + 40, 120 - wall // 3), (wall // 2, wall // 3 + 20, 70 - wall // 4))
    return lambda: people.portrait((top, bottom), skin, size, wall)


def _street(*coats: pictures.Colour, warm: bool, speed: float) -> Callable[[], Painter]:
    wall = ((226, 222, 212), (205, 200, 190)) if warm else ((212, 224, 234), (190, 202, 214))
    return lambda: people.street(coats, wall, 4 + len(coats), speed)


def _plan() -> list[Part]:
    man, woman, child = (224, 178, 148), (238, 198, 172), (204, 154, 122)
    low, mid, high = _music(110.0), _music(146.8), _music(196.0)
    black = Part("black", 1.0, lambda: pictures.flat((0, 0, 0)), sound.silence)
    return [
        Part("colour bars", 3.0, pictures.colour_bars, sound.line_up_tone),
        black,
        Part("meadow", 5.5, pictures.meadow, mid),
        Part("portrait man", 4.6, _portrait(120, man, 280), _voice(118.0)),
        Part("street one", 3.4, _street((40, 50, 90), warm=True, speed=50), mid),
        Part("road", 2.2, people.road, high),
        Part("portrait woman", 5.0, _portrait(50, woman, 220), _voice(205.0)),
        Part("forest", 3.1, pictures.forest, low),
        Part("balls", 1.6, people.balls, high),
        Part("sunset", 6.2, pictures.sunset, mid, dissolve=1.0),
        Part("night city", 4.8, pictures.night_city, low),
        Part("portrait night", 3.8, _portrait(14, man, 260), _voice(112.0)),
        Part("black gap", 1.5, lambda: pictures.flat((0, 0, 0)), sound.silence),
        Part("desert", 4.4, pictures.desert, mid),
        Part(
            "street crowd", 5.2, _street((120, 30, 40), (40, 90, 60), (30, 30, 40), warm=False, speed=30), mid
        ),
        Part("reef", 4.0, people.reef, low),
        Part("wheel", 1.2, people.wheel, high),
        Part("portrait child", 4.2, _portrait(150, child, 330), _voice(260.0)),
        Part("campfire", 3.6, pictures.campfire, low),
        Part("snow", 3.9, pictures.snow, mid),
        Part("street evening", 2.9, _street((90, 60, 30), (60, 60, 70), warm=True, speed=-40), mid),
        Part("fireworks", 2.9, people.fireworks, high),
        black,
        Part("credits", 10.0, _credits, low),
    ]


def _credits() -> Painter:
    """White lines roll up over black; the whole roll is drawn once."""
    step = 52
    roll = np.zeros((2 * HEIGHT + step * len(CREDITS), WIDTH, 3), np.uint8)
    for row, line in enumerate(CREDITS):
        width = cv2.getTextSize(line, cv2.FONT_HERSHEY_DUPLEX, 0.9, 1)[0][0]
        place = ((WIDTH - width) // 2, HEIGHT // 2 + step * (row + 1))
        cv2.putText(roll, line, place, cv2.FONT_HERSHEY_DUPLEX, 0.9, (232, 232, 232), 1, cv2.LINE_AA)
    roll_seconds = 16.0

    def paint(seconds: float) -> Image:
        top = int(min(1.0, seconds / roll_seconds) * (roll.shape[0] - HEIGHT))
        return roll[top : top + HEIGHT]

    return paint


def place_parts(seconds: float, rate: Fraction) -> list[Placed]:
    """Give every part its frames; the parts scale together and fill the film exactly."""
    parts = _plan()
    total = sum(part.weight for part in parts)
    frames = int(Fraction(seconds) * rate)
    edges = [0]
    for part in parts:
        edges.append(edges[-1] + max(1, round(part.weight / total * frames)))
    edges[-1] = frames
    return [
        Placed(part, start, end, round(part.dissolve * frames / total / 2) * 2)
        for part, start, end in zip(parts, edges, edges[1:], strict=False)
    ]


def _mix(before: Image, after: Image, share: float) -> Image:
    return cv2.addWeighted(before, 1 - share, after, share, 0.0).astype(np.uint8)


def _frames(placed: list[Placed], rate: Fraction) -> Iterator[Image]:
    """Paint the film; a dissolve begins with its part and holds the end of the part before."""
    before: Painter | None = None
    before_length = 0
    for item in placed:
        painter = item.part.painter()
        for index in range(item.end - item.start):
            picture = painter(float(index / rate))
            if index < item.dissolve and before is not None:
                old = before(float((before_length + index) / rate))
                picture = _mix(old, picture, (index + 1) / (item.dissolve + 1))
            yield picture
        before, before_length = painter, item.end - item.start


def _soundtrack(placed: list[Placed], rate: Fraction) -> Samples:
    """The sound of the film; each part's sound fills its frames to the sample."""
    samples = np.zeros(int(placed[-1].end / rate * SAMPLE_RATE))
    for item in placed:
        first, last = (int(edge / rate * SAMPLE_RATE) for edge in (item.start, item.end))
        piece = item.part.sound((last - first) / SAMPLE_RATE)
        fade = min(480, piece.size // 2)
        piece[:fade] *= np.linspace(0, 1, fade)
        piece[piece.size - fade :] *= np.linspace(1, 0, fade)
        samples[first:last] = piece[: last - first]
    return samples


def ground_truth(placed: list[Placed], rate: Fraction) -> dict[str, object]:
    """Where everything is, in half-open ranges of frames; a cut is the first frame of a new shot."""
    cue_names = {"colour bars": "ColorBars", "black": "BlackFrames", "black gap": "BlackFrames"}
    cue_names["credits"] = "EndCredits"
    cuts = [item.start for item in placed[1:] if not item.dissolve]
    talking = [item for item in placed if item.part.name.startswith("portrait")]
    return {
        "frameRate": f"{rate.numerator}/{rate.denominator}",
        "frameCount": placed[-1].end,
        "width": WIDTH,
        "height": HEIGHT,
        "cuts": cuts,
        "dissolves": [[item.start, item.start + item.dissolve] for item in placed if item.dissolve],
        "parts": [{"name": item.part.name, "start": item.start, "end": item.end} for item in placed],
        "cues": [
            {"type": cue_names[item.part.name], "start": item.start, "end": item.end}
            for item in placed
            if item.part.name in cue_names
        ],
        "faces": [[item.start, item.end] for item in talking],
        "people": [[item.start, item.end] for item in placed if item.part.name.startswith("street")],
        "dialogue": [
            [item.start + int(start * rate), item.start + math.ceil(end * rate)]
            for item in talking
            for start, end in sound.phrases_within(float((item.end - item.start) / rate))
        ],
    }


def _write_video(output: av.container.OutputContainer, stream: VideoStream, placed: list[Placed]) -> None:
    rate = Fraction(stream.codec_context.framerate or 24)
    for index, picture in enumerate(_frames(placed, rate)):
        # OpenCV converts several times faster than the scaler behind from_ndarray("rgb24").
        planes: Image = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2YUV_I420).astype(np.uint8)
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts, frame.time_base = index, 1 / rate
        output.mux(stream.encode(frame))
    output.mux(stream.encode(None))


def _write_audio(output: av.container.OutputContainer, stream: AudioStream, samples: Samples) -> None:
    left_and_right = np.vstack([samples, 0.9 * samples]).astype(np.float32)
    for start in range(0, left_and_right.shape[1], SAMPLE_RATE):
        piece = np.ascontiguousarray(left_and_right[:, start : start + SAMPLE_RATE])
        frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
        output.mux(stream.encode(frame))
    output.mux(stream.encode(None))


def make_sample_film(
    path: Path, *, seconds: float = FULL_SECONDS, rate: Fraction | int = 24
) -> dict[str, object]:
    """Write the film to ``path`` (H.264 and AAC in MP4) and return its ground truth.

    Raises:
        ValueError: shorter than 20 seconds, where the shots would be too short to be shots.
    """
    if seconds < SHORTEST_SECONDS:
        raise ValueError(f"The sample film needs at least {SHORTEST_SECONDS} seconds; {seconds} were asked.")
    rate = Fraction(rate)
    placed = place_parts(seconds, rate)
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as output:
        video = output.add_stream("libx264", rate=rate, options={"preset": "ultrafast", "crf": "22"})
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.codec_context.gop_size = max(1, round(2 * rate))
        audio = output.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
        _write_video(output, video, placed)
        _write_audio(output, audio, _soundtrack(placed, rate))
    return ground_truth(placed, rate)


def main() -> None:
    """Make the film and print its ground truth as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("output", type=Path)
    parser.add_argument("--seconds", type=float, default=FULL_SECONDS)
    parser.add_argument("--rate", type=Fraction, default=Fraction(24), help="24, 25 or 30000/1001")
    arguments = parser.parse_args()
    try:
        truth = make_sample_film(arguments.output, seconds=arguments.seconds, rate=arguments.rate)
    except ValueError as error:
        parser.error(str(error))
    sys.stdout.write(json.dumps(truth) + "\n")


if __name__ == "__main__":
    main()
