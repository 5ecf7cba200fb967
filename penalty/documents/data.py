"""What each paper says. The caller fills these; rendering adds nothing but words and layout."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from penalty.calendar import Deadline
from penalty.catalogue import Assessment

Line = Annotated[str, Field(min_length=1, max_length=300)]
Number = Annotated[str, Field(min_length=3, max_length=40, pattern=r"^[0-9A-ZĐ./-]+$")]
Vnd = Annotated[int, Field(ge=0, le=10**12)]


class Value(BaseModel):
    """What papers are made of: never changed, and nothing it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Issuer(Value):
    """The authority on the letterhead. `place` is where the paper is dated, e.g. `TP. Hồ Chí Minh`."""

    superior_vi: Line
    unit_vi: Line
    unit_en: Line
    place: Line
    address: Line
    phone: Line


class Signatory(Value):
    """The officer who signs, with the title the law gives the power to."""

    name: Line
    title_vi: Line
    title_en: Line


class Party(Value):
    """Owner, violator or payer. Give `id_number` masked where the paper may lie about openly."""

    kind: Literal["person", "organisation"] = "person"
    name: Line
    id_number: Line | None = None
    birth_date: date | None = None
    address: Line | None = None


class VehicleData(Value):
    """The vehicle as the officer confirmed it; kinds and colours as in `penalty.plates`."""

    kind: str
    plate_display: Line
    ground_colour: str
    description: Line | None = None


class ActData(Value):
    """The act and its price by the law of the day it happened."""

    code: Line
    vi_name: Line
    en_name: Line
    legal_ref: Line
    legal_ref_en: Line
    min_vnd: Vnd
    max_vnd: Vnd
    fine_vnd: Vnd
    points: Annotated[int, Field(ge=0, le=12)]
    explanation_right: bool
    age_band: str = "adult"

    @property
    def of_minor(self) -> bool:
        """The driver was under 18 on the day of the act (`penalty.minors`)."""
        return self.age_band != "adult"

    @classmethod
    def of(cls, assessment: Assessment) -> Self:
        """From the catalogue's answer."""
        return cls(**{name: getattr(assessment, name) for name in cls.model_fields})


class MeasureLine(Value):
    """One thing the device found, as a sentence in both languages."""

    vi: Line
    en: Line


class Happening(Value):
    """When, where and how the act was found."""

    at: AwareDatetime
    location: Line
    device: Line
    confirmed_by: Line
    findings: tuple[MeasureLine, ...] = ()


class Still(Value):
    """One evidence picture with a caption; the caption is also its text for people who cannot see it."""

    image: Annotated[bytes, Field(min_length=8)]
    caption_vi: Line
    caption_en: Line

    @model_validator(mode="after")
    def _known_format(self) -> Self:
        if self.extension is None:
            raise ValueError("image: expected JPEG or PNG bytes")
        return self

    @property
    def extension(self) -> Literal["jpg", "png"] | None:
        if self.image.startswith(b"\xff\xd8\xff"):
            return "jpg"
        return "png" if self.image.startswith(b"\x89PNG\r\n\x1a\n") else None


class DeadlineLine(Value):
    """A time limit with the date and the rule it came from."""

    title_vi: Line
    title_en: Line
    due_on: date
    rule_vi: Line
    rule_en: Line

    @classmethod
    def of(cls, deadline: Deadline) -> Self:
        return cls(**{name: getattr(deadline, name) for name in cls.model_fields})


class Paper(Value):
    """What every paper has. `synthetic` prints, across each page, that it is a demonstration."""

    number: Number
    issued_at: AwareDatetime
    issuer: Issuer
    synthetic: bool = False


class NoticeData(Paper):
    """Notice of violation. The only paper that carries the look-up secret.

    Its second QR opens `lookup_address` with the notice number filled in and `lookup_pass`, which says that
    somebody has the paper; the secret is typed, never in it.
    """

    signatory: Signatory
    owner: Party
    vehicle: VehicleData
    act: ActData
    happening: Happening
    stills: Annotated[tuple[Still, ...], Field(max_length=4)] = ()
    deadlines: tuple[DeadlineLine, ...]
    lookup_address: Line
    lookup_pass: Annotated[str, Field(pattern=r"^[a-z2-7]{8,32}$")]
    secret: Annotated[str, Field(min_length=6, max_length=40)]


class RecordData(Paper):
    """Record of a violation: accepted electronically, signed by hand (`accepted_at` None), or `absent`.

    `absent`: nobody signed for the violator; `statement_vi` says what was tried and who witnessed it.
    """

    notice_number: Number
    officer: Signatory
    violator: Party
    vehicle: VehicleData
    act: ActData
    happening: Happening
    statement_vi: Line | None = None
    accepted_at: AwareDatetime | None = None
    absent: bool = False
    explanation_waived: bool = False
    deadlines: tuple[DeadlineLine, ...]


class DecisionData(Paper):
    """Penalty decision. `fine_vnd` may differ from the average of the band only with a reason.

    A minor's may lie under the band.
    """

    record_number: Number
    record_on: date
    signatory: Signatory
    violator: Party
    vehicle: VehicleData
    act: ActData
    happening: Happening
    fine_vnd: Vnd
    amount_reason_vi: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    amount_reason_en: Annotated[str, Field(max_length=2000)] = ""
    deadlines: tuple[DeadlineLine, ...]
    payment_ways_vi: tuple[Line, ...]
    payment_ways_en: tuple[Line, ...]

    @model_validator(mode="after")
    def _lawful_amount(self) -> Self:
        least_vnd = 0 if self.act.of_minor else self.act.min_vnd
        if not least_vnd <= self.fine_vnd <= self.act.max_vnd:
            raise ValueError(
                f"fine_vnd: {self.fine_vnd} is outside the band {least_vnd} to {self.act.max_vnd}"
            )
        if self.fine_vnd * 2 != self.act.min_vnd + self.act.max_vnd and not self.amount_reason_vi:
            raise ValueError("amount_reason_vi: an amount off the average of the band needs a reason")
        if len(self.payment_ways_vi) != len(self.payment_ways_en):
            raise ValueError("payment_ways_en: one line for each line of payment_ways_vi")
        return self


class ReceiptData(Paper):
    """Receipt of a paid fine."""

    decision_number: Number
    decision_on: date
    payer: Party
    plate_display: Line
    act_code: Line
    fine_vnd: Vnd
    surcharge_vnd: Vnd = 0
    surcharge_formula_vi: Line | None = None
    paid_at: AwareDatetime
    method_vi: Line
    method_en: Line
    gateway_reference: Line
    collector: Line

    @property
    def total_vnd(self) -> int:
        return self.fine_vnd + self.surcharge_vnd
