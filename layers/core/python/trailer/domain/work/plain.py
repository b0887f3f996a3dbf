"""Text from outside as it may be shown: in a line, a log, a message, on a terminal."""

from __future__ import annotations

import unicodedata
from typing import Final

_DIRECTIONS: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that change the order in which letters are shown: with them one name looks like another."""

_CONTROLS: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Categories of characters that move the cursor, end a line or are no character at all."""


def plain(text: str) -> str:
    r"""The same text in one line, with what is not to be shown written out: ``\x1b``, ``\u202e``."""
    return "".join(_written_out(letter) if _is_hidden(letter) else letter for letter in text)


def _is_hidden(letter: str) -> bool:
    return not letter.isprintable() and (letter in _DIRECTIONS or unicodedata.category(letter) in _CONTROLS)


def _written_out(letter: str) -> str:
    return letter.encode("unicode_escape").decode()
