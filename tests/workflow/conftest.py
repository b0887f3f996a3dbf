"""The same synthesized app as for the tests of the infrastructure; it is built once."""

from tests.infra.conftest import media, pipeline, synthesis

__all__ = ["media", "pipeline", "synthesis"]
