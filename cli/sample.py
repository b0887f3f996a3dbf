"""A film for people who have none at hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

from cli import console
from cli.errors import CliError

_PROJECT: Final = Path(__file__).resolve().parents[1]
_SECONDS_ALLOWED: Final = 600


def sample_film(out: Path) -> Path:
    """Make the sample film below ``out``, or return the one made there before.

    The maker runs in a process of its own: its media libraries stay out of ours.

    Raises:
        CliError: it could not be made; the message ends with the maker's own words.
    """
    film = out / "sample" / "sample-film.mp4"
    if film.exists():
        console.note(f"Using the sample film {film}")
        return film
    film.parent.mkdir(parents=True, exist_ok=True)
    # Made beside its place and moved there when whole, so that an interruption leaves no half film.
    scratch = film.with_suffix(".part.mp4")
    with console.working("Making a sample film"):
        try:
            done = subprocess.run(
                [sys.executable, "-m", "local.sample_film", str(scratch.resolve())],
                cwd=_PROJECT,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_SECONDS_ALLOWED,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise CliError(f"The sample film was not made within {_SECONDS_ALLOWED} s.") from None
    if done.returncode != 0:
        raise CliError(f"The sample film could not be made: {done.stderr.strip()[-500:]}")
    scratch.replace(film)
    return film
