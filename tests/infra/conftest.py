from __future__ import annotations

import pytest

from tests.infra.synthesis import Synthesis, Template, synthesize


@pytest.fixture(scope="session")
def synthesis() -> Synthesis:
    return synthesize()


@pytest.fixture(scope="session")
def media(synthesis: Synthesis) -> Template:
    return synthesis.media


@pytest.fixture(scope="session")
def pipeline(synthesis: Synthesis) -> Template:
    return synthesis.pipeline
