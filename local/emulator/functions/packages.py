"""The packages that a function finds besides its own: those of the Lambda runtime, and no other.

A function that imports NumPy must fail here as it would on AWS, so workers start without this environment's
site-packages and get a directory with links to what the runtime and the Powertools layer bring.
"""

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOTS = ("awslambdaric", "boto3", "aws-lambda-powertools", "aws-xray-sdk")
"""boto3 is part of Lambda's Python runtimes; Powertools and its tracer come with the public layer."""

POWERTOOLS_LAYER = re.compile(r"arn:aws:lambda:[a-z0-9-]+:017000801446:layer:AWSLambdaPowertoolsPython\w*.*")
"""The public layer can't be fetched here; what it holds is among the packages above."""

_MARK_FILE = "linked.txt"
"""Names the state of the environment that the links are of; to read that takes a tenth of a start."""

_REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)\s*([^;]*)(;.*)?$")


def link_packages(target: Path) -> Path:
    """Fill a directory with links to the runtime's packages and return it."""
    target.mkdir(parents=True, exist_ok=True)
    mark, installed = target / _MARK_FILE, _installed()
    if mark.exists() and mark.read_text(encoding="utf-8") == installed:
        return target
    wanted = {entry.name: entry for name in sorted(_closure()) for entry in _entries(distribution(name))}
    for stale in target.iterdir():
        if stale.is_symlink() and stale.name not in wanted:
            stale.unlink()
    for name, source in wanted.items():
        link = target / name
        if link.is_symlink() and link.readlink() == source:
            continue
        link.unlink(missing_ok=True)
        link.symlink_to(source)
    mark.write_text(installed, encoding="utf-8")
    return target


def _installed() -> str:
    """Tell one state of this environment from another: to install or remove a package changes it."""
    place = Path(str(distribution(ROOTS[1]).locate_file("")))
    return f"{place} {place.stat().st_mtime_ns}"


def has_runtime_client() -> bool:
    """Tell whether Amazon's runtime client is installed; there is no wheel of it for every platform."""
    try:
        distribution("awslambdaric")
    except PackageNotFoundError:
        return False
    return True


def _closure() -> set[str]:
    """Return the installed roots and all that they require without extras."""
    found: set[str] = set()
    waiting = list(ROOTS)
    while waiting:
        name = waiting.pop()
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue
        canonical = re.sub(r"[-_.]+", "-", package.metadata["Name"]).lower()
        if canonical in found:
            continue
        found.add(canonical)
        for requirement in package.requires or ():
            match = _REQUIREMENT.match(requirement)
            if match and "extra" not in (match[3] or ""):
                waiting.append(match[1])
    return found


def _entries(package: Distribution) -> list[Path]:
    """Return the top-level directories and modules of an installed package."""
    names = {file.parts[0] for file in package.files or () if file.parts[0] not in ("..", "__pycache__")}
    return [Path(str(package.locate_file(name))) for name in sorted(names)]
