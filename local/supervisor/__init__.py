"""Start, find, stop and deploy to the AWS of one machine.

The functions here are all that the command line needs: ``up``, ``find``, ``down``, ``reset``, ``deploy``.
"""

from local.supervisor.deployment import deploy
from local.supervisor.environment import ACCOUNT, DEFAULT_STATE_DIR, PROJECT, REGION, Environment, Progress
from local.supervisor.lifecycle import down, find, reset, up

__all__ = [
    "ACCOUNT",
    "DEFAULT_STATE_DIR",
    "PROJECT",
    "REGION",
    "Environment",
    "Progress",
    "deploy",
    "down",
    "find",
    "reset",
    "up",
]
