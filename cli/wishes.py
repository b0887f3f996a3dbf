"""What a person asked for on the command line, checked before anything is uploaded.

The rules and their sentences are the pipeline's own (``trailer.wire.options``);
here is only what the pipeline never gets to see, such as a path without a file.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cli.errors import EXIT_FAILED, CliError, UsageError

_MAX_KEY_BYTES = 1024
_MAX_METADATA_BYTES = 2048


class RefusedFileError(CliError):
    """The file is there, and the pipeline would refuse it."""

    exit_code = EXIT_FAILED


def wishes(
    *,
    profiles: Iterable[str] = (),
    every_profile: bool = False,
    max_duration: str | None = None,
    language: str | None = None,
    output_format: str | None = None,
    detectors: str | None = None,
    on_detector_failure: str | None = None,
    max_cost: str | None = None,
    pin: Iterable[str] = (),
    ban: Iterable[str] = (),
    max_overlap: str | None = None,
) -> dict[str, str]:
    """Name the wishes as S3 metadata and the state machine do; what was not said is left to the stage.

    Raises:
        UsageError: single profiles and all of them were asked for.
    """
    chosen = ",".join(profiles)
    if chosen and every_profile:
        raise UsageError("Ask for profiles by name or for all of them, not both.")
    said = {
        "profile-ids": "all" if every_profile else chosen,
        "max-duration": max_duration,
        "target-language": language,
        "output-format": output_format,
        "detectors": detectors,
        "on-detector-failure": on_detector_failure,
        "max-cost": max_cost,
        "pin": ",".join(pin),
        "ban": ",".join(ban),
        "max-overlap": max_overlap,
    }
    # An empty value of an option that was given is a mistake to be told, not a wish to be dropped.
    given = {name for name, value in said.items() if value} | {
        name
        for name in ("max-duration", "target-language", "output-format", "max-overlap")
        if said[name] is not None
    }
    return {name: value for name, value in said.items() if name in given and value is not None}


def wishes_of(flags: Mapping[str, Any]) -> dict[str, str]:
    """Name the wishes among a command's flags, which are declared in ``cli.flags``.

    Raises:
        UsageError: as ``wishes``.
    """
    return wishes(
        profiles=flags.get("profile") or (),
        every_profile=bool(flags.get("every_profile")),
        max_duration=flags.get("max_duration"),
        language=flags.get("language"),
        output_format=flags.get("output_format"),
        detectors=flags.get("detectors"),
        on_detector_failure=flags.get("on_detector_failure"),
        max_cost=flags.get("max_cost"),
        pin=flags.get("pin") or (),
        ban=flags.get("ban") or (),
        max_overlap=flags.get("max_overlap"),
    )


def check_wishes(said: Mapping[str, str]) -> dict[str, str]:
    """Refuse what the pipeline would refuse, with its own sentence; returns the canonical names.

    Raises:
        InvalidOptionsError: an option has a value that is not allowed.
        UnknownProfileError: a profile does not exist.
    """
    from trailer.wire.options import parse_options

    return parse_options(said)


def check_file(film: Path, *, check_content: bool = True) -> None:
    """Refuse a path that can't be uploaded, and a file that is no film for certain.

    Raises:
        UsageError: there is no such file, or it can't be read, or its name can't be an S3 key.
        RefusedFileError: the file is empty; only with ``check_content``.
    """
    if film.is_dir():
        raise UsageError(f"{film} is a directory; name the film's file.")
    if not film.exists():
        raise UsageError(f"There is no file {film}.")
    if not film.is_file():
        raise UsageError(f"{film} is not a file that can be uploaded.")
    try:
        encoded = film.name.encode("utf-8")
        with film.open("rb"):
            pass
    except UnicodeEncodeError:
        raise UsageError(f"The name {film.name!r} is not valid text; rename the file.") from None
    except OSError as error:
        raise UsageError(f"{film} can't be read: {error.strerror}.") from error
    if len(encoded) > _MAX_KEY_BYTES:
        raise UsageError(f"The file's name has {len(encoded)} bytes; S3 allows {_MAX_KEY_BYTES}.")
    if check_content and film.stat().st_size == 0:
        raise RefusedFileError(f"{film.name} is empty (0 bytes); upload the complete film again.")


def metadata(said: Mapping[str, str]) -> dict[str, str]:
    """Write wishes as S3 user metadata, which is ASCII: other text becomes an RFC 2047 word.

    That is also how S3 itself returns metadata that is not ASCII.

    Raises:
        UsageError: there is more text than S3 keeps.
    """
    words = {name: _as_header(value) for name, value in said.items()}
    size = sum(len(name) + len(value) for name, value in words.items())
    if size > _MAX_METADATA_BYTES:
        raise UsageError(
            f"The options have {size} bytes; S3 keeps {_MAX_METADATA_BYTES} with a file. "
            "Put them into a file <name>.trailer.json beside the film."
        )
    return words


def _as_header(value: str) -> str:
    if value.isascii() and value.isprintable():
        return value
    # One word: email.header would begin a new line after a line break in the text.
    return f"=?utf-8?b?{b64encode(value.encode()).decode()}?="
