"""``evaluate``: how good a trailer is, metric by metric, beside simpler ways of choosing clips."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import console, exhibits, flags, rendered
from cli.errors import EXIT_FAILED, UsageError
from cli.target import Target

if TYPE_CHECKING:
    from trailer.domain.judgement import Judgement, Measurements, Reading

_UNMEASURED = "–"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(rich_help_panel="Questions")(evaluate)


def evaluate(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="PLAN|VIDEO", help="A plan.json, or a film's id.")],
    profile: Annotated[
        str | None,
        typer.Option("--profile", "-p", help="Judge for this viewer; the plan's own if not given."),
    ] = None,
    analysis: Annotated[
        Path | None,
        typer.Option(help=f"The film's analysis, if it is not {exhibits.ANALYSIS_FILE} beside the plan."),
    ] = None,
    baselines: Annotated[
        bool, typer.Option("--baselines", help="Also judge five simple ways of choosing clips.")
    ] = False,
    media: Annotated[
        bool, typer.Option("--media/--no-media", help="Measure the rendered file, too, where there is one.")
    ] = True,
    as_json: flags.Json = False,
) -> None:
    """Judge a trailer by its plan and its file; exit code 1 when it breaks a hard rule."""
    from trailer.domain.judgement import judge
    from trailer.domain.taste.profiles import get_profile

    if profile is not None:
        get_profile(profile)
    failed = False
    for exhibit in _exhibits(context.obj, what, profile, analysis):
        viewer = get_profile(profile or exhibit.plan.profile_id)
        measured = _measured(context.obj, what, exhibit, media=media)
        judgement = judge(exhibit.analysis, exhibit.plan, viewer, others=exhibit.others, measured=measured)
        rivals = _rivals(exhibit, viewer) if baselines else {}
        show = _print_json if as_json else _print_table
        show(exhibit, viewer.id, judgement, rivals)
        failed = failed or bool(judgement.failed_gates)
    if failed:
        raise typer.Exit(EXIT_FAILED)


def _exhibits(
    target: Target, what: str, profile: str | None, analysis: Path | None
) -> list[exhibits.Exhibit]:
    file = Path(what)
    if file.is_file() or file.suffix == ".json":
        return exhibits.from_file(file, analysis, target.connect)
    if analysis is not None:
        raise UsageError("--analysis belongs to a plan.json; a film's own analysis is read from its results.")
    return exhibits.from_deployment(target.connect(), what, profile)


def _measured(target: Target, what: str, exhibit: exhibits.Exhibit, *, media: bool) -> Measurements:
    """What plan and analysis can't tell: the earlier trailers, and the rendered file where there is one."""
    from trailer.domain.judgement import Measurements

    earlier = Measurements(earlier=exhibit.earlier)
    if not media:
        return earlier
    if not rendered.is_possible():
        console.note("The rendered file is not measured: PyAV is missing, which the extra `local` brings.")
        return earlier
    if exhibit.record is None:
        file = rendered.rendition_beside(Path(what))
        return earlier if file is None else _measure(file, exhibit)
    with rendered.temporary_folder() as folder:
        file = rendered.fetch_rendition(target.connect(), exhibit.record, Path(folder))
        return earlier if file is None else _measure(file, exhibit)


def _measure(file: Path, exhibit: exhibits.Exhibit) -> Measurements:
    from trailer.domain.judgement import Measurements
    from trailer.wire.mediaconvert.audio import TARGET_LKFS

    frames, black = rendered.count_frames(file)
    return Measurements(
        earlier=exhibit.earlier,
        rendered_frames=frames,
        black_frames=black,
        loudness=rendered.measure_loudness(file, exhibit.plan, TARGET_LKFS),
    )


def _rivals(exhibit: exhibits.Exhibit, viewer: Any) -> dict[str, list[Judgement]]:
    from trailer.domain.judgement import Rivals, Yardstick, judge
    from trailer.domain.taste.profiles import get_profile

    everyone = {viewer.id: viewer, **{name: get_profile(name) for name in exhibit.others}}
    yards = {name: Yardstick(exhibit.analysis, profile) for name, profile in everyone.items()}
    rivals = Rivals(exhibit.analysis)
    plans = {name: rivals.plans(yard, exhibit.plan.max_frames) for name, yard in yards.items()}

    def judged(method: str, turn: int) -> Judgement:
        others = {name: plans[name][method][turn] for name in exhibit.others}
        own = plans[viewer.id][method][turn]
        return judge(exhibit.analysis, own, viewer, others=others, yard=yards[viewer.id])

    return {
        method: [judged(method, turn) for turn in range(len(drawn))]
        for method, drawn in plans[viewer.id].items()
    }


def _print_json(
    exhibit: exhibits.Exhibit, viewer: str, judgement: Judgement, rivals: dict[str, list[Judgement]]
) -> None:
    names = {"videoId": exhibit.plan.video_id, "profileId": viewer}
    console.json_lines({**names, **_record(reading, rivals)} for reading in judgement.readings.values())
    scores = {name: _score(drawn) for name, drawn in rivals.items()}
    whole = {"key": "score", "value": judgement.score, "parts": dict(judgement.parts), "baselines": scores}
    console.json_lines([{**names, **whole}])


def _print_table(
    exhibit: exhibits.Exhibit, viewer: str, judgement: Judgement, rivals: dict[str, list[Judgement]]
) -> None:
    rows = [
        [
            str(reading.metric.number),
            reading.metric.title,
            _number(reading.value),
            str(reading.metric.target),
            *(_number(_mean(reading.metric.key, drawn)) for drawn in rivals.values()),
            reading.verdict,
        ]
        for reading in judgement.readings.values()
        if reading.value is not None
    ]
    scores = [f"{_score(drawn):.1f}" for drawn in rivals.values()]
    rows.append(["", "Score of 100", f"{judgement.score:.1f}", "", *scores, ""])
    length = f"{float(exhibit.plan.frames / exhibit.plan.frame_rate):.2f} s"
    console.table(
        f"{exhibit.plan.video_id}, {viewer}, {length}",
        ["no.", "metric", "ours", "target", *rivals, "verdict"],
        rows,
        right=["no.", "ours", *rivals],
    )
    unmeasured: dict[str, list[str]] = {}
    for reading in judgement.readings.values():
        if reading.value is None:
            unmeasured.setdefault(reading.note, []).append(
                f"{reading.metric.title} ({reading.metric.number})"
            )
    for note, titles in unmeasured.items():
        console.say(f"Unmeasured: {', '.join(titles)}: {note}.")


def _record(reading: Reading, rivals: dict[str, list[Judgement]]) -> dict[str, Any]:
    metric = reading.metric
    return {
        "number": metric.number,
        "key": metric.key,
        "value": reading.value,
        "target": [metric.target.low, metric.target.high],
        "gate": metric.gate,
        "verdict": reading.verdict,
        "note": reading.note,
        "formula": metric.formula,
        "baselines": {name: _mean(metric.key, drawn) for name, drawn in rivals.items()},
    }


def _mean(key: str, drawn: list[Judgement]) -> float | None:
    values = [value for judgement in drawn if (value := judgement.value(key)) is not None]
    return sum(values) / len(values) if values else None


def _score(drawn: list[Judgement]) -> float:
    return sum(judgement.score for judgement in drawn) / len(drawn)


def _number(value: float | None) -> str:
    if value is None:
        return _UNMEASURED
    return f"{value:.0f}" if value == int(value) else f"{value:.3f}"
