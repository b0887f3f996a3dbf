"""Run the pinned CDK command line against the local AWS and read what it says."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from local.errors import DeployError
from local.supervisor.environment import Environment, Progress
from local.supervisor.services import KEPT_VARIABLES

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_RESOURCE = re.compile(
    r"^(?P<stack>\S+) \|\s*(?P<count>\d+(/\d+)?) \| [^|]+\| (?P<status>[A-Z_]+)\s*\| "
    r"(?P<type>[\w:@-]+)\s*\| (?P<rest>.*)$"
)
_DEPLOYING = re.compile(r"^(?P<stack>\S+): deploying")
_FINISHED = re.compile(r"^\s*✅\s+(?P<stack>\S+)(?P<note> \(no changes\))?")
_REASON = re.compile(
    r"(❌|CREATE_FAILED|UPDATE_FAILED|DELETE_FAILED|ROLLBACK_IN_PROGRESS|Error:|failed:|Failed)"
)

TAIL_LINES = 25


def run_cdk(
    environment: Environment, project: Path, arguments: Sequence[str], progress: Progress, *, validate: bool
) -> None:
    """Run one CDK command to its end, telling its steps as they happen.

    Args:
        environment: The local AWS to run against; its state directory holds the CDK's own files.
        project: The checkout, where ``cdk.json`` and ``node_modules`` are.
        arguments: The command and its options.
        progress: Receives one line per step.
        validate: Whether synthesis also runs CloudFormation's validator (some seconds).

    Raises:
        DeployError: the command failed; the message has the reasons that it gave.
    """
    command = [_node(), str(_cli(project)), *arguments, "--no-notices", "--no-color"]
    output: list[str] = []
    with subprocess.Popen(
        command,
        cwd=project,
        env=cdk_variables(environment, validate=validate),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            text = _ANSI.sub("", line.rstrip())
            output.append(text)
            for event in explain(text):
                progress(event)
    _write_log(environment, arguments[0], output)
    if process.returncode:
        raise DeployError(f"`cdk {arguments[0]}` failed.\n{reasons(output)}")


def cdk_variables(environment: Environment, *, validate: bool) -> dict[str, str]:
    """Return the whole environment of the CDK: quiet, offline, and unable to reach a real account."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    binaries = Path(sys.executable).parent
    return {
        **kept,
        **environment.client_env(),
        # `app.py` must run in this Python, not in whatever python3 comes first on the person's path.
        "PATH": f"{binaries}{os.pathsep}{kept.get('PATH', os.defpath)}",
        # The CDK remembers which account an access key belongs to; ours must not be mixed with real ones.
        "CDK_HOME": str(environment.state_dir / "cdk-home"),
        "CDK_DEFAULT_ACCOUNT": environment.account,
        "CDK_DEFAULT_REGION": environment.region,
        "CDK_VALIDATION": "true" if validate else "false",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_DISABLE_VERSION_CHECK": "1",
        "CI": "true",
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": _node_major(),
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        "NODE_NO_WARNINGS": "1",
    }


def explain(line: str) -> Iterator[str]:
    """Turn a line of the CDK's output into what a person wants to know of it, if anything."""
    if match := _RESOURCE.match(line):
        status = match["status"]
        reason = match["rest"].rstrip()
        if status.endswith("_FAILED"):
            yield f"{match['stack']}: {match['type']} {status}: {reason}"
        elif status.endswith("_COMPLETE"):
            name = reason.split(" ", 1)[0].removesuffix("/Resource")
            yield f"{match['stack']}: {match['count'].strip()} {match['type']} {name}"
    elif match := _DEPLOYING.match(line):
        yield f"{match['stack']}: deploying"
    elif match := _FINISHED.match(line):
        yield f"{match['stack']}: {'unchanged' if match['note'] else 'deployed'}"
    elif "Synthesis time" in line:
        yield f"Synthesized in {line.rsplit(':', 1)[1].strip()}"


def reasons(output: Sequence[str]) -> str:
    """Pick from a failed command's output why it failed: CloudFormation's own words, else its last lines."""
    telling = [line for line in output if _REASON.search(line)]
    chosen = list(dict.fromkeys([*telling, *output[-TAIL_LINES:]])) if telling else output[-TAIL_LINES:]
    return "\n".join(f"  {line}" for line in chosen if line.strip())


def _write_log(environment: Environment, command: str, output: Sequence[str]) -> None:
    log = environment.state_dir / "logs" / f"cdk-{command}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("\n".join(output) + "\n", encoding="utf-8")


def _node() -> str:
    node = shutil.which("node")
    if node is None:
        raise DeployError("Node.js is needed to run the CDK and was not found. Install Node.js 20 or newer.")
    return node


def _node_major() -> str:
    shown = subprocess.run([_node(), "--version"], capture_output=True, text=True, check=False).stdout
    return shown.strip().lstrip("v").split(".", 1)[0]


def _cli(project: Path) -> Path:
    cli = project / "node_modules" / "aws-cdk" / "bin" / "cdk"
    if not cli.exists():
        raise DeployError("The CDK command line is not installed. Run `npm ci` in the project first.")
    return cli
