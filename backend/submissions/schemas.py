"""What the API tells and takes of owners' statements."""

from __future__ import annotations

import re
import uuid
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from penalty.complaint import Ground

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=4000)]


class SubmissionView(BaseModel):
    """A statement as an officer reads it; the look is logged."""

    id: uuid.UUID
    dossier_id: uuid.UUID
    kind: str
    number: str
    state: str
    filed_at: datetime
    answer_due_on: date
    answer_rule_vi: str
    answer_rule_en: str
    words: dict[str, Any]
    grounds: list[str]
    pictures: int
    outcome: str | None
    answer: str | None
    answered_at: datetime | None


class WaitingRow(BaseModel):
    """One line of the list of what waits for an answer; nobody is named in it."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    dossier_id: uuid.UUID
    kind: str
    number: str
    state: str
    filed_at: datetime
    answer_due_on: date


class Answered(BaseModel):
    """The answer to an objection or to the naming of a driver. `accepted`: it is as the owner says."""

    accepted: bool
    reason: Reason


class ReliefAnswered(BaseModel):
    """The answer to a request to pay later, in parts or less; `amount_vnd`: what is taken off, none: all."""

    accepted: bool
    reason: Reason
    amount_vnd: Annotated[int | None, Field(ge=0, le=10**12)] = None


class ReliefForm(BaseModel):
    """The same from a form: `how` says whether all is taken off, or the amount that was typed."""

    model_config = ConfigDict(extra="ignore")

    accepted: Literal["", "yes", "no"] = ""
    how: Literal["whole", "part"] = "whole"
    amount: Annotated[str, StringConstraints(strip_whitespace=True, max_length=30)] = ""
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""
    confirmed: bool = False

    def answered(self) -> ReliefAnswered | None:
        """The answer; None where it was not chosen or the reason is too short. Words are no amount: 0."""
        if len(self.reason) < 10 or not self.accepted:  # noqa: PLR2004 - as `Reason` asks for
            return None
        digits = re.sub(r"[ .,\u00a0]|đồng|₫|đ", "", self.amount.lower())
        typed_vnd = int(digits) if re.fullmatch("[0-9]{1,12}", digits) else 0
        amount_vnd = None if self.how == "whole" else typed_vnd
        return ReliefAnswered(accepted=self.accepted == "yes", reason=self.reason, amount_vnd=amount_vnd)


class GroundAnswered(BaseModel):
    ground: Ground
    justified: bool
    text: Reason


class Resolution(BaseModel):
    """What is done with a complaint; an end of it answers each ground.

    One that came too late or once too often is refused, or accepted all the same, with a `reason` instead.
    """

    action: Literal["accept", "refuse", "uphold", "reject"]
    answers: list[GroundAnswered] = Field(default_factory=list, max_length=10)
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)] = ""
