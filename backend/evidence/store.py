"""Files in any S3, through the `minio` client."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import urllib3
from minio import Minio
from minio.commonconfig import COMPLIANCE
from minio.error import S3Error
from minio.objectlockconfig import DAYS, ObjectLockConfig

from backend.settings import Settings

_CHUNK_BYTES = 256 * 1024
_HEAD_BYTES = 16
_ABSENT = {"NoSuchKey", "NoSuchBucket", "NoSuchObject", "NotFound"}


class StoreUnavailableError(RuntimeError):
    """The object store did not answer, or answered with a fault of its own; trying later may work."""


class ObjectMissingError(LookupError):
    """The store answered, and has no such object."""


@dataclass(frozen=True)
class Fingerprint:
    """What the store really holds under a key; `head` is its first 16 bytes."""

    sha256: str
    size_bytes: int
    head: bytes = b""


class ObjectStore:
    """Puts, reads and hashes objects; every fault is one of the two errors above."""

    def __init__(self, client: Minio) -> None:
        self._client = client

    @classmethod
    def from_settings(cls, settings: Settings) -> ObjectStore:
        endpoint = settings.s3_endpoint.removeprefix("http://").removeprefix("https://")
        http = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=3, read=30),
            maxsize=16,
            retries=urllib3.Retry(total=2, backoff_factor=0.2, status_forcelist=[502, 503, 504]),
        )
        return cls(
            Minio(
                endpoint,
                access_key=settings.s3_access_key,
                secret_key=settings.s3_secret_key.get_secret_value(),
                secure=settings.s3_secure,
                http_client=http,
            )
        )

    def ensure_bucket(self, bucket: str, *, lock_days: int = 0) -> None:
        """Make the bucket where it is missing; with `lock_days`, under COMPLIANCE object lock."""
        with _faults(f"bucket {bucket}"):
            if not self._client.bucket_exists(bucket):
                self._client.make_bucket(bucket, object_lock=lock_days > 0)
            if lock_days > 0:
                self._client.set_object_lock_config(bucket, ObjectLockConfig(COMPLIANCE, lock_days, DAYS))

    def lock_days(self, bucket: str) -> int | None:
        """The bucket's default retention in days; None where object lock is off."""
        try:
            with _faults(f"bucket {bucket}"):
                config: Any = self._client.get_object_lock_config(bucket)
        except StoreUnavailableError as error:
            if isinstance(error.__cause__, S3Error):
                return None
            raise
        return int(config.duration) if config.duration and config.mode == COMPLIANCE else None

    def put(self, bucket: str, key: str, data: bytes, media_type: str) -> Fingerprint:
        """Store the bytes and return their fingerprint."""
        with _faults(key):
            self._client.put_object(bucket, key, io.BytesIO(data), len(data), content_type=media_type)
        return Fingerprint(hashlib.sha256(data).hexdigest(), len(data))

    def size_bytes(self, bucket: str, key: str) -> int:
        """Size as the store states it. Raises ObjectMissingError."""
        with _faults(key):
            stat: Any = self._client.stat_object(bucket, key)
        return int(stat.size)

    def read(self, bucket: str, key: str) -> bytes:
        """The whole object. Raises ObjectMissingError."""
        return b"".join(self.chunks(bucket, key))

    def chunks(self, bucket: str, key: str, *, offset: int = 0, length: int = 0) -> Iterator[bytes]:
        """The object's bytes from `offset`, `length` of them (0: to the end), piece by piece."""
        with _faults(key):
            response: Any = self._client.get_object(bucket, key, offset=offset, length=length)
            try:
                yield from response.stream(_CHUNK_BYTES)
            finally:
                response.close()
                response.release_conn()

    def fingerprint(self, bucket: str, key: str) -> Fingerprint:
        """Read the object back and hash what came. Raises ObjectMissingError."""
        digest = hashlib.sha256()
        size, head = 0, b""
        for chunk in self.chunks(bucket, key):
            digest.update(chunk)
            size += len(chunk)
            head = head or chunk[:_HEAD_BYTES]
        return Fingerprint(digest.hexdigest(), size, head)


class _faults:  # noqa: N801 -- reads as a word in `with _faults(key):`
    """Turn every fault of the client into one of the two errors of this module."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, S3Error) and error.code in _ABSENT:
            raise ObjectMissingError(self._what) from error
        if isinstance(error, (S3Error, urllib3.exceptions.HTTPError, OSError)):
            raise StoreUnavailableError(f"object store, {self._what}: {error}") from error
