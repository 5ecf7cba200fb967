"""The indicators of Decision 766/QĐ-TTg as far as they apply to fines, and our own, each with its formula.

Names, formulas, points and sources are rows of indicators.csv. An indicator that cannot be computed here is
shown with the reason, never with a number made up for it.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import compress
from types import MappingProxyType

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.counter.models import CounterPaper
from backend.dossiers.models import Document, Dossier, Message
from backend.figures import money, seen, way
from backend.figures.period import Period
from backend.figures.tables import Cell, Column, Figure, Words
from backend.owners.models import LookupState, OwnerLookup
from backend.submissions.models import Submission
from penalty.dossier import State

_ONLINE = frozenset({"vietqr", "vnpay", "momo", "portal"})
_GROUPS: Mapping[str, Words] = MappingProxyType(
    {
        "1": ("1 Công khai, minh bạch", "1 Publicity, transparency"),
        "2": ("2 Tiến độ, kết quả", "2 Progress, results"),
        "3": ("3 Số hóa", "3 Digitisation"),
        "4": ("4 Dịch vụ trực tuyến", "4 Online services"),
        "5": ("5 Mức độ hài lòng", "5 Satisfaction"),
        "P": ("Riêng cho xử phạt", "Of the penalty pipeline"),
    }
)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of indicators.csv. `why_not` says why it is not computed; empty words where it is."""

    id: str
    group: Words
    name: Words
    formula: Words
    max_points: int | None
    source: str
    confidence: str
    why_not: Words


@dataclass(frozen=True, slots=True)
class Counted:
    """A numerator over a denominator, times `times`. `value` alone where it is no ratio."""

    part: float | None
    whole: float
    times: int = 100

    @property
    def value(self) -> float | None:
        if self.part is None or not self.whole:
            return None
        return round(self.part / self.whole * self.times, 2)


def indicators(session: Session, period: Period, today: date) -> Figure:
    """All of them, with numerator and denominator, so that anybody can count again."""
    counted = {one: count(session, period, today) for one, count in _COUNTS.items()}
    return Figure(
        "indicators_766",
        ("Bộ chỉ số 766 và chỉ số xử phạt", "Indicators of Decision 766, and of penalties"),
        (
            "Xử phạt không phải thủ tục hành chính: chỉ một phần chỉ số áp dụng được, còn lại nêu lý do.",
            "A fine is no administrative procedure, so only some indicators apply; the others say why not.",
        ),
        (
            Column("id", ("Mã", "Id"), "text"),
            Column("group", ("Nhóm", "Group"), "text"),
            Column("name", ("Chỉ số", "Indicator"), "text"),
            Column("part", ("Tử số", "Part")),
            Column("whole", ("Mẫu số", "Whole")),
            Column("value", ("Giá trị", "Value"), "hours"),
            Column("formula", ("Công thức", "Formula"), "text"),
            Column("note", ("Ghi chú", "Note"), "text"),
        ),
        tuple(_row(one, counted.get(one.id)) for one in known()),
    )


def _row(one: Indicator, counted: Counted | None) -> tuple[Cell, ...]:
    note = one.why_not
    if counted is not None:
        vi, en = one.source.replace("Decision", "Quyết định").replace("our own", "chỉ số riêng"), one.source
        if one.confidence not in ("", "read-primary"):
            vi, en = f"{vi}, chưa đối chiếu văn bản gốc", f"{en}, not checked against the original text"
        note = (vi, en)
    part, whole = (counted.part, counted.whole) if counted else (None, None)
    return one.id, one.group, one.name, part, whole, counted.value if counted else None, one.formula, note


@cache
def known() -> tuple[Indicator, ...]:
    """The rows of indicators.csv. Raises ValueError for a row that neither is counted nor says why not."""
    text = (files("backend.figures") / "indicators.csv").read_text(encoding="utf-8")
    found = tuple(_indicator(row) for row in csv.DictReader(text.splitlines()))
    for one in found:
        if (one.id in _COUNTS) == bool(one.why_not[0]):
            raise ValueError(f"indicators.csv: {one.id}: is to be counted or to say why it is not")
    return found


def _indicator(row: Mapping[str, str]) -> Indicator:
    return Indicator(
        id=row["id"],
        group=_GROUPS[row["group"]],
        name=(row["vi_name"], row["en_name"]),
        formula=(row["vi_formula"], row["en_formula"]),
        max_points=int(row["max_points"]) if row["max_points"] else None,
        source=row["source"],
        confidence=row["confidence"],
        why_not=(row["why_not_vi"], row["why_not_en"]),
    )


def _in_time(session: Session, period: Period, today: date) -> Counted:
    figure = way.deadlines(session, period, today)
    duties = [whose == way.OF_AUTHORITIES for whose in figure.values("whose")]
    kept, late, missed = (
        sum(compress(_numbers(figure, name), duties)) for name in ("kept", "late", "missed")
    )
    return Counted(kept, kept + late + missed)


def _to_decision(session: Session, period: Period, _today: date) -> Counted:
    hours = session.scalar(
        select(
            func.percentile_cont(0.5).within_group(
                func.extract("epoch", Dossier.decided_at - Dossier.opened_at) / 3600.0
            )
        ).where(Dossier.decided_at >= period.begins, Dossier.decided_at < period.ends)
    )
    return Counted(None if hours is None else round(float(hours), 2), 1, times=1)


