"""Upload options from S3 object metadata, a sidecar file or a request.

Names are compared without case, dashes and underscores (``max-duration``,
``max_duration`` and ``maxDuration`` are one name). Unknown names and bad values
are refused with the list of what is allowed, because an ignored wish is a
wrong trailer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from trailer.domain.taste.profiles import get_profile, load_profiles
from trailer.domain.work.options import (
    MAX_DURATION_BOUNDS,
    ON_DETECTOR_FAILURE,
    OUTPUT_FORMATS,
    TrailerOptions,
    UploadOptions,
)
from trailer.errors import InvalidOptionsError
from trailer.wire.detectors import DETECTORS
from trailer.wire.option_values import number, quoted, span_text, spans, words

UPLOAD_OPTIONS: Final = (
    "profile-ids",
    "max-duration",
    "target-language",
    "output-format",
    "detectors",
    "on-detector-failure",
    "max-cost",
    "pin",
    "ban",
    "max-overlap",
)
_TRAILER_OPTIONS: Final = ("max-duration", "target-language", "output-format", "pin", "ban", "max-overlap")

_FOREIGN_METADATA: Final = frozenset({"mtime", "s3cmdattrs", "md5chksum", "sha256", "cbmodifiedtime"})
"""Metadata that common upload tools add by themselves; not a wish of anybody."""

_MAX_COST: Final = 1_000_000
"""US dollars."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def parse_upload_options(given: Mapping[str, Any], defaults: Mapping[str, Any]) -> UploadOptions:
    """Merge what an upload says over the defaults of the stage, and check every value.

    Args:
        given: option name to value; text as S3 metadata has it, or JSON values.
        defaults: the same, for what the upload leaves out.

    Raises:
        InvalidOptionsError: names the option, its value and what is allowed.
        UnknownProfileError: a profile id that does not exist.
    """
    values = _normalised(defaults, UPLOAD_OPTIONS) | _normalised(given, UPLOAD_OPTIONS)
    profile_ids = _profile_ids(values.get("profile-ids"))
    return UploadOptions(
        profile_ids=profile_ids,
        detectors=_detectors(values.get("detectors")),
        max_cost=_max_cost(values.get("max-cost")),
        on_detector_failure=_on_detector_failure(values.get("on-detector-failure")),
        trailer=_trailer_options(values),
    )


def parse_trailer_options(given: Mapping[str, Any], defaults: Mapping[str, Any]) -> TrailerOptions:
    """Merge and check the options of one trailer; what concerns only uploads is taken from nobody.

    Raises:
        InvalidOptionsError: names the option, its value and what is allowed.
    """
    known = {
        name: value
        for name, value in _normalised(defaults, UPLOAD_OPTIONS).items()
        if name in _TRAILER_OPTIONS
    }
    return _trailer_options(known | _normalised(given, _TRAILER_OPTIONS))


def named_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """The options of one place, metadata or sidecar, under their canonical names.

    Raises:
        InvalidOptionsError: a name that is not known, or that is there twice.
    """
    return _normalised(given, UPLOAD_OPTIONS)


def parse_options(given: Mapping[str, str]) -> dict[str, str]:
    """Check the options that a person typed, before anything is uploaded.

    Returns:
        The same options under their canonical names, as S3 metadata wants them.

    Raises:
        InvalidOptionsError, UnknownProfileError: as ``parse_upload_options``.
    """
    neutral = {"profile-ids": "all", "max-duration": 30, "target-language": "en", "output-format": "mp4"}
    parse_upload_options(given, neutral | {"detectors": list(DETECTORS)})
    return {name: str(value) for name, value in _normalised(given, UPLOAD_OPTIONS).items()}


def dump_trailer_options(options: TrailerOptions) -> dict[str, Any]:
    """Trailer options as JSON for a state machine's input; ``parse_trailer_options`` reads it back."""
    overlap = {} if options.max_overlap is None else {"max-overlap": str(options.max_overlap)}
    return {
        **overlap,
        "max-duration": str(options.max_duration),
        "target-language": options.target_language,
        "output-format": options.output_format,
        "pin": ",".join(map(span_text, options.pins)),
        "ban": ",".join(map(span_text, options.bans)),
    }


