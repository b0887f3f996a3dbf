"""How much a picture looks like a page of credits: many small text-like boxes on calm ground."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from local.rekognition.measure.planes import Plane

EDGE = 36
"""Morphological gradient above which a pixel belongs to a stroke."""
NEAR = np.ones((3, 3), np.uint8)
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
    gradient = cv2.morphologyEx(luma, cv2.MORPH_GRADIENT, NEAR)
    edges = cv2.threshold(gradient, EDGE, 1, cv2.THRESH_BINARY)[1]
    total = cv2.countNonZero(edges)
    if total == 0:
        return TextLook(0, 0, 0.0, 0.0)
    joined = cv2.morphologyEx(edges, cv2.MORPH_CLOSE, np.ones((1, max(3, width // 60)), np.uint8))
    # Sixteen bits hold the labels of so small a picture, and are counted in half the time.
    _, labels, stats, centres = cv2.connectedComponentsWithStats(joined, connectivity=8, ltype=cv2.CV_16U)
    heights, widths, areas = (
        stats[:, part] for part in (cv2.CC_STAT_HEIGHT, cv2.CC_STAT_WIDTH, cv2.CC_STAT_AREA)
    )
    texty = (heights >= max(4, LOWEST_SHARE * height)) & (heights <= TALLEST_SHARE * height)
    texty &= (widths >= 1.6 * heights) & (areas >= FILL * heights * widths)
    texty[0] = False  # what is no edge
    inside = cv2.countNonZero(edges * texty.take(labels))
    rows = np.unique(centres[texty, 1] // (0.02 * height))
    return TextLook(int(texty.sum()), len(rows), inside / total, total / edges.size)
