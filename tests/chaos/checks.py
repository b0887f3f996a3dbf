"""The invariants, looked at from outside: in the tables, the bucket, and the books of the services."""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from tests.chaos import films
from tests.chaos.faults import UNHAPPY, Fault, Invariant, Violation
from tests.chaos.plan import ALL
from tests.chaos.world import CATALOGUE, JOBS, RESULTS, Upload, World

TERMINAL = frozenset({"COMPLETED", "REJECTED", "FAILED"})
CLASSES = frozenset({"file", "options", "permission", "busy", "bug"})
Record = dict[str, Any]
_PRICE_OF_A_TRAILER = Decimal("0.01")
"""Of one format and up to ten seconds, which is what is billed at least."""


class Books:
    """Everything that a run left behind, as plain values."""

    def __init__(self, world: World) -> None:
        plain = TypeDeserializer().deserialize
        self.world = world
        self.catalogue = [
            {name: plain(value) for name, value in item.items()}
            for item in world.tables.tables[CATALOGUE].main.items.values()
        ]
        self.rows = [
            {name: plain(value) for name, value in item.items()}
            for item in world.tables.tables[JOBS].main.items.values()
            if "status" in item
        ]
        self.videos: dict[str, list[Record]] = defaultdict(list)
        self.trailers: dict[str, list[Record]] = defaultdict(list)
        for record in self.catalogue:
            if record["record"] == "VIDEO":
                self.videos[record.get("objectVersion", "")].append(record)
            elif record["record"].startswith("TRAILER#"):
                self.trailers[record["videoId"]].append(record)

    def video(self, upload: Upload) -> Record:
        """The record of an upload; an empty one if there is none."""
        found = self.videos.get(upload.version) or [{}]
        return found[0]

    def faults(self, upload: Upload) -> set[Fault]:
        """Faults that may end this upload otherwise than well."""
        marks = self.world.plan.marks
        subjects = (
            ALL,
            upload.version,
            upload.film.key,
            upload.film.content,
            self.video(upload).get("videoId", ""),
        )
        return {fault for subject in subjects for fault in marks.get(subject, ())}

    def redriven(self, folder: str, content: str) -> bool:
        """Whether a folder of a film, or the proxy of a content, may be made again: its film was redriven."""
        return any(
            self.video(upload).get("videoId", "?") in folder
            or ("/proxy/" in folder and upload.film.content == content)
            for upload in self.world.uploads
            if self.world.redriven[upload.version]
        )

    def doubtful(self, folder: str, content: str) -> bool:
        """Whether a proxy may be made again: its maker's name was taken, so nobody can say what it shows."""
        twins = [upload for upload in self.world.uploads if upload.film.content == content]
        return "/proxy/" in folder and any(Fault.SAME_KEY in self.faults(upload) for upload in twins)


def violations(world: World) -> list[Violation]:
    """Every invariant that does not hold."""
    books = Books(world)
    found: list[Violation] = []
    for check in (
        _terminal_records,
        _trailers,
        _billed_jobs,
        _open_rows,
        _open_executions,
        _pages,
        _bill,
        _reasons,
        _dead_letters,
    ):
        found += check(books)
    return found


def _terminal_records(books: Books) -> Iterator[Violation]:
    for upload in books.world.uploads:
        records = books.videos.get(upload.version, [])
        statuses = [str(record.get("status")) for record in records]
        if len(records) != 1 or statuses[0] not in TERMINAL:
            yield Violation(Invariant.ONE_TERMINAL_RECORD, _name(upload), f"statuses {statuses}")
    for version in set(books.videos) - {upload.version for upload in books.world.uploads}:
        yield Violation(Invariant.ONE_TERMINAL_RECORD, version, "a record of no upload")


