"""How much a picture looks like a page of credits: many small text-like boxes on calm ground."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from local.rekognition.measure.planes import Plane

EDGE = 36
"""Morphological gradient above which a pixel belongs to a stroke."""
TALLEST_SHARE, LOWEST_SHARE = 0.085, 0.010
FILL = 0.30


class TextLook(NamedTuple):
    """Counts of one picture."""

    lines: int
    """Text-like boxes."""
    rows: int
    """Different heights at which they stand."""
    text_share: float
    """Share of all edges that lie in those boxes."""
    edge_share: float
    """Share of the picture that is edge."""


def text_look(luma: Plane) -> TextLook:
    """Measure a luma picture of a few hundred pixels' width."""
    height, width = luma.shape
    gradient = cv2.morphologyEx(luma, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    edges = (gradient > EDGE).astype(np.uint8)
    total = int(edges.sum())
    if total == 0:
        return TextLook(0, 0, 0.0, 0.0)
    joined = cv2.morphologyEx(edges, cv2.MORPH_CLOSE, np.ones((1, max(3, width // 60)), np.uint8))
    count, labels, stats, centres = cv2.connectedComponentsWithStats(joined, connectivity=8)
    heights, widths, areas = (
        stats[1:, cv2.CC_STAT_HEIGHT],
        stats[1:, cv2.CC_STAT_WIDTH],
        stats[1:, cv2.CC_STAT_AREA],
    )
    texty = (heights >= max(4, LOWEST_SHARE * height)) & (heights <= TALLEST_SHARE * height)
    texty &= (widths >= 1.6 * heights) & (areas >= FILL * heights * widths)
    inside = np.concatenate([[False], texty])[labels]
    rows = {int(centre // (0.02 * height)) for centre in centres[1:][texty][:, 1]} if count > 1 else set()
    return TextLook(int(texty.sum()), len(rows), float(edges[inside].sum()) / total, total / edges.size)
