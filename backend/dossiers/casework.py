"""The papers of a case besides notice, record, decision and receipt, made from its rows."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

from sqlalchemy import func, select

from backend.dossiers.answers import answer
from backend.dossiers.issuer import signing_key
from backend.dossiers.models import Document, DocumentKind
from backend.dossiers.sources import Source
from backend.evidence.models import EvidenceFile
from backend.payments.models import Payment, Refund
from backend.payments.providers import NAMES
from backend.payments.words import WHY_REFUNDED
from backend.review.words import ROLE_NAMES
from penalty import documents as paper
from penalty.calendar import vietnam_date
from penalty.enforcement import measures
from penalty.remission import HARDSHIP_NAMES, HardshipGround

_AFTER_REMINDER: Final[Mapping[str, tuple[paper.MeasureLine, ...]]] = MappingProxyType(
    {
        "pay": (
            paper.MeasureLine(
                vi="Mỗi ngày chậm nộp phải nộp thêm 0,05 % trên số tiền chưa nộp (Luật XLVPHC Điều 78).",
                en="For each day 0.05 % of what is unpaid is added (LHAV Art. 78).",
            ),
            paper.MeasureLine(
                vi="Quyết định có thể bị cưỡng chế thi hành; việc đăng kiểm, đăng ký xe có thể tạm dừng.",
                en="The decision may be enforced; inspection and registration may be held up.",
            ),
        ),
        "answer": (
            paper.MeasureLine(
                vi="Cơ quan đăng kiểm, đăng ký xe đã được cảnh báo (Thông tư 73/2024/TT-BCA Điều 24).",
                en="Inspection and registration were warned (Circular 73/2024 Art. 24).",
            ),
            paper.MeasureLine(
                vi="Chủ xe không hợp tác và không chứng minh được mình không lái xe bị xử phạt về hành vi đó"
                " (Nghị định 168/2024/NĐ-CP Điều 47).",
                en="An owner who does not help and cannot show that he was not driving is fined for the act"
                " (Decree 168/2024 Art. 47).",
            ),
        ),
    }
)


def _evidence_list(source: Source) -> bytes:
    files = source.session.scalars(
        select(EvidenceFile)
        .where(EvidenceFile.violation_id == source.violation.id)
        .order_by(EvidenceFile.role)
    ).all()
    data = paper.EvidenceListData(
        **source.head,
        notice_number=source.dossier.notice_number,
        signatory=source.confirmer,
        vehicle=source.vehicle(),
        act=source.act(),
        happening=source.happening(),
        report_id=source.violation.report_id,
        report_sha256=source.violation.payload_sha256,
        files=tuple(
            paper.EvidenceLine(
                name_vi=ROLE_NAMES.get(one.role, (one.name, one.name))[0],
                name_en=ROLE_NAMES.get(one.role, (one.name, one.name))[1],
                sha256=one.sha256,
                size_bytes=one.size_bytes,
            )
            for one in files
        ),
    )
    return paper.render_evidence_list(data, signing_key(source.services.settings))


def _transfer(source: Source) -> bytes:
    says, session = source.document.says, source.session
    papers = session.scalar(
        select(func.count()).where(
            Document.dossier_id == source.dossier.id, Document.asked_at < source.document.asked_at
        )
    )
    evidence = session.scalar(select(func.count()).where(EvidenceFile.violation_id == source.violation.id))
    data = paper.TransferData(
        **source.head,
        notice_number=source.dossier.notice_number,
        signatory=source.signed_by,
        receiver_vi=says["receiver"],
        reason_vi=says["reason"],
        owner=source.party() if source.owner is not None else None,
        vehicle=source.vehicle(),
        act=source.act(),
        happening=source.happening(),
        contents=(
            paper.MeasureLine(
                vi="Hồ sơ, diễn biến, các thời hạn và trích nhật ký",
                en="The dossier, its events and time limits, and an extract of the log",
            ),
            paper.MeasureLine(vi=f"Giấy tờ đã phát hành: {papers}", en=f"Papers issued: {papers}"),
            paper.MeasureLine(
                vi=f"Chứng cứ: {evidence} tệp, kèm dấu vân tay và bản ghi có chữ ký của thiết bị",
                en=f"Evidence: {evidence} files with fingerprints, and the device's signed report",
            ),
        ),
        package_id=says["package_id"],
    )
    return paper.render_transfer(data, signing_key(source.services.settings))


def _reminder(source: Source) -> bytes:
    says = source.document.says
    about: Literal["answer", "pay"] = "pay" if says["about"] == "pay" else "answer"
    data = paper.ReminderData(
        **source.head,
        about=about,
        signatory=source.signed_by,
        person=source.party(),
        vehicle=source.vehicle(),
        act=source.act(),
        subject_number=says["subject_number"],
        subject_on=date.fromisoformat(says["subject_on"]),
        was_due_on=date.fromisoformat(says["was_due_on"]),
        consequences=_AFTER_REMINDER[about],
    )
    return paper.render_reminder(data, signing_key(source.services.settings))


def _annulment(source: Source) -> bytes:
    dossier, says = source.dossier, source.document.says
    number, on = _decision_of(source)
    data = paper.AnnulmentData(
        **source.head,
        decision_number=number,
        decision_on=on,
        signatory=source.signed_by,
        person=source.party(),
        vehicle=source.vehicle(),
        act=source.act(),
        reason_vi=says["reason"],
        refund_vnd=says["refund_vnd"],
        gives_points_back=dossier.assessment["points"] > 0,
    )
    return paper.render_annulment(data, signing_key(source.services.settings))


def _refund(source: Source) -> bytes:
    refund = source.session.get_one(Refund, uuid.UUID(source.document.says["refund_id"]))
    payment = source.session.get_one(Payment, refund.payment_id)
    why_vi, why_en = WHY_REFUNDED[refund.reason]
    data = paper.RefundData(
        **source.head,
        signatory=source.signed_by,
        payee=source.party(),
        plate_display=source.dossier.plate_display,
        act_code=source.act().code,
        decision_number=source.dossier.decision_number or source.dossier.notice_number,
        amount_vnd=refund.amount_vnd,
        reason=paper.MeasureLine(vi=why_vi, en=why_en),
        payment_reference=f"{payment.gateway_number or payment.reference} ({NAMES[payment.gateway][0]})",
        paid_at=payment.answered_at or refund.queued_at,
        treasury_reference=refund.treasury_reference or "",
    )
    return paper.render_refund(data, signing_key(source.services.settings))


def _postponement(source: Source) -> bytes:
    says = source.document.says
    number, on = _decision_of(source)
    deferral = source.document.kind == DocumentKind.DEFERRAL
    data = paper.PostponementData(
        **source.head,
        kind="deferral" if deferral else "instalments",
        decision_number=number,
        decision_on=on,
        signatory=source.signed_by,
        person=source.party(),
        plate_display=source.dossier.plate_display,
        act_code=source.act().code,
        fine_vnd=sum(part["amount_vnd"] for part in says["parts"]),
        reason_vi=says["reason"],
        parts=tuple(paper.Instalment.model_validate(part) for part in says["parts"]),
        deadlines=tuple(paper.DeadlineLine.model_validate(line) for line in says["deadlines"]),
    )
    return paper.render_postponement(data, signing_key(source.services.settings))


def _enforcement(source: Source) -> bytes:
    says = source.document.says
    number, on = _decision_of(source)
    measure = measures()[says["measure"]]
    data = paper.EnforcementData(
        **source.head,
        decision_number=number,
        decision_on=on,
        signatory=source.signed_by,
        person=source.party(),
        plate_display=source.dossier.plate_display,
        act_code=source.act().code,
        fine_vnd=says["fine_vnd"],
        late_vnd=says["late_vnd"],
        measure=paper.MeasureLine(vi=measure.vi_name, en=measure.en_name),
        form=measure.form,
        form_confidence=measure.form_confidence,
        article_vi=measure.article_vi,
        article_en=measure.article,
        reason_vi=says["reason"],
    )
    return paper.render_enforcement(data, signing_key(source.services.settings))


def _remission(source: Source) -> bytes:
    says = source.document.says
    number, on = _decision_of(source)
    names = [HARDSHIP_NAMES[HardshipGround(one)] for one in says["grounds"]]
    data = paper.RemissionData(
        **source.head,
        decision_number=number,
        decision_on=on,
        statement_number=says["statement"],
        statement_on=date.fromisoformat(says["statement_on"]),
        signatory=source.signed_by,
        person=source.party(),
        plate_display=source.dossier.plate_display,
        act_code=source.act().code,
        whole=says["whole"],
        fine_vnd=says["fine_vnd"],
        remitted_vnd=says["remitted_vnd"],
        left_vnd=says["left_vnd"],
        back_vnd=says["back_vnd"],
        grounds=tuple(paper.MeasureLine(vi=vi, en=en) for vi, en in names),
        reason_vi=says["reason"],
    )
    return paper.render_remission(data, signing_key(source.services.settings))


def _decision_of(source: Source) -> tuple[str, date]:
    dossier = source.dossier
    if dossier.decision_number is None or dossier.decided_at is None:
        raise LookupError(f"dossier {dossier.id}: this paper needs a decision")
    return dossier.decision_number, vietnam_date(dossier.decided_at)


MAKERS: Final[Mapping[DocumentKind, Callable[[Source], bytes]]] = MappingProxyType(
    {
        DocumentKind.EVIDENCE_LIST: _evidence_list,
        DocumentKind.TRANSFER: _transfer,
        DocumentKind.REMINDER: _reminder,
        DocumentKind.ANNULMENT: _annulment,
        DocumentKind.ANSWER: answer,
        DocumentKind.REFUND: _refund,
        DocumentKind.DEFERRAL: _postponement,
        DocumentKind.INSTALMENTS: _postponement,
        DocumentKind.ENFORCEMENT: _enforcement,
        DocumentKind.REMISSION: _remission,
    }
)