def _trailers(books: Books) -> Iterator[Violation]:
    for upload in books.world.uploads:
        video = books.video(upload)
        if not video:
            continue
        trailers = books.trailers[video["videoId"]]
        published = Counter(t["profileId"] for t in trailers if t.get("status") == "PUBLISHED")
        missing = video.get("missingTrailers", {})
        wanted = 1 + books.world.requested[upload.version]
        for profile in video.get("profileIds", ()):
            count = published[profile]
            short = count < (1 if books.faults(upload) else wanted) and profile not in missing
            if video["status"] == "COMPLETED" and short:
                yield Violation(
                    Invariant.ONE_TRAILER, _name(upload), f"{profile}: {count} of {wanted} published"
                )
            if count > wanted and not books.world.redriven[upload.version]:
                yield Violation(
                    Invariant.ONE_TRAILER, _name(upload), f"{profile}: {count} of {wanted} published"
                )
        wish = books.world.sidecars.get(upload.film.key, {}).get("profile-ids")
        if wish and video["status"] == "COMPLETED" and not books.faults(upload) and published[wish] != 1:
            detail = f"{wish}, asked for beside the film: {published[wish]} published"
            yield Violation(Invariant.ONE_TRAILER, _name(upload), detail)
        for trailer in trailers:
            shown = {
                _content(books.world, name) for name in trailer.get("files", ()) if name.endswith(".mp4")
            }
            if shown - {upload.film.content}:
                detail = f"{trailer['record']} shows {', '.join(sorted(shown))}"
                yield Violation(Invariant.ONE_TRAILER, _name(upload), detail)
            if trailer.get("status") not in ("PUBLISHED", "REJECTED", "FAILED"):
                detail = f"{trailer['record']} is still {trailer.get('status')}"
                yield Violation(Invariant.ONE_TRAILER, _name(upload), detail)


def _billed_jobs(books: Books) -> Iterator[Violation]:
    billed: Counter[tuple[str, str]] = Counter()
    for job in books.world.rekognition.jobs.values():
        billed[job.content, job.operation] += not job.failure
    for (content, operation), count in billed.items():
        if count > 1:
            yield Violation(Invariant.ONE_BILLED_JOB, content, f"{operation} was billed {count} times")
    rendered: Counter[tuple[str, str]] = Counter()
    for render in books.world.mediaconvert.jobs.values():
        rendered[render.destination, render.content] += render.status == "COMPLETE"
    for (folder, content), count in rendered.items():
        if count > 1 and not books.redriven(folder, content) and not books.doubtful(folder, content):
            yield Violation(Invariant.ONE_BILLED_JOB, folder, f"{content} was rendered {count} times")


def _open_rows(books: Books) -> Iterator[Violation]:
    for row in books.rows:
        if row["status"] not in ("DONE", "FAILED"):
            yield Violation(Invariant.NO_OPEN_ROW, row["jobTag"], f"is {row['status']}")


def _open_executions(books: Books) -> Iterator[Violation]:
    for execution in books.world.stepfunctions.executions.values():
        if execution.status == "RUNNING":
            where = execution.transitions.most_common(1)
            yield Violation(Invariant.NO_OPEN_EXECUTION, execution.arn, f"is in {where}")


def _pages(books: Books) -> Iterator[Violation]:
    operations = {detector: operation for operation, detector in films.DETECTORS.items()}
    for upload in books.world.uploads:
        video = books.video(upload)
        if video.get("status") != "COMPLETED":
            continue
        for detector in video["detectors"]:
            if detector in video.get("missingDetections", {}):
                continue
            folder = f"videos/{video['videoId']}/detections/{detector}/"
            index = _stored(books.world, f"{folder}index.json")
            pages = [
                _stored(books.world, f"{folder}page-{n:05d}.json.gz")
                for n in range((index or {}).get("pages", 0))
            ]
            operation = operations[detector]
            rows = [row for page in pages if page for row in films.rows_of(operation, page)]
            if rows != films.rows_of(operation, films.answer(operation)):
                detail = f"{detector}: {len(rows)} rows in {len(pages)} pages"
                yield Violation(Invariant.NO_LOST_PAGE, _name(upload), detail)


