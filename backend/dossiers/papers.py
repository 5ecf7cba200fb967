"""Has the papers of a case typeset from its rows: the four of the straight way here, the others beside."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from backend.accounts.models import Account
from backend.dossiers import casework
from backend.dossiers.assessing import assessment_of
from backend.dossiers.issuer import signing_key
from backend.dossiers.models import DocumentKind
from backend.dossiers.secrets import letter_pass, shown
from backend.dossiers.sources import Source, gather, signatory
from backend.owners.service import vault_of
from backend.payments.models import Payment
from backend.payments.providers import NAMES
from penalty import documents as paper
from penalty.calendar import vietnam_date
from penalty.payments.attempt import AttemptState

__all__ = ["gather", "typeset"]


def typeset(source: Source) -> bytes:
    """The paper as PDF. The same rows give the same bytes."""
    return _MAKERS[DocumentKind(source.document.kind)](source)


def _notice(source: Source) -> bytes:
    dossier, settings = source.dossier, source.services.settings
    secret = vault_of(source.services).open("secret", dossier.id, dossier.secret_encrypted)
    data = paper.NoticeData(
        **source.head,
        signatory=signatory(source.confirmed_by),
        owner=source.party(),
        vehicle=source.vehicle(),
        act=source.act(),
        happening=source.happening(),
        stills=source.stills(),
        deadlines=source.deadlines("A2"),
        lookup_address=f"{settings.public_url}/tra-cuu",
        lookup_pass=letter_pass(settings.secret_key.get_secret_value(), source.document.number),
        secret=shown(secret),
    )
    return paper.render_notice(data, signing_key(settings))


_HOW_RECORDED: dict[str, str | None] = {
    "electronic": "Tôi là người điều khiển phương tiện và chấp nhận thủ tục điện tử.",
    "station": None,
    "absent": "Người vi phạm không có mặt, không ký biên bản.",
}


def _record(source: Source) -> bytes:
    dossier, settings = source.dossier, source.services.settings
    how = source.document.says.get("how", "electronic")
    statement = " ".join(filter(None, (_HOW_RECORDED[how], source.document.says.get("reason"))))
    data = paper.RecordData(
        **source.head,
        notice_number=dossier.notice_number,
        officer=source.signed_by if how != "electronic" else source.confirmer,
        violator=source.party(),
        vehicle=source.vehicle(),
        act=source.act(),
        happening=source.happening(),
        statement_vi=statement[:300] or None,
        accepted_at=dossier.recorded_at if how == "electronic" else None,
        absent=how == "absent",
        explanation_waived=dossier.explanation_waived,
        deadlines=source.deadlines("D1"),
    )
    return paper.render_record(data, signing_key(settings))


def _decision(source: Source) -> bytes:
    dossier, settings = source.dossier, source.services.settings
    if dossier.decided_by is None or dossier.record_number is None or dossier.recorded_at is None:
        raise LookupError(f"dossier {dossier.id}: a decision needs a record and a signatory")
    data = paper.DecisionData(
        **source.head,
        record_number=dossier.record_number,
        record_on=vietnam_date(dossier.recorded_at),
        signatory=signatory(source.session.get_one(Account, dossier.decided_by)),
        violator=source.party(),
        vehicle=source.vehicle(),
        act=source.act(),
        happening=source.happening(),
        fine_vnd=dossier.fine_vnd,
        amount_reason_vi=assessment_of(dossier).amount_reason_vi or None,
        amount_reason_en=assessment_of(dossier).amount_reason_en,
        deadlines=source.deadlines("D6", *((("E1", "D6"),) if dossier.fine_vnd else ()), ("G1", "D6")),
        payment_ways_vi=(
            f"Trên trang {settings.public_url} bằng những gì ghi ở mục Tra cứu của thông báo",
            "Tại Kho bạc Nhà nước hoặc ngân hàng được ủy nhiệm thu",
        ),
        payment_ways_en=(
            f"At {settings.public_url} with what the notice says under Look-up",
            "At the State Treasury or a bank authorised to collect",
        ),
    )
    return paper.render_decision(data, signing_key(settings))


def _receipt(source: Source) -> bytes:
    dossier, settings = source.dossier, source.services.settings
    payment = source.session.scalar(
        select(Payment)
        .where(Payment.dossier_id == dossier.id, Payment.state == AttemptState.PAID)
        .order_by(Payment.answered_at.desc())
    )
    if (
        payment is None
        or dossier.decision_number is None
        or dossier.decided_at is None
        or not dossier.paid_at
    ):
        raise LookupError(f"dossier {dossier.id}: a receipt needs a decision and a payment")
    left_vnd = dossier.fine_vnd - dossier.remitted_vnd
    data = paper.ReceiptData(
        **source.head,
        decision_number=dossier.decision_number,
        decision_on=vietnam_date(dossier.decided_at),
        payer=source.party(),
        plate_display=dossier.plate_display,
        act_code=assessment_of(dossier).code,
        fine_vnd=left_vnd,
        surcharge_vnd=dossier.paid_vnd - left_vnd,
        surcharge_formula_vi=payment.late_formula_vi,
        paid_at=dossier.paid_at,
        method_vi=NAMES[payment.gateway][0],
        method_en=NAMES[payment.gateway][1],
        gateway_reference=payment.gateway_number or payment.reference,
        collector=settings.authority_name,
    )
    return paper.render_receipt(data, signing_key(settings))


_MAKERS: dict[DocumentKind, Callable[[Source], bytes]] = {
    DocumentKind.NOTICE: _notice,
    DocumentKind.RECORD: _record,
    DocumentKind.DECISION: _decision,
    DocumentKind.RECEIPT: _receipt,
    **casework.MAKERS,
}
