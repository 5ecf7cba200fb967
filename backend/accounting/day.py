"""The book of one day: every account before and after, and each posting, as tables to download."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from backend.dossiers.models import Dossier
from backend.figures.period import Period
from backend.figures.tables import Column, Figure, Words
from backend.payments.models import LedgerEntry, LedgerTransaction
from backend.payments.providers import NAMES
from backend.payments.words import POSTINGS, account_name


@dataclass(frozen=True, slots=True)
class AccountDay:
    """One account: debit minus credit before the day, what the day added on each side."""

    account: str
    name: Words
    before_vnd: int
    debit_vnd: int
    credit_vnd: int

    @property
    def after_vnd(self) -> int:
        return self.before_vnd + self.debit_vnd - self.credit_vnd


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of a posting, with the case that it is of, if it is of one."""

    at: datetime
    kind: str
    reference: str
    notice_number: str | None
    account: str
    debit_vnd: int
    credit_vnd: int


@dataclass(frozen=True, slots=True)
class DayBook:
    """All accounts on a day in Vietnam."""

    day: date
    accounts: tuple[AccountDay, ...]

    @property
    def debit_vnd(self) -> int:
        return sum(one.debit_vnd for one in self.accounts)

    @property
    def credit_vnd(self) -> int:
        return sum(one.credit_vnd for one in self.accounts)

    @property
    def before_vnd(self) -> int:
        return sum(one.before_vnd for one in self.accounts)

    @property
    def after_vnd(self) -> int:
        return sum(one.after_vnd for one in self.accounts)

    @property
    def balances(self) -> bool:
        """Debits equal credits on this day, and over all days before and after it."""
        return self.debit_vnd == self.credit_vnd and self.before_vnd == 0 == self.after_vnd


def day_book(session: Session, day: date) -> DayBook:
    """Every account that was ever used.

    The balance before is all there is, less the day and what came after: adding up all needs no join.
    """
    ever = _sums(session, None)
    today = _sums(session, _on(day))
    later = _sums(session, LedgerTransaction.happened_at >= Period(day, day).ends)
    lines = []
    for account, (debit_vnd, credit_vnd) in sorted(ever.items()):
        on_day, after = today.get(account, (0, 0)), later.get(account, (0, 0))
        before_vnd = debit_vnd - credit_vnd - (on_day[0] - on_day[1]) - (after[0] - after[1])
        lines.append(AccountDay(account, account_name(account, NAMES), before_vnd, *on_day))
    return DayBook(day, tuple(lines))


def postings(session: Session, day: date, *, most: int | None = None) -> list[Posting]:
    """Each side of each posting of a day (the first `most`), in the order in which they happened."""
    rows = session.execute(
        select(
            LedgerTransaction.happened_at,
            LedgerTransaction.kind,
            LedgerTransaction.reference,
            Dossier.notice_number,
            LedgerEntry.account,
            LedgerEntry.debit_vnd,
            LedgerEntry.credit_vnd,
        )
        .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .outerjoin(Dossier, Dossier.id == LedgerTransaction.dossier_id)
        .where(_on(day))
        .order_by(LedgerTransaction.happened_at, LedgerTransaction.id, LedgerEntry.credit_vnd)
        .limit(most)
    )
    return [Posting(*row) for row in rows]


def number_of_postings(session: Session, day: date) -> int:
    """How many sides of postings a day has."""
    counted = select(func.count()).select_from(LedgerEntry).join(LedgerTransaction).where(_on(day))
    return session.scalar(counted) or 0


def _on(day: date) -> ColumnElement[bool]:
    period = Period(day, day)
    happened = LedgerTransaction.happened_at
    return and_(happened >= period.begins, happened < period.ends)


def accounts_figure(book: DayBook) -> Figure:
    """The accounts as a table to download."""
    return Figure(
        id="accounts",
        title=("Số dư các tài khoản", "Balances of the accounts"),
        how=(
            "Nợ trừ có; tổng các tài khoản luôn bằng không.",
            "Debit minus credit; all accounts together are always zero.",
        ),
        columns=(
            Column("account", ("Tài khoản", "Account"), "text"),
            Column("name", ("Tên", "Name"), "text"),
            Column("before_vnd", ("Đầu ngày", "Before the day"), "vnd"),
            Column("debit_vnd", ("Nợ", "Debit"), "vnd"),
            Column("credit_vnd", ("Có", "Credit"), "vnd"),
            Column("after_vnd", ("Cuối ngày", "After the day"), "vnd"),
        ),
        rows=tuple(
            (one.account, one.name, one.before_vnd, one.debit_vnd, one.credit_vnd, one.after_vnd)
            for one in book.accounts
        ),
    )


def postings_figure(found: list[Posting]) -> Figure:
    """The day's postings as a table to download."""
    return Figure(
        id="postings",
        title=("Bút toán trong ngày", "Postings of the day"),
        how=("Mỗi dòng là một vế của bút toán.", "Each row is one side of a posting."),
        columns=(
            Column("at", ("Thời điểm", "Time"), "text"),
            Column("kind", ("Loại", "Kind"), "text"),
            Column("reference", ("Chứng từ", "Reference"), "text"),
            Column("notice_number", ("Thông báo", "Notice"), "text"),
            Column("account", ("Tài khoản", "Account"), "text"),
            Column("debit_vnd", ("Nợ", "Debit"), "vnd"),
            Column("credit_vnd", ("Có", "Credit"), "vnd"),
        ),
        rows=tuple(
            (
                one.at.isoformat(timespec="seconds"),
                POSTINGS[one.kind],
                one.reference,
                one.notice_number or "",
                one.account,
                one.debit_vnd,
                one.credit_vnd,
            )
            for one in found
        ),
    )


def _sums(session: Session, when: ColumnElement[bool] | None) -> Mapping[str, tuple[int, int]]:
    """By account, debit and credit."""
    query = select(
        LedgerEntry.account, func.sum(LedgerEntry.debit_vnd), func.sum(LedgerEntry.credit_vnd)
    ).group_by(LedgerEntry.account)
    if when is not None:
        query = query.join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id).where(when)
    return {account: (int(debit), int(credit)) for account, debit, credit in session.execute(query)}
