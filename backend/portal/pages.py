"""What every page of a case shows around its one thing."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from backend.accounts.models import Account
from backend.database import utc_now
from backend.dossiers.assessing import assessment_of
from backend.dossiers.models import Dossier
from backend.dossiers.service import belongs_to_organisation
from backend.payments import refunds
from backend.payments.amounts import amount_due
from backend.payments.providers import NAMES
from backend.payments.words import WHY_REFUNDED
from backend.portal import story
from backend.portal.deadline_words import PLAIN, WAYS_TO_COUNT
from backend.portal.service import visit_in
from backend.templating import render
from penalty.calendar import vietnam_date
from penalty.catalogue import Assessment
from penalty.dossier import PAYABLE
from penalty.plates import KIND_NAMES


def case_page(
    request: Request,
    session: Session,
    dossier: Dossier,
    page: str,
    *,
    template: str | None = None,
    status_code: int = 200,
    assessment: Assessment | None = None,
    **context: Any,
) -> Response:
    """A page of one case; `page` names the tab, and the template where that is not named.

    `assessment` is the dossier's where no other is given.
    """
    now = utc_now()
    return render(
        request,
        template or f"portal/{page}.html",
        status_code=status_code,
        page=page,
        speaks=visit_in(request).speaks(dossier),
        dossier=dossier,
        assessment=assessment or assessment_of(dossier),
        next_step=story.next_for_owner(dossier),
        organisation=belongs_to_organisation(session, dossier),
        steps_of_case=story.progress(dossier),
        kind_names=KIND_NAMES,
        deadline_words=PLAIN,
        ways_to_count=WAYS_TO_COUNT,
        due=amount_due(session, dossier, now) if dossier.state in PAYABLE else None,
        today=vietnam_date(now),
        officer=session.get_one(Account, dossier.opened_by),
        goes_back=refunds.of_dossier(session, dossier),
        why_refunded=WHY_REFUNDED,
        ways_to_pay=NAMES,
        **context,
    )
