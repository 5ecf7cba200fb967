"""What the papers say that a case needs besides notice, record, decision and receipt.

Names and numbers of forms are those of Circular 73/2024 and Decree 118/2021 where they were found
(`penalty.documents.forms`); the layouts of the official forms were not obtained.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from penalty.documents.data import (
    ActData,
    DeadlineLine,
    Happening,
    Line,
    MeasureLine,
    Number,
    Paper,
    Party,
    Signatory,
    Value,
    VehicleData,
    Vnd,
)
from penalty.tables import Confidence

Text = Annotated[str, Field(min_length=1, max_length=4000)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class EvidenceLine(Value):
    """One file of the evidence: what it is, and the fingerprint it is known by."""

    name_vi: Line
    name_en: Line
    sha256: Sha256
    size_bytes: Annotated[int, Field(ge=0)]


class EvidenceListData(Paper):
    """List of evidence: the sheet a person signs for what a device recorded (Decree 61/2026 Art. 14.2)."""

    notice_number: Number
    signatory: Signatory
    vehicle: VehicleData
    act: ActData
    happening: Happening
    report_id: Line
    report_sha256: Sha256
    files: Annotated[tuple[EvidenceLine, ...], Field(min_length=1, max_length=40)]


class TransferData(Paper):
    """Slip with which a case goes to another unit (name of form 03/73)."""

    notice_number: Number
    signatory: Signatory
    receiver_vi: Line
    reason_vi: Text
    owner: Party | None
    vehicle: VehicleData
    act: ActData
    happening: Happening
    contents: Annotated[tuple[MeasureLine, ...], Field(min_length=1, max_length=12)]
    package_id: Line


class ReminderData(Paper):
    """Reminder: nobody answered the notice, or the fine was not paid in time.

    `subject_number` and `subject_on` are those of the notice or decision it reminds of. It carries no amount
    to transfer, no account and no address of payment: those stand in the decision.
    """

    about: Literal["answer", "pay"]
    signatory: Signatory
    person: Party
    vehicle: VehicleData
    act: ActData
    subject_number: Number
    subject_on: date
    was_due_on: date
    consequences: Annotated[tuple[MeasureLine, ...], Field(min_length=1, max_length=6)]


class AnnulmentData(Paper):
    """Decision that cancels a penalty decision (name of form MQĐ40)."""

    decision_number: Number
    decision_on: date
    signatory: Signatory
    person: Party
    vehicle: VehicleData
    act: ActData
    reason_vi: Text
    refund_vnd: Vnd
    gives_points_back: bool = False


class GroundAnswer(Value):
    """What is said to one ground of a complaint."""

    ground_vi: Line
    ground_en: Line
    justified: bool
    text: Text


class AnswerData(Paper):
    """Answer to a statement: resolution of a complaint, or what became of an objection.

    A complaint that was not accepted (`accepted` False) is answered by one reason, or ground by ground.
    """

    complaint: bool
    accepted: bool = True
    statement_number: Number
    statement_on: date
    statement_vi: Line
    statement_en: Line
    signatory: Signatory
    person: Party
    plate_display: Line
    act_code: Line
    subject_number: Number
    outcome: MeasureLine
    text: Text
    answers: tuple[GroundAnswer, ...] = ()
    next_steps: Annotated[tuple[MeasureLine, ...], Field(max_length=6)] = ()

    @model_validator(mode="after")
    def _each_ground(self) -> Self:
        if self.complaint and self.accepted and not self.answers:
            raise ValueError("answers: the resolution of a complaint answers each ground")
        return self


class RefundData(Paper):
    """Decision to give money back: which, to whom, why, and by which order of the treasury."""

    signatory: Signatory
    payee: Party
    plate_display: Line
    act_code: Line
    decision_number: Number
    amount_vnd: Annotated[int, Field(gt=0, le=10**12)]
    reason: MeasureLine
    payment_reference: Line
    paid_at: AwareDatetime
    treasury_reference: Line


class Instalment(Value):
    """One part of a fine that is paid in parts."""

    due_on: date
    amount_vnd: Annotated[int, Field(gt=0, le=10**12)]


class PostponementData(Paper):
    """Deferral of a fine (name of form MQĐ03) or its payment in parts (MQĐ05); LHAV Art. 76, 79."""

    kind: Literal["deferral", "instalments"]
    decision_number: Number
    decision_on: date
    signatory: Signatory
    person: Party
    plate_display: Line
    act_code: Line
    fine_vnd: Vnd
    reason_vi: Text
    parts: Annotated[tuple[Instalment, ...], Field(min_length=1, max_length=3)]
    deadlines: tuple[DeadlineLine, ...] = ()

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if sum(part.amount_vnd for part in self.parts) != self.fine_vnd:
            raise ValueError("parts: they must add up to fine_vnd")
        return self


class RemissionData(Paper):
    """Decision to reduce a fine or to waive it (name of form MQĐ04); LHAV Art. 77.

    `fine_vnd` is the fine before it; of it `left_vnd` is still owed and `back_vnd` was paid and goes back.
    """

    decision_number: Number
    decision_on: date
    statement_number: Number
    statement_on: date
    signatory: Signatory
    person: Party
    plate_display: Line
    act_code: Line
    whole: bool
    fine_vnd: Vnd
    remitted_vnd: Annotated[int, Field(gt=0, le=10**12)]
    left_vnd: Annotated[int, Field(ge=0, le=10**12)]
    back_vnd: Annotated[int, Field(ge=0, le=10**12)]
    grounds: Annotated[tuple[MeasureLine, ...], Field(min_length=1, max_length=5)]
    reason_vi: Text

    @model_validator(mode="after")
    def _within_the_fine(self) -> Self:
        if self.remitted_vnd > self.fine_vnd:
            raise ValueError("remitted_vnd: not more than fine_vnd")
        if self.left_vnd and (self.whole or self.back_vnd):
            raise ValueError("left_vnd: nothing is left of what was waived or paid")
        return self


class EnforcementData(Paper):
    """Decision to enforce a fine that was not paid (names of forms MQĐ07 to MQĐ12); LHAV Art. 86-88."""

    decision_number: Number
    decision_on: date
    signatory: Signatory
    person: Party
    plate_display: Line
    act_code: Line
    fine_vnd: Vnd
    late_vnd: Vnd
    measure: MeasureLine
    form: Line
    form_confidence: Confidence
    article_vi: Line
    article_en: Line
    reason_vi: Text
