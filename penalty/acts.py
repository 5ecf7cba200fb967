"""The rows of fines.csv and signing_power.csv as values, read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, cast, get_args

from penalty.tables import Confidence, Row, parse_rows

Signatory = Literal[
    "officer",
    "company_commander",
    "team_chief",
    "commune_chief",
    "division_head",
    "provincial_director",
    "department_director",
]
"""Since 15/08/2026 the director of the Department stands in the row of the provincial director."""

_LICENCE_POINTS = 12
_COLUMNS = (
    "code", "act", "vi_name", "en_name", "vehicle_class", "subject", "article", "clause", "point",
    "legal_ref", "min_vnd", "max_vnd", "average_vnd", "org_min_vnd", "org_max_vnd", "points", "additional",
    "camera", "valid_from", "valid_to", "source", "confidence", "note",
)  # fmt: skip
_SIGNING_COLUMNS = (
    "signatory", "vi_name", "en_name", "max_vnd", "valid_from", "valid_to", "legal_ref", "confidence",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ActRow:
    """One version of one act, as in fines.csv. `points` lists every value the text allows."""

    code: str
    act: str
    vi_name: str
    en_name: str
    vehicle_class: str
    subject: str
    article: str
    clause: str
    point: str | None
    min_vnd: int
    max_vnd: int
    org_min_vnd: int | None
    org_max_vnd: int | None
    points: tuple[int, ...]
    additional: str | None
    camera: str
    valid_from: date
    valid_to: date | None
    source: str
    confidence: Confidence
    note: str | None

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    @property
    def legal_ref_vi(self) -> str:
        point = f"điểm {self.point} " if self.point else ""
        return f"{point}khoản {self.clause} Điều {self.article} Nghị định 168/2024/NĐ-CP"

    @property
    def legal_ref_en(self) -> str:
        point = f"point {self.point}, " if self.point else ""
        return f"{point}clause {self.clause}, Article {self.article} of Decree 168/2024/ND-CP"


@dataclass(frozen=True, slots=True)
class SigningPower:
    """How high a band one kind of signatory may sign for individuals, and since when."""

    signatory: Signatory
    vi_name: str
    en_name: str
    max_vnd: int
    valid_from: date
    valid_to: date | None
    legal_ref: str
    confidence: Confidence

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


def parse_acts(text: str) -> tuple[ActRow, ...]:
    """Acts from the text of fines.csv. Raises TableError naming file, row and column."""
    rows = parse_rows(text, file="fines.csv", columns=_COLUMNS)
    acts = tuple(_act_row(row) for row in rows)
    _refuse_overlaps(rows, acts)
    return acts


def parse_signing_powers(text: str) -> tuple[SigningPower, ...]:
    """Signing powers from the text of signing_power.csv. Raises TableError naming file, row and column."""
    rows = parse_rows(text, file="signing_power.csv", columns=_SIGNING_COLUMNS)
    return tuple(_signing_power(row) for row in rows)


def _act_row(row: Row) -> ActRow:
    low, high = row.integer("min_vnd"), row.integer("max_vnd")
    if low > high:
        raise row.error("max_vnd", f"must not be under min_vnd {low}, got {high}")
    if row.integer("average_vnd") * 2 != low + high:
        raise row.error("average_vnd", f"must be the middle of the band, {(low + high) // 2}")
    org = [row.integer(name) if row.optional(name) else None for name in ("org_min_vnd", "org_max_vnd")]
    if (org[0] is None) != (org[1] is None):
        raise row.error("org_max_vnd", "org_min_vnd and org_max_vnd go together")
    valid_from, valid_to = row.day("valid_from"), row.optional_day("valid_to")
    if valid_to is not None and valid_to < valid_from:
        raise row.error("valid_to", "must not be before valid_from")
    return ActRow(
        code=row.text("code"),
        act=row.text("act"),
        vi_name=row.text("vi_name"),
        en_name=row.text("en_name"),
        vehicle_class=row.text("vehicle_class"),
        subject=row.text("subject"),
        article=row.text("article"),
        clause=row.text("clause"),
        point=row.optional("point"),
        min_vnd=low,
        max_vnd=high,
        org_min_vnd=org[0],
        org_max_vnd=org[1],
        points=row.parsed("points", _point_list, "points such as 4 or 0/4/10, each 0 to 12"),
        additional=row.optional("additional"),
        camera=row.one_of("camera", ("yes", "partly", "no", "no plate")),
        valid_from=valid_from,
        valid_to=valid_to,
        source=row.text("source"),
        confidence=row.confidence(),
        note=row.optional("note"),
    )


def _point_list(text: str) -> tuple[int, ...]:
    points = tuple(int(part) for part in text.split("/"))
    if not all(0 <= value <= _LICENCE_POINTS for value in points):
        raise ValueError(text)
    return points


def _signing_power(row: Row) -> SigningPower:
    signatory = cast("Signatory", row.one_of("signatory", get_args(Signatory)))
    return SigningPower(
        signatory=signatory,
        vi_name=row.text("vi_name"),
        en_name=row.text("en_name"),
        max_vnd=row.integer("max_vnd"),
        valid_from=row.day("valid_from"),
        valid_to=row.optional_day("valid_to"),
        legal_ref=row.text("legal_ref"),
        confidence=row.confidence(),
    )


def _refuse_overlaps(rows: tuple[Row, ...], acts: tuple[ActRow, ...]) -> None:
    for index, (row, act) in enumerate(zip(rows, acts, strict=True)):
        for other in acts[:index]:
            same = (other.act, other.vehicle_class, other.subject) == (
                act.act,
                act.vehicle_class,
                act.subject,
            )
            if same and _overlap(other, act):
                raise row.error("valid_from", f"overlaps with {other.code}: one act, two versions on one day")


def _overlap(one: ActRow, other: ActRow) -> bool:
    return one.valid_from <= (other.valid_to or date.max) and other.valid_from <= (one.valid_to or date.max)
