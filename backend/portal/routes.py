"""The owner's pages. All of them work without JavaScript; each shows one thing."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import audit
from backend.database import SessionDep, utc_now
from backend.dossiers import driver_age, queries
from backend.dossiers.files import pdf_response
from backend.dossiers.issuer import signing_key
from backend.dossiers.models import Document, Dossier
from backend.dossiers.moves import locked
from backend.dossiers.numbers import paper_of_qr, typed_notice_number
from backend.dossiers.recording import Acceptance, accept
from backend.dossiers.service import belongs_to_organisation
from backend.dossiers.words import EVENTS, PAPERS
from backend.errors import not_found
from backend.evidence.preview import WIDTH_PX, preview
from backend.evidence.service import evidence_files, note_view, owner_file
from backend.evidence.store import ObjectMissingError
from backend.evidence.streaming import evidence_lost, file_response
from backend.i18n import screen_language
from backend.intake.models import Violation
from backend.payments import book
from backend.payments.paying import begin
from backend.payments.plans import next_part_due_vnd
from backend.payments.providers import NAMES
from backend.payments.routes import client_address
from backend.portal import looks, story
from backend.portal.casefile import case_file
from backend.portal.entering import Place, Typed, enter
from backend.portal.entry import GROUPS, Entry
from backend.portal.kiosk import idle_limit_s
from backend.portal.pages import case_page
from backend.portal.place import sign_of, sketch, stands_at
from backend.portal.service import (
    COOKIE,
    OwnDossier,
    SpokenFor,
    leave,
    visit_in,
)
from backend.services import ServicesDep
from backend.submissions.said import of_visitor
from backend.submissions.service import kinds_open
from backend.templating import KIOSK_COOKIE, render
from penalty.documents import QrContent, QrError, qr_data_uri, verify_qr
from penalty.dossier import PAYABLE, State
from penalty.payments.values import GoTo, Language, ShowQr
from penalty.submissions import NAMES as NAMES_OF_SUBMISSIONS

router = APIRouter(include_in_schema=False)


@router.get("/")
def home(request: Request) -> Response:
    """What this is, and three doors."""
    return render(request, "portal/home.html")


@router.get("/tra-cuu")
def lookup_form(
    request: Request,
    so: Annotated[str, Query(max_length=40)] = "",
    t: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """The form: plate, kind of vehicle, notice number, secret.

    A letter's QR fills in the number (`so`) and says that somebody has the letter (`t`), never the
    secret or the kind.
    """
    number = typed_notice_number(so) or ""
    return _lookup_page(request, Entry(notice_number=number), letter=t)


@router.post("/tra-cuu")
def look_up(request: Request, services: ServicesDep, typed: Annotated[Typed, Depends()]) -> Response:
    """Open the dossier, or say that these do not fit together without saying which."""
    proof = typed.proof(typed.t)
    limit_s = idle_limit_s(services.settings) if KIOSK_COOKIE in request.cookies else None

    def form(entry: Entry, faults: tuple[str, ...]) -> Response:
        return _lookup_page(request, entry, faults, letter=typed.t)

    return enter(request, services, typed.entry, proof, place=Place("/tra-cuu", limit_s), form=form)


def _lookup_page(
    request: Request, entry: Entry, faults: tuple[str, ...] = (), *, letter: str = ""
) -> Response:
    return render(
        request,
        "portal/lookup.html",
        status_code=422 if faults else 200,
        entry=entry,
        faults=faults,
        groups=GROUPS,
        letter=letter,
    )


@router.post("/ho-so/thoat")
def sign_out(request: Request, services: ServicesDep) -> Response:
    """End the visit, for people on a shared computer."""
    leave(services.database, request.cookies.get(COOKIE, ""))
    answer = RedirectResponse("/", status_code=303)
    answer.delete_cookie(COOKIE)
    return answer


@router.get("/ho-so")
def what_happened(request: Request, session: SessionDep, dossier: OwnDossier) -> Response:
    """Pictures, video, measures, in plain words."""
    violation = session.get_one(Violation, dossier.violation_id)
    return case_page(
        request,
        session,
        dossier,
        "what",
        report=violation.payload,
        files=evidence_files(session, violation.id),
        scale=story.speed_scale(violation.payload),
        sign=sign_of(violation.payload),
        sketch=sketch(violation.payload),
        stands_at=stands_at(session, violation.camera_id),
    )


@router.get("/ho-so/muc-phat")
def how_much(request: Request, session: SessionDep, dossier: OwnDossier) -> Response:
    """The amount, where it comes from, and by when."""
    return case_page(
        request,
        session,
        dossier,
        "amount",
        beside=visit_in(request).part == "owner" and dossier.driver_submission_id is not None,
        **_time_limits(session, dossier),
    )


@router.get("/ho-so/lua-chon")
def what_you_can_do(request: Request, session: SessionDep, dossier: OwnDossier) -> Response:
    """Every way that is open now, to this visitor."""
    visit = visit_in(request)
    return case_page(
        request,
        session,
        dossier,
        "choices",
        **_time_limits(session, dossier),
        said=of_visitor(session, dossier, visit),
        may_say=kinds_open(session, dossier, visit.part),
        part=visit.part,
        say_names=NAMES_OF_SUBMISSIONS,
    )


@router.get("/ho-so/tien-trinh")
def progress_and_papers(request: Request, session: SessionDep, dossier: OwnDossier) -> Response:
    """Each step with its time, the papers, and who looked at the owner's data."""
    visit = visit_in(request)
    return case_page(
        request,
        session,
        dossier,
        "progress",
        events=queries.events(session, dossier),
        event_words=EVENTS,
        papers=[one for one in queries.owners_documents(session, dossier) if visit.may_read(one, dossier)],
        paper_words=PAPERS,
        seen=looks.looks_at(session, [dossier], viewer=visit.actor),
    )


