"""From detections to scenes and evidence in the catalogue."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.access import read_films, read_results, use_table, write_results
from infra.constructs.python_function import FunctionDefaults, PythonFunction


class Scoring(Construct):
    """Reads the detections of a film and captions beside it; writes its analysis and its scenes.

    Attributes:
        score_scenes: the ScoreScenes state.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        defaults: FunctionDefaults,
        films: s3.IBucket,
        results: s3.IBucket,
        catalogue: dynamodb.ITableV2,
    ) -> None:
        super().__init__(scope, id_)
        self.score_scenes = PythonFunction(
            self, folder="score_scenes", defaults=defaults, timeout=Duration.minutes(14)
        )
        read_films(self.score_scenes, films)
        read_results(self.score_scenes, results)
        write_results(self.score_scenes, results)
        use_table(
            self.score_scenes,
            catalogue,
            "GetItem",
            "UpdateItem",
            "Query",
            "BatchWriteItem",
            "DeleteItem",
        )
