"""Films, results and the catalogue: nothing here may be lost, read by strangers or replaced by an empty copy."""

from __future__ import annotations

import pytest

from tests.infra.synthesis import Template
from trailer.wire import keys

DATA_BUCKETS = ("SourceBucket", "ResultsBucket")
BUCKETS = (*DATA_BUCKETS, "AccessLogBucket")
TABLES = ("CatalogueTable", "JobsTable")


def test_logical_ids_of_stateful_resources_never_change(media: Template) -> None:
    """CloudFormation would replace a renamed bucket or table by an empty one."""
    ids = {
        logical_id
        for logical_id, resource in media.body["Resources"].items()
        if resource["Type"] in {"AWS::S3::Bucket", "AWS::DynamoDB::GlobalTable"}
    }
    assert ids == {
        "AccessLogBucketDA470295",
        "SourceBucketDDD2130A",
        "ResultsBucketA95A2103",
        "CatalogueTable7B51291C",
        "JobsTable1970BC16",
    }


@pytest.mark.parametrize("name", BUCKETS)
def test_buckets_are_private_and_encrypted(media: Template, name: str) -> None:
    bucket = media.resources("AWS::S3::Bucket")[name]
    assert bucket["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }
    rules = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert [rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] for rule in rules] == ["AES256"]
    assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]


@pytest.mark.parametrize("name", BUCKETS)
def test_buckets_refuse_plain_http(media: Template, name: str) -> None:
    statements = media.resources("AWS::S3::BucketPolicy")[f"{name}/Policy"]["PolicyDocument"]["Statement"]
    refusals = [
        statement
        for statement in statements
        if statement["Effect"] == "Deny"
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    ]
    assert len(refusals) == 1
    assert refusals[0]["Action"] == "s3:*"
    assert [media.readable(arn) for arn in refusals[0]["Resource"]] == [f"{name}.Arn", f"{name}.Arn/*"]


@pytest.mark.parametrize("name", DATA_BUCKETS)
def test_accesses_are_logged_and_given_up_uploads_removed(media: Template, name: str) -> None:
    bucket = media.resources("AWS::S3::Bucket")[name]
    assert media.readable(bucket["LoggingConfiguration"]["DestinationBucketName"]) == "AccessLogBucket"
    everything, *_ = bucket["LifecycleConfiguration"]["Rules"]
    assert everything["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    assert "Prefix" not in everything


def test_large_results_are_kept_where_they_cost_less_and_are_read_at_once(media: Template) -> None:
    """Proxies above all: an expired one would be missing where equal bytes or a waiting detection need it."""
    rules = media.resources("AWS::S3::Bucket")["ResultsBucket"]["LifecycleConfiguration"]["Rules"]
    assert not any("Expiration" in key for rule in rules for key in rule)
    (moved,) = [rule for rule in rules if "Transitions" in rule]
    assert keys.proxy("content", "settings").startswith(moved["Prefix"])
    assert moved["Transitions"] == [{"StorageClass": "INTELLIGENT_TIERING", "TransitionInDays": 1}]
    assert int(moved["ObjectSizeGreaterThan"]) == 1024**2


def test_films_are_versioned_and_announced_without_a_custom_resource(media: Template) -> None:
    bucket = media.resources("AWS::S3::Bucket")["SourceBucket"]
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["NotificationConfiguration"] == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    assert not media.resources("AWS::Lambda::Function")


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_on_demand_and_recoverable(media: Template, name: str) -> None:
    table = media.resources("AWS::DynamoDB::GlobalTable")[name]
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["SSESpecification"]["SSEEnabled"] is True
    for replica in table["Replicas"]:
        assert replica["DeletionProtectionEnabled"] is True
        assert replica["PointInTimeRecoverySpecification"] == {
            "PointInTimeRecoveryEnabled": True,
            "RecoveryPeriodInDays": 35,
        }


@pytest.mark.parametrize(
    ("name", "keys", "indexes"),
    [
        (
            "CatalogueTable",
            ["videoId S", "record S"],
            {
                "byStatus": ["status S", "updatedAt S"],
                "byConcept": ["concept S", "score N"],
                "byProfile": ["profileId S", "createdAt S"],
            },
        ),
        ("JobsTable", ["jobTag S"], {"byStatus": ["status S", "turn S"]}),
    ],
)
def test_tables_answer_the_access_patterns(
    media: Template, name: str, keys: list[str], indexes: dict[str, list[str]]
) -> None:
    table = media.resources("AWS::DynamoDB::GlobalTable")[name]
    types = {entry["AttributeName"]: entry["AttributeType"] for entry in table["AttributeDefinitions"]}

    def schema(entries: list[dict[str, str]]) -> list[str]:
        return [f"{entry['AttributeName']} {types[entry['AttributeName']]}" for entry in entries]

    assert schema(table["KeySchema"]) == keys
    found = table["GlobalSecondaryIndexes"]
    assert {index["IndexName"]: schema(index["KeySchema"]) for index in found} == indexes
    assert {index["Projection"]["ProjectionType"] for index in found} == {"ALL"}


def test_only_jobs_expire(media: Template) -> None:
    tables = media.resources("AWS::DynamoDB::GlobalTable")
    assert tables["JobsTable"]["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert "TimeToLiveSpecification" not in tables["CatalogueTable"]


def test_production_data_survives_its_stack(media: Template) -> None:
    kept = {
        media.path(logical_id)
        for logical_id, resource in media.body["Resources"].items()
        if resource.get("DeletionPolicy") == resource.get("UpdateReplacePolicy") == "Retain"
    }
    assert kept >= {*BUCKETS, *TABLES}
