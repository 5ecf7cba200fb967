"""What the person at the counter declares: typed by the clerk, printed, signed by hand, scanned, filed.

Nothing is filed without the scan of the signed declaration; the clerk is named as the one who wrote it down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from backend.counter import papers
from backend.counter.guards import OpenVisit, staff_words
from backend.counter.visits import CAPACITIES, SHOWN, Serving
from backend.database import utc_now
from backend.dossiers import driver_age
from backend.dossiers.assessing import assessment_of
from backend.dossiers.moves import locked
from backend.dossiers.recording import Acceptance, accept
from backend.dossiers.service import belongs_to_organisation
from backend.errors import FieldError
from backend.i18n import screen_language
from backend.submissions.pictures import MOST_FILES, Picture
from backend.submissions.service import file, kinds_open
from backend.submissions.uploads import pictures_in
from backend.submissions.words import GROUNDS, field_fault, grounds_in, read_words
from backend.templating import render
from penalty.dossier import State
from penalty.submissions import NAMES, RELIEFS, SubmissionKind

router = APIRouter(include_in_schema=False)
Step = Literal["type", "sign"]
ACCEPT = "accept"
ACCEPT_NAME = ("Nhận là người lái xe và chấp nhận", "Was driving, and accepts")
_TICKS = ("driver", "electronic", "no_explanation")


@dataclass
class Declared:
    """A form as it was sent: its words, and what is wrong with them."""

    typed: dict[str, str]
    grounds: tuple[str, ...] = ()
    words: BaseModel | None = None
    pictures: list[Picture] = field(default_factory=list)
    signed: list[Picture] = field(default_factory=list)
    faults: list[FieldError] = field(default_factory=list)


@router.get("/quay/luot/{visit_id}/khai/{what}")
def form(what: str, request: Request, serving: OpenVisit) -> Response:
    """The form for one declaration."""
    if what not in _open_now(serving):
        return _back(serving)
    return _form(request, serving, what, Declared({}), step="type")


@router.post("/quay/luot/{visit_id}/khai/{what}")
async def declare(what: str, request: Request, serving: OpenVisit) -> Response:
    """First shown to print and sign; with the scan of the signed paper, filed."""
    given = await request.form(max_files=2 * MOST_FILES, max_part_size=64 * 1024)
    return await run_in_threadpool(_declare, what, request, serving, given)


def _declare(what: str, request: Request, serving: Serving, given: FormData) -> Response:
    if what not in _open_now(serving):
        return _back(serving)
    language = screen_language(request)
    declared = _read(what, given, language)
    if what == ACCEPT and not declared.faults:
        declared.faults = _age_not_known(serving, language)
    if declared.faults:
        return _form(request, serving, what, declared, step="type")
    if given.get("step") == "file":
        declared.faults = _not_brought(what, declared, language)
        if not declared.faults:
            _file(serving, what, declared)
            return _back(serving)
    return _form(request, serving, what, declared, step="sign")


def _not_brought(what: str, declared: Declared, language: str) -> list[FieldError]:
    faults = []
    if not declared.signed:
        vi, en = "Quét hoặc chụp tờ khai đã ký.", "Scan the declaration that was signed."
        faults.append(FieldError("signed", vi if language == "vi" else en))
    if what in RELIEFS and not declared.pictures:
        faults.append(FieldError("pictures", field_fault("confirmation", language).message))
    return faults


def _age_not_known(serving: Serving, language: str) -> list[FieldError]:
    """Nobody accepts before his age is known: where nobody has, the register is asked."""
    dossier = locked(serving.session, serving.visit.dossier_id)
    if driver_age.expected(serving.session, dossier) is not None:
        return []
    driver_age.ask_again(serving.session, dossier)
    vi = "Chưa biết người này bao nhiêu tuổi vào ngày đó; đang hỏi cơ sở dữ liệu dân cư. Ít phút nữa hãy thực"
    vi += " hiện lại, hoặc mời người này đến gặp cán bộ với thẻ căn cước."
    en = "It is not known yet how old the person was on that day; the population register is asked first. Try"
    en += " again in a moment, or send the person to an officer with the identity card."
    return [FieldError("driver", vi if language == "vi" else en)]


def _back(serving: Serving) -> Response:
    return RedirectResponse(f"/quay/luot/{serving.visit.id}", status_code=303)


def _read(what: str, given: FormData, language: str) -> Declared:
    typed = {name: value for name, value in given.items() if isinstance(value, str)}
    declared = Declared(typed)
    declared.signed, declared.faults = pictures_in(given, "signed", language)
    declared.pictures, wrong = pictures_in(given, "pictures", language)
    declared.faults += wrong
    if what == ACCEPT:
        missing = [name for name in _TICKS if typed.get(name) != "yes"]
        vi, en = "Cần đủ ba điều.", "All three are needed."
        declared.faults += [FieldError(name, vi if language == "vi" else en) for name in missing]
        return declared
    kind = SubmissionKind(what)
    declared.words, wrong = read_words(kind, typed, language)
    declared.faults += wrong
    declared.grounds = grounds_in(kind, given)
    if kind in GROUNDS and not declared.grounds:
        declared.faults.append(field_fault("grounds", language))
    return declared


def _file(serving: Serving, what: str, declared: Declared) -> None:
    session, submission_id = serving.session, None
    if what == ACCEPT:
        everything = Acceptance(was_driving=True, electronic_procedure=True, waives_explanation=True)
        dossier = locked(session, serving.visit.dossier_id)
        accept(session, dossier, everything, utc_now(), behalf=serving.behalf)
    elif declared.words is not None:
        submission = file(
            serving.services,
            session,
            serving.visit.dossier_id,
            SubmissionKind(what),
            declared.words,
            grounds=declared.grounds,
            pictures=declared.pictures,
            now=utc_now(),
            behalf=serving.behalf,
            part=serving.part,
        )
        submission_id = submission.id
    for scan in declared.signed:
        papers.keep(serving, scan, purpose=what, submission_id=submission_id)


def _open_now(serving: Serving) -> Sequence[str]:
    dossier = serving.dossier
    alone = dossier.state == State.NOTIFIED and not belongs_to_organisation(serving.session, dossier)
    accepts = alone and serving.speaks
    return [*([ACCEPT] if accepts else []), *kinds_open(serving.session, dossier, serving.part)]


def _form(request: Request, serving: Serving, what: str, declared: Declared, *, step: Step) -> Response:
    name = ACCEPT_NAME if what == ACCEPT else NAMES[SubmissionKind(what)]
    return render(
        request,
        f"counter/{step}.html",
        status_code=422 if declared.faults else 200,
        visit=serving.visit,
        visitor=serving.visitor,
        dossier=serving.dossier,
        assessment=assessment_of(serving.dossier),
        what=what,
        what_name=name,
        ground_names=GROUNDS.get(SubmissionKind(what), {}) if what != ACCEPT else {},
        declared=declared,
        wrong=[fault.field for fault in declared.faults],
        capacities=CAPACITIES,
        shown_papers=SHOWN,
        printed_at=utc_now(),
        reliefs=RELIEFS,
        **staff_words(request, serving.clerk),
    )
