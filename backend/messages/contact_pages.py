"""The page on which a person says how reminders reach him: language, ways, their order."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from backend import audit
from backend.database import SessionDep, utc_now
from backend.dossiers.liable import person_of
from backend.dossiers.models import Dossier
from backend.dossiers.words import CHANNELS
from backend.errors import FieldError, not_found
from backend.i18n import screen_language
from backend.messages import contacts
from backend.owners.service import Owner, vault_of
from backend.portal.pages import case_page
from backend.portal.service import OwnDossier, visit_in
from backend.services import Services, ServicesDep

router = APIRouter(include_in_schema=False)
_HERE: Final = "/ho-so/lien-lac"


class Wanted(BaseModel):
    """The form as it was sent; a way that is none of ours counts as no message."""

    lang: str = "vi"
    first: str = ""
    second: str = ""
    third: str = ""
    email: str = ""

    def channels(self) -> list[str]:
        return list(contacts.courtesy_among([self.first, self.second, self.third]))


@router.get(_HERE)
def how_we_reach_you(
    request: Request, services: ServicesDep, session: SessionDep, dossier: OwnDossier, saved: str = ""
) -> Response:
    """What the person chose, or what everybody begins with."""
    choice = contacts.choice_of(
        session, vault_of(services), _me(request, services, session, dossier).id_number
    )
    usable = [way for way in choice.channels if way != "email" or choice.email]
    places: list[str] = [*usable, "", "", ""]
    wanted = Wanted(
        lang=choice.lang, first=places[0], second=places[1], third=places[2], email=choice.email or ""
    )
    return _page(request, session, dossier, wanted, saved=bool(saved))


@router.post(_HERE)
def choose(
    request: Request,
    services: ServicesDep,
    session: SessionDep,
    dossier: OwnDossier,
    wanted: Annotated[Wanted, Form()],
) -> Response:
    """Keep it, or say at the field what is wrong."""
    me = _me(request, services, session, dossier)
    if "email" in wanted.channels() and not wanted.email.strip():
        return _refused(request, session, dossier, wanted)
    try:
        kept = contacts.choose(
            session,
            vault_of(services),
            me.id_number,
            lang=wanted.lang,
            channels=wanted.channels(),
            email=wanted.email,
            now=utc_now(),
        )
    except ValueError:
        return _refused(request, session, dossier, wanted)
    audit.record(
        session,
        actor=visit_in(request).actor,
        action="contact.chosen",
        subject_type="dossier",
        subject_id=dossier.id,
        data={"lang": kept.lang, "channels": list(kept.channels)},
    )
    return RedirectResponse(f"{_HERE}?saved=yes", status_code=303)


def _me(request: Request, services: Services, session: Session, dossier: Dossier) -> Owner:
    visit = visit_in(request)
    if not visit.speaks(dossier):  # nobody wrote down who he is: what is kept here is the owner's
        raise not_found("Trang này chưa dành cho bạn", "This page is not for you yet")
    found = person_of(services, session, dossier, visit.part)
    if found is None:
        raise not_found("Chưa biết chủ xe", "The owner is not known yet")
    return found


def _refused(request: Request, session: Session, dossier: Dossier, wanted: Wanted) -> Response:
    vi, en = "Ghi một địa chỉ như ten@vidu.vn.", "Give an address such as name@example.com."
    fault = FieldError("email", vi if screen_language(request) == "vi" else en)
    return _page(request, session, dossier, wanted, faults=(fault,), status_code=422)


def _page(
    request: Request,
    session: Session,
    dossier: Dossier,
    wanted: Wanted,
    *,
    saved: bool = False,
    faults: tuple[FieldError, ...] = (),
    status_code: int = 200,
) -> Response:
    return case_page(
        request,
        session,
        dossier,
        "contact",
        template="messages/contact.html",
        status_code=status_code,
        wanted=wanted,
        saved=saved,
        faults=faults,
        ways={name: CHANNELS[name] for name in contacts.COURTESY},
    )
