"""The planner's choice is nearly the best there is, measured against exact solvers."""

from __future__ import annotations

import sys
from dataclasses import asdict
from fractions import Fraction
from itertools import product
from random import Random
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.quality.fixtures import titles
from tests.quality.oracle import Instance, Material, Matrices, drawn, heavier, instance, material
from trailer.domain.planning.candidates import Candidate, CutRules
from trailer.domain.planning.objective import State
from trailer.domain.planning.pacing import Bounds, allocate, arc
from trailer.domain.planning.selection import Choice
from trailer.domain.taste.profiles import ObjectiveWeights, load_profiles
from trailer.domain.time.timecode import FrameRange

SMALL, LARGE = 300, 12
PROFILES = sorted(load_profiles())
FILMS = ("clip-4min", "episode-41min", "film-2h")
LONG_FILMS = ("episode-41min", "film-2h")
SOLVER_SECONDS = 20.0


def small(seed: int) -> Instance:
    random = Random(f"small {seed}")
    own = material(FILMS[seed % 3], PROFILES[seed % 8])
    pool = drawn(own, random, random.randint(12, 16))
    weights = (
        own.weights,
        *(heavier(own.weights, term) for term in ("coverage", "diversity", "stage", "rise")),
    )
    budget = random.randint(2, 6) * own.rules.mean + random.randint(0, own.rules.mean)
    return instance(own, pool, budget, weights[seed % len(weights)])


def large(number: int) -> Instance:
    random = Random(f"large {number}")
    title = LONG_FILMS[number % 2]
    own = material(title, PROFILES[number % 8])
    size = (200, 350, 500, 650, 800, 950, 1100)[number % 7]
    pool = [own.pool[index] for index in sorted(random.sample(range(len(own.pool)), size))]
    seconds = (15, 30, 60, 90, 120)[number % 5]
    return instance(own, pool, int(seconds * titles()[title].media.frame_rate))


def row(problem: Instance, choice: Choice) -> np.ndarray:
    chosen = {id(clip) for clip in choice.clips}
    return np.array([[float(id(one) in chosen) for one in problem.pool]])


def reached(problem: Instance, best: float) -> float:
    """Our share of the best value, after checking that our choice is legal and truly worth that."""
    choice, exact = problem.ours(), Matrices(problem)
    value = problem.objective.value(choice.clips)
    mine = row(problem, choice)
    assert exact.value(mine)[0] == pytest.approx(value, abs=1e-9)
    weights, terms = asdict(problem.objective.weights), problem.objective.terms(choice.clips)
    assert sum(weights[name] * terms[name] for name in terms) == pytest.approx(value, abs=1e-9)
    assert (mine @ exact.charges)[0] <= problem.budget
    assert all(mine[0, crowd].sum() <= 1 for crowd in exact.crowds())
    return value / best


def report(oracle: str, ratios: list[float]) -> None:
    """One line for whoever runs this with ``-s``."""
    exact = sum(ratio > 1 - 1e-6 for ratio in ratios)
    sys.stdout.write(
        f"\n{oracle}: {len(ratios)} instances, mean {fmean(ratios):.4f}, worst {min(ratios):.4f}, "
        f"optimal in {exact}\n"
    )


def test_small_choices_are_the_best_or_nearly() -> None:
    ratios = [reached(problem, Matrices(problem).brute_force()) for problem in map(small, range(SMALL))]
    report("brute force, 12 to 16 candidates", ratios)
    assert max(ratios) <= 1 + 1e-9
    assert fmean(ratios) >= 0.99
    assert min(ratios) >= 0.95


def test_large_choices_are_near_what_an_integer_program_proves() -> None:
    ratios = []
    for number in range(LARGE):
        problem = large(number)
        ratios.append(reached(problem, Matrices(problem).integer_program(SOLVER_SECONDS)))
    report("integer program, 200 to 1,100 candidates", ratios)
    assert max(ratios) <= 1 + 1e-4
    assert fmean(ratios) >= 0.975
    assert min(ratios) >= 0.95


def test_long_trailers_of_a_short_film_are_near_it_too() -> None:
    """Here how clips fit beside each other decides, which greed does not see."""
    ratios = []
    for number, profile in enumerate(PROFILES):
        own = material("clip-4min", profile)
        problem = instance(
            own, own.pool, int((60, 75, 90)[number % 3] * titles()["clip-4min"].media.frame_rate)
        )
        ratios.append(reached(problem, Matrices(problem).integer_program(SOLVER_SECONDS / 2)))
    report("integer program, a third of a film of four minutes", ratios)
    assert fmean(ratios) >= 0.975
    assert min(ratios) >= 0.95


def test_the_integer_program_and_brute_force_agree() -> None:
    for seed in range(24):
        exact = Matrices(small(seed))
        assert exact.integer_program(SOLVER_SECONDS) == pytest.approx(exact.brute_force(), rel=2e-4)


# Selection problems of any shape, not only those that films give.

strengths = st.dictionaries(st.sampled_from("abcdef"), st.floats(0, 1), max_size=4)


@st.composite
def problems(draw: st.DrawFn, most: int = 9) -> Instance:
    count = draw(st.integers(2, most))
    starts = sorted(draw(st.lists(st.integers(0, 400), min_size=count, max_size=count)))
    pool = []
    for start in starts:
        room = FrameRange(start, start + draw(st.integers(20, 60)))
        length = draw(st.integers(20, room.length))
        frames = FrameRange(start, start + length)
        value = draw(st.floats(0, 1)) * length
        scene, stage = start // 60, min(5, start // 70)
        rising = draw(st.floats(0, 1))
        pool.append(
            Candidate(
                frames, room, 20, room.length, True, scene, value, stage, draw(strengths), rising=rising
            )
        )
    rules = CutRules(20, 30, 60, 40, 12, draw(st.sampled_from((0, 25))), draw(st.integers(1, 3)))
    weights = ObjectiveWeights(1.0, *(draw(st.floats(0, 1.5)) for _ in range(4)))
    words = {word: draw(st.floats(0.1, 1)) for word in "abcdef"}
    budget = draw(st.integers(20, 200))
    own = Material(tuple(pool), words, rules, (0.17, 0.19, 0.26, 0.2, 0.13, 0.05), weights)
    return instance(own, pool, budget)


