"""Making sure that the chosen clips can fill the trailer to the frame.

Clips may be stretched and shortened within their bounds, so the budget is met when it lies
between the sums of both. A choice that falls short gets more clips.
"""

from __future__ import annotations

from collections.abc import Sequence

from trailer.domain.planning.candidates import Candidate
from trailer.domain.planning.selection import Choice


def shortest_total(clips: Sequence[Candidate]) -> int:
    """Frames when every clip is as short as allowed."""
    return sum(clip.shortest for clip in clips)


def longest_total(clips: Sequence[Candidate]) -> int:
    """Frames when every clip is as long as allowed."""
    return sum(clip.longest for clip in clips)


def fill(choice: Choice, pool: Sequence[Candidate], budget: int) -> Choice:
    """Add clips, and trade rigid ones for stretchable ones, until the budget can be met.

    Returns the choice that comes nearest when the pool does not allow it.
    """
    choice = _topped_up(choice, pool, budget)
    for _ in range(len(choice.clips)):
        if longest_total(choice.clips) >= budget:
            return choice
        rigid = [clip for clip in choice.clips if not clip.pinned and clip.shortest == clip.longest]
        if not rigid:
            return choice
        weakest = min(rigid, key=lambda clip: (round(clip.value / clip.cost, 9), clip.range))
        stretchable = [one for one in pool if one.longest > one.shortest]
        traded = _topped_up(choice.without(weakest), stretchable, budget)
        traded = _topped_up(traded, pool, budget)
        if longest_total(traded.clips) <= longest_total(choice.clips):
            return choice
        choice = traded
    return choice


def _topped_up(choice: Choice, pool: Sequence[Candidate], budget: int) -> Choice:
    shortest, longest = shortest_total(choice.clips), longest_total(choice.clips)
    open_pool = list(pool)
    while longest < budget:
        open_pool = [one for one in open_pool if shortest + one.shortest <= budget and choice.allows(one)]
        if not open_pool:
            break
        best = max(
            open_pool, key=lambda one: (round(choice.state.gain(one), 12), one.longest, -one.range.start)
        )
        choice.add(best)
        shortest, longest = shortest + best.shortest, longest + best.longest
    return choice
