"""Transcoders in memory that find a film of a given length."""

from __future__ import annotations

RATE = 25
"""Frames a second of the film that is found."""


class ProbingTranscoder:
    """Answers with a film of a given length; files below ``videos/`` are renditions of the planned length."""

    def __init__(self, frames=6000, rendered=None, codec="AVC"):
        self.frames, self.rendered, self.codec = frames, rendered, codec
        self.rendered_rate = RATE

    def probe(self, uri):
        frames = self.rendered if "/videos/" in uri and self.rendered else self.frames
        rate = self.rendered_rate if "/videos/" in uri else RATE
        video = {"Width": 1280, "Height": 720, "FrameRate": {"Numerator": rate, "Denominator": 1}}
        meta = {"BitDepth": 8, "ChromaSubsampling": "4:2:0", "ScanType": "progressive"}
        tracks = [
            {
                "Index": 0,
                "TrackType": "video",
                "Codec": self.codec,
                "Duration": frames / RATE,
                "VideoProperties": {**video, "CodecMetadata": meta},
            },
            {
                "Index": 1,
                "TrackType": "audio",
                "Codec": "AAC",
                "Duration": frames / RATE,
                "AudioProperties": {"Channels": 2, "SampleRate": 48000, "LanguageCode": "eng"},
            },
        ]
        container = {"Format": "mp4", "Duration": frames / RATE, "Tracks": tracks}
        return {"ProbeResults": [{"Container": container, "Metadata": {"FileSize": 1000}}]}
