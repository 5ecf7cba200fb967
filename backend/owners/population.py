"""The population database over HTTP: does this number belong to this name, and where is the person now."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import httpx2
from pydantic import BaseModel, ConfigDict, ValidationError

from backend.outgoing import client
from backend.owners.registry import OutsideUnavailableError, Question, RegisteredOwner

# Four of the many fields the database has: what a notice needs, and nothing else.
FIELDS = ("id_number", "name", "current_address", "phone")


class CurrentPerson(BaseModel):
    """What the population database says of a person today."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id_number: str
    name: str
    current_address: str | None = None
    phone: str | None = None


class _Born(BaseModel):
    birth_date: date | None = None


_Answer = TypeVar("_Answer", bound=BaseModel)


@dataclass(frozen=True)
class Population:
    """Client of the person look-up."""

    url: str
    timeout_s: float

    def find(self, question: Question, owner: RegisteredOwner) -> CurrentPerson | None:
        """The person whose number, name and birth date fit together; None where they do not.

        Raises OutsideUnavailableError.
        """
        body = {
            "request_id": str(question.request_id),
            "officer_id": question.officer_id,
            "procedure_code": question.procedure_code,
            "id_number": owner.id_number,
            "name": owner.name,
            "birth_date": owner.birth_date.isoformat() if owner.birth_date else None,
            "fields": list(FIELDS),
        }
        return self._ask(body, CurrentPerson)

    def born_on(
        self, *, id_number: str, name: str, request_id: uuid.UUID, officer_id: str, procedure_code: str
    ) -> date | None:
        """The date of birth of this person; None where number and name do not fit together.

        Raises OutsideUnavailableError.
        """
        body = {
            "request_id": str(request_id),
            "officer_id": officer_id,
            "procedure_code": procedure_code,
            "id_number": id_number,
            "name": name,
            "fields": ["birth_date"],
        }
        found = self._ask(body, _Born)
        return found.birth_date if found is not None else None

    def _ask(self, body: dict[str, Any], answer_type: type[_Answer]) -> _Answer | None:
        try:
            answer = client().post(f"{self.url}/v1/persons/lookup", json=body, timeout=self.timeout_s)
            if answer.status_code == httpx2.codes.NOT_FOUND:
                return None
            if answer.status_code != httpx2.codes.OK:
                raise OutsideUnavailableError(f"population database: HTTP {answer.status_code}")
            return answer_type.model_validate(answer.json()["person"])
        except (httpx2.HTTPError, ValidationError, ValueError, KeyError) as error:
            raise OutsideUnavailableError(f"population database: {type(error).__name__}") from error
