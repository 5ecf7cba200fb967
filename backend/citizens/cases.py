"""Which cases are a person's: of a vehicle registered to them, or because they were named as its driver."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.dossiers.liable import readable, speaks
from backend.dossiers.models import Document, Dossier
from backend.owners.models import OwnerLookup
from backend.submissions.models import Submission
from penalty.submissions import SubmissionKind

Part = Literal["owner", "driver"]


@dataclass(frozen=True)
class Case:
    """A dossier and what its viewer is in it."""

    dossier: Dossier
    part: Part

    def may_read(self, paper: Document) -> bool:
        """Whether a paper, or a message that brings one, is for this person."""
        return readable(self.part, paper, self.dossier)

    @property
    def speaks(self) -> bool:
        """Whether this person may say something in the case."""
        return speaks(self.part, self.dossier)


def cases_of(session: Session, id_number_index: str) -> list[Case]:
    """Every case of this person that has been notified, the newest act first.

    As owner by the registration the dossier rests on. As driver where the owner named them, until that is
    answered with no; a driver sees that case and no other of the owner's.
    """
    owned = session.scalars(
        select(Dossier)
        .join(OwnerLookup, OwnerLookup.id == Dossier.owner_lookup_id)
        .where(OwnerLookup.id_number_index == id_number_index, Dossier.notified_at.is_not(None))
    )
    named = session.scalars(
        select(Dossier)
        .join(Submission, Submission.dossier_id == Dossier.id)
        .where(
            Submission.kind == SubmissionKind.DRIVER,
            Submission.named_index == id_number_index,
            Submission.outcome.is_distinct_from("refused"),
            Dossier.notified_at.is_not(None),
        )
    )
    found = {one.id: Case(one, "driver") for one in named} | {one.id: Case(one, "owner") for one in owned}
    return sorted(found.values(), key=lambda case: case.dossier.happened_at, reverse=True)


def case_of(session: Session, id_number_index: str, dossier_id: uuid.UUID) -> Case | None:
    """One of this person's cases; None for anything that is not theirs."""
    mine = cases_of(session, id_number_index)
    return next((case for case in mine if case.dossier.id == dossier_id), None)