def _digitised(session: Session, period: Period, _today: date) -> Counted:
    of_period = (Dossier.notified_at >= period.begins, Dossier.notified_at < period.ends)
    signed = (
        select(func.count(Document.dossier_id.distinct()))
        .join(Dossier, Dossier.id == Document.dossier_id)
        .where(*of_period, Document.kind == "notice", Document.made_at.is_not(None))
    )
    notified = session.scalar(select(func.count()).select_from(Dossier).where(*of_period)) or 0
    return Counted(session.scalar(signed) or 0, notified)


def _delivered_electronically(session: Session, period: Period, _today: date) -> Counted:
    of_period = (
        Message.purpose == "decision",
        Message.force == "legal",
        Message.sent_at >= period.begins,
        Message.sent_at < period.ends,
    )
    row = session.execute(
        select(
            func.count(Message.dossier_id.distinct()).filter(Message.channel != "letter"),
            func.count(Message.dossier_id.distinct()),
        ).where(*of_period)
    ).one()
    return Counted(row[0], row[1])


def _reused(session: Session, period: Period, _today: date) -> Counted:
    row = session.execute(
        select(
            func.count().filter(OwnerLookup.state == LookupState.FOUND),
            func.count().filter(OwnerLookup.state.in_((LookupState.FOUND, LookupState.RESOLVED))),
        )
        .join(Dossier, Dossier.owner_lookup_id == OwnerLookup.id)
        .where(Dossier.opened_at >= period.begins, Dossier.opened_at < period.ends)
    ).one()
    return Counted(row[0], row[1])


def _filed_online(session: Session, period: Period, _today: date) -> Counted:
    """Every statement kept here came through the owner's pages or, in a clerk's name, the counter."""
    filed = sum(_numbers(way.statements(session, period, period.last), "filed"))
    at_counter = session.scalar(
        select(func.count())
        .select_from(Submission)
        .where(
            Submission.filed_at >= period.begins,
            Submission.filed_at < period.ends,
            Submission.id.in_(select(CounterPaper.submission_id)),
        )
    )
    return Counted(filed - (at_counter or 0), filed)


def _paid_online(session: Session, period: Period, _today: date) -> Counted:
    figure = money.by_way(session, period)
    ways, payments = figure.values("way"), _numbers(figure, "payments")
    online_names = {money.way_name(one) for one in _ONLINE}
    online = sum(number for name, number in zip(ways, payments, strict=True) if name in online_names)
    return Counted(online, sum(payments))


def _answered_in_time(session: Session, period: Period, today: date) -> Counted:
    figure = way.statements(session, period, today)
    in_time, late, overdue = (sum(_numbers(figure, name)) for name in ("in_time", "late", "overdue"))
    return Counted(in_time, in_time + late + overdue)


def _rejected(session: Session, period: Period, _today: date) -> Counted:
    figure = seen.by_rule(session, period)
    rejected, confirmed = (sum(_numbers(figure, name)) for name in ("rejected", "confirmed"))
    return Counted(rejected, rejected + confirmed)


def _annulled(session: Session, period: Period, _today: date) -> Counted:
    of_period = (Dossier.decided_at >= period.begins, Dossier.decided_at < period.ends)
    row = session.execute(
        select(func.count().filter(Dossier.state.in_((State.ANNULLED, State.REFUNDED))), func.count()).where(
            *of_period
        )
    ).one()
    return Counted(row[0], row[1], times=1000)


def _complaints(session: Session, period: Period, _today: date) -> Counted:
    opened = (Dossier.opened_at >= period.begins, Dossier.opened_at < period.ends)
    complained = (
        select(func.count(Submission.dossier_id.distinct()))
        .join(Dossier, Dossier.id == Submission.dossier_id)
        .where(*opened, Submission.kind == "complaint")
    )
    dossiers = session.scalar(select(func.count()).select_from(Dossier).where(*opened)) or 0
    return Counted(session.scalar(complained) or 0, dossiers, times=1000)


def _lapsed(session: Session, period: Period, _today: date) -> Counted:
    lapsed = session.scalar(
        select(func.count())
        .select_from(Dossier)
        .where(
            Dossier.state == State.LAPSED,
            Dossier.happened_at >= period.begins,
            Dossier.happened_at < period.ends,
        )
    )
    return Counted(lapsed or 0, 1, times=1)


def _numbers(figure: Figure, key: str) -> list[int]:
    return [cell for cell in figure.values(key) if isinstance(cell, int)]


_COUNTS: Mapping[str, Callable[[Session, Period, date], Counted]] = MappingProxyType(
    {
        "2.1": _in_time,
        "2.2": _to_decision,
        "3.1": _digitised,
        "3.2": _delivered_electronically,
        "3.3": _reused,
        "4.3": _filed_online,
        "4.6": _paid_online,
        "5.1": _answered_in_time,
        "P.1": _rejected,
        "P.2": _annulled,
        "P.3": _complaints,
        "P.4": _lapsed,
    }
)