@given(problems(), st.data())
def test_more_clips_are_never_worth_less_and_bring_ever_less(problem: Instance, data: st.DataObject) -> None:
    order = data.draw(st.permutations(problem.pool))
    small_count = data.draw(st.integers(0, len(order) - 1))
    large_count = data.draw(st.integers(small_count, len(order) - 1))
    extra = order[-1]
    few, many = State(problem.objective), State(problem.objective)
    for clip in order[:small_count]:
        few.add(clip)
    for clip in order[:large_count]:
        many.add(clip)
    assert many.gain(extra) >= -1e-12
    assert few.gain(extra) >= many.gain(extra) - 1e-9
    assert many.value >= few.value - 1e-9


@given(problems(), st.data())
def test_the_worth_of_a_choice_does_not_depend_on_its_order(problem: Instance, data: st.DataObject) -> None:
    order = data.draw(st.permutations(problem.pool))
    assert problem.objective.value(order) == pytest.approx(problem.objective.value(problem.pool), abs=1e-9)
    terms = problem.objective.terms(order)
    assert all(terms[name] >= -1e-9 for name in terms)
    assert terms["coverage"] <= 1 + 1e-9 and terms["stage"] <= 1 + 1e-9


@given(problems())
def test_one_more_frame_never_lowers_the_best(problem: Instance) -> None:
    exact = Matrices(problem)
    assert exact.brute_force(problem.budget + 1) >= exact.brute_force() - 1e-12


@given(problems())
def test_any_choice_obeys_its_rules_and_is_never_above_the_best(problem: Instance) -> None:
    exact, choice = Matrices(problem), problem.ours()
    mine = row(problem, choice)
    assert (mine @ exact.charges)[0] <= problem.budget
    assert all(mine[0, crowd].sum() <= 1 for crowd in exact.crowds())
    assert (mine @ exact.scenes <= problem.rules.clips_per_scene).all()
    assert exact.value(mine)[0] <= exact.brute_force() + 1e-9


def taken(problem: Instance, order: list[Candidate]) -> list[Candidate]:
    """What fits of an order, first come first served."""
    choice = Choice(problem.rules, problem.objective)
    for one in order:
        if choice.allows(one) and choice.affords(one, problem.budget):
            choice.add(one)
    return choice.clips


def rival_worths(problem: Instance) -> list[float]:
    """What the best scenes, the densest ones and equal steps through the film are worth."""
    by_value = sorted(problem.pool, key=lambda one: (-one.value, one.range))
    by_density = sorted(problem.pool, key=lambda one: (-one.value / one.cost, one.range))
    count = max(1, problem.budget // problem.rules.mean)
    steps = [problem.pool[(2 * k + 1) * len(problem.pool) // (2 * count)] for k in range(count)]
    return [problem.objective.value(taken(problem, order)) for order in (by_value, by_density, steps)]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(FILMS), st.sampled_from(PROFILES), st.integers(10, 120))
def test_ours_is_worth_more_than_the_best_scenes_and_than_equal_steps(
    title: str, profile: str, seconds: int
) -> None:
    own = material(title, profile)
    problem = instance(own, own.pool, int(seconds * titles()[title].media.frame_rate))
    ours = problem.objective.value(problem.ours().clips)
    assert ours >= max(rival_worths(problem)) - 1e-9


@pytest.mark.parametrize("seconds", [30, 120])
@pytest.mark.parametrize("profile", ["action_enthusiast", "documentary_travel", "romance"])
def test_in_six_hours_it_is_worth_more_than_they_are_too(profile: str, seconds: int) -> None:
    title = "epic-6h"
    own = material(title, profile)
    problem = instance(own, own.pool, int(seconds * titles()[title].media.frame_rate))
    rivals = rival_worths(problem)
    ours = problem.objective.value(problem.ours().clips)
    sys.stdout.write(
        f"\n{title} {profile} {seconds} s: ours by the best of the plain orders {ours / max(rivals):.3f}\n"
    )
    assert ours >= max(rivals) - 1e-9


clips = st.lists(
    st.tuples(st.integers(2, 8), st.integers(0, 9)).map(lambda own: Bounds(own[0], sum(own), False)),
    min_size=1,
    max_size=5,
)


@settings(max_examples=150, deadline=None)
@given(clips, st.data())
def test_clip_lengths_follow_the_arc_as_nearly_as_any_lengths_can(
    bounds: list[Bounds], data: st.DataObject
) -> None:
    budget = data.draw(st.integers(sum(b.shortest for b in bounds), sum(b.longest for b in bounds)))
    mean = Fraction(budget, len(bounds))
    wished = [float(mean) * arc(i, len(bounds)) for i in range(len(bounds))]

    def deviation(lengths: tuple[int, ...]) -> float:
        return sum((length - wish) ** 2 / wish for length, wish in zip(lengths, wished, strict=True))

    every = product(*(range(b.shortest, b.longest + 1) for b in bounds))
    best = min(deviation(lengths) for lengths in every if sum(lengths) == budget)
    ours = tuple(allocate(bounds, budget))
    assert sum(ours) == budget
    assert deviation(ours) == pytest.approx(best, abs=1e-9)
