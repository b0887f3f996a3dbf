"""What a listing has told of a file needn't be asked again; loaded late, for s3transfer is slow to import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3transfer.subscribers import BaseSubscriber

if TYPE_CHECKING:
    from s3transfer.futures import TransferFuture


class Listed(BaseSubscriber):
    """Tells a download the size and the tag of its file."""

    def __init__(self, size: int, etag: str) -> None:
        self._size, self._etag = size, etag

    def on_queued(self, future: TransferFuture, **_: object) -> None:
        """Called before the download begins."""
        future.meta.provide_transfer_size(self._size)
        future.meta.provide_object_etag(self._etag)
