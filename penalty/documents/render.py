"""Papers as PDF: notice, record, decision and receipt, Vietnamese with English companion lines.

The names follow the forms (01/73, MBB01, MQĐ02), but the layouts of the official forms were not obtained; the
papers say "Mẫu thử nghiệm". They are tagged PDF/UA-1, use only fonts that the typesetter ships, and the same
data with the same key gives the same bytes.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from penalty.documents.data import DecisionData, NoticeData, ReceiptData, RecordData
from penalty.documents.typesetting import (
    act,
    captions,
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


def render_notice(data: NoticeData, key: Ed25519PrivateKey) -> bytes:
    """Notice of violation (name of form 01/73) with the look-up secret."""
    content = {
        **common(
            data,
            "TB",
            data.vehicle.plate_display,
            act_code=data.act.code,
            amount_vnd=data.act.fine_vnd,
            key=key,
        ),
        "signatory": data.signatory.model_dump(),
        "owner": party(data.owner),
        "vehicle": vehicle(data.vehicle),
        "act": act(data.act),
        "happening": happening(data.happening),
        "stills": captions(data.stills),
        "deadlines": deadlines(data.deadlines),
        "lookup_address": data.lookup_address,
        "lookup_qr": f"{data.lookup_address}?so={data.number}&t={data.lookup_pass}",
        "secret": data.secret,
    }
    return typeset("notice.typ", content, data.stills)


def render_record(data: RecordData, key: Ed25519PrivateKey) -> bytes:
    """Record of an administrative violation (name of form MBB01)."""
    content = {
        **common(
            data,
            "BB",
            data.vehicle.plate_display,
            act_code=data.act.code,
            amount_vnd=data.act.fine_vnd,
            key=key,
        ),
        "notice_number": data.notice_number,
        "officer": data.officer.model_dump(),
        "violator": party(data.violator),
        "vehicle": vehicle(data.vehicle),
        "act": act(data.act),
        "happening": happening(data.happening),
        "statement": data.statement_vi,
        "accepted_at": moment(data.accepted_at) if data.accepted_at else None,
        "absent": data.absent,
        "explanation_waived": data.explanation_waived,
        "deadlines": deadlines(data.deadlines),
    }
    return typeset("record.typ", content)


def render_decision(data: DecisionData, key: Ed25519PrivateKey) -> bytes:
    """Penalty decision (name of form MQĐ02)."""
    content = {
        **common(
            data, "QD", data.vehicle.plate_display, act_code=data.act.code, amount_vnd=data.fine_vnd, key=key
        ),
        "record_number": data.record_number,
        "record_on": day(data.record_on),
        "signatory": data.signatory.model_dump(),
        "violator": party(data.violator),
        "vehicle": vehicle(data.vehicle),
        "act": act(data.act),
        "happening": happening(data.happening),
        "fine": money(data.fine_vnd),
        "amount_reason": data.amount_reason_vi,
        "amount_reason_en": data.amount_reason_en,
        "deadlines": deadlines(data.deadlines),
        "payment_ways": [
            {"vi": vi, "en": en} for vi, en in zip(data.payment_ways_vi, data.payment_ways_en, strict=True)
        ],
    }
    return typeset("decision.typ", content)


def render_receipt(data: ReceiptData, key: Ed25519PrivateKey) -> bytes:
    """Receipt of a paid fine."""
    content = {
        **common(data, "BL", data.plate_display, act_code=data.act_code, amount_vnd=data.total_vnd, key=key),
        "decision_number": data.decision_number,
        "decision_on": day(data.decision_on),
        "payer": party(data.payer),
        "plate": data.plate_display,
        "fine": money(data.fine_vnd),
        "surcharge": money(data.surcharge_vnd),
        "surcharge_formula": data.surcharge_formula_vi,
        "total": money(data.total_vnd),
        "paid_at": moment(data.paid_at),
        "method_vi": data.method_vi,
        "method_en": data.method_en,
        "gateway_reference": data.gateway_reference,
        "collector": data.collector,
    }
    return typeset("receipt.typ", content)
