"""Every question that the catalogue and the job ledger answer, one function each.

Each is one ``Query`` or ``GetItem`` on a key or an index, never a scan, so that
a question costs the same on ten films as on ten thousand. The ``by…`` indexes
are eventually consistent: a record written a moment ago may be missing there.
Numbers come back as ``int`` or ``float``, attribute names as they are stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from boto3.dynamodb.conditions import ConditionBase
    from mypy_boto3_dynamodb.service_resource import Table

Record = dict[str, Any]

VIDEO_STATUSES: Final = ("REGISTERED", "ANALYSING", "CUTTING", "COMPLETED", "REJECTED", "FAILED")
OPEN_STATUSES: Final = ("REGISTERED", "ANALYSING", "CUTTING", "PLANNED")
"""Work is under way: on a film in the first three, on a trailer in the last."""
TERMINAL_STATUSES: Final = frozenset({"COMPLETED", "REJECTED", "FAILED"})
JOB_STATUSES: Final = ("PENDING", "RUNNING", "DONE", "FAILED")

_MAX_CONCEPT_ROWS: Final = 1000
"""Best scenes of one concept that are looked at when several concepts have to meet in a scene."""


def video(catalogue: Table, video_id: str) -> Record | None:
    """One film: what it is, how it went, what it cost. Read consistently."""
    return _get(catalogue, {"videoId": video_id, "record": "VIDEO"})


def trailer(catalogue: Table, video_id: str, profile_id: str, version: int) -> Record | None:
    """One trailer. Read consistently."""
    return _get(catalogue, {"videoId": video_id, "record": f"TRAILER#{profile_id}#{version:04d}"})


def records(catalogue: Table, video_id: str) -> list[Record]:
    """Everything about a film: its record, scenes, shots, concepts and trailers, in key order."""
    from boto3.dynamodb.conditions import Key

    return list(_pages(catalogue, Key("videoId").eq(video_id), ConsistentRead=True))


def scenes(catalogue: Table, video_id: str) -> list[Record]:
    """The scenes of a film in the order of the film."""
    return _below(catalogue, video_id, "SCENE#")


def shots(catalogue: Table, video_id: str) -> list[Record]:
    """The shots of a film in the order of the film."""
    return _below(catalogue, video_id, "SHOT#")


def concepts(catalogue: Table, video_id: str, kind: str = "") -> list[Record]:
    """What was recognised in a film's scenes; ``kind`` is ``label``, ``emotion``, ``celebrity`` or all."""
    return _below(catalogue, video_id, f"CONCEPT#{kind}#" if kind else "CONCEPT#")


def trailers(catalogue: Table, video_id: str, profile_id: str = "") -> list[Record]:
    """The trailers of a film, by profile, then version; of one profile if one is given."""
    return _below(catalogue, video_id, f"TRAILER#{profile_id}#" if profile_id else "TRAILER#")


def videos_by_status(
    catalogue: Table, status: str, *, since: datetime | None = None, limit: int | None = None
) -> list[Record]:
    """Films in one status, the latest change first: what failed today?

    With ``since``, which must know its time zone, only films whose record changed then or later.
    """
    from boto3.dynamodb.conditions import Attr

    # Trailers have a status too and share some of its words.
    return list(islice(_by_status(catalogue, status, since, Attr("record").eq("VIDEO")), limit))


def trailers_by_status(
    catalogue: Table, status: str, *, since: datetime | None = None, limit: int | None = None
) -> list[Record]:
    """Trailers of all films in one status, the latest change first; ``since`` as with films."""
    from boto3.dynamodb.conditions import Attr

    return list(islice(_by_status(catalogue, status, since, Attr("record").begins_with("TRAILER#")), limit))


def unchanged_since(catalogue: Table, status: str, before: datetime) -> Iterator[Record]:
    """Films and trailers in one status whose record has not changed since a time, the oldest first."""
    from boto3.dynamodb.conditions import Key

    condition = Key("status").eq(status) & Key("updatedAt").lt(_stored_time(before))
    return _pages(catalogue, condition, IndexName="byStatus")


def latest_videos(catalogue: Table, *, limit: int | None = None) -> list[Record]:
    """Films of every status, the latest change first."""
    found = [film for status in VIDEO_STATUSES for film in videos_by_status(catalogue, status, limit=limit)]
    found.sort(key=lambda film: str(film["updatedAt"]), reverse=True)
    return found[:limit]


def scenes_by_concept(
    catalogue: Table,
    concept: str,
    *,
    video_id: str | None = None,
    minimum: float = 0.0,
    limit: int | None = None,
) -> list[Record]:
    """Scenes of all films, or of one, that show a concept, the strongest first.

    The concept is ``kind:name`` as it is stored, for example ``label:Car`` or
    ``emotion:SURPRISED``; ``minimum`` is the lowest score to return, from 0 to 1, inclusive.
    """
    from boto3.dynamodb.conditions import Key

    if video_id is not None:
        kind, _, name = concept.partition(":")
        rows = _below(catalogue, video_id, f"CONCEPT#{kind}#{name}#")
        rows.sort(key=lambda row: -row["score"])
        return [row for row in rows if row["score"] >= minimum][:limit]
    condition: ConditionBase = Key("concept").eq(concept)
    if minimum > 0:
        condition = condition & Key("score").gte(Decimal(str(minimum)))
    return list(islice(_pages(catalogue, condition, IndexName="byConcept", ScanIndexForward=False), limit))


