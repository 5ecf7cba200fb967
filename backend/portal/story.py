"""A dossier in plain words for its owner: where it stands, what comes next, what was measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from backend.dossiers.models import Dossier
from penalty.dossier import State
from penalty.ledger import late_surcharge

Next = Literal[
    "wait_notice",
    "answer",
    "wait_answer",
    "wait_driver",
    "elsewhere",
    "wait_decision",
    "pay",
    "done",
    "ended",
]
STEPS: tuple[tuple[str, str, str], ...] = (
    ("notified", "Thông báo", "Notice"),
    ("recorded", "Biên bản", "Record"),
    ("decided", "Quyết định", "Decision"),
    ("closed", "Nộp phạt", "Payment"),
)
_NEXT: dict[State, Next] = {
    State.OWNER_LOOKUP: "wait_notice",
    State.NOTIFIED: "answer",
    State.CONTESTED: "wait_answer",
    State.DRIVER_NAMED: "wait_driver",
    State.TRANSFERRED: "elsewhere",
    State.RECORDED: "wait_decision",
    State.EXPLAINED: "wait_decision",
    State.DECIDED: "pay",
    State.OVERDUE: "pay",
    State.ENFORCED: "pay",
    State.PAID: "done",
    State.CLOSED: "done",
    State.REJECTED: "ended",
    State.LAPSED: "ended",
    State.ANNULLED: "ended",
    State.REFUNDED: "ended",
}
_REACHED: dict[State, int] = {
    State.OWNER_LOOKUP: 0,
    State.NOTIFIED: 1,
    State.CONTESTED: 1,
    State.DRIVER_NAMED: 1,
    State.TRANSFERRED: 1,
    State.RECORDED: 2,
    State.EXPLAINED: 2,
    State.DECIDED: 3,
    State.OVERDUE: 3,
    State.ENFORCED: 3,
    State.PAID: 4,
    State.CLOSED: 4,
}


@dataclass(frozen=True)
class Progress:
    """One of the four steps: done, now, or to come."""

    name: str
    vi: str
    en: str
    state: Literal["done", "now", "later"]


def next_for_owner(dossier: Dossier) -> Next:
    return _NEXT[State(dossier.state)]


def progress(dossier: Dossier) -> tuple[Progress, ...]:
    """The four steps as far as the dossier has come; the last one done is where it stands."""
    reached = _REACHED.get(State(dossier.state), len(STEPS))
    return tuple(
        Progress(name, vi, en, "done" if place < reached else "now" if place == reached else "later")
        for place, (name, vi, en) in enumerate(STEPS)
    )


def late_each_day(unpaid_vnd: int) -> int:
    """What one more day of paying late adds (penalty.ledger), for a worked example."""
    example = date(2026, 1, 1)
    return late_surcharge(unpaid_vnd, pay_until=example, paid_on=example + timedelta(days=2)).amount_vnd


@dataclass(frozen=True)
class SpeedScale:
    """A measured speed on a scale of 0 to `top_kmh`; positions are per cent of its width."""

    speed_kmh: float
    lower_kmh: float
    upper_kmh: float
    limit_kmh: float
    top_kmh: int

    def place(self, kmh: float) -> float:
        return round(100 * kmh / self.top_kmh, 1)


def speed_scale(report: dict[str, Any]) -> SpeedScale | None:
    """The scale for a report that measured a speed against a limit; None for others."""
    for measure in report["measures"]:
        if measure["name"] == "speed" and measure["limit"]:
            top = int(max(measure["upper_95"], measure["limit"]) * 1.15 // 10 + 1) * 10
            return SpeedScale(
                speed_kmh=measure["value"],
                lower_kmh=measure["lower_95"],
                upper_kmh=measure["upper_95"],
                limit_kmh=measure["limit"],
                top_kmh=top,
            )
    return None
