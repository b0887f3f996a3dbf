"""Tell whether anything that is deployed has changed: by content, never by time."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

SOURCES = ("app.py", "cdk.json", "infra", "lambdas", "layers", "requirements.lock", "package-lock.json")
"""Everything that `cdk synth` reads, seen from the project's root."""

LOCAL_SOURCES = ("local", "requirements.lock")
"""Everything that a running local AWS is made of."""

IGNORED_DIRECTORIES = frozenset({"__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache"})
IGNORED_SUFFIXES = (".pyc", ".swp", "~", ".egg-info")


def fingerprint(project: Path, *, extra: str = "", sources: Iterable[str] = SOURCES) -> str:
    """Hash the sources of a deployment, or others.

    Args:
        project: The checkout.
        extra: What else decides the result, such as the stage.
        sources: Files and folders of the checkout.

    Returns:
        A SHA-256 in hexadecimal; the same for the same names and bytes, whatever the times and order on disk.
    """
    digest = hashlib.sha256(extra.encode())
    for name in sources:
        for path in _files(project / name):
            data = path.read_bytes()
            digest.update(f"\0{path.relative_to(project).as_posix()}\0{len(data)}\0".encode())
            digest.update(data)
    return digest.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
    for folder, directories, names in os.walk(root):
        directories[:] = sorted(set(directories) - IGNORED_DIRECTORIES)
        for name in sorted(names):
            if not name.endswith(IGNORED_SUFFIXES):
                yield Path(folder, name)
