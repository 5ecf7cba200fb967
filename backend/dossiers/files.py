"""Papers as they lie in the store, checked against the hash kept when they were made."""

from __future__ import annotations

import hashlib
import unicodedata

from fastapi import Response
from sqlalchemy.orm import Session

from backend import audit
from backend.dossiers.models import Document
from backend.errors import Problem
from backend.services import Services


def read_paper(services: Services, document: Document) -> bytes:
    """The paper's bytes. Raises Problem 500 `document_changed` where the hash differs."""
    content = services.store.read(services.settings.s3_documents_bucket, document.object_key or "")
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise _changed(document)
    return content


def pdf_response(services: Services, session: Session, document: Document, *, actor: str) -> Response:
    """The paper, whole; the look is logged. Raises Problem 500 `document_changed` where the hash differs."""
    content = read_paper(services, document)
    audit.record(
        session,
        actor=actor,
        action="document.viewed",
        subject_type="document",
        subject_id=document.id,
        data={"number": document.number},
    )
    return Response(
        content,
        media_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{file_name(document.number)}.pdf"',
            "Cache-Control": "private, no-store",
            "ETag": f'"{document.sha256}"',
        },
    )


def file_name(number: str) -> str:
    plain = unicodedata.normalize("NFKD", number.replace("Đ", "D"))
    return plain.encode("ascii", "ignore").decode()


def _changed(document: Document) -> Problem:
    return Problem(
        500,
        "document_changed",
        "Tệp trong kho không còn đúng với bản đã ký",
        "The stored file is no longer the one that was signed",
        f"Báo ngay bộ phận vận hành: giấy tờ {document.number}.",
        f"Tell the operators at once: paper {document.number}.",
    )
