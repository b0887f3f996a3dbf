"""Each function collects cyclic garbage seldom, for a film's records hold none."""

from __future__ import annotations

import subprocess
import sys


def test_a_function_collects_seldom_from_its_start_on() -> None:
    # In a process of its own, for other tests have imported the runtime long ago.
    asked = "import gc; usual = gc.get_threshold()[0]; import trailer.runtime; print(gc.get_threshold()[0] > usual)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