@router.get("/ho-so/tat-ca.zip")
def whole_case(request: Request, services: ServicesDep, session: SessionDep, dossier: OwnDossier) -> Response:
    """Everything of the case that its visitor may have, to keep and to check."""
    visit = visit_in(request)
    content = case_file(services, session, dossier, visit, utc_now())
    audit.record(
        session,
        actor=visit.actor,
        action="evidence.taken_away",
        subject_type="violation",
        subject_id=dossier.violation_id,
        data={"whole": False, "case": True},
    )
    name = f'attachment; filename="ho-so-{dossier.notice_number}.zip"'
    headers = {"Content-Disposition": name, "Cache-Control": "private, no-store"}
    return Response(content, media_type="application/zip", headers=headers)


@router.get("/ho-so/phien-ban")
def version(dossier: OwnDossier) -> dict[str, int]:
    """How often the case has changed: a page that is open asks, and says when something is new."""
    return {"version": dossier.version}


@router.get("/ho-so/chap-nhan")
def accept_form(request: Request, session: SessionDep, dossier: SpokenFor) -> Response:
    """What accepting means, and the three boxes."""
    if dossier.state != State.NOTIFIED or belongs_to_organisation(session, dossier):
        return RedirectResponse("/ho-so/lua-chon", status_code=303)
    return _accept_page(request, session, dossier)


@router.post("/ho-so/chap-nhan")
def accept_notice(
    request: Request,
    session: SessionDep,
    dossier: SpokenFor,
    *,
    driver: Annotated[str, Form()] = "",
    electronic: Annotated[str, Form()] = "",
    no_explanation: Annotated[str, Form()] = "",
) -> Response:
    """The record is made from what the owner declares."""
    given = {"driver": driver, "electronic": electronic, "no_explanation": no_explanation}
    ticked = tuple(name for name, value in given.items() if value == "yes")
    acceptance = Acceptance("driver" in ticked, "electronic" in ticked, "no_explanation" in ticked)
    if dossier.state == State.NOTIFIED and not acceptance.complete:
        return _accept_page(request, session, dossier, fault="incomplete", ticked=ticked)
    held = locked(session, dossier.id)
    if held.state == State.NOTIFIED and driver_age.expected(session, held) is None:
        driver_age.ask_again(session, held)
        return _accept_page(request, session, held, fault="age", ticked=ticked)
    if held.state == State.NOTIFIED:  # sent twice, or after "back": the record stands already
        accept(session, held, acceptance, utc_now(), visitor=visit_in(request).actor)
    return RedirectResponse("/ho-so/lua-chon", status_code=303)


def _accept_page(
    request: Request,
    session: Session,
    dossier: Dossier,
    *,
    fault: str | None = None,
    ticked: tuple[str, ...] = (),
) -> Response:
    """With the fine for somebody of this owner's age."""
    status_code = {None: 200, "age": 409}.get(fault, 422)
    found = driver_age.expected(session, dossier)
    return case_page(
        request,
        session,
        dossier,
        "accept",
        status_code=status_code,
        fault=fault,
        ticked=ticked,
        fine_vnd=dossier.fine_vnd if found is None else found.fine_vnd,
        assessment=found,
    )


