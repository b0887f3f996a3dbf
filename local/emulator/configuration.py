"""How MiniStack is told to be quiet, local and persistent; it reads all of it at import."""

import os
import shutil
from importlib.metadata import version
from pathlib import Path

from local.errors import EmulatorVersionError

MINISTACK_VERSION = "1.5.33"
"""Our corrections replace private functions, so they fit exactly one release."""

ACCOUNT = "123456789012"
REGION = "us-east-1"
HOST = "127.0.0.1"


def require_pinned_version() -> None:
    """Refuse any other MiniStack than the one that the corrections were tested with.

    Raises:
        EmulatorVersionError: naming both versions.
    """
    installed = version("ministack")
    if installed != MINISTACK_VERSION:
        raise EmulatorVersionError(
            f"MiniStack {installed} is installed, but the local AWS corrects private functions of "
            f"{MINISTACK_VERSION}. Install ministack=={MINISTACK_VERSION}, or port local/emulator and let "
            "tests/e2e/conformance decide."
        )


def configure(port: int, state_dir: Path) -> None:
    """Set the environment that MiniStack reads when it is imported.

    Args:
        port: Loopback port of the emulator.
        state_dir: Directory that keeps everything between runs; created if absent.
    """
    objects = state_dir / "s3"
    saved = state_dir / "emulator"
    if objects.exists() and not (saved / "s3.json").exists():
        # Objects are written at once, all else from time to time. Killed before the first save, the emulator
        # would find objects in buckets that no stack knows, and the next deployment could not create them.
        shutil.rmtree(objects)
    for directory in (objects, saved):
        directory.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        {
            "GATEWAY_PORT": str(port),
            "BIND_HOST": HOST,
            "MINISTACK_HOST": "localhost",
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "MINISTACK_REGION": REGION,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": f"http://{HOST}:{port}",
            # Nothing else listens, nothing looks for Docker.
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "DOCKER_HOST": "unix:///nonexistent",
            "LAMBDA_EXECUTOR": "local",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(saved),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(objects),
        }
    )
    os.environ.setdefault("LOG_LEVEL", "WARNING")
