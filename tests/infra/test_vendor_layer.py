"""The vendor layer works on any architecture, so nothing compiled may be in it or be missed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from infra.constructs.layers import VENDORED, CompiledPackageError, vendor_files
from tests.infra.synthesis import Synthesis

IMPORTS = """
import sys
sys.path.insert(0, sys.argv[1])
import wrapt, jmespath, aws_xray_sdk, typing_extensions
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from wrapt.__wrapt__ import _using_c_extension
assert not _using_c_extension
for module in (wrapt, jmespath, aws_xray_sdk, sys.modules["aws_lambda_powertools"]):
    assert module.__file__.startswith(sys.argv[1]), module.__file__

@wrapt.decorator
def doubled(wrapped, instance, args, kwargs):
    return 2 * wrapped(*args, **kwargs)

class Film:
    @doubled
    def shots(self, count):
        return count

print(Film().shots(21))
"""


def test_the_layer_is_pure_python(synthesis: Synthesis) -> None:
    layer = synthesis.asset(
        synthesis.pipeline.resources("AWS::Lambda::LayerVersion")["Layers/Vendor"]["Content"]
    )
    files = [path for path in layer.rglob("*") if path.is_file()]
    assert len(files) > 100
    assert {path.relative_to(layer).parts[0] for path in files} == {"python"}
    assert not [path for path in files if path.suffix in {".so", ".pyd", ".dylib", ".c", ".pyc"}]
    # The limit for a function and all its layers is 250 MB, and every cold start unpacks it.
    assert sum(path.stat().st_size for path in files) < 10_000_000


def test_the_layer_works_without_the_compiled_parts_it_leaves_out(synthesis: Synthesis) -> None:
    layer = synthesis.asset(
        synthesis.pipeline.resources("AWS::Lambda::LayerVersion")["Layers/Vendor"]["Content"]
    )
    run = subprocess.run(
        [sys.executable, "-c", IMPORTS, str(layer / "python")], capture_output=True, text=True, check=False
    )
    assert run.stdout.strip() == "42", run.stderr


def test_a_distribution_that_needs_machine_code_is_refused() -> None:
    with pytest.raises(CompiledPackageError, match="numpy has compiled code"):
        list(vendor_files("numpy"))


@pytest.mark.parametrize("name", VENDORED)
def test_installers_know_the_content_of_every_vendored_file(name: str) -> None:
    """The layer's hash is made of these records; without one, a change would go unnoticed."""
    unknown = [str(file) for file, _ in vendor_files(name) if file.hash is None]
    assert unknown == []
