"""Releases as they are published: signature, files and contract checked before anything is kept."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, get_args

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend import audit
from backend.releases import refusals
from backend.releases.models import Release
from backend.services import Services
from edge.bundle import BundleError, Manifest, check_files, order_of, read_manifest
from edge.report import ReportSchema, key_fingerprint, load_public_key
from edge.upkeep import HeartbeatSchema

_TOO_OLD: Final = frozenset({"phatnguoi.heartbeat/1", "phatnguoi.heartbeat/2"})
"""A box that sends these cannot be told of another version: none could be brought on from such a release."""


def publish(session: Session, services: Services, content: bytes, *, actor: str, now: datetime) -> Release:
    """Check a bundle and keep it in the object store; the same one again changes nothing.

    Raises Problem 409 (`no_release_keys`, `release_known`), 422 (`release_*`); StoreUnavailableError.
    """
    try:
        manifest, key = _signed(content, services.settings.release_public_keys)
        check_files(io.BytesIO(content), manifest)
    except BundleError as error:
        raise refusals.bundle_refused(error) from error
    _check_contract(manifest)
    sha256 = hashlib.sha256(content).hexdigest()
    place = f"releases/{manifest.version}-{sha256[:12]}.zip"
    services.store.put(services.settings.s3_documents_bucket, place, content, "application/zip")
    row = {
        **_facts(manifest),
        "sha256": sha256,
        "size_bytes": len(content),
        "object_key": place,
        "key_fingerprint": key_fingerprint(key),
        "published_by": actor,
        "published_at": now,
    }
    new = insert(Release).values(row).on_conflict_do_nothing().returning(Release.version)
    added = session.scalar(new)
    found = session.get_one(Release, manifest.version)
    if found.sha256 != sha256:
        raise refusals.version_taken(manifest.version)
    if added is not None:
        audit.record(
            session,
            actor=actor,
            action="release.published",
            subject_type="release",
            subject_id=manifest.version,
            data={"sha256": sha256, "size_bytes": len(content), "key_fingerprint": found.key_fingerprint},
        )
    return found


def _facts(manifest: Manifest) -> dict[str, Any]:
    """The columns that the manifest itself fills."""
    return {
        "version": manifest.version,
        "notes_vi": manifest.notes_vi,
        "notes_en": manifest.notes_en,
        "manifest": manifest.model_dump(mode="json", exclude={"files", "notes_vi", "notes_en"}),
        "weights": [one.model_dump() for one in manifest.weights],
    }


def release(session: Session, version: str) -> Release:
    """One release. Raises Problem 404."""
    found = session.get(Release, version)
    if found is None:
        raise refusals.no_release()
    return found


def releases(session: Session) -> list[Release]:
    """All of them, the highest version first."""
    return sorted(session.scalars(select(Release)), key=lambda one: order_of(one.version), reverse=True)


def _signed(content: bytes, keys: Sequence[str]) -> tuple[Manifest, str]:
    if not keys:
        raise refusals.no_keys()
    for key in keys[:-1]:
        try:
            return read_manifest(io.BytesIO(content), [load_public_key(key)]), key
        except BundleError as error:
            if error.code != "bad_signature":
                raise
    return read_manifest(io.BytesIO(content), [load_public_key(keys[-1])]), keys[-1]


def _check_contract(manifest: Manifest) -> None:
    said = manifest.contract
    heartbeats = [one for one in get_args(HeartbeatSchema) if one not in _TOO_OLD]
    if said.report not in get_args(ReportSchema):
        raise refusals.contract_unknown(said.report, ", ".join(get_args(ReportSchema)))
    if said.heartbeat not in heartbeats:
        raise refusals.contract_unknown(said.heartbeat, ", ".join(heartbeats))
