"""The auditor's reader of the audit log, and the log for programs that recompute its chain."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict

from backend import audit
from backend.accounts.guards import Auditor
from backend.audit import naming, reader, words
from backend.database import SessionDep
from backend.i18n import screen_language
from backend.templating import render

router = APIRouter(tags=["audit"])
_ROWS: Final = 100
_MOST: Final = 2**62
Text = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True)
class Asked:
    """The form over the log, as it was typed; '' where nothing was."""

    actor: Text = ""
    action: Text = ""
    subject: Text = ""
    first: Text = ""
    last: Text = ""


class AuditLine(BaseModel):
    """One entry with its hash and that of the entry before (docs/staff.md says how to recompute it)."""

    model_config = ConfigDict(from_attributes=True)

    seq: int
    at: datetime
    actor: str
    action: str
    subject_type: str
    subject_id: str
    data: dict[str, Any]
    previous_hash: str
    entry_hash: str


class ChainState(BaseModel):
    """Whether the whole chain holds; `fault` says where it first breaks."""

    holds: bool
    fault: str | None


@router.get("/v1/audit")
def read_log(
    session: SessionDep,
    auditor: Auditor,
    after: Annotated[int, Query(ge=0, le=_MOST)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 500,
) -> list[AuditLine]:
    """Entries in the order of the chain, from the one after `after` on. Reading is itself in the log."""
    found = reader.exported(session, after=after, limit=limit)
    _note(session, auditor.actor, "audit.exported", {"after": after, "entries": len(found)})
    return [AuditLine.model_validate(entry) for entry in found]


@router.get("/v1/audit/verification")
def verify_log(session: SessionDep, auditor: Auditor) -> ChainState:
    """Recompute the whole chain."""
    fault = audit.verify(session)
    _note(session, auditor.actor, "audit.verified", {"holds": fault is None})
    return ChainState(holds=fault is None, fault=fault)


@router.get("/quan-tri/nhat-ky", include_in_schema=False)
def log_page(  # noqa: PLR0917 -- FastAPI fills them in
    request: Request,
    session: SessionDep,
    auditor: Auditor,
    asked: Annotated[Asked, Depends()],
    before: Annotated[int | None, Query(ge=1, le=_MOST)] = None,
    verify: Annotated[bool, Query()] = False,  # noqa: FBT002 -- a query's field
) -> Response:
    """The log by actor, act, subject and days; on demand its chain is recomputed."""
    from_day, wrong_first = _day(asked.first)
    to_day, wrong_last = _day(asked.last)
    wanted = reader.Wanted(
        actor=asked.actor.strip(),
        actors=naming.somebodies(session, asked.actor.strip()),
        action=asked.action.strip(),
        subject_ids=naming.about(session, asked.subject.strip()),
        first=from_day,
        last=to_day,
    )
    found = reader.entries(session, wanted, before=before, limit=_ROWS)
    filled = {name: value for name, value in asdict(asked).items() if value}
    if before is None:
        _note(session, auditor.actor, "audit.read", filled)
    return render(
        request,
        "audit/log.html",
        entries=found,
        names=naming.names(session, found),
        words=words,
        acts=words.offered(screen_language(request)),
        asked=asked,
        wrong_day=wrong_first or wrong_last,
        older=urlencode({**filled, "before": found[-1].seq}) if len(found) == _ROWS else "",
        fault=audit.verify(session) if verify else None,
        verified=verify,
        section="administration",
    )


def _day(given: str) -> tuple[date | None, bool]:
    """The day typed, and whether it was none."""
    try:
        return (date.fromisoformat(given) if given else None), False
    except ValueError:
        return None, True


def _note(session: SessionDep, actor: str, action: str, data: dict[str, Any]) -> None:
    audit.record(session, actor=actor, action=action, subject_type="audit", subject_id="log", data=data)