def _bill(books: Books) -> Iterator[Violation]:
    accepted = Counter(job.id for job in books.world.rekognition.jobs.values())
    known = Counter(str(row["jobId"]) for row in books.rows if row.get("jobId"))
    for job in accepted - known:
        tag = books.world.rekognition.jobs[job].request.get("JobTag")
        yield Violation(Invariant.LEDGER_IS_THE_BILL, str(tag), "Rekognition has a job that no row knows")
    for job in known - accepted:
        yield Violation(Invariant.LEDGER_IS_THE_BILL, job, "a row claims a job that is not its own")
    told, billed = _told(books), _billed(books)
    for key in sorted({*told, *billed}):
        subject, part = key
        # Whoever redrives a film in MakeProxy has its copy made again, under the same name.
        again = part == "proxy" and told[key] < billed[key] and books.redriven("/proxy/", subject)
        if told[key] != billed[key] and not again:
            detail = f"{part}: the records name it {told[key]} times, AWS billed it {billed[key]} times"
            yield Violation(Invariant.LEDGER_IS_THE_BILL, subject, detail)


def _told(books: Books) -> Counter[tuple[str, str]]:
    """What the records of all films say that was paid: parts by content, renders by film."""
    told: Counter[tuple[str, str]] = Counter()
    for upload in books.world.uploads:
        for part, price in books.video(upload).get("costParts", {}).items():
            if part == "rendering":
                told[str(books.video(upload)["videoId"]), part] += round(price / _PRICE_OF_A_TRAILER)
            elif part != "workflow":
                told[upload.film.content, part] += price > 0
    return told


def _billed(books: Books) -> Counter[tuple[str, str]]:
    """What AWS's own books say: it bills what ended well."""
    billed: Counter[tuple[str, str]] = Counter()
    for job in books.world.rekognition.jobs.values():
        billed[job.content, films.DETECTORS[job.operation]] += not job.failure
    content_of = {
        str(books.video(upload).get("contentId")): upload.film.content for upload in books.world.uploads
    }
    for render in books.world.mediaconvert.jobs.values():
        owner = render.destination.split("/videos/", 1)[1].split("/")[0]
        key = (content_of[owner], "proxy") if "/proxy/" in render.destination else (owner, "rendering")
        billed[key] += render.status == "COMPLETE"
    return billed


def _reasons(books: Books) -> Iterator[Violation]:
    for upload in books.world.uploads:
        video, faults = books.video(upload), books.faults(upload)
        status, error = video.get("status"), video.get("error", "")
        if status not in TERMINAL:
            continue
        if status != "COMPLETED" and not video.get("reason"):
            yield Violation(Invariant.RIGHT_REASON, _name(upload), f"{status} without a reason")
        allowed = {status for fault in faults for status in UNHAPPY.get(fault, ())}
        if upload.film.expected:
            right = (status == "REJECTED" and error == upload.film.expected) or status in allowed
        else:
            right = status == "COMPLETED" or status in allowed
        if status != "COMPLETED" and video.get("errorClass") not in CLASSES:
            yield Violation(Invariant.RIGHT_REASON, _name(upload), f"class {video.get('errorClass')}")
        if Fault.REFUSED in faults and status == "FAILED" and video.get("errorClass") != "permission":
            detail = (
                f"a missing permission is told as {video.get('errorClass')} {error}: {video.get('reason')}"
            )
            yield Violation(Invariant.RIGHT_REASON, _name(upload), detail)
        if not right:
            detail = f"{status} {error}: {video.get('reason')} [{', '.join(sorted(faults))}]"
            yield Violation(Invariant.RIGHT_REASON, _name(upload), detail)


def _dead_letters(books: Books) -> Iterator[Violation]:
    world = books.world
    letters = [message.body for message in world.queue.dead_letters]
    letters += [json.dumps(payload) for _, payload in world.functions.dead_letters]
    if not world.plan.explains(len(letters)):
        for letter in letters or ["no letter"]:
            yield Violation(Invariant.DEAD_LETTERS_EXPLAINED, letter[:120], "no fault explains it")


def _stored(world: World, key: str) -> Mapping[str, Any] | None:
    stored = world.objects.find(RESULTS, key)
    if stored is None:
        return None
    body = gzip.decompress(stored.body) if key.endswith(".gz") else stored.body
    loaded: Mapping[str, Any] = json.loads(body)
    return loaded


def _content(world: World, key: str) -> str:
    stored = world.objects.find(RESULTS, key)
    return stored.content if stored else "nothing"


def _name(upload: Upload) -> str:
    return f"{upload.film.key} {upload.version}"
