"""The operations of the API; each takes a validated request and gives an answer in botocore's names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from local.mediaconvert.errors import ApiError, bad_request
from local.mediaconvert.events import Events
from local.mediaconvert.jobs import JobStore
from local.mediaconvert.objects import Objects
from local.mediaconvert.probe import probe
from local.mediaconvert.rules import check_create_job
from local.mediaconvert.runner import CONCURRENT_JOBS, Runner

_PAGE = 20


class Service:
    """MediaConvert of one account on one machine."""

    def __init__(self, state: Path, objects: Objects | None = None, events: Events | None = None) -> None:
        """``state`` keeps jobs, the cache of inputs and renders in progress."""
        self._objects = objects or Objects(state / "cache")
        self._store = JobStore(state / "jobs")
        self._runner = Runner(self._store, self._objects, events or Events(), state / "work")

    def start(self) -> None:
        """Begin to run jobs."""
        self._runner.start()

    def stop(self) -> None:
        """Stop running jobs; those unfinished stay for the next start."""
        self._runner.stop()

    def create_job(self, request: dict[str, Any], account: str, region: str) -> dict[str, Any]:
        """CreateJob."""
        check_create_job(request)
        _own_queue(request.get("Queue"))
        job, new = self._store.create(request, account, region)
        if new:
            self._runner.wake()
        return {"Job": job}

    def get_job(self, job_id: str) -> dict[str, Any]:
        """GetJob."""
        job = self._store.get(job_id)
        if job is None:
            raise ApiError("NotFoundException", f"The job {job_id} does not exist.")
        return {"Job": job}

    def list_jobs(self, request: dict[str, Any]) -> dict[str, Any]:
        """ListJobs: newest first unless asked otherwise; the token is the last job of the page before."""
        _own_queue(request.get("Queue"))
        jobs = self._store.all()
        if request.get("Order", "DESCENDING") == "DESCENDING":
            jobs.reverse()
        wanted = request.get("Status")
        jobs = [job for job in jobs if wanted in {None, job["Status"]}]
        if "NextToken" in request:
            ids = [job["Id"] for job in jobs]
            if request["NextToken"] not in ids:
                raise bad_request("/nextToken: is not one that this service gave.")
            jobs = jobs[ids.index(request["NextToken"]) + 1 :]
        size = request.get("MaxResults", _PAGE)
        answer: dict[str, Any] = {"Jobs": jobs[:size]}
        if len(jobs) > size:
            answer["NextToken"] = jobs[size - 1]["Id"]
        return answer

    def cancel_job(self, job_id: str) -> dict[str, Any]:
        """CancelJob: a job that has ended can't be cancelled."""
        status = self.get_job(job_id)["Job"]["Status"]
        if not self._runner.cancel(job_id):
            raise ApiError("ConflictException", f"The job {job_id} is {status} and can't be canceled.")
        return {}

    def probe(self, request: dict[str, Any]) -> dict[str, Any]:
        """Probe."""
        return probe(request, self._objects)

    def get_queue(self, name: str, account: str, region: str) -> dict[str, Any]:
        """GetQueue: there is the system queue ``Default`` and no other."""
        _own_queue(name)
        statuses = [job["Status"] for job in self._store.all()]
        return {
            "Queue": {
                "Arn": f"arn:aws:mediaconvert:{region}:{account}:queues/Default",
                "Name": "Default",
                "ConcurrentJobs": CONCURRENT_JOBS,
                "PricingPlan": "ON_DEMAND",
                "Status": "ACTIVE",
                "Type": "SYSTEM",
                "ProgressingJobsCount": statuses.count("PROGRESSING"),
                "SubmittedJobsCount": statuses.count("SUBMITTED"),
            }
        }

    def list_queues(self, account: str, region: str) -> dict[str, Any]:
        """ListQueues."""
        queue = self.get_queue("Default", account, region)["Queue"]
        return {"Queues": [queue], "TotalConcurrentJobs": CONCURRENT_JOBS, "UnallocatedConcurrentJobs": 0}


def _own_queue(queue: str | None) -> None:
    if queue is not None and queue.split("/")[-1] != "Default":
        raise ApiError("NotFoundException", f"The queue {queue} does not exist.")
