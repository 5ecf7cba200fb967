"""The papers of `penalty.documents.casework` as PDF, Vietnamese with English companion lines."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from penalty.documents.casework import (
    AnnulmentData,
    AnswerData,
    EnforcementData,
    EvidenceListData,
    PostponementData,
    RefundData,
    ReminderData,
    RemissionData,
    TransferData,
)
from penalty.documents.data import Paper
from penalty.documents.forms import of_measure
from penalty.documents.qr import PaperKind
from penalty.documents.typesetting import (
    act,
    common,
    day,
    deadlines,
    happening,
    moment,
    money,
    party,
    typeset,
    vehicle,
)


def render_evidence_list(data: EvidenceListData, key: Ed25519PrivateKey) -> bytes:
    """List of evidence (bản kê chứng cứ)."""
    content = {
        **_about_act(data, "BK", key),
        "notice_number": data.notice_number,
        "report_id": data.report_id,
        "report_sha256": _grouped(data.report_sha256),
        "files": [
            {"vi": one.name_vi, "en": one.name_en, "size": one.size_bytes, "sha256": _grouped(one.sha256)}
            for one in data.files
        ],
    }
    return typeset("evidence_list.typ", content)


def render_transfer(data: TransferData, key: Ed25519PrivateKey) -> bytes:
    """Transfer slip (phiếu chuyển)."""
    content = {
        **_about_act(data, "PC", key),
        "notice_number": data.notice_number,
        "receiver": data.receiver_vi,
        "reason": data.reason_vi,
        "owner": party(data.owner) if data.owner else None,
        "contents": [line.model_dump() for line in data.contents],
        "package_id": data.package_id,
    }
    return typeset("transfer.typ", content)


def render_reminder(data: ReminderData, key: Ed25519PrivateKey) -> bytes:
    """Reminder (giấy đôn đốc)."""
    content = {
        **common(data, "DD", data.vehicle.plate_display, act_code=data.act.code, amount_vnd=0, key=key),
        "about": data.about,
        "signatory": data.signatory.model_dump(),
        "person": party(data.person),
        "vehicle": vehicle(data.vehicle),
        "act": act(data.act),
        "subject_number": data.subject_number,
        "subject_on": day(data.subject_on),
        "was_due_on": day(data.was_due_on),
        "consequences": [line.model_dump() for line in data.consequences],
    }
    return typeset("reminder.typ", content)


def render_annulment(data: AnnulmentData, key: Ed25519PrivateKey) -> bytes:
    """Decision that cancels a decision (quyết định hủy bỏ)."""
    content = {
        **common(
            data,
            "HB",
            data.vehicle.plate_display,
            act_code=data.act.code,
            amount_vnd=data.refund_vnd,
            key=key,
        ),
        "decision_number": data.decision_number,
        "decision_on": day(data.decision_on),
        "signatory": data.signatory.model_dump(),
        "person": party(data.person),
        "vehicle": vehicle(data.vehicle),
        "act": act(data.act),
        "reason": data.reason_vi,
        "refund": money(data.refund_vnd) if data.refund_vnd else None,
        "gives_points_back": data.gives_points_back,
    }
    return typeset("annulment.typ", content)


def render_answer(data: AnswerData, key: Ed25519PrivateKey) -> bytes:
    """Answer to a complaint or an objection (trả lời)."""
    content = {
        **common(data, "TL", data.plate_display, act_code=data.act_code, amount_vnd=0, key=key),
        "complaint": data.complaint,
        "accepted": data.accepted,
        "statement_number": data.statement_number,
        "statement_on": day(data.statement_on),
        "statement_vi": data.statement_vi,
        "statement_en": data.statement_en,
        "signatory": data.signatory.model_dump(),
        "person": party(data.person),
        "plate": data.plate_display,
        "subject_number": data.subject_number,
        "outcome": data.outcome.model_dump(),
        "text": data.text,
        "answers": [one.model_dump() for one in data.answers],
        "next_steps": [line.model_dump() for line in data.next_steps],
    }
    return typeset("answer.typ", content)


def render_refund(data: RefundData, key: Ed25519PrivateKey) -> bytes:
    """Decision to give money back (quyết định hoàn trả)."""
    content = {
        **common(data, "HT", data.plate_display, act_code=data.act_code, amount_vnd=data.amount_vnd, key=key),
        "signatory": data.signatory.model_dump(),
        "payee": party(data.payee),
        "plate": data.plate_display,
        "decision_number": data.decision_number,
        "amount": money(data.amount_vnd),
        "reason": data.reason.model_dump(),
        "payment_reference": data.payment_reference,
        "paid_at": moment(data.paid_at),
        "treasury_reference": data.treasury_reference,
    }
    return typeset("refund.typ", content)


def render_postponement(data: PostponementData, key: Ed25519PrivateKey) -> bytes:
    """Deferral, or payment in parts (hoãn, nộp tiền phạt nhiều lần)."""
    content = {
        **common(
            data,
            "HN" if data.kind == "deferral" else "NL",
            data.plate_display,
            act_code=data.act_code,
            amount_vnd=data.fine_vnd,
            key=key,
        ),
        "deferral": data.kind == "deferral",
        "decision_number": data.decision_number,
        "decision_on": day(data.decision_on),
        "signatory": data.signatory.model_dump(),
        "person": party(data.person),
        "plate": data.plate_display,
        "fine": money(data.fine_vnd),
        "reason": data.reason_vi,
        "parts": [{"due": day(part.due_on), "amount": money(part.amount_vnd)} for part in data.parts],
        "deadlines": deadlines(data.deadlines),
    }
    return typeset("postponement.typ", content)


def render_remission(data: RemissionData, key: Ed25519PrivateKey) -> bytes:
    """Decision to reduce a fine or to waive it (giảm, miễn tiền phạt). The code carries what is taken off."""
    content = {
        **common(
            data, "GM", data.plate_display, act_code=data.act_code, amount_vnd=data.remitted_vnd, key=key
        ),
        "whole": data.whole,
        "decision_number": data.decision_number,
        "decision_on": day(data.decision_on),
        "statement_number": data.statement_number,
        "statement_on": day(data.statement_on),
        "signatory": data.signatory.model_dump(),
        "person": party(data.person),
        "plate": data.plate_display,
        "fine": money(data.fine_vnd),
        "remitted": money(data.remitted_vnd),
        "left": money(data.left_vnd) if data.left_vnd else None,
        "back": money(data.back_vnd) if data.back_vnd else None,
        "grounds": [line.model_dump() for line in data.grounds],
        "reason": data.reason_vi,
    }
    return typeset("remission.typ", content)


def _about_act(
    data: EvidenceListData | TransferData, kind: PaperKind, key: Ed25519PrivateKey
) -> dict[str, Any]:
    paper: Paper = data
    return {
        **common(paper, kind, data.vehicle.plate_display, act_code=data.act.code, amount_vnd=0, key=key),
        "signatory": data.signatory.model_dump(),
        "vehicle": vehicle(data.vehicle),
        "act": act(data.act),
        "happening": happening(data.happening),
    }


def _grouped(digest: str) -> str:
    """A fingerprint in eights, so that it breaks over lines and can be compared by eye."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))


def render_enforcement(data: EnforcementData, key: Ed25519PrivateKey) -> bytes:
    """Decision to enforce a fine (quyết định cưỡng chế)."""
    owed_vnd = data.fine_vnd + data.late_vnd
    content = {
        **common(data, "CT", data.plate_display, act_code=data.act_code, amount_vnd=owed_vnd, key=key),
        "form": of_measure(data.form, data.form_confidence).note_vi,
        "signatory": data.signatory.model_dump(),
        "person": party(data.person),
        "plate": data.plate_display,
        "decision_number": data.decision_number,
        "decision_on": day(data.decision_on),
        "fine": money(data.fine_vnd),
        "late": money(data.late_vnd),
        "owed": money(owed_vnd),
        "measure": data.measure.model_dump(),
        "article_vi": data.article_vi,
        "article_en": data.article_en,
        "reason": data.reason_vi,
    }
    return typeset("enforcement.typ", content)
