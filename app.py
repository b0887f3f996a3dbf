"""Stages -> stacks -> synth. Needs no AWS account, no Docker, no clock and no git.

The stage is chosen by ``-c stage=…`` (``dev`` when nothing is said); its settings
are in ``cdk.json``. ``-c nag=false`` leaves out cdk-nag for a quick look.
"""

from __future__ import annotations

import sys

import aws_cdk as cdk

from infra.media_stack import MediaStack
from infra.pipeline_stack import PipelineStack
from infra.stages import Stage, StageError, load_stage

DEFAULT_STAGE = "dev"


def build(app: cdk.App) -> Stage:
    """Add the stacks of the chosen stage to an app.

    Raises:
        StageError: the stage or one of its settings can't be used.
    """
    stage = load_stage(app.node.try_get_context("stages"), app.node.try_get_context("stage") or DEFAULT_STAGE)
    media = MediaStack(app, f"TrailerMedia-{stage.name}", stage=stage)
    PipelineStack(app, f"TrailerPipeline-{stage.name}", stage=stage, media=media)
    cdk.Tags.of(app).add("application", "trailer")
    cdk.Tags.of(app).add("stage", stage.name)
    if _wants_nag(app, stage):
        from cdk_nag import AwsSolutionsChecks  # noqa: PLC0415  (slow to import)

        cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    return stage


def _wants_nag(app: cdk.App, stage: Stage) -> bool:
    said = app.node.try_get_context("nag")
    return stage.compliance_checks if said is None else str(said).lower() not in {"false", "0", "off", "no"}


if __name__ == "__main__":
    app = cdk.App()
    try:
        build(app)
    except StageError as error:
        sys.exit(str(error))
    app.synth()
