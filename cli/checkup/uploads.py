"""Films in the source bucket that the pipeline has never heard of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from cli import queries
from cli.checkup.finding import Finding, Remedy, Scope

if TYPE_CHECKING:
    from cli.target import Deployment

NOT_FILMS: Final = (".trailer.json", ".transcript.json", ".vtt", ".srt", "/")
"""Ends of keys that the rule of the source bucket leaves out: what lies beside films, and folders."""


def unseen_uploads(deployment: Deployment, scope: Scope) -> Iterator[Finding]:
    """The newest version of each film that came a while ago, and of which there is no record.

    Its event was lost: S3 sends none in the first minutes of a new bucket, and nobody
    receives any while the pipeline stack is deleted and deployed again.
    """
    from trailer.domain.work.upload import ObjectVersion, video_id

    pages = deployment.s3.get_paginator("list_object_versions").paginate(Bucket=deployment.source_bucket)
    for listed in (version for page in pages for version in page.get("Versions", ())):
        arrived = listed["LastModified"]
        if not listed["IsLatest"] or listed["Key"].endswith(NOT_FILMS):
            continue
        if not scope.failed_since <= arrived < scope.stuck_before:
            continue
        film = video_id(ObjectVersion(deployment.source_bucket, listed["Key"], listed["VersionId"]))
        if queries.video(deployment.catalogue, film) is None:
            yield Finding(
                "unseen upload",
                film,
                f"{listed['Key']} is in the bucket, and no event of it has arrived",
                "--fix starts its analysis; to upload it again does the same.",
                arrived,
                _analyse(deployment, film, listed),
            )


def _analyse(deployment: Deployment, film: str, listed: Any) -> Remedy:
    """Start what the event would have started. A film is registered once, whoever starts it how often."""
    uploaded = {"key": listed["Key"], "version-id": listed["VersionId"], "size": listed["Size"]}
    event = {"detail": {"bucket": {"name": deployment.source_bucket}, "object": uploaded}}

    def apply() -> str:
        stepfunctions = deployment.stepfunctions
        try:
            stepfunctions.start_execution(
                stateMachineArn=deployment.outputs["AnalyseVideoStateMachineArn"],
                name=f"unseen-{film}",
                input=json.dumps(event),
            )
        except stepfunctions.exceptions.ExecutionAlreadyExists:
            return f"{film} is being analysed already."
        return f"Began to analyse {film}."

    return Remedy(f"analyse {film}", apply)
