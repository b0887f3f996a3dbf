"""What must outlive every deployment: films, results, the catalogue, the ledger of jobs."""

from __future__ import annotations

from typing import Any

from aws_cdk import Duration, Size, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.compliance import acknowledge
from infra.constructs.log_groups import REMOVAL_POLICIES
from infra.constructs.regions import refuse_other_regions
from infra.stages import Stage, StorageSettings


class MediaStack(Stack):
    """Stateful. Logical ids are pinned by a test: a new one would be a new, empty bucket or table.

    Attributes:
        films: where films are uploaded; announces new objects to EventBridge.
        results: detections, analyses, trailers.
        catalogue: films, scenes, concepts and trailers, for analysts.
        jobs: Rekognition jobs with the tokens of the waiting executions, and their queue. The rows of
            jobs stay, since they say which analyses are paid for; those of quiet groups expire.
    """

    def __init__(self, scope: Construct, id_: str, *, stage: Stage, **kwargs: Any) -> None:
        super().__init__(
            scope,
            id_,
            description=f"Trailer, data ({stage.name})",
            termination_protection=stage.storage.deletion_protection,
            **kwargs,
        )
        refuse_other_regions(self)
        access_logs = _access_log_bucket(self, stage.storage)
        self.films = _bucket(self, "SourceBucket", access_logs, stage.storage, versioned=True)
        _announce_objects(self.films)
        self.results = _bucket(self, "ResultsBucket", access_logs, stage.storage, versioned=False)
        _store_quiet_results_cheaper(self.results)
        self.catalogue = _catalogue(self, stage.storage)
        self.jobs = _jobs(self, stage.storage)


def _access_log_bucket(scope: Construct, storage: StorageSettings) -> s3.Bucket:
    bucket = s3.Bucket(
        scope,
        "AccessLogBucket",
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(storage.access_log_days))],
        removal_policy=REMOVAL_POLICIES[storage.removal_policy],
    )
    acknowledge(bucket, "It takes the access logs; logging its own accesses would never end.", "S1")
    return bucket


def _bucket(
    scope: Construct, id_: str, access_logs: s3.IBucket, storage: StorageSettings, *, versioned: bool
) -> s3.Bucket:
    return s3.Bucket(
        scope,
        id_,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        server_access_logs_bucket=access_logs,
        server_access_logs_prefix=f"{id_}/",
        versioned=versioned,
        lifecycle_rules=[
            s3.LifecycleRule(
                # Parts of an upload that was given up are invisible, and paid for.
                abort_incomplete_multipart_upload_after=Duration.days(7),
                noncurrent_version_expiration=Duration.days(storage.old_version_days) if versioned else None,
            )
        ],
        removal_policy=REMOVAL_POLICIES[storage.removal_policy],
    )


def _store_quiet_results_cheaper(results: s3.Bucket) -> None:
    """Move what is large, proxies above all, to where it costs less the longer nobody reads it.

    Nothing expires: equal bytes that come again find their proxy, and a detection that waits for its
    slot reads it days later. Intelligent-Tiering answers at once and asks nothing for reading.
    """
    results.add_lifecycle_rule(
        prefix="videos/",
        # A smaller object's watching costs more than its storage.
        object_size_greater_than=int(Size.mebibytes(1).to_bytes()),
        transitions=[
            s3.Transition(
                storage_class=s3.StorageClass.INTELLIGENT_TIERING, transition_after=Duration.days(1)
            )
        ],
    )


def _announce_objects(bucket: s3.Bucket) -> None:
    """Turn EventBridge on by the bucket's own property; the construct's flag would add a Lambda to do it."""
    resource = bucket.node.default_child
    assert isinstance(resource, s3.CfnBucket)
    resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
        event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(event_bridge_enabled=True)
    )


def _catalogue(scope: Construct, storage: StorageSettings) -> dynamodb.TableV2:
    return _table(
        scope,
        "CatalogueTable",
        storage,
        partition_key=_text("videoId"),
        sort_key=_text("record"),
        global_secondary_indexes=[
            _index("byStatus", _text("status"), _text("updatedAt")),
            _index("byConcept", _text("concept"), _number("score")),
            _index("byProfile", _text("profileId"), _text("createdAt")),
        ],
    )


def _jobs(scope: Construct, storage: StorageSettings) -> dynamodb.TableV2:
    return _table(
        scope,
        "JobsTable",
        storage,
        partition_key=_text("jobTag"),
        time_to_live_attribute="ttl",
        # ``turn`` sorts pending jobs by whose turn it is, running ones by when they were started.
        global_secondary_indexes=[_index("byStatus", _text("status"), _text("turn"))],
    )


def _table(scope: Construct, id_: str, storage: StorageSettings, **keys: Any) -> dynamodb.TableV2:
    return dynamodb.TableV2(
        scope,
        id_,
        billing=dynamodb.Billing.on_demand(),
        encryption=dynamodb.TableEncryptionV2.aws_managed_key(),
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True,
            recovery_period_in_days=storage.point_in_time_recovery_days,
        ),
        deletion_protection=storage.deletion_protection,
        removal_policy=REMOVAL_POLICIES[storage.removal_policy],
        **keys,
    )


def _index(
    name: str, partition_key: dynamodb.Attribute, sort_key: dynamodb.Attribute
) -> dynamodb.GlobalSecondaryIndexPropsV2:
    return dynamodb.GlobalSecondaryIndexPropsV2(
        index_name=name, partition_key=partition_key, sort_key=sort_key
    )


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)


def _number(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.NUMBER)
