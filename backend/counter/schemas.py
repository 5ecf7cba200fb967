"""What a clerk types about the person in front."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from backend.counter.visits import Capacity, InFront, Shown


class Person(BaseModel):
    """As the paper shown says; an identification number has 12 figures, a passport letters and figures."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
    id_number: Annotated[str, Field(pattern=r"^[A-Z0-9]{6,14}$")]
    capacity: Capacity
    shown: Shown

    def in_front(self, *, authorised: bool) -> InFront:
        """The same for the rules of a visit."""
        return InFront(self.name, self.id_number, self.capacity, self.shown, authorised)
