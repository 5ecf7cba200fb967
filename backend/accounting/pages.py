"""What every page of the accountant's desk needs."""

from __future__ import annotations

from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from backend.accounts.models import Account, Role
from backend.errors import Problem
from backend.payments.providers import NAMES
from backend.payments.words import VERDICTS
from backend.places.scope import scope_of
from backend.templating import render
from penalty.dossier import LABELS

KEEPERS: Final[tuple[Role, ...]] = ("accountant", "team_chief", "division")


def page(
    request: Request,
    session: Session,
    account: Account,
    name: str,
    *,
    problem: Problem | None = None,
    **context: Any,
) -> Response:
    """A page of the desk. `whole`: this person works on the whole area; `may_act`: he may change things."""
    return render(
        request,
        name,
        status_code=problem.status if problem else 200,
        problem=problem,
        account=account,
        may_act=account.has(*KEEPERS),
        whole=scope_of(session) is None,
        ways=NAMES,
        verdicts=VERDICTS,
        state_labels=LABELS,
        section="accounting",
        csrf_token=request.state.csrf_token,
        **context,
    )
