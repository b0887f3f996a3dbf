"""A signal to stop is heard, whatever the process does at that moment."""

import subprocess
import sys

import pytest

from local.supervisor.environment import PROJECT

SCRIPT = """
import os, signal, sys, threading
from local.stopping import StopSignal

stop = {stop}

def interrupt(frame, event, argument):
    # The signal comes between any two lines of waiting.
    if frame.f_code.co_name == "wait":
        os.kill(os.getpid(), signal.SIGTERM)
        return interrupt

sys.settrace(interrupt)
for _ in range(200):
    if stop.wait(0.01):
        sys.exit(0)
sys.exit(1)
"""

EVENT = "threading.Event(); signal.signal(signal.SIGTERM, lambda *_: stop.set())"


def exit_code(stop: str, seconds: float) -> int:
    command = [sys.executable, "-c", SCRIPT.format(stop=stop)]
    return subprocess.run(command, cwd=PROJECT, timeout=seconds, check=False).returncode


def test_a_signal_in_the_middle_of_waiting_is_heard() -> None:
    assert exit_code("StopSignal()", 60) == 0


def test_an_event_would_wait_for_ever() -> None:
    """What the class is for; when this fails, ``threading.Event`` will do."""
    with pytest.raises(subprocess.TimeoutExpired):
        exit_code(EVENT, 3)


def test_a_signal_before_waiting_is_heard() -> None:
    raised = "StopSignal(); os.kill(os.getpid(), signal.SIGTERM)"
    assert exit_code(raised, 60) == 0