def _normalised(given: Mapping[str, Any], allowed: Iterable[str]) -> dict[str, Any]:
    names = {_fold(name): name for name in allowed}
    result: dict[str, Any] = {}
    for raw, value in given.items():
        folded = _fold(raw)
        if folded in _FOREIGN_METADATA or value is None:
            continue
        if folded not in names:
            raise InvalidOptionsError(
                f"The option {quoted(raw)} is not known; allowed are {', '.join(names.values())}."
            )
        if names[folded] in result:
            raise InvalidOptionsError(f"{names[folded]} is given twice; write it once.")
        _check_plain(names[folded], value)
        result[names[folded]] = value
    return result


def _check_plain(name: str, value: Any) -> None:
    """Refuse objects and lists of lists, which can be deeper than anything that looks at them can go."""
    parts = value if isinstance(value, list | tuple) else (value,)
    if any(isinstance(part, Mapping | list | tuple) for part in parts):
        raise InvalidOptionsError(
            f"{name} is an object or a list of lists; allowed are text, numbers and lists."
        )


def _fold(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _trailer_options(values: Mapping[str, Any]) -> TrailerOptions:
    return TrailerOptions(
        max_duration=_max_duration(values.get("max-duration")),
        target_language=_language(values.get("target-language")),
        output_format=_output_format(values.get("output-format")),
        pins=spans("pin", values.get("pin")),
        bans=spans("ban", values.get("ban")),
        max_overlap=_max_overlap(values.get("max-overlap")),
    )


def _profile_ids(value: Any) -> tuple[str, ...]:
    wanted = words(value)
    if not wanted or wanted == ("all",):
        return tuple(sorted(load_profiles()))
    for profile_id in wanted:
        get_profile(profile_id)
    return tuple(dict.fromkeys(wanted))


def _detectors(value: Any) -> tuple[str, ...]:
    wanted = words(value) or DETECTORS
    unknown = [word for word in wanted if word not in DETECTORS]
    if unknown:
        raise InvalidOptionsError(
            f"detectors has {quoted(unknown[0])}; allowed are {', '.join(DETECTORS)}, separated by commas."
        )
    if "segments" not in wanted:
        raise InvalidOptionsError("detectors lacks segments; without shots no trailer can be cut, so add it.")
    return tuple(name for name in DETECTORS if name in wanted)


def _on_detector_failure(value: Any) -> str:
    text = "fail" if value is None else str(value).strip().lower()
    if text not in ON_DETECTOR_FAILURE:
        raise InvalidOptionsError(
            f"on-detector-failure is {quoted(value)}; allowed are {' and '.join(ON_DETECTOR_FAILURE)}: give "
            "up the film, or make its trailers from what the other detectors found."
        )
    return text


def _max_duration(value: Any) -> Fraction:
    low, high = MAX_DURATION_BOUNDS
    allowed = f"allowed are seconds from {low} to {high}, for example 30"
    try:
        duration = number(str(value).strip())
    except (ValueError, ZeroDivisionError):
        raise InvalidOptionsError(f"max-duration is {quoted(value)}; {allowed}.") from None
    if not low <= duration <= high:
        raise InvalidOptionsError(f"max-duration is {quoted(value)}; {allowed}.")
    return duration


def _max_cost(value: Any) -> Decimal | None:
    if value is None or str(value).strip() == "":
        return None
    try:
        cost = number(str(value).strip())
    except (ValueError, ZeroDivisionError):
        cost = Fraction(0)
    if not 0 < cost <= _MAX_COST:
        raise InvalidOptionsError(
            f"max-cost is {quoted(value)}; allowed are US dollars above 0 and "
            f"up to {_MAX_COST}, for example 50."
        )
    return Decimal(cost.numerator) / Decimal(cost.denominator)


def _max_overlap(value: Any) -> Fraction | None:
    text = "" if value is None else str(value).strip()
    if not text:
        return None
    try:
        share = number(text.rstrip("% ")) / (100 if text.endswith("%") else 1)
    except (ValueError, ZeroDivisionError):
        share = Fraction(-1)
    if not 0 <= share <= 1:
        raise InvalidOptionsError(
            f"max-overlap is {quoted(value)}; allowed are shares from 0 to 1, for example 0.3 or 30%."
        )
    return share


def _language(value: Any) -> str:
    text = str(value).strip()
    if len(text) > 35 or not _LANGUAGE.fullmatch(text):
        raise InvalidOptionsError(
            f"target-language is {quoted(value)}; allowed is a language code such as en, fr or pt-BR."
        )
    return text


def _output_format(value: Any) -> str:
    text = str(value).strip().lower().replace(" ", "+")
    if text not in OUTPUT_FORMATS:
        raise InvalidOptionsError(
            f"output-format is {quoted(value)}; allowed are {', '.join(OUTPUT_FORMATS)}."
        )
    return text
