"""What a client needs to know of a running local AWS."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

ACCOUNT = "123456789012"
"""The emulator takes an access key of twelve digits as the account number."""

REGION = "us-east-1"

PROJECT = Path(__file__).resolve().parents[2]
"""The checkout: where ``app.py``, ``cdk.json`` and ``node_modules`` are."""

DEFAULT_STATE_DIR = PROJECT / ".local-aws"

ENVIRONMENT_FILE = "environment.json"

Progress = Callable[[str], None]
"""Receives one line for a person at a time: which step is under way."""


@dataclass(frozen=True)
class Environment:
    """A running local AWS: where its services listen and what was deployed on it."""

    endpoint_url: str
    """The emulator: every service but the two below."""
    rekognition_url: str
    mediaconvert_url: str
    state_dir: Path
    region: str = REGION
    account: str = ACCOUNT
    sources: str = ""
    """Fingerprint of the code that runs it; a changed checkout starts it again."""
    outputs: Mapping[str, str] = field(default_factory=dict)
    """CloudFormation outputs (``SourceBucketName`` …); empty before the first deployment."""

    def client_env(self) -> dict[str, str]:
        """Return the environment variables with which boto3 and the CDK reach this AWS and no other."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ENDPOINT_URL_REKOGNITION": self.rekognition_url,
            "AWS_ENDPOINT_URL_MEDIACONVERT": self.mediaconvert_url,
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            # A profile or a configuration file of the person must not redirect a local run.
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def save(self) -> None:
        """Write ``environment.json`` so that another process finds this AWS."""
        data: dict[str, Any] = asdict(self)
        data.pop("state_dir")
        path = self.state_dir / ENVIRONMENT_FILE
        scratch = path.with_suffix(f".{os.getpid()}.tmp")
        scratch.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
        scratch.replace(path)

    @classmethod
    def load(cls, state_dir: Path) -> Self | None:
        """Read ``environment.json``; ``None`` if there is none or it can't be read."""
        try:
            data = json.loads((state_dir / ENVIRONMENT_FILE).read_text(encoding="utf-8"))
            return cls(state_dir=state_dir, **data)
        except (OSError, ValueError, TypeError):
            return None
