"""The command line ``trailer``: its global options, its commands, and how refusals are shown.

Modules of the product, of the local AWS and of boto3 are imported inside the
functions that need them: a command that only asks a question starts in a
fraction of a second.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from cli import console
from cli.commands import catalogue, doctor, environment, evaluate, films, requests
from cli.errors import EXIT_FAILED, EXIT_INTERRUPTED, CliError
from cli.target import On, choose_target


class SentenceGroup(TyperGroup):
    """Shows what went wrong as one sentence on stderr, with the exit code that belongs to it."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            console.complain("Interrupted. What was uploaded goes on by itself; `trailer status` follows it.")
            raise typer.Exit(EXIT_INTERRUPTED) from None
        except BrokenPipeError:
            # The reader of a pipe has what it wanted; Python must not complain about it when it exits.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        except typer.Exit:
            raise
        except Exception as error:
            sentence = explain(error)
            if sentence is None:
                raise
            console.complain(sentence)
            raise typer.Exit(error.exit_code if isinstance(error, CliError) else EXIT_FAILED) from None


def explain(error: Exception) -> str | None:
    """Return the sentence for an error that can happen to anybody; ``None`` for a defect of ours."""
    if isinstance(error, CliError):
        return str(error)
    from trailer.errors import TrailerError

    if isinstance(error, TrailerError):
        return str(error)
    from local.errors import LocalAwsError

    if isinstance(error, LocalAwsError):
        return str(error)
    # Not imported means not used: a mistyped flag shouldn't wait for boto3.
    return _explain_aws(error) if "botocore" in sys.modules else None


def _explain_aws(error: Exception) -> str | None:
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        ConnectionError,
        NoCredentialsError,
        NoRegionError,
    )

    said = str(error).rstrip(".")
    if isinstance(error, NoCredentialsError | NoRegionError):
        return f"{said}. Set up credentials and a region as for the AWS command line, or use --on local."
    if isinstance(error, ConnectionError):
        return f"AWS does not answer: {said}."
    if isinstance(error, ClientError):
        return f"AWS refused the call: {said}."
    if isinstance(error, BotoCoreError | Boto3Error):
        return f"The call to AWS failed: {said}."
    return None


app = typer.Typer(
    name="trailer",
    cls=SentenceGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def main(
    context: typer.Context,
    on: Annotated[
        On, typer.Option(envvar="TRAILER_ON", help="The AWS of this machine, or Amazon's.")
    ] = On.LOCAL,
    stage: Annotated[
        str | None, typer.Option(envvar="TRAILER_STAGE", help="Which deployment; local or dev if not given.")
    ] = None,
    state_dir: Annotated[
        Path | None,
        typer.Option(
            envvar="TRAILER_STATE_DIR", help="Where the AWS of this machine keeps its state.", file_okay=False
        ),
    ] = None,
) -> None:
    """Make trailers from films, one for each viewer profile."""
    context.obj = choose_target(on, stage, state_dir)


films.register(app)
requests.register(app)
environment.register(app)
doctor.register(app)
catalogue.register(app)
evaluate.register(app)