@router.get("/ho-so/nop-phat")
def pay_form(request: Request, services: ServicesDep, session: SessionDep, dossier: OwnDossier) -> Response:
    """What will be paid, to whom, and what happens next."""
    if dossier.state not in PAYABLE:
        return RedirectResponse("/ho-so/lua-chon", status_code=303)
    offered = services.settings.payment_methods
    if KIOSK_COOKIE in request.cookies:  # nobody types a card number or a password on a shared screen
        offered = tuple(name for name in offered if name == "vietqr")
    methods = {name: NAMES[name] for name in offered}
    next_part_vnd = next_part_due_vnd(session, dossier)
    limits = _time_limits(session, dossier)
    return case_page(request, session, dossier, "pay", methods=methods, next_part_vnd=next_part_vnd, **limits)


@router.post("/ho-so/nop-phat")
def pay(
    request: Request,
    services: ServicesDep,
    session: SessionDep,
    dossier: OwnDossier,
    *,
    method: Annotated[str, Form()] = "vnpay",
    amount: Annotated[Literal["all", "part"], Form()] = "all",
) -> Response:
    """On to the chosen way to pay, with the amount from the ledger."""
    language: Language = "en" if screen_language(request) == "en" else "vi"
    way = begin(
        services,
        dossier.id,
        method=method,
        remote_address=client_address(request),
        language=language,
        actor=visit_in(request).actor,
        part=amount == "part",
    )
    if isinstance(way, GoTo):
        return RedirectResponse(way.url, status_code=303)
    page = "pay_qr" if isinstance(way, ShowQr) else "pay_there"
    picture = qr_data_uri(way.text) if isinstance(way, ShowQr) else None
    return case_page(request, session, dossier, page, way=way, picture=picture)


@router.get("/ho-so/giay-to/{kind}.pdf")
def paper(  # noqa: PLR0917 - FastAPI fills them in
    kind: str,
    request: Request,
    services: ServicesDep,
    session: SessionDep,
    dossier: OwnDossier,
    seq: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """One of this dossier's papers for its owner, or for the driver he named."""
    visit = visit_in(request)
    document = queries.own_document(session, dossier, visit.part, kind, seq)
    return pdf_response(services, session, document, actor=visit.actor)


@router.get("/ho-so/bang-chung/{role}")
def evidence(
    request: Request, role: str, services: ServicesDep, session: SessionDep, dossier: OwnDossier
) -> Response:
    """A masked picture or the masked video of this dossier, whole or by range; never an original."""
    file = owner_file(session, dossier.violation_id, role)
    note_view(session, file, actor=visit_in(request).actor, piece="range" in request.headers, now=utc_now())
    return file_response(request, services, file)


@router.get("/ho-so/bang-chung/{role}/nho")
def small_picture(
    request: Request, role: str, services: ServicesDep, session: SessionDep, dossier: OwnDossier
) -> Response:
    """The same masked picture, small, for the page; pressing it opens the whole one."""
    file = owner_file(session, dossier.violation_id, role)
    if not file.media_type.startswith("image/"):
        raise not_found("Tệp này không phải ảnh", "This file is no picture")
    headers = {"Cache-Control": "private, max-age=3600, immutable", "ETag": f'"{file.sha256}-{WIDTH_PX}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    note_view(session, file, actor=visit_in(request).actor, piece=True, now=utc_now())
    try:
        content = preview(services.store.read(services.settings.s3_bucket, file.object_key))
    except ObjectMissingError as error:
        raise evidence_lost() from error
    return Response(content, media_type="image/jpeg", headers=headers)


@router.get("/xac-minh")
def check_document(
    request: Request,
    services: ServicesDep,
    session: SessionDep,
    m: Annotated[str, Query(max_length=600)] = "",
) -> Response:
    """Is this paper ours, and what must it say? From the text of its QR code."""
    content, known = None, False
    if m.strip():
        try:
            content = verify_qr(m, signing_key(services.settings).public_key())
            known = _in_our_books(session, content)
        except QrError:
            content = None
    return render(request, "portal/check.html", text=m, content=content, known=known, **_check_words(content))


def _in_our_books(session: Session, content: QrContent) -> bool:
    number = "QĐ" + content.number.removeprefix("QD") if content.kind == "QD" else content.number
    return session.scalar(select(Document.id).where(Document.number == number)) is not None


def _check_words(content: QrContent | None) -> dict[str, Any]:
    return {"paper_words": PAPERS, "kind": paper_of_qr(content.kind) if content else None}


def _time_limits(session: Session, dossier: Dossier) -> dict[str, Any]:
    """The days that count for the owner, and what a day of paying late costs."""
    unpaid_vnd = book.outstanding_vnd(session, dossier.id) if dossier.state in PAYABLE else dossier.fine_vnd
    return {
        "deadlines": {line.step_id: line for line in queries.deadlines(session, dossier)},
        "a_day": story.late_each_day(unpaid_vnd),
    }
