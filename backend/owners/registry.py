"""The vehicle registry over HTTP: one question, asked by a named officer for a named procedure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

import httpx2
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from backend.outgoing import client
from penalty.calendar import VIETNAM


class OutsideUnavailableError(RuntimeError):
    """An outside system did not answer, or not in a way that can be used; asking again later may work."""


class CorrectionRefusedError(RuntimeError):
    """The registry will not take a correction; telling it again changes nothing."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class RegisteredVehicle(_Value):
    """What the registration says about the vehicle itself."""

    kind: str
    colour: str | None = None
    brand: str | None = None
    ground_colour: str | None = None


class RegisteredOwner(_Value):
    """The few fields a notice needs. Whatever else the registry sends is not read."""

    kind: Literal["person", "organisation"]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    id_number: Annotated[str, Field(min_length=1, max_length=20)]
    birth_date: date | None = None
    phone: str | None = None
    address: str | None = None


class Registration(_Value):
    """A found record: whose vehicle, and when the registry last touched it."""

    updated_at: date | AwareDatetime
    vehicle: RegisteredVehicle
    owner: RegisteredOwner

    @property
    def updated_on(self) -> date:
        """The day of the last update, on the Vietnamese calendar."""
        return (
            self.updated_at.astimezone(VIETNAM).date()
            if isinstance(self.updated_at, datetime)
            else self.updated_at
        )


@dataclass(frozen=True)
class Question:
    """A plate names a vehicle only with its colour and kind; the officer is a real one, never "system"."""

    request_id: uuid.UUID
    officer_id: str
    procedure_code: str
    plate: str
    ground_colour: str
    vehicle_kind: str
    at: datetime


@dataclass(frozen=True)
class Registry:
    """Client of the registry's look-up."""

    url: str
    timeout_s: float

    def find(self, question: Question) -> Registration | None:
        """The record, or None where the registry has none. Raises OutsideUnavailableError."""
        body = _asked(question)
        try:
            response = client().post(f"{self.url}/v1/vehicles/lookup", json=body, timeout=self.timeout_s)
        except httpx2.HTTPError as error:
            raise OutsideUnavailableError(f"registry: {type(error).__name__}") from error
        if response.status_code == httpx2.codes.NOT_FOUND:
            return None
        if response.status_code != httpx2.codes.OK:
            raise OutsideUnavailableError(f"registry: HTTP {response.status_code}")
        try:
            return Registration.model_validate_json(response.content)
        except ValidationError as error:
            fields = ", ".join(".".join(map(str, fault["loc"])) for fault in error.errors())
            raise OutsideUnavailableError(f"registry: answer not understood ({fields})") from error

    def correct(self, question: Question, values: Mapping[str, Mapping[str, str | None]], reason: str) -> str:
        """Report what a person found to be otherwise; the registry's receipt. Repeated: the same receipt.

        Raises OutsideUnavailableError, or CorrectionRefusedError where it says no for good.
        """
        fields = [{"field": name, "was": one["was"], "now": one["now"]} for name, one in values.items()]
        body = {**_asked(question), "fields": fields, "reason": reason}
        try:
            answer = client().post(f"{self.url}/v1/vehicles/corrections", json=body, timeout=self.timeout_s)
        except httpx2.HTTPError as error:
            raise OutsideUnavailableError(f"registry: {type(error).__name__}") from error
        if answer.status_code in {400, 403, 404, 409, 422}:
            raise CorrectionRefusedError(f"registry: HTTP {answer.status_code}")
        try:
            if answer.status_code in {200, 201, 202}:
                return str(answer.json()["receipt"])
        except (ValueError, KeyError, TypeError) as error:
            raise OutsideUnavailableError("registry: answer not understood (receipt)") from error
        raise OutsideUnavailableError(f"registry: HTTP {answer.status_code}")


def _asked(question: Question) -> dict[str, str]:
    return {
        "request_id": str(question.request_id),
        "officer_id": question.officer_id,
        "procedure_code": question.procedure_code,
        "plate": question.plate,
        "ground_colour": question.ground_colour,
        "vehicle_kind": question.vehicle_kind,
        "at": question.at.isoformat(),
    }
