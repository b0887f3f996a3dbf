"""The operations: Start* makes a job, Get* answers from what was measured."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from local.rekognition.answers.faces import face_rows, metadata_answer
from local.rekognition.answers.labels import label_answer, label_rows
from local.rekognition.answers.measured import MODEL_VERSION, Measured
from local.rekognition.answers.segments import segment_answer, segment_rows
from local.rekognition.completions import Completions
from local.rekognition.fates import Fates
from local.rekognition.faults import (
    AccessDeniedException,
    InvalidParameterException,
    UnknownOperationException,
)
from local.rekognition.jobs import FAILED, SUCCEEDED, Job, Jobs, new_job_id
from local.rekognition.limits import CallRate
from local.rekognition.model import check_input, operation
from local.rekognition.objects import VideoStore
from local.rekognition.paging import Pages
from local.rekognition.passes import Passes
from local.rekognition.settings import ServiceSettings

log = logging.getLogger(__name__)

Answer = dict[str, Any]


class Detector(NamedTuple):
    """One kind of job: its operations and how its answer is made."""

    name: str
    start: str
    get: str
    rows_member: str
    answer: Callable[[Measured, Answer], Answer]
    rows: Callable[[Measured, Answer, Answer], list[Answer]]
    """From the measurements, the Start request and the Get request."""


DETECTORS = (
    Detector(
        "segments",
        "StartSegmentDetection",
        "GetSegmentDetection",
        "Segments",
        segment_answer,
        lambda measured, start, _: segment_rows(measured, start),
    ),
    Detector(
        "labels",
        "StartLabelDetection",
        "GetLabelDetection",
        "Labels",
        label_answer,
        lambda measured, start, get: label_rows(
            measured, start, get.get("SortBy", "TIMESTAMP"), get.get("AggregateBy", "TIMESTAMPS")
        ),
    ),
    Detector(
        "faces",
        "StartFaceDetection",
        "GetFaceDetection",
        "Faces",
        metadata_answer,
        lambda measured, _start, _get: face_rows(measured),
    ),
    Detector(
        "celebrities",
        "StartCelebrityRecognition",
        "GetCelebrityRecognition",
        "Celebrities",
        metadata_answer,
        lambda _measured, _start, _get: [],
    ),
)
STARTS = {detector.start: detector for detector in DETECTORS}
GETS = {detector.get: detector for detector in DETECTORS}


class Service:
    """Rekognition Video of one machine."""

    def __init__(self, state: Path, settings: ServiceSettings) -> None:
        self._fates = Fates()
        self._jobs = Jobs(state / "jobs", settings.most_open_jobs, self._fates.slots_taken)
        self._pages = Pages(state)
        self._store = VideoStore(settings.region)
        self._completions = Completions(self._jobs.mark_notified)
        self._passes = Passes(
            state, self._jobs, self._store, self._completions, settings=settings.passes, fates=self._fates
        )
        self._starts = CallRate(settings.start_rate, settings.throttle)
        self._gets = CallRate(settings.get_rate, settings.throttle)
        self._resume()

    def _resume(self) -> None:
        """Take up what the last run of the service left."""
        self._passes.forget_except(self._jobs.films())
        for job in self._jobs.unfinished():
            if job.status in (SUCCEEDED, FAILED):
                self._completions.publish(job)
            else:
                self._passes.request(job)

    def call(self, name: str, request: Answer, user: str) -> Answer:
        """Answer one operation.

        Raises:
            Fault: anything that the API answers with an error.
        """
        if name in STARTS:
            self._starts.take(name)
            check_input(name, request)
            return self._start(STARTS[name], request, user)
        if name in GETS:
            self._gets.take(name)
            check_input(name, request)
            return self._get(GETS[name], request)
        if operation(name) is None:
            raise UnknownOperationException(f"Rekognition has no operation {name}.")
        offered = ", ".join([*STARTS, *GETS])
        raise AccessDeniedException(f"The local Rekognition does not offer {name}; it offers {offered}.")

    def _start(self, detector: Detector, request: Answer, user: str) -> Answer:
        if (earlier := self._jobs.repeated(detector.start, request)) is not None:
            return {"JobId": earlier.job_id}
        place = request["Video"].get("S3Object") or {}
        if not place.get("Bucket") or not place.get("Name"):
            raise InvalidParameterException(
                "Request has invalid parameters: the video needs a bucket and a name."
            )
        if detector.name == "segments" and not request["SegmentTypes"]:
            raise InvalidParameterException("Request has invalid parameters: SegmentTypes is empty.")
        video = self._store.find(request["Video"])
        job = Job(
            job_id=new_job_id(),
            operation=detector.start,
            detector=detector.name,
            request=request,
            film=video.film,
            version=video.version,
            created=time.time(),
            content=video.content,
        )
        stored = self._jobs.add(job, user)
        if stored is job:
            log.info("Job %s: %s of s3://%s/%s", job.job_id, detector.start, video.bucket, video.name)
            self._fates.draw(job)
            self._passes.request(job)
            self._fates.keep_answer_back(job)
        return {"JobId": stored.job_id}

    def _get(self, detector: Detector, request: Answer) -> Answer:
        job = self._jobs.get(request["JobId"], detector.start)
        answer: Answer = {"JobStatus": job.status, "JobId": job.job_id, "Video": job.request["Video"]}
        if job.request.get("JobTag"):
            answer["JobTag"] = job.request["JobTag"]
        if detector.name == "labels":
            answer["GetRequestMetadata"] = {
                "SortBy": request.get("SortBy", "TIMESTAMP"),
                "AggregateBy": request.get("AggregateBy", "TIMESTAMPS"),
            }
        if job.status == FAILED:
            answer["StatusMessage"] = job.message or "The video could not be analysed."
        if job.status == SUCCEEDED:
            measured = self._passes.measured(job.film)
            what = f"{job.job_id}/{answer.get('GetRequestMetadata')}"
            rows = detector.rows(measured, job.request, request)
            size = {"MaxResults": self._fates.page_rows(request.get("MaxResults"))}
            page, following = self._pages.cut(rows, request | size, what)
            answer |= detector.answer(measured, job.request) | {detector.rows_member: page}
            if following is not None:
                answer["NextToken"] = following
        return answer

    def prepare(self) -> None:
        """Have a worker ready for the first film."""
        self._passes.prepare()

    def about(self) -> Answer:
        """What this stand-in measures, and what it does not know."""
        return {
            "service": "A local stand-in for Amazon Rekognition Video",
            "prepared": self._fates.about(),
            "modelVersion": MODEL_VERSION,
            "measured": {
                "shots": "hard cuts from 32x18 thumbnails; fades and dissolves are left out as gaps",
                "technicalCues": "ColorBars, BlackFrames (silent), EndCredits (text on calm ground), "
                "OpeningCredits (letters over the picture in the first 15 %, by classical vision), Content",
                "faces": "frontal faces on which two Haar cascades agree, with box, brightness, sharpness",
                "labels": "Person (HOG: upright, whole), Sky, Grass, Vegetation, Darkness by stated rules",
            },
            "unknownHere": [
                "emotions, age, gender, pose, landmarks and every other attribute of a face",
                "celebrities: jobs succeed with an empty list",
                "StudioLogo and Slate",
                "every label that is not named above",
            ],
            "confidence": "faces and labels end at 80: classical detectors, no trained model",
        }

    def close(self) -> None:
        """Stop passes and messages; unfinished work is taken up at the next start."""
        self._passes.close()
        self._completions.close()