def scenes_by_concepts(
    catalogue: Table,
    wanted: Sequence[str],
    *,
    video_id: str | None = None,
    minimum: float = 0.0,
    limit: int | None = None,
) -> list[Record]:
    """Scenes of all films, or of one, that show every one of several concepts, the best first.

    A scene is as good as the weakest of the concepts in it, so that one strong
    concept can't hide that another is hardly there. Each record returned is that
    of the first concept, with the weakest score and all scores under ``scores``.
    """
    if len(wanted) == 1:
        return scenes_by_concept(catalogue, wanted[0], video_id=video_id, minimum=minimum, limit=limit)
    found = [
        {_scene_key(row): row for row in rows}
        for rows in (
            scenes_by_concept(catalogue, concept, video_id=video_id, minimum=minimum, limit=_MAX_CONCEPT_ROWS)
            for concept in wanted
        )
    ]
    shared = set(found[0]).intersection(*found[1:])
    merged = []
    for key in shared:
        scores = {concept: rows[key]["score"] for concept, rows in zip(wanted, found, strict=True)}
        merged.append({**found[0][key], "scores": scores, "score": min(scores.values())})
    merged.sort(key=lambda row: (-row["score"], _scene_key(row)))
    return merged[:limit]


def trailers_by_profile(catalogue: Table, profile_id: str, *, limit: int | None = None) -> list[Record]:
    """Trailers of all films for one viewer profile, the latest first."""
    from boto3.dynamodb.conditions import Key

    condition = Key("profileId").eq(profile_id)
    return list(islice(_pages(catalogue, condition, IndexName="byProfile", ScanIndexForward=False), limit))


def jobs_of_video(jobs: Table, film: Record) -> list[Record]:
    """The latest attempt of each detector of a film, given its record; none where it has not begun.

    Films with equal bytes share a job: ``videoId`` of the row is the film that pays for it.
    """
    from trailer.wire.detectors import stem_of

    found = []
    for detector in film.get("detectors", ()):
        stem, attempt, row = stem_of(film, detector), 1, None
        while (current := _get(jobs, {"jobTag": f"{stem}/{attempt}"})) is not None:
            attempt, row = attempt + 1, current
        if row is not None:
            found.append(row)
    return found


def job(jobs: Table, tag: str) -> Record | None:
    """One row of the job ledger by its tag. Read consistently."""
    return _get(jobs, {"jobTag": tag})


def unwoken_jobs(jobs: Table) -> list[Record]:
    """Detection jobs that are settled, with films that were not told; see ``aws.job_ledger``."""
    from boto3.dynamodb.conditions import Key

    return [
        row
        for status in ("DONE", "FAILED")
        for row in _pages(
            jobs, Key("status").eq(status) & Key("turn").begins_with("waking "), IndexName="byStatus"
        )
    ]


def jobs_by_status(
    jobs: Table, status: str, *, before: datetime | None = None, limit: int | None = None
) -> list[Record]:
    """Detection jobs in one status: what waits, what hangs?

    Pending jobs come in turn, running ones by when they were started, settled ones by when
    they were. With ``before``, which must know its time zone, only jobs created earlier.
    """
    from boto3.dynamodb.conditions import Attr, Key

    older = {} if before is None else {"FilterExpression": Attr("createdAt").lt(_stored_time(before))}
    return list(islice(_pages(jobs, Key("status").eq(status), IndexName="byStatus", **older), limit))


def scene_number(record: Mapping[str, Any]) -> int:
    """The number of the scene that a ``SCENE`` or ``CONCEPT`` record is about: the end of its sort key."""
    return int(str(record["record"]).rsplit("#", 1)[1])


def _stored_time(moment: datetime) -> str:
    """Times are stored in UTC, so that they sort as text."""
    return moment.astimezone(UTC).isoformat()


def _scene_key(record: Mapping[str, Any]) -> tuple[str, int]:
    return str(record["videoId"]), scene_number(record)


def _by_status(
    catalogue: Table, status: str, since: datetime | None, kind: ConditionBase
) -> Iterator[Record]:
    from boto3.dynamodb.conditions import Key

    condition: ConditionBase = Key("status").eq(status)
    if since is not None:
        condition = condition & Key("updatedAt").gte(_stored_time(since))
    return _pages(catalogue, condition, IndexName="byStatus", ScanIndexForward=False, FilterExpression=kind)


def _below(catalogue: Table, video_id: str, prefix: str) -> list[Record]:
    from boto3.dynamodb.conditions import Key

    condition = Key("videoId").eq(video_id) & Key("record").begins_with(prefix)
    return list(_pages(catalogue, condition, ConsistentRead=True))


def _get(table: Table, key: Mapping[str, str]) -> Record | None:
    answer = table.get_item(Key=dict(key), ConsistentRead=True)
    return _plain(answer["Item"]) if "Item" in answer else None


def _pages(table: Table, condition: ConditionBase, **query: Any) -> Iterator[Record]:
    while True:
        answer = table.query(KeyConditionExpression=condition, **query)
        yield from (_plain(item) for item in answer["Items"])
        if "LastEvaluatedKey" not in answer:
            return
        query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return {name: _plain(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return value
