"""Evidence into the S3 bucket, each object at most once."""

from __future__ import annotations

from pathlib import Path

import minio
import urllib3
from minio.error import MinioException, S3Error
from urllib3.exceptions import HTTPError

from edge.settings import StoreSettings

_DIGEST_HEADER = "x-amz-meta-sha256"
_ABSENT = frozenset({"NoSuchKey", "NoSuchObject"})


class StoreError(Exception):
    """The store could not be reached or refused; the message says which, without keys."""


class EvidenceStore:
    """The bucket evidence goes to. The bucket and its lock are the backend's to make."""

    def __init__(self, settings: StoreSettings, *, timeout_s: float) -> None:
        self._bucket = settings.bucket
        self._endpoint = settings.endpoint
        self._client = minio.Minio(
            settings.endpoint,
            access_key=settings.access_key,
            secret_key=settings.secret_key.get_secret_value(),
            secure=settings.secure,
            region="us-east-1",  # spares a look-up of the bucket's region before the first upload
            http_client=urllib3.PoolManager(
                timeout=urllib3.Timeout(connect=min(timeout_s, 5.0), read=timeout_s),
                retries=False,  # the outbox retries, with a pause
            ),
        )

    def put(self, key: str, path: Path, *, sha256: str, media_type: str, force: bool = False) -> bool:
        """Upload a file unless the same one lies there; whether it was uploaded. Raises StoreError."""
        try:
            if not force and self._has(key, path.stat().st_size, sha256):
                return False
            self._client.fput_object(
                self._bucket, key, str(path), content_type=media_type, metadata={"sha256": sha256}
            )
        except S3Error as error:
            raise StoreError(f"store refused {key}: {error.code}: {error.message}") from error
        except (HTTPError, MinioException, ValueError) as error:
            raise StoreError(
                f"store {self._endpoint} unreachable: {type(error).__name__}: {error}"
            ) from error
        return True

    def _has(self, key: str, size_bytes: int, sha256: str) -> bool:
        try:
            found = self._client.stat_object(self._bucket, key)
        except S3Error as error:
            if error.code in _ABSENT:
                return False
            raise
        metadata = {name.lower(): value for name, value in (found.metadata or {}).items()}
        return found.size == size_bytes and metadata.get(_DIGEST_HEADER) == sha256
