"""``python -m local up|down|status|serve|deploy|reset``: the AWS of one machine from the command line."""

import argparse
import os
import sys
from pathlib import Path

from local.errors import LocalAwsError
from local.supervisor import DEFAULT_STATE_DIR, Environment, deploy, down, find, reset, up
from local.supervisor.process import serve

COMMANDS = {
    "up": "start it in the background, or find it running",
    "deploy": "start it and deploy the project's CDK app on it",
    "status": "say whether it runs, where, and what is deployed",
    "down": "stop it; what it holds is kept",
    "reset": "stop it and delete what it holds",
    "serve": "run it in the foreground",
}


def say(line: str) -> None:
    """Print one line for the person at the keyboard."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def describe(environment: Environment) -> None:
    """Print where the services listen, as shell assignments, and what was deployed."""
    for name, value in environment.client_env().items():
        say(f"export {name}={value}")
    for name, value in sorted(environment.outputs.items()):
        say(f"# {name}: {value}")


def _status(state_dir: Path) -> int:
    running = find(state_dir)
    if running is None:
        say("The local AWS is not running. Start it with: python -m local up")
        return 1
    describe(running)
    return 0


def run(command: str, state_dir: Path, *, force: bool) -> int:
    """Run one command; return the exit code."""
    if command == "serve":
        return serve(state_dir.resolve(), say)
    if command == "status":
        return _status(state_dir)
    if command == "down":
        say("Stopped." if down(state_dir) else "The local AWS was not running.")
    elif command == "reset":
        reset(state_dir)
        say("Deleted.")
    else:
        environment = up(state_dir, progress=say)
        if command == "deploy":
            environment = deploy(environment, force=force, progress=say)
        describe(environment)
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and run it; failures are one message, never a trace."""
    parser = argparse.ArgumentParser(prog="python -m local", description="The AWS of one machine.")
    parser.add_argument("--state", type=Path, default=DEFAULT_STATE_DIR, help="where it keeps everything")
    parser.add_argument("--force", action="store_true", help="deploy even if no source changed")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in COMMANDS.items():
        commands.add_parser(name, help=text)
    parsed = parser.parse_args(arguments)
    try:
        return run(parsed.command, parsed.state, force=parsed.force)
    except LocalAwsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except BrokenPipeError:
        # `… | head`: the reader has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
