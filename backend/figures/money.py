"""What was decided, what was paid and how: from the ledger, so that it agrees with the treasury's."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from backend.dossiers.models import Dossier
from backend.figures.period import Period
from backend.figures.tables import Column, Figure, share
from backend.payments.models import LedgerEntry, LedgerTransaction
from backend.payments.providers import NAMES
from penalty import ledger

_SUMS = (
    ("fine_decided", ledger.RECEIVABLE, "debit_vnd", ("Tiền phạt theo quyết định", "Fines decided")),
    ("surcharge_accrued", ledger.RECEIVABLE, "debit_vnd", ("Tiền chậm nộp", "Late surcharges")),
    ("fine_paid", ledger.RECEIVABLE, "credit_vnd", ("Đã nộp vào tiền phạt", "Paid towards fines")),
    ("overpayment", ledger.REFUND_PAYABLE, "credit_vnd", ("Nộp thừa", "Paid too much")),
    ("decision_annulled", ledger.TREASURY_FINES, "debit_vnd", ("Hủy quyết định", "Decisions annulled")),
    (
        "fine_remitted",
        ledger.TREASURY_FINES,
        "debit_vnd",
        ("Giảm, miễn tiền phạt", "Fines reduced or waived"),
    ),
    ("refund_paid", ledger.REFUND_PAYABLE, "debit_vnd", ("Đã hoàn trả", "Refunded")),
    ("unplaced", ledger.UNPLACED, "credit_vnd", ("Tiền chưa rõ hồ sơ", "Money that fit nothing")),
    ("unplaced_returned", ledger.UNPLACED, "debit_vnd", ("Đã trả lại người gửi", "Sent back to its sender")),
    ("settled", ledger.CASH_TREASURY, "debit_vnd", ("Đã về Kho bạc", "Reached the treasury")),
    ("settled", ledger.FEES_OWED, "debit_vnd", ("Phí cổng giữ lại", "Fees kept back by gateways")),
    ("fee_made_good", ledger.CASH_TREASURY, "debit_vnd", ("Tỉnh bù phí", "Fees made good by the province")),
)


def by_way(session: Session, period: Period) -> Figure:
    """Payments by the way they came."""
    source = func.split_part(LedgerTransaction.reference, "/", 1)
    rows = session.execute(
        select(
            source,
            func.count(LedgerTransaction.id.distinct()),
            func.sum(LedgerEntry.debit_vnd),
        )
        .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
        .where(
            LedgerTransaction.happened_at >= period.begins,
            LedgerTransaction.happened_at < period.ends,
            LedgerTransaction.kind.in_(("fine_paid", "overpayment")),
            LedgerEntry.debit_vnd > 0,
        )
        .group_by(source)
        .order_by(func.sum(LedgerEntry.debit_vnd).desc())
    ).all()
    payments = sum(row[1] for row in rows)
    return Figure(
        "payments_by_way",
        ("Nộp phạt theo cách nộp", "Payments by way"),
        (
            "Từ sổ kế toán kép, theo ngày tiền được tính. Nộp thừa cũng nằm trong đây.",
            "From the double-entry book, by the day the money counts for; what was paid too much is in it.",
        ),
        (
            Column("way", ("Cách nộp", "Way"), "text"),
            Column("payments", ("Số lần", "Payments")),
            Column("amount_vnd", ("Số tiền", "Amount"), "vnd"),
            Column("share", ("Tỷ lệ số lần", "Share of payments"), "share"),
        ),
        tuple((way_name(row[0]), row[1], int(row[2]), share(row[1], payments)) for row in rows),
        bar="payments",
    )


def way_name(gateway: str) -> tuple[str, str]:
    """What people call a way to pay."""
    return NAMES.get(gateway, (gateway, gateway))


def totals(session: Session, period: Period) -> Figure:
    """The movements of the book in these days."""
    meant = [
        (and_(LedgerTransaction.kind == kind, LedgerEntry.account == account), getattr(LedgerEntry, side))
        for kind, account, side, _ in _SUMS
    ]
    sums = [func.coalesce(func.sum(case((which, side), else_=0)), 0) for which, side in meant]
    counts = [
        func.count(LedgerTransaction.id.distinct()).filter(and_(which, side > 0)) for which, side in meant
    ]
    row = session.execute(
        select(*sums, *counts)
        .select_from(LedgerTransaction)
        .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .where(LedgerTransaction.happened_at >= period.begins, LedgerTransaction.happened_at < period.ends)
    ).one()
    amounts, numbers = row[: len(_SUMS)], row[len(_SUMS) :]
    return Figure(
        "money",
        ("Tiền phạt trong kỳ", "Money in these days"),
        (
            "Các bút toán có ngày trong kỳ. Nợ luôn bằng có.",
            "The postings dated in these days. Debit always equals credit.",
        ),
        (
            Column("what", ("Khoản", "What"), "text"),
            Column("postings", ("Số bút toán", "Postings")),
            Column("amount_vnd", ("Số tiền", "Amount"), "vnd"),
        ),
        tuple((name, numbers[at], int(amounts[at])) for at, (_, _, _, name) in enumerate(_SUMS)),
    )


_DECISION_COLUMNS: Final = (
    Column("decided", ("Quyết định", "Decisions")),
    Column("paid", ("Đã nộp", "Paid")),
    Column("paid_share", ("Tỷ lệ đã nộp", "Paid"), "share"),
    Column("paid_within_10_days", ("Nộp trong 10 ngày", "Paid within 10 days")),
    Column("median_hours", ("Trung vị giờ đến khi nộp", "Median hours to payment"), "hours"),
    Column("fine_vnd", ("Tổng tiền phạt", "Fines"), "vnd"),
    Column("paid_vnd", ("Tổng đã nộp", "Paid in all"), "vnd"),
)


def paid_in_time(session: Session, period: Period) -> Figure:
    """Of the decisions of these days, how many were paid, how soon, and how many with a surcharge."""
    days = func.extract("epoch", Dossier.paid_at - Dossier.decided_at) / 86400.0
    row = session.execute(
        select(
            func.count(),
            func.count(Dossier.paid_at),
            func.count().filter(days <= 10),  # noqa: PLR2004 -- the ten days of LHAV Art. 78.1
            func.percentile_cont(0.5).within_group(days),
            func.coalesce(func.sum(Dossier.fine_vnd), 0),
            func.coalesce(func.sum(Dossier.paid_vnd), 0),
        ).where(Dossier.decided_at >= period.begins, Dossier.decided_at < period.ends)
    ).one()
    decided, paid, soon, median, fine_vnd, paid_vnd = row
    return Figure(
        "decisions",
        ("Quyết định và việc nộp phạt", "Decisions and their payment"),
        (
            "Các quyết định ký trong kỳ, tính đến bây giờ.",
            "The decisions signed in these days, as they stand now.",
        ),
        _DECISION_COLUMNS,
        (
            (
                decided,
                paid,
                share(paid, decided),
                soon,
                None if median is None else round(float(median) * 24, 2),
                int(fine_vnd),
                int(paid_vnd),
            ),
        ),
    )
