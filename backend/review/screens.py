"""The officers' pages: queue, one report, a dossier's evidence. They act through `backend.review.routes`."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from itertools import pairwise
from statistics import median
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from backend import audit
from backend.accounts.guards import Officer, Reviewer
from backend.accounts.models import CHIEFS
from backend.cameras.words import FAULT_NAMES
from backend.database import SessionDep, utc_now
from backend.dossiers import queries as dossiers
from backend.i18n import screen_language
from backend.operations.map import draw
from backend.owners.body_colour import NAMES as PAINTS
from backend.owners.words import FIELD_NAMES, FIELD_STATES, SOURCE_NAMES
from backend.rechecks import queries as rechecks
from backend.review import geometry, queries, where
from backend.review.rule_texts import RULE_TEXTS
from backend.review.schemas import Detail
from backend.review.words import (
    ACT_NAMES,
    CLOCK_NAMES,
    REJECT_REASONS,
    ROLE_NAMES,
    RULE_NAMES,
    Words,
    measure_line,
    name_of,
)
from backend.services import ServicesDep
from backend.settings import Settings
from backend.templating import render
from edge.report import ViolationReport
from penalty.plates import COLOUR_NAMES, KIND_NAMES

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

_QUEUE_ROWS = 50
_DECIDED_ROWS = 10
_FRAME_S = 0.04
_PAINTS: dict[str, Words] = {str(name): words for name, words in PAINTS.items()}
_SEEN_NAMES: dict[str, Mapping[str, Words]] = {
    "vehicle_kind": KIND_NAMES,
    "ground_colour": COLOUR_NAMES,
    "vehicle_colour": _PAINTS,
}
_REPORT_KINDS = ("motorbike", "car", "bus", "truck", "bicycle")


def names(lang: str) -> dict[str, Any]:
    """Name givers for templates."""
    return {
        "rule_name": lambda key: name_of(RULE_NAMES, key, lang),
        "kind_name": lambda key: name_of(KIND_NAMES, key, lang),
        "colour_name": lambda key: name_of(COLOUR_NAMES, key, lang),
        "paint_name": lambda key: name_of(_PAINTS, key, lang),
        "seen_name": lambda part, key: name_of(_SEEN_NAMES.get(part, {}), key, lang),
        "origin_words": {"fields": FIELD_NAMES, "sources": SOURCE_NAMES, "states": FIELD_STATES},
        "act_name": lambda key: name_of(ACT_NAMES, key, lang),
        "role_name": lambda key: name_of(ROLE_NAMES, key, lang),
    }


@router.get("/canh-sat")
def queue_page(request: Request, session: SessionDep, officer: Reviewer, done: str = "") -> HTMLResponse:
    lang = screen_language(request)
    return render(
        request,
        "review/queue.html",
        section="review",
        queue=queries.queue(session, officer, now=utc_now(), limit=_QUEUE_ROWS),
        second_reviews=rechecks.waiting(session, officer, utc_now()),
        differences=len(rechecks.differences(session, officer)) if officer.has(*CHIEFS) else 0,
        decided=queries.decided(session, officer, limit=_DECIDED_ROWS),
        display=queries.current_display,
        reasons={reason.code: reason.vi if lang == "vi" else reason.en for reason in REJECT_REASONS},
        today=utc_now().date(),
        done=done,
        **names(lang),
    )


@router.get("/canh-sat/duyet/{violation_id}")
def report_page(
    violation_id: uuid.UUID,
    request: Request,
    session: SessionDep,
    services: ServicesDep,
    officer: Reviewer,
    *,
    done: str = "",
) -> HTMLResponse:
    lang = screen_language(request)
    detail = queries.detail(services, session, queries.find(session, violation_id), officer)
    return render(
        request,
        "review/report.html",
        section="review",
        colours=tuple(COLOUR_NAMES),
        paints=tuple(PAINTS),
        done=done,
        **report_context(services.settings, detail, lang),
    )


@router.get("/canh-sat/ho-so/{dossier_id}/chung-cu")
def evidence_page(
    dossier_id: uuid.UUID, request: Request, session: SessionDep, services: ServicesDep, officer: Officer
) -> HTMLResponse:
    """The whole evidence of a case, to look at only, for all who may decide on it; the look is logged."""
    dossier = dossiers.find(session, dossier_id)
    violation = queries.find(session, dossier.violation_id)
    detail = queries.detail(services, session, violation, officer)
    audit.record(
        session,
        actor=officer.actor,
        action="evidence.opened",
        subject_type="violation",
        subject_id=violation.id,
        data={"dossier": dossier.notice_number},
    )
    return render(
        request,
        "review/whole.html",
        section="dossiers",
        dossier=dossier,
        **report_context(services.settings, detail, screen_language(request)),
    )


def report_context(settings: Settings, detail: Detail, lang: str) -> dict[str, Any]:
    """What the parts of a report's page need, for the first review and the second."""
    report = ViolationReport.model_validate(detail.report)
    return {
        "item": detail,
        "report": report,
        "measures": [measure_line(measure, lang) for measure in report.measures],
        "reasons": [reason.vi if lang == "vi" else reason.en for reason in report.reasons],
        "rule_text": RULE_TEXTS.get(detail.rule),
        "trail": geometry.trail(report),
        "plan": geometry.plan(report),
        "clock": name_of(CLOCK_NAMES, report.times.clock_source, lang),
        "map": draw(where.marks(detail.places, lang), settings.map_tiles_url),
        "frame_s": frame_interval_s(report),
        "reject_reasons": REJECT_REASONS,
        "camera_fault": name_of(FAULT_NAMES, detail.camera_fault, lang) if detail.camera_fault else None,
        "kinds": _REPORT_KINDS,
        "tabs": _tabs(detail),
        **names(lang),
    }


def _tabs(detail: Detail) -> list[str]:
    shown = ("still_before", "still_at", "still_after", "clip", "drawing")
    return [role for role in shown if role in detail.files]


def frame_interval_s(report: ViolationReport) -> float:
    """Time between two frames of this camera, by the track's own timestamps: one step in the clip."""
    times = [point.t_s for point in report.track]
    steps = [later - earlier for earlier, later in pairwise(times) if later > earlier]
    return round(median(steps), 4) if steps else _FRAME_S
