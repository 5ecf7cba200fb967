from __future__ import annotations

import hashlib
import io

from pypdf import PdfReader
from sqlalchemy import select

from backend import audit
from backend.audit.models import AuditEntry
from backend.dossiers.models import Document, DossierDeadline, DossierEvent, Message
from backend.payments.models import LedgerEntry


def test_a_case_goes_from_the_camera_to_the_closed_dossier(case, real_papers):
    case.decided(kind="motorbike")
    assert case.dossier().state == "decided"
    assert case.ipn(case.result(case.start_payment())) == "00"
    case.jobs()

    dossier = case.dossier()
    assert (dossier.state, dossier.fine_vnd, dossier.paid_vnd) == ("closed", 5_000_000, 5_000_000)
    kinds = [event.kind for event in sorted(case.rows(DossierEvent), key=lambda event: event.seq)]
    assert kinds == [
        "opened",
        "owner_found",
        "notice_sent",
        "record_made",
        "decision_issued",
        "decision_delivered",
        "fine_paid",
        "closed",
    ]
    papers = {paper.kind: paper for paper in case.rows(Document)}
    assert set(papers) == {"evidence_list", "notice", "record", "decision", "receipt"}
    for paper in papers.values():
        content = case.services.store.read(case.services.settings.s3_documents_bucket, paper.object_key)
        assert hashlib.sha256(content).hexdigest() == paper.sha256
        assert paper.number in "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    totals: dict[str, int] = {}
    for entry in case.rows(LedgerEntry):
        totals[entry.account] = totals.get(entry.account, 0) + entry.debit_vnd - entry.credit_vnd
    assert totals == {"receivable:fines": 0, "treasury:fines": -5_000_000, "clearing:vnpay": 5_000_000}
    sent = {(m.purpose, m.force, m.state) for m in case.rows(Message)}
    assert {(purpose, "legal", "sent") for purpose in set(papers) - {"evidence_list"}} <= sent
    met = {line.step_id for line in case.rows(DossierDeadline) if line.met_at}
    assert {"A1", "A2", "D1", "D5", "E1", "E8", "A3"} <= met
    with case.services.database.unit_of_work() as session:
        assert audit.verify(session) is None
        actions = set(session.scalars(select(AuditEntry.action)))
    assert {"dossier.opened", "dossier.closed", "owner.viewed", "payment.started"} <= actions
