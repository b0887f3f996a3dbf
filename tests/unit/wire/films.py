"""Films and plans for the tests of what is rendered: a plain one, and Hypothesis strategies for all others."""

from fractions import Fraction
from itertools import pairwise

from hypothesis import strategies as st

from trailer.domain.film.analysis import Analysis, SensitiveRange
from trailer.domain.film.concepts import Concept
from trailer.domain.film.gates import Gate
from trailer.domain.film.media import AudioTrack, SourceMedia
from trailer.domain.film.scenes import Scene
from trailer.domain.planning.plan import ACTS, Clip, GateSummary, RejectedScene, TrailerPlan
from trailer.domain.time.timecode import FrameRange

RATES = (
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(50),
    Fraction(60000, 1001),
    Fraction(60),
)


def film(**changes):
    """A ten-minute 1080p film in English stereo; ``changes`` replace fields."""
    fields = {
        "container": "mp4",
        "video_codec": "AVC",
        "frame_rate": Fraction(24),
        "frame_count": 14_400,
        "width": 1920,
        "height": 1080,
        "rotation": 0,
        "audio_tracks": (AudioTrack(1, 2, "eng", "AAC"),),
        "bit_depth": 8,
        "chroma": "4:2:0",
        "scan_type": "PROGRESSIVE",
    }
    return SourceMedia(**(fields | changes))


def clip(start, end, *, act="setup", scene=0, **changes):
    fields = {
        "source": FrameRange(start, end),
        "scene": scene,
        "act": act,
        "score": 0.5,
        "parts": {"label:Car": 0.3, "motion": 0.2},
        "reasons": ("A car is driven fast.",),
    }
    return Clip(**(fields | changes))


def plan_of(*clips, rate=Fraction(24), **changes):
    fields = {
        "video_id": "big-buck-bunny-0123456789abcdef",
        "profile_id": "action",
        "profile_version": 1,
        "frame_rate": rate,
        "max_frames": sum(each.source.length for each in clips) + 1,
        "clips": tuple(clips),
    }
    return TrailerPlan(**(fields | changes))


def analysis_of(media, *, scenes=6, **changes):
    """A film of equally long scenes with end credits in its last twentieth."""
    length = max(1, media.frame_count // scenes)
    bounds = [*range(0, media.frame_count, length)[:scenes], media.frame_count]
    credits_from = media.frame_count * 19 // 20
    fields = {
        "video_id": "big-buck-bunny-0123456789abcdef",
        "media": media,
        "shots": (),
        "cues": (),
        "scenes": tuple(
            Scene(index, FrameRange(start, end), index, index + 1, {"label:Car": 0.9, "label:Vehicle": 0.9})
            for index, (start, end) in enumerate(pairwise(bounds))
        ),
        "gates": (Gate(FrameRange(credits_from, media.frame_count), "EndCredits"),),
        "content": FrameRange(0, max(1, credits_from)),
        "concepts": (Concept("label", "Car", rarity=0.8),),
        "moments": (),
        "sensitive": (SensitiveRange(FrameRange(0, 1), "Violence", "", 90.0),),
        "detectors": {"segments": True, "labels": True, "faces": False},
        "warnings": (),
    }
    return Analysis(**(fields | changes))


@st.composite
def films(draw):
    long, short = sorted(draw(st.tuples(st.integers(32, 8192), st.integers(32, 4320))), reverse=True)
    short = max(short, -(-long // 128))
    sides = draw(st.permutations([long, short]))
    tracks = draw(
        st.lists(st.tuples(st.integers(1, 16), st.sampled_from([None, "eng", "fra", "deu"])), max_size=4)
    )
    return film(
        container=draw(st.sampled_from(["mp4", "quicktime", "matroska", "mpegts"])),
        frame_rate=draw(st.sampled_from(RATES)),
        frame_count=draw(st.integers(24, 6 * 3600 * 60)),
        width=sides[0],
        height=sides[1],
        rotation=draw(st.sampled_from([0, 90, 180, 270])),
        audio_tracks=tuple(
            AudioTrack(index, channels, language, "AAC")
            for index, (channels, language) in enumerate(tracks, start=1)
        ),
        bit_depth=draw(st.sampled_from([8, 10])),
        scan_type=draw(st.sampled_from(["PROGRESSIVE", "INTERLACED"])),
    )


@st.composite
def plans(draw, media):
    """Clips anywhere in the film, in any order, also overlapping or contiguous."""
    clips = []
    for _ in range(draw(st.integers(1, 12))):
        after = clips[-1].source.end if clips else 0
        start = after if after < media.frame_count and draw(st.booleans()) else None
        if start is None:
            start = draw(st.integers(0, media.frame_count - 1))
        end = draw(st.integers(start + 1, min(media.frame_count, start + 300)))
        clips.append(clip(start, end, act=draw(st.sampled_from(ACTS)), scene=draw(st.integers(0, 40))))
    return plan_of(
        *clips,
        rate=media.frame_rate,
        rejected=(RejectedScene(3, "gated", "EndCredits"),),
        gates=(GateSummary("EndCredits", 1, 24),),
    )
