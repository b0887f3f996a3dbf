"""What a film will cost before it is analysed, in US dollars, with named parts.

List prices of us-east-1. Those marked as unverified were not readable on AWS's own price
page when they were collected; the estimate is an estimate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from trailer.domain.film.media import SourceMedia

PRICES_AS_OF: Final = "2026-11"

REKOGNITION_PER_MINUTE: Final[Mapping[str, Decimal]] = {
    # AWS's own demo of 2024 states 0.05 for each of the two segment features: shots and technical cues.
    "segments": Decimal("0.05") * 2,
    # A third-party page of 2026 that quotes AWS's price page.
    "labels": Decimal("0.10"),
    "moderation": Decimal("0.10"),
    # Recalled, unverified.
    "faces": Decimal("0.10"),
    "celebrities": Decimal("0.10"),
}
"""US dollars per minute of film and detector."""

RENDER_PER_MINUTE: Final = Decimal("0.060")
"""MediaConvert, professional tier, single pass: 1080p + 720p + 480p, per minute of trailer."""

PROXY_PER_MINUTE: Final = Decimal("0.024")
"""MediaConvert, professional tier, single pass, one HD output; a smaller one costs less."""

RENDER_MINIMUM_SECONDS: Final = 10
"""MediaConvert bills at least this much of an output."""

WORKFLOW: Final = Decimal("0.0085")
"""Step Functions, Lambda, messages and a month of stored results of one film, rounded up."""

CATALOGUE_PER_MINUTE: Final = Decimal("0.0003")
"""DynamoDB, on demand, per minute of film, rounded up: scenes, shots, and concepts twice for their index.

The generated films need 180 to 500 write units a minute, at $0.625 a million.
"""

_CENT_HUNDREDTH: Final = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Cost:
    """An estimate in US dollars."""

    parts: Mapping[str, Decimal]
    """Detector name, "proxy", "rendering" and "workflow" to dollars; the parts add up to the total."""

    @property
    def total(self) -> Decimal:
        """Sum of the parts."""
        return sum(self.parts.values(), Decimal(0))


def estimate(
    media: SourceMedia,
    detectors: Iterable[str],
    *,
    proxy: bool = False,
    trailers: Iterable[Fraction | int] = (),
) -> Cost:
    """What analysing a film and cutting trailers from it will cost, or what it did.

    Args:
        media: the film; billed by its running time.
        detectors: names of the detectors that will run.
        proxy: whether a copy for Rekognition will be made.
        trailers: seconds of each trailer that will be rendered; once for each of its formats, since
            each is encoded by itself.

    Raises:
        KeyError: a detector without a price.
    """
    minutes = _decimal(media.duration / 60)
    parts = {name: _rounded(REKOGNITION_PER_MINUTE[name] * minutes) for name in sorted(set(detectors))}
    if proxy:
        parts["proxy"] = _rounded(PROXY_PER_MINUTE * _billed_minutes(media.duration))
    if rendered := sum((_billed_minutes(Fraction(length)) for length in trailers), Decimal(0)):
        parts["rendering"] = _rounded(RENDER_PER_MINUTE * rendered)
    parts["workflow"] = _rounded(WORKFLOW + CATALOGUE_PER_MINUTE * minutes)
    return Cost(parts)


def _billed_minutes(seconds: Fraction) -> Decimal:
    return _decimal(max(seconds, Fraction(RENDER_MINIMUM_SECONDS)) / 60)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_CENT_HUNDREDTH, ROUND_HALF_UP)
