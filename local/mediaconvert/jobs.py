"""Jobs as GetJob shows them, kept as one JSON file each so that a restart finds them again."""

from __future__ import annotations

import copy
import json
import threading
import time
import uuid
from pathlib import Path
from typing import Any

TOKEN_SECONDS = 60
"""How long a client request token returns the job of the first request (botocore's model)."""
FINISHED = frozenset({"COMPLETE", "CANCELED", "ERROR"})


def now() -> int:
    """Epoch seconds, as all times of the API are."""
    return int(time.time())


class JobStore:
    """All jobs, newest last; every change is on disk before it can be seen."""

    def __init__(self, folder: Path) -> None:
        """Read the jobs of earlier runs from ``folder``."""
        self._folder = folder
        self._lock = threading.RLock()
        self._jobs: dict[str, dict[str, Any]] = {}
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(folder.glob("*.json")):
            job = json.loads(path.read_text())
            self._jobs[job["Id"]] = job

    def create(self, request: dict[str, Any], account: str, region: str) -> tuple[dict[str, Any], bool]:
        """Store a new job, or find the one that the same token made within a minute.

        Returns:
            The job and whether it is new.
        """
        with self._lock:
            token = request.get("ClientRequestToken")
            for job in self._jobs.values():
                if (
                    token
                    and job.get("ClientRequestToken") == token
                    and now() - job["CreatedAt"] < TOKEN_SECONDS
                ):
                    return copy.deepcopy(job), False
            job = _new_job(request, f"arn:aws:mediaconvert:{region}:{account}")
            self._jobs[job["Id"]] = job
            self._save(job)
            return copy.deepcopy(job), True

    def get(self, job_id: str) -> dict[str, Any] | None:
        """A copy of a job."""
        with self._lock:
            return copy.deepcopy(self._jobs.get(job_id))

    def all(self) -> list[dict[str, Any]]:
        """Copies of all jobs, oldest first."""
        with self._lock:
            return copy.deepcopy(list(self._jobs.values()))

    def progress(self, job_id: str, percent: int) -> bool:
        """Note how far a job is, in memory only; False if it has ended."""
        with self._lock:
            job = self._jobs[job_id]
            if job["Status"] in FINISHED:
                return False
            job["JobPercentComplete"] = percent
            return True

    def update(self, job_id: str, **changes: Any) -> dict[str, Any] | None:
        """Change members of a job that has not ended; None, and no change, if it has."""
        with self._lock:
            job = self._jobs[job_id]
            if job["Status"] in FINISHED:
                return None
            timing = {**job["Timing"], **changes.pop("Timing", {})}
            job.update(changes, Timing=timing)
            self._save(job)
            return copy.deepcopy(job)

    def _save(self, job: dict[str, Any]) -> None:
        path = self._folder / f"{job['Id']}.json"
        part = path.with_suffix(".part")
        part.write_text(json.dumps(job))
        part.replace(path)


def _new_job(request: dict[str, Any], arn: str) -> dict[str, Any]:
    created = time.time()
    job_id = f"{int(created * 1000)}-{uuid.uuid4().hex[:6]}"
    job = {
        "Id": job_id,
        "Arn": f"{arn}:jobs/{job_id}",
        "Queue": f"{arn}:queues/Default",
        "Role": request["Role"],
        "Settings": request["Settings"],
        "Status": "SUBMITTED",
        "CreatedAt": int(created),
        "Timing": {"SubmitTime": int(created)},
        "JobPercentComplete": 0,
        "RetryCount": 0,
        "Priority": request.get("Priority", 0),
        "Messages": {"Info": [], "Warning": []},
        "AccelerationSettings": request.get("AccelerationSettings", {"Mode": "DISABLED"}),
        "AccelerationStatus": "NOT_APPLICABLE",
        "StatusUpdateInterval": request.get("StatusUpdateInterval", "SECONDS_60"),
        "SimulateReservedQueue": request.get("SimulateReservedQueue", "DISABLED"),
        "UserMetadata": request.get("UserMetadata", {}),
        "HopDestinations": request.get("HopDestinations", []),
    }
    for name in ("ClientRequestToken", "BillingTagsSource"):
        if name in request:
            job[name] = request[name]
    return job
