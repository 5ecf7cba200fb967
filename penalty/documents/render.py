"""Papers as PDF: notice, record, decision and receipt, Vietnamese with English companion lines.

The names follow the forms (01/73, MBB01, MQĐ02), but the layouts of the official forms were not obtained; the
papers say "Mẫu thử nghiệm". They are tagged PDF/UA-1, use only fonts that the typesetter ships, and the same
data with the same key gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any, cast

import typst
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from penalty.calendar import VIETNAM, vietnam_date
from penalty.documents.data import (
    ActData,
    DeadlineLine,
    DecisionData,
    Happening,
    NoticeData,
    Party,
    ReceiptData,
    RecordData,
    Still,
    VehicleData,
)
from penalty.documents.qr import PaperKind, qr_svg, sign_qr
from penalty.money import format_figure, format_vnd, format_vnd_en, words_vi
from penalty.plates import COLOUR_NAMES, KIND_NAMES


class RenderError(RuntimeError):
    """The typesetter refused the paper; the message is its own diagnosis."""


def render_notice(data: NoticeData, key: Ed25519PrivateKey) -> bytes:
    """Notice of violation (name of form 01/73) with the look-up secret."""
    content = {
        **_common(
            data,
            "TB",
            data.vehicle.plate_display,
            act_code=data.act.code,
            amount_vnd=data.act.fine_vnd,
            key=key,
        ),
        "signatory": data.signatory.model_dump(),
        "owner": _party(data.owner),
        "vehicle": _vehicle(data.vehicle),
        "act": _act(data.act),
        "happening": _happening(data.happening),
        "stills": _captions(data.stills),
        "deadlines": _deadlines(data.deadlines),
        "lookup_address": data.lookup_address,
        "secret": data.secret,
    }
    return _compile("notice.typ", content, data.stills)


def render_record(data: RecordData, key: Ed25519PrivateKey) -> bytes:
    """Record of an administrative violation (name of form MBB01)."""
    content = {
        **_common(
            data,
            "BB",
            data.vehicle.plate_display,
            act_code=data.act.code,
            amount_vnd=data.act.fine_vnd,
            key=key,
        ),
        "notice_number": data.notice_number,
        "officer": data.officer.model_dump(),
        "violator": _party(data.violator),
        "vehicle": _vehicle(data.vehicle),
        "act": _act(data.act),
        "happening": _happening(data.happening),
        "statement": data.statement_vi,
        "accepted_at": _moment(data.accepted_at) if data.accepted_at else None,
        "explanation_waived": data.explanation_waived,
        "deadlines": _deadlines(data.deadlines),
    }
    return _compile("record.typ", content)


def render_decision(data: DecisionData, key: Ed25519PrivateKey) -> bytes:
    """Penalty decision (name of form MQĐ02)."""
    content = {
        **_common(
            data, "QD", data.vehicle.plate_display, act_code=data.act.code, amount_vnd=data.fine_vnd, key=key
        ),
        "record_number": data.record_number,
        "record_on": _day(data.record_on),
        "signatory": data.signatory.model_dump(),
        "violator": _party(data.violator),
        "vehicle": _vehicle(data.vehicle),
        "act": _act(data.act),
        "happening": _happening(data.happening),
        "fine": _money(data.fine_vnd),
        "amount_reason": data.amount_reason_vi,
        "deadlines": _deadlines(data.deadlines),
        "payment_ways": [
            {"vi": vi, "en": en} for vi, en in zip(data.payment_ways_vi, data.payment_ways_en, strict=True)
        ],
    }
    return _compile("decision.typ", content)


def render_receipt(data: ReceiptData, key: Ed25519PrivateKey) -> bytes:
    """Receipt of a paid fine."""
    content = {
        **_common(data, "BL", data.plate_display, act_code=data.act_code, amount_vnd=data.total_vnd, key=key),
        "decision_number": data.decision_number,
        "decision_on": _day(data.decision_on),
        "payer": _party(data.payer),
        "plate": data.plate_display,
        "fine": _money(data.fine_vnd),
        "surcharge": _money(data.surcharge_vnd),
        "surcharge_formula": data.surcharge_formula_vi,
        "total": _money(data.total_vnd),
        "paid_at": _moment(data.paid_at),
        "method_vi": data.method_vi,
        "method_en": data.method_en,
        "gateway_reference": data.gateway_reference,
        "collector": data.collector,
    }
    return _compile("receipt.typ", content)


def _common(
    data: NoticeData | RecordData | DecisionData | ReceiptData,
    kind: PaperKind,
    plate: str,
    *,
    act_code: str,
    amount_vnd: int,
    key: Ed25519PrivateKey,
) -> dict[str, Any]:
    issued_on = vietnam_date(data.issued_at)
    qr = sign_qr(
        key,
        kind=kind,
        number=data.number,
        issued_on=issued_on,
        plate=plate,
        act_code=act_code,
        amount_vnd=amount_vnd,
    )
    return {
        "number": data.number,
        "issuer": data.issuer.model_dump(),
        "issued": {"day": issued_on.day, "month": issued_on.month, "year": issued_on.year},
        "issued_on_vi": f"ngày {issued_on:%d} tháng {issued_on:%m} năm {issued_on:%Y}",
        "issued_at": _moment(data.issued_at),
        "synthetic": data.synthetic,
        "qr": qr,
    }


def _compile(template: str, content: Mapping[str, Any], stills: Sequence[Still] = ()) -> bytes:
    sources: dict[str, bytes] = {"main": _template(template), "common.typ": _template("common.typ")}
    sources["data.json"] = json.dumps(content, ensure_ascii=False).encode()
    sources["qr.svg"] = qr_svg(content["qr"])
    for index, still in enumerate(stills):
        # The typesetter takes only text files from memory, so a picture travels as a list of its bytes.
        sources[f"still-{index}.json"] = json.dumps(list(still.image), separators=(",", ":")).encode()
    try:
        pdf = typst.compile(
            cast("Any", sources),  # a mapping of files is accepted, but the stubs do not say so
            format="pdf",
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
        )
    except typst.TypstError as error:
        raise RenderError(f"{template}: {error.diagnostic or error.message}") from error
    except RuntimeError as error:
        raise RenderError(f"{template}: {error}") from error
    return pdf


@cache
def _template(name: str) -> bytes:
    return (files("penalty") / "documents" / name).read_bytes()


def _money(amount_vnd: int) -> dict[str, str]:
    return {
        "vi": format_vnd(amount_vnd),
        "en": format_vnd_en(amount_vnd),
        "figure": format_figure(amount_vnd),
        "words": words_vi(amount_vnd),
    }


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _moment(moment: datetime) -> dict[str, str]:
    local = moment.astimezone(VIETNAM)
    return {
        "vi": f"{local:%H} giờ {local:%M} phút {local:%S} giây, ngày {local:%d/%m/%Y}",
        "en": f"{local:%d/%m/%Y %H:%M:%S} (UTC+7)",
    }


def _party(party: Party) -> dict[str, Any]:
    return {
        "organisation": party.kind == "organisation",
        "name": party.name,
        "id_number": party.id_number,
        "birth_date": _day(party.birth_date) if party.birth_date else None,
        "address": party.address,
    }


def _vehicle(vehicle: VehicleData) -> dict[str, Any]:
    kind = KIND_NAMES.get(vehicle.kind, (vehicle.kind, vehicle.kind))
    colour = COLOUR_NAMES.get(vehicle.ground_colour, COLOUR_NAMES["unknown"])
    return {
        "kind_vi": kind[0],
        "kind_en": kind[1],
        "plate": vehicle.plate_display,
        "colour_vi": colour[0],
        "colour_en": colour[1],
        "description": vehicle.description,
    }


def _act(act: ActData) -> dict[str, Any]:
    return {
        **act.model_dump(),
        "min": _money(act.min_vnd),
        "max": _money(act.max_vnd),
        "fine": _money(act.fine_vnd),
        "warning": act.max_vnd == 0,
    }


def _happening(happening: Happening) -> dict[str, Any]:
    return {
        "at": _moment(happening.at),
        "location": happening.location,
        "device": happening.device,
        "confirmed_by": happening.confirmed_by,
        "findings": [finding.model_dump() for finding in happening.findings],
    }


def _captions(stills: Sequence[Still]) -> list[dict[str, str | None]]:
    return [
        {
            "file": f"still-{index}.json",
            "format": still.extension,
            "vi": still.caption_vi,
            "en": still.caption_en,
        }
        for index, still in enumerate(stills)
    ]


def _deadlines(lines: Sequence[DeadlineLine]) -> list[dict[str, str]]:
    return [{**line.model_dump(exclude={"due_on"}), "due": _day(line.due_on)} for line in lines]
