"""``up`` and ``down``: the AWS of this machine."""

from __future__ import annotations

import typer

from cli import console
from cli.target import OUTPUTS, Target


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(rich_help_panel="Environment")(up)
    app.command(rich_help_panel="Environment")(down)


def up(context: typer.Context) -> None:
    """Start the AWS of this machine and deploy the pipeline on it; only what changed is deployed again."""
    target: Target = context.obj
    with console.working("Environment") as tell:
        deployment = target.prepare(tell)
    console.table("", ["output", "value"], [[name, deployment.outputs[name]] for name in OUTPUTS])


def down(context: typer.Context) -> None:
    """Stop the AWS of this machine; films, trailers and tables are kept for the next start."""
    target: Target = context.obj
    console.say(target.stop())
