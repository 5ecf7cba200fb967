"""The whole case as one file to keep: papers, masked evidence, every step, and how to check it at home."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy.orm import Session

from backend.dossiers import queries
from backend.dossiers.assessing import assessment_of
from backend.dossiers.authority import authority_of
from backend.dossiers.files import file_name, read_paper
from backend.dossiers.models import Dossier
from backend.dossiers.words import EVENTS
from backend.evidence.bundle import add_evidence
from backend.evidence.service import evidence_files
from backend.intake.models import Device, Violation
from backend.portal.models import OwnerSession
from backend.services import Services
from backend.submissions.service import of_part
from penalty.submissions import NAMES, SubmissionKind

LIST_NAME = "danh-sach.json"
_README = """\
HỒ SƠ {number}, tải về lúc {at}

giay-to/      các giấy tờ (PDF) đã ký số
chung-cu/     ảnh, video đã che người khác, bản kê do camera ký, và hướng dẫn kiểm tra chứng cứ
ho-so.json    từng bước của hồ sơ, thời hạn, số tiền, điều bạn đã gửi và câu trả lời
{list_name}  dấu vân tay (SHA-256) của mọi tệp trong này

Kiểm tra giấy tờ: mở bằng chương trình đọc PDF có kiểm tra chữ ký, tin chứng thư trong chung-thu.pem.
Kiểm tra chứng cứ: làm theo chung-cu/HUONG-DAN-README.txt. Không cần mạng và không cần tin chúng tôi.

CASE {number}, taken away at {at}

giay-to/      the papers (PDF), electronically signed
chung-cu/     pictures and video with other people hidden, the list the camera signed, how to check them
ho-so.json    every step of the case, time limits, money, what you told us and our answers
{list_name}  fingerprints (SHA-256) of every file here

Papers: open them in a reader that checks signatures and trust the certificate in chung-thu.pem.
Evidence: follow chung-cu/HUONG-DAN-README.txt. You need no network and need not believe us.
"""


def case_file(
    services: Services, session: Session, dossier: Dossier, visit: OwnerSession, now: datetime
) -> bytes:
    """The zip, with what this visitor may have; never sealed originals or papers of an earlier owner.

    A driver who was named gets neither what the owner said nor the owner's papers.

    Raises ObjectMissingError, StoreUnavailableError, Problem 500 `document_changed`.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        violation = session.get_one(Violation, dossier.violation_id)
        device = session.get_one(Device, violation.device_id)
        readme = _README.format(number=dossier.notice_number, at=now.isoformat(), list_name=LIST_NAME)
        archive.writestr("DOC-TRUOC-README.txt", readme)
        for document in queries.owners_documents(session, dossier):
            if document.made_at is None or not visit.may_read(document, dossier):
                continue
            name = f"giay-to/{file_name(document.number)}.pdf"
            archive.writestr(name, read_paper(services, document))
        root = authority_of(services.settings).root.public_bytes(Encoding.PEM)
        archive.writestr("chung-thu.pem", root)
        files = evidence_files(session, violation.id)
        add_evidence(archive, services, violation, device, files, whole=False, folder="chung-cu/")
        archive.writestr("ho-so.json", _json(_story(session, dossier, visit.part)))
        archive.writestr(LIST_NAME, _json(_fingerprints(archive)))
    return target.getvalue()


def _fingerprints(archive: zipfile.ZipFile) -> dict[str, str]:
    return {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}


def _story(session: Session, dossier: Dossier, part: str) -> dict[str, Any]:
    return {
        "notice_number": dossier.notice_number,
        "plate": dossier.plate,
        "happened_at": dossier.happened_at.isoformat(),
        "state": dossier.state,
        "act": assessment_of(dossier).vi_name,
        "fine_vnd": dossier.fine_vnd,
        "paid_vnd": dossier.paid_vnd,
        "remitted_vnd": dossier.remitted_vnd,
        "steps": [
            {"at": event.at.isoformat(), "what_vi": EVENTS.get(event.kind, (event.kind, event.kind))[0]}
            for event in queries.events(session, dossier)
        ],
        "deadlines": [
            {"what_vi": line.title_vi, "until": line.due_on.isoformat(), "rule_vi": line.rule_vi}
            for line in queries.deadlines(session, dossier)
        ],
        "statements": [
            {
                "number": one.number,
                "kind_vi": NAMES[SubmissionKind(one.kind)][0],
                "filed_at": one.filed_at.isoformat(),
                "answer_due_on": one.answer_due_on.isoformat(),
                "answer": one.answer,
            }
            for one in of_part(session, dossier, part)
        ],
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
