from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penalty import ledger
from penalty.calendar import VIETNAM
from penalty.ledger import REFUND_PAYABLE, Entry, Ledger, LedgerError, Transaction, late_surcharge

AT = datetime(2026, 12, 1, 8, 0, tzinfo=VIETNAM)


def decided(fine_vnd: int = 19_000_000, dossier: str = "D1") -> Ledger:
    posting = ledger.fine_decided(
        dossier=dossier, decision_number=f"000125/{dossier}", fine_vnd=fine_vnd, at=AT
    )
    return Ledger().append(posting)


def paid(book: Ledger, amount_vnd: int, reference: str = "1", dossier: str = "D1") -> Ledger:
    posting = ledger.fine_paid(
        dossier=dossier,
        gateway="vnpay",
        gateway_reference=reference,
        amount_vnd=amount_vnd,
        outstanding_vnd=book.outstanding_vnd(dossier),
        at=AT,
    )
    return book.append(posting)


def test_a_decision_then_a_payment_leaves_nothing_owed() -> None:
    book = decided()
    assert book.outstanding_vnd("D1") == 19_000_000
    book = paid(book, 19_000_000)
    assert book.outstanding_vnd("D1") == 0
    assert book.balance_vnd("clearing:vnpay") == 19_000_000
    assert book.balance_vnd(ledger.TREASURY_FINES) == -19_000_000


def test_the_same_posting_twice_is_one() -> None:
    book = paid(decided(), 5_000_000)
    again = ledger.fine_paid(
        dossier="D1",
        gateway="vnpay",
        gateway_reference="1",
        amount_vnd=5_000_000,
        outstanding_vnd=19_000_000,
        at=AT,
    )
    assert book.append(again) is book


def test_a_reference_with_other_content_is_refused() -> None:
    book = paid(decided(), 5_000_000)
    with pytest.raises(LedgerError, match="vnpay/1: already used"):
        paid(book, 6_000_000)


def test_a_second_payment_is_owed_back() -> None:
    book = paid(paid(decided(), 19_000_000), 19_000_000, reference="2")
    assert book.outstanding_vnd("D1") == 0
    assert book.balance_vnd(REFUND_PAYABLE) == -19_000_000
    assert book.transactions[-1].kind == "overpayment"
    refund = ledger.refund_paid(
        dossier="D1", gateway="vnpay", refund_reference="r1", amount_vnd=19_000_000, at=AT
    )
    book = book.append(refund)
    assert book.balance_vnd(REFUND_PAYABLE) == 0
    assert book.balance_vnd(ledger.CASH_TREASURY) == -19_000_000  # the treasury paid, not the gateway
    assert book.balance_vnd("clearing:vnpay") == 38_000_000


def test_paying_too_much_splits() -> None:
    book = paid(decided(), 20_000_000)
    assert book.outstanding_vnd("D1") == 0
    assert book.balance_vnd(REFUND_PAYABLE) == -1_000_000


@pytest.mark.parametrize("paid_vnd", [0, 5_000_000, 19_009_500])
def test_an_annulled_decision_frees_the_debt_and_returns_what_was_paid(paid_vnd: int) -> None:
    surcharge = late_surcharge(19_000_000, pay_until=date(2026, 12, 7), paid_on=date(2026, 12, 9))
    book = decided().append(
        ledger.surcharge_accrued(
            dossier="D1", decision_number="000125", surcharge=surcharge, on=date(2026, 12, 9), at=AT
        )
    )
    if paid_vnd:
        book = paid(book, paid_vnd)
    annulment = ledger.decision_annulled(
        book, dossier="D1", decision_number="000125", annulment_number="7", at=AT
    )
    book = book.append(annulment)
    assert book.outstanding_vnd("D1") == 0
    assert book.balance_vnd(REFUND_PAYABLE) == -paid_vnd
    assert book.balance_vnd(ledger.TREASURY_FINES) == 0
    assert book.balance_vnd(ledger.TREASURY_SURCHARGE) == 0
    with pytest.raises(LedgerError, match="nothing is posted"):
        ledger.decision_annulled(book, dossier="D1", decision_number="000125", annulment_number="8", at=AT)


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (("", 1, 0), "must be named"),
        (("a", -1, 0), "must not be negative"),
        (("a", 0, 0), "exactly one"),
        (("a", 1, 1), "exactly one"),
    ],
)
def test_a_bad_entry_is_refused(entry: tuple[str, int, int], says: str) -> None:
    with pytest.raises(LedgerError, match=says):
        Entry(*entry)


def test_a_posting_must_balance_and_know_its_time() -> None:
    one, other = Entry("a", debit_vnd=2), Entry("b", credit_vnd=1)
    with pytest.raises(LedgerError, match="debit 2 and credit 1 differ"):
        Transaction("fine_decided", "D1", "r", AT, (one, other))
    with pytest.raises(LedgerError, match="differ"):
        Transaction("fine_decided", "D1", "r", AT, ())
    with pytest.raises(LedgerError, match="time zone"):
        Transaction("fine_decided", "D1", "r", datetime(2026, 1, 1), (one, Entry("b", credit_vnd=2)))  # noqa: DTZ001
    with pytest.raises(LedgerError, match="named"):
        Transaction("fine_decided", "D1", "", AT, (one, Entry("b", credit_vnd=2)))
    with pytest.raises(LedgerError, match="fine_decided must name its dossier"):
        Transaction("fine_decided", None, "r", AT, (one, Entry("b", credit_vnd=2)))
    with pytest.raises(LedgerError, match="settled belongs to no dossier"):
        Transaction("settled", "D1", "r", AT, (one, Entry("b", credit_vnd=2)))


def test_money_must_be_above_zero() -> None:
    with pytest.raises(LedgerError, match="above zero"):
        paid(decided(), 0)


@pytest.mark.parametrize(
    ("unpaid", "paid_on", "days", "amount"),
    [
        (19_000_000, "2026-11-30", 0, 0),
        (19_000_000, "2026-12-07", 0, 0),  # the last day
        (19_000_000, "2026-12-08", 0, 0),  # from the 8th to the 7th: no day
        (19_000_000, "2026-12-09", 1, 9_500),
        (19_000_000, "2026-12-11", 3, 28_500),
        (500_000, "2026-12-09", 1, 250),
        (1_000, "2026-12-09", 1, 1),  # 0.5 dong rounds up
        (999, "2026-12-09", 1, 0),
        (3_000, "2026-12-09", 1, 2),
    ],
)
def test_late_surcharge(unpaid: int, paid_on: str, days: int, amount: int) -> None:
    found = late_surcharge(unpaid, pay_until=date(2026, 12, 7), paid_on=date.fromisoformat(paid_on))
    assert (found.days, found.amount_vnd) == (days, amount)


def test_the_surcharge_shows_its_sum() -> None:
    found = late_surcharge(19_000_000, pay_until=date(2026, 12, 7), paid_on=date(2026, 12, 11))
    assert found.formula_vi == "19.000.000 × 0,05 % × 3 ngày = 28.500 đồng"
    assert found.formula_en == "19,000,000 × 0.05 % × 3 days = VND 28,500"
    with pytest.raises(LedgerError, match="0 or more"):
        late_surcharge(-1, pay_until=AT.date(), paid_on=AT.date())


@given(st.integers(0, 10**9), st.integers(0, 400))
def test_the_surcharge_is_within_half_a_dong(unpaid: int, late: int) -> None:
    due = date(2026, 12, 7)
    found = late_surcharge(unpaid, pay_until=due, paid_on=due + timedelta(days=late))
    assert abs(found.amount_vnd * 10_000 - unpaid * found.days * 5) <= 5_000
