"""Papers from data to PDF: the parts that all of them share, as finished strings, and the typesetter.

Tagged PDF/UA-1, fonts that the typesetter ships, and the same data with the same key gives the same bytes.
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
from penalty.documents.data import ActData, DeadlineLine, Happening, Paper, Party, Still, VehicleData
from penalty.documents.forms import FORMS
from penalty.documents.qr import PaperKind, qr_svg, sign_qr
from penalty.money import format_figure, format_vnd, format_vnd_en, words_vi
from penalty.plates import COLOUR_NAMES, KIND_NAMES


class RenderError(RuntimeError):
    """The typesetter refused the paper; the message is its own diagnosis."""


def common(
    data: Paper,
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
        "issued_at": moment(data.issued_at),
        "synthetic": data.synthetic,
        "qr": qr,
        "form": FORMS[kind].note_vi,
    }


def typeset(template: str, content: Mapping[str, Any], stills: Sequence[Still] = ()) -> bytes:
    sources: dict[str, bytes] = {"main": _template(template), "common.typ": _template("common.typ")}
    sources["data.json"] = json.dumps(content, ensure_ascii=False).encode()
    sources["qr.svg"] = qr_svg(content["qr"])
    if "lookup_qr" in content:
        sources["lookup-qr.svg"] = qr_svg(content["lookup_qr"])
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


def money(amount_vnd: int) -> dict[str, str]:
    return {
        "vi": format_vnd(amount_vnd),
        "en": format_vnd_en(amount_vnd),
        "figure": format_figure(amount_vnd),
        "words": words_vi(amount_vnd),
    }


def day(on: date) -> str:
    return f"{on:%d/%m/%Y}"


def moment(at: datetime) -> dict[str, str]:
    local = at.astimezone(VIETNAM)
    return {
        "vi": f"{local:%H} giờ {local:%M} phút {local:%S} giây, ngày {local:%d/%m/%Y}",
        "en": f"{local:%d/%m/%Y %H:%M:%S} (UTC+7)",
    }


def party(person: Party) -> dict[str, Any]:
    return {
        "organisation": person.kind == "organisation",
        "name": person.name,
        "id_number": person.id_number,
        "birth_date": day(person.birth_date) if person.birth_date else None,
        "address": person.address,
    }


def vehicle(seen: VehicleData) -> dict[str, Any]:
    kind = KIND_NAMES.get(seen.kind, (seen.kind, seen.kind))
    colour = COLOUR_NAMES.get(seen.ground_colour, COLOUR_NAMES["unknown"])
    return {
        "kind_vi": kind[0],
        "kind_en": kind[1],
        "plate": seen.plate_display,
        "colour_vi": colour[0],
        "colour_en": colour[1],
        "description": seen.description,
    }


def act(done: ActData) -> dict[str, Any]:
    return {
        **done.model_dump(),
        "min": money(done.min_vnd),
        "max": money(done.max_vnd),
        "fine": money(done.fine_vnd),
        "warning": done.fine_vnd == 0,
        "minor": done.of_minor,
    }


def happening(found: Happening) -> dict[str, Any]:
    return {
        "at": moment(found.at),
        "location": found.location,
        "device": found.device,
        "confirmed_by": found.confirmed_by,
        "findings": [finding.model_dump() for finding in found.findings],
    }


def captions(stills: Sequence[Still]) -> list[dict[str, str | None]]:
    return [
        {
            "file": f"still-{index}.json",
            "format": still.extension,
            "vi": still.caption_vi,
            "en": still.caption_en,
        }
        for index, still in enumerate(stills)
    ]


def deadlines(lines: Sequence[DeadlineLine]) -> list[dict[str, str]]:
    return [{**line.model_dump(exclude={"due_on"}), "due": day(line.due_on)} for line in lines]
