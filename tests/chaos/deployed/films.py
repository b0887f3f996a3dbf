"""Films for the deployed half of the proof: small, as many different contents as wanted, measured once."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import av

from local.supervisor import PROJECT
from tests.chaos.deployed.stack import Stack, etag

SECONDS = 20
RATE = "30000/1001"
SIZE = (320, 180)
DETECTORS = ("segments", "labels")
STARTS = {
    "segments": ("start_segment_detection", {"SegmentTypes": ["SHOT", "TECHNICAL_CUE"]}),
    "labels": ("start_label_detection", {}),
    "faces": ("start_face_detection", {}),
}
GETS = {
    "segments": "get_segment_detection",
    "labels": "get_label_detection",
    "faces": "get_face_detection",
}
WISHES = {"profile-ids": "romance", "max-duration": "5", "detectors": ",".join(DETECTORS)}
"""What every upload of the proof asks for: one trailer, two detectors."""


class Films:
    """One film in any number of contents: a box that players skip holds the difference."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        """Make the film and measure it once, by the real measurement of the local Rekognition."""
        self._stack = stack
        path = folder / "film.mp4"
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            _make(path)
        self._bytes = path.read_bytes()
        self._measured = folder / "measured"
        if not self._measured.exists():
            self._measure()

    def content(self, name: str) -> bytes:
        """The film with a content of its own; the same name gives the same bytes."""
        mark = name.encode()
        content = self._bytes + (8 + len(mark)).to_bytes(4, "big") + b"free" + mark
        self._stack.answers[etag(content)] = str(self._measured)
        return content

    def _measure(self) -> None:
        """Have every detector look at the film, in a bucket where no upload is noticed."""
        bucket, key = self._stack.outputs["ResultsBucketName"], "chaos/film.mp4"
        self._stack.client("s3").put_object(Bucket=bucket, Key=key, Body=self._bytes)
        client = self._stack.client("rekognition")
        video = {"S3Object": {"Bucket": bucket, "Name": key}}
        jobs = {
            name: getattr(client, start)(Video=video, **more)["JobId"]
            for name, (start, more) in STARTS.items()
        }
        for name, job in jobs.items():
            while getattr(client, GETS[name])(JobId=job)["JobStatus"] == "IN_PROGRESS":
                time.sleep(0.1)
        ours = [job for job in self._stack.rekognition_jobs() if job["job_id"] in jobs.values()]
        shutil.copytree(self._stack.state_dir / "rekognition" / "films" / ours[0]["film"], self._measured)


def _make(path: Path) -> None:
    """The project's sample film, small: what is proved here does not depend on its size, and renders do."""
    large = path.with_suffix(".large.mp4")
    command = [sys.executable, "-m", "local.sample_film", str(large)]
    subprocess.run(
        [*command, "--seconds", str(SECONDS), "--rate", RATE],
        cwd=PROJECT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    with av.open(str(large)) as source, av.open(str(path), "w") as target:
        sound = target.add_stream_from_template(source.streams.audio[0])
        picture = target.add_stream("libx264", rate=source.streams.video[0].average_rate)
        picture.width, picture.height, picture.pix_fmt = *SIZE, "yuv420p"
        for packet in source.demux():
            if packet.stream.type == "audio" and packet.dts is not None:
                packet.stream = sound
                target.mux(packet)
            elif packet.stream.type == "video":
                for frame in packet.decode():
                    target.mux(picture.encode(frame.reformat(*SIZE)))
        target.mux(picture.encode(None))
