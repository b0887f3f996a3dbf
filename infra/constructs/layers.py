"""What all functions share: the product itself, and the pure-Python packages it needs from outside.

Neither is built: the product's layer is a folder, and the packages are copied
from the environment that ``requirements.lock`` installed. So synthesis needs no
Docker and no network, and the bytes are the ones the tests ran with.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from importlib.metadata import PackagePath, distribution
from pathlib import Path
from typing import Any, Final

import jsii
from aws_cdk import AssetHashType, BundlingOptions, DockerImage, ILocalBundling
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.naming import ROOT

RUNTIME: Final = lambda_.Runtime.PYTHON_3_14
ARCHITECTURE: Final = lambda_.Architecture.ARM_64
IGNORED: Final = ["**/__pycache__", "**/*.pyc", "**/*.egg-info"]
"""Never in an asset: they change its hash without changing what it does."""

VENDORED: Final = ("aws_lambda_powertools", "jmespath", "typing_extensions", "aws_xray_sdk", "wrapt")
"""Distributions in the vendor layer. boto3 is part of the Lambda runtime."""

_OPTIONAL_EXTENSIONS: Final = frozenset({"wrapt"})
"""Distributions that work without their compiled part, which would fit one machine only."""

_COMPILED: Final = frozenset({".so", ".pyd", ".dylib", ".c"})


class CompiledPackageError(Exception):
    """A vendored distribution needs machine code, so it can't be copied to another architecture."""


class Layers(Construct):
    """The two layers of every function.

    Attributes:
        all: the core layer (``trailer``) and the vendor layer (Powertools and the X-Ray SDK).
    """

    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(scope, id_)
        core = lambda_.LayerVersion(
            self,
            "Core",
            code=lambda_.Code.from_asset(str(ROOT / "layers" / "core"), exclude=IGNORED),
            compatible_runtimes=[RUNTIME],
            description="The product: trailer",
        )
        vendor = lambda_.LayerVersion(
            self,
            "Vendor",
            code=_vendor_code(),
            compatible_runtimes=[RUNTIME],
            description="Powertools for AWS Lambda and the X-Ray SDK, pure Python",
        )
        self.all: list[lambda_.ILayerVersion] = [core, vendor]


def vendor_files(name: str) -> Iterator[tuple[PackagePath, Path]]:
    """The files of an installed distribution that belong into a layer, with where they are.

    Raises:
        PackageNotFoundError: it is not installed.
        CompiledPackageError: it can't work on another architecture.
    """
    for file in sorted(distribution(name).files or ()):
        if (
            ".." in file.parts
            or "__pycache__" in file.parts
            or file.name in {"RECORD", "INSTALLER", "REQUESTED"}
        ):
            continue
        if file.suffix in _COMPILED:
            if name not in _OPTIONAL_EXTENSIONS:
                raise CompiledPackageError(
                    f"{name} has compiled code ({file}); the layer takes pure Python only."
                )
            continue
        yield file, Path(str(file.locate()))


@jsii.implements(ILocalBundling)
class _CopyDistributions:
    """Bundles by copying what is installed."""

    def try_bundle(self, output_dir: str, *_: Any, **__: Any) -> bool:
        """Copy every vendored distribution below ``python/``; always succeeds or raises."""
        for name in VENDORED:
            for file, source in vendor_files(name):
                target = Path(output_dir, "python", *file.parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
        return True


def _vendor_code() -> lambda_.Code:
    return lambda_.Code.from_asset(
        str(ROOT / "infra" / "constructs"),
        asset_hash_type=AssetHashType.CUSTOM,
        asset_hash=_vendor_hash(),
        bundling=BundlingOptions(image=DockerImage.from_registry("unused"), local=_CopyDistributions()),
    )


def _vendor_hash() -> str:
    """Names and content of all files, from the installer's own records: nothing has to be read to know it."""
    digest = hashlib.sha256()
    for name in VENDORED:
        for file, _ in vendor_files(name):
            digest.update(f"{file}\0{file.hash.value if file.hash else ''}\n".encode())
    return digest.hexdigest()
