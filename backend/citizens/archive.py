"""All data of one person as a zip: a page to read, the same as JSON, and the papers."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.citizens import holdings, views
from backend.citizens.cases import Case
from backend.citizens.eid import Citizen
from backend.dossiers import queries
from backend.dossiers.assessing import assessment_of
from backend.dossiers.files import file_name, read_paper
from backend.dossiers.words import EVENTS, PAPERS
from backend.payments.models import Payment
from backend.portal import looks
from backend.services import Services
from backend.submissions.service import of_part, words_of
from backend.templating import environment
from penalty.dossier import LABELS, State

JSON_NAME, PAGE_NAME, PAPERS_FOLDER = "du-lieu.json", "doc-o-day.html", "giay-to"


def write(
    services: Services,
    session: Session,
    citizen: Citizen,
    cases: Sequence[Case],
    *,
    actor: str,
    language: str,
    now: datetime,
) -> Path:
    """The zip as a file that the caller deletes. Raises Problem where a stored paper was changed."""
    data = collect(services, session, citizen, cases, actor=actor, now=now)
    with tempfile.NamedTemporaryFile(prefix="phatnguoi-", suffix=".zip", delete=False) as target:
        path = Path(target.name)
        try:
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(JSON_NAME, json.dumps(data, ensure_ascii=False, indent=2))
                archive.writestr(PAGE_NAME, _page(services, data, language))
                for paper in holdings.papers(session, cases):
                    archive.writestr(_place(paper), read_paper(services, paper.document))
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return path


def collect(
    services: Services,
    session: Session,
    citizen: Citizen,
    cases: Sequence[Case],
    *,
    actor: str,
    now: datetime,
) -> dict[str, Any]:
    """Everything, as plain values. Times are ISO 8601 in UTC, amounts whole dong."""
    own = [case for case in cases if case.part == "owner"]
    looked = looks.looks_at(session, [case.dossier for case in own], viewer=actor)
    found: dict[str, Any] = _plain(
        {
            "made_at": now,
            "person": asdict(citizen),
            "held": [asdict(one) for one in holdings.held(services, session, own, actor=actor)],
            "cases": [_case(services, session, case) for case in cases],
            "points_taken": [asdict(one.deduction) for one in views.points_taken(session, cases)],
            "messages": [_message(one) for one in holdings.messages(session, cases)],
            "looks": [asdict(one) for one in looked],
        }
    )
    return found


def _case(services: Services, session: Session, case: Case) -> dict[str, Any]:
    dossier, assessment = case.dossier, assessment_of(case.dossier)
    state_vi, state_en = LABELS[State(dossier.state)]
    return {
        "notice_number": dossier.notice_number,
        "decision_number": dossier.decision_number,
        "part": case.part,
        "plate": dossier.plate_display,
        "vehicle_kind": dossier.vehicle_kind,
        "happened_at": dossier.happened_at,
        "act_vi": assessment.vi_name,
        "act_en": assessment.en_name,
        "law": dossier.law_version,
        "fine_vnd": dossier.fine_vnd,
        "points": assessment.points,
        "paid_vnd": dossier.paid_vnd,
        "remitted_vnd": dossier.remitted_vnd,
        "state_vi": state_vi,
        "state_en": state_en,
        "events": [
            {"at": event.at, "vi": words[0], "en": words[1]}
            for event in queries.events(session, dossier)
            for words in [EVENTS.get(event.kind, (event.kind, event.kind))]
        ],
        "deadlines": [
            {"due_on": line.due_on, "vi": line.title_vi, "en": line.title_en, "article": line.article}
            for line in queries.deadlines(session, dossier)
        ],
        "papers": [
            {"number": paper.document.number, "file": _place(paper), "sha256": paper.document.sha256}
            for paper in holdings.papers(session, [case])
        ],
        "payments": [
            {"reference": row.reference, "amount_vnd": row.amount_vnd, "state": row.state, "by": row.gateway}
            for row in session.scalars(select(Payment).where(Payment.dossier_id == dossier.id))
        ],
        "statements": _statements(services, session, case),
    }


def _statements(services: Services, session: Session, case: Case) -> list[dict[str, Any]]:
    """What this person said; a driver is told on his case's page that he was named, and by nothing here."""
    rows = of_part(session, case.dossier, case.part)
    return [
        {
            "number": row.number,
            "kind": row.kind,
            "filed_at": row.filed_at,
            "words": words_of(services, row),
            "outcome": row.outcome,
            "answer": row.answer,
        }
        for row in rows
    ]


def _message(sent: holdings.Sent) -> dict[str, Any]:
    row = sent.message
    return {
        "notice_number": sent.case.dossier.notice_number,
        "about": row.purpose,
        "channel": row.channel,
        "state": row.state,
        "sent_at": row.sent_at,
    }


def _place(paper: holdings.Paper) -> str:
    number = file_name(paper.document.number)
    return f"{PAPERS_FOLDER}/{paper.case.dossier.notice_number}/{number}.pdf"


def _page(services: Services, data: dict[str, Any], language: str) -> str:
    template = environment.get_template("citizens/archive.html")
    return template.render(lang=language, data=data, settings=services.settings, paper_words=PAPERS)


def _plain(value: Any) -> Any:
    """Dates as ISO text; everything else as it is."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
