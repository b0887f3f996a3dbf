"""Options beside a film that came after the film."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from trailer.domain.work.plain import plain
from trailer.domain.work.upload import ObjectVersion, video_id
from trailer.errors import RejectedError, ServiceBusyError
from trailer.ports import Item, Services
from trailer.steps.upload_options import Wishes, read_wishes, sidecar_mark
from trailer.wire.catalogue import VIDEO
from trailer.wire.events import parse_object_created

SUFFIX: Final = ".trailer.json"
_NOT_PROBED: Final = ("REGISTERED",)
_NOT_SCORED: Final = ("REGISTERED", "ANALYSING")
_ANALYSED: Final = ("CUTTING", "COMPLETED")
_TOO_LATE: Final = (
    "What the analysis of {film} is made of was decided before {film}.trailer.json came, so these options "
    "of it don't count: {names}. Upload the film again with them; what is analysed already is not paid for "
    "twice."
)
_ENDED: Final = (
    "{film} had ended as {status} before {film}.trailer.json came; upload the film again, beside its options."
)


def apply_sidecar(event: Mapping[str, Any], services: Services) -> dict[str, Any]:
    """Let a sidecar count for the film that lies beside it, as far as that has not come.

    A sidecar that came first is read by RegisterVideo. One that comes before the film is
    probed counts in full; before it is scored, for its trailers; after that, each trailer
    that it newly asks for is made, and nothing is analysed again. Always the sidecar that lies
    there now is read, so late and repeated events change nothing. What can't count any
    more, and a sidecar that can't be read, is told on the record and to people, once.

    Raises:
        ServiceBusyError: the film is being registered at this moment; try again.
    """
    uploaded, _ = parse_object_created(event)
    film = services.uploads.current(uploaded.bucket, uploaded.key.removesuffix(SUFFIX))
    record = services.catalogue.get(video_id(film), VIDEO) if film else None
    if film is None or record is None:
        return {"applied": "with the film"}
    try:
        sidecar = services.uploads.sidecar(film)
        mark = sidecar_mark(sidecar)
        if record.get("sidecar") == mark:
            return {"applied": "before"}
        if record["status"] in _NOT_PROBED and "options" not in record:
            raise ServiceBusyError(f"{film.name} is being registered.")
        wishes = read_wishes(film, services.uploads.head(film), sidecar, services)
    except RejectedError as error:
        return _tell(film, record, str(error), services)
    return _apply(film, record, wishes, mark, services)


def _apply(
    film: ObjectVersion, record: Item, wishes: Wishes, mark: str, services: Services
) -> dict[str, Any]:
    identity, update = record["videoId"], services.catalogue.update_open
    seen = {"sidecar": mark, "sidecarProblem": ""}
    everything = {**wishes.analysis, **wishes.trailers, **seen}
    if update(identity, VIDEO, everything, while_in=_NOT_PROBED):
        return {"videoId": identity, "applied": "in full"}
    applied = "to the trailers"
    if not update(identity, VIDEO, {**wishes.trailers, **seen}, while_in=_NOT_SCORED):
        now = services.catalogue.get(identity, VIDEO) or record
        if now["status"] not in _ANALYSED:
            return _tell(film, now, _ENDED.format(film=film.name, status=now["status"]), services, mark)
        applied = f"{_start_trailers(now, wishes, services)} trailers asked for"
        services.catalogue.update(identity, VIDEO, seen)
    late = [name for name, value in wishes.analysis.items() if _differs(record.get(name), value)]
    if late:
        _tell(film, record, _TOO_LATE.format(film=film.name, names=", ".join(late)), services, mark)
    return {"videoId": identity, "applied": applied}


def _differs(kept: Any, wanted: Any) -> bool:
    if isinstance(kept, float | int) and wanted is not None:
        return bool(float(kept) != float(wanted))
    return bool(kept != wanted)


def _start_trailers(record: Item, wishes: Wishes, services: Services) -> int:
    """Start what the film's own execution does not make; the same wish is started once."""
    started = 0
    options = wishes.trailers["options"]
    own: Iterable[str] = record["profileIds"] if record["options"] == options else ()
    for profile in wishes.trailers["profileIds"]:
        if profile not in own:
            wish = {"videoId": record["videoId"], "profileId": profile, "options": options}
            started += services.workflow.start_trailer(_name(wish), wish)
    return started


def _name(wish: Mapping[str, Any]) -> str:
    """The name of an execution: a function of what is asked for, so that asking again changes nothing."""
    digest = hashlib.sha256(json.dumps(wish, sort_keys=True).encode()).hexdigest()[:40]
    return f"{wish['profileId']}-{digest}"


def _tell(
    film: ObjectVersion, record: Item, problem: str, services: Services, mark: str | None = None
) -> dict[str, Any]:
    """Say on the record and to people why the sidecar does not count; the film itself goes on as it is."""
    identity, problem = record["videoId"], plain(problem)
    if problem not in (record.get("sidecarProblem"), record.get("reason")):
        services.notifier.notify(
            f"Options not used: {film.name}",
            {"videoId": identity, "status": record["status"], "sidecarProblem": problem},
        )
    known = {} if mark is None else {"sidecar": mark}
    services.catalogue.update(identity, VIDEO, {"sidecarProblem": problem, **known})
    return {"videoId": identity, "applied": "not at all", "problem": problem}
