from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from penalty import ledger, settlement
from penalty.calendar import VIETNAM
from penalty.ledger import CASH_TREASURY, FEES_OWED, RECEIVABLE, REFUND_PAYABLE, UNPLACED, Ledger, LedgerError
from penalty.settlement import Layer, Standing, Told, lying, overdue_vnd, standing

AT = datetime(2026, 12, 1, 8, 0, tzinfo=VIETNAM)
MONDAY = date(2026, 11, 23)
GATEWAYS = st.sampled_from(["vnpay", "vietqr"])
DOSSIERS = st.sampled_from(["D1", "D2"])


@pytest.mark.parametrize(
    ("told", "arrived", "how", "stands"),
    [
        (Told(100), None, {}, Standing.ON_ITS_WAY),
        (None, None, {}, Standing.ON_ITS_WAY),
        (None, 100, {}, Standing.READY),
        (None, 101, {}, Standing.MORE_THAN_LIES),
        (None, 100, {"file_needed": True}, Standing.NOT_TOLD),
        (Told(100), 100, {"file_needed": True}, Standing.READY),
        (Told(100, 5), 95, {"file_needed": True}, Standing.READY),
        (Told(100, 5), 100, {}, Standing.SUMS_DIFFER),
        (Told(100), 95, {}, Standing.SUMS_DIFFER),  # a fee that the file does not tell
        (Told(100), 100, {"payments_differ": True}, Standing.PAYMENTS_DIFFER),
        (Told(105, 5), 100, {}, Standing.MORE_THAN_LIES),
    ],
)
def test_a_batch_is_posted_only_where_all_agree(told, arrived, how, stands) -> None:
    known = {"file_needed": False, "payments_differ": False, "in_clearing_vnd": 100} | how
    assert standing(told, arrived, **known) is stands


def settle(told: Told, lies: int = 100) -> ledger.Transaction:
    return settlement.settled(gateway="vnpay", reference="FT1", told=told, in_clearing_vnd=lies, at=AT)


def test_a_fee_that_is_kept_back_is_owed_by_the_province_and_made_good() -> None:
    posting = settle(Told(100, 3))
    assert (posting.dossier, posting.reference) == (None, "settlement/vnpay/FT1")
    assert ledger.balances([posting]) == {CASH_TREASURY: 97, FEES_OWED: 3, "clearing:vnpay": -100}
    good = settlement.fee_made_good(reference="NS1", amount_vnd=3, owed_vnd=3, at=AT)
    assert ledger.balances([posting, good]) == {CASH_TREASURY: 100, FEES_OWED: 0, "clearing:vnpay": -100}
    with pytest.raises(LedgerError, match="4 of 3 owed"):
        settlement.fee_made_good(reference="NS2", amount_vnd=4, owed_vnd=3, at=AT)


@pytest.mark.parametrize("told", [Told(101), Told(0), Told(100, 101), Told(100, -1)])
def test_never_more_than_lies_there(told: Told) -> None:
    with pytest.raises(LedgerError, match="settlement FT1"):
        settle(told)


def test_one_reference_is_one_settlement() -> None:
    book = Ledger().append(settle(Told(100)))
    assert book.append(settle(Told(100))) is book
    with pytest.raises(LedgerError, match="already used"):
        book.append(settle(Told(99)))


def test_what_came_first_left_first() -> None:
    taken = {MONDAY: 50, MONDAY + timedelta(1): 30, MONDAY + timedelta(4): 20}
    assert lying(taken, 0) == ()
    layers = lying(taken, 40)
    assert layers == (Layer(MONDAY + timedelta(1), 20), Layer(MONDAY + timedelta(4), 20))
    assert overdue_vnd(layers, before=MONDAY + timedelta(4)) == 20
    with pytest.raises(LedgerError, match="1 more is left"):
        lying(taken, 101)


@given(st.dictionaries(st.integers(0, 90), st.integers(1, 10**9), max_size=12), st.data())
def test_the_layers_are_the_balance(days: dict[int, int], data: st.DataObject) -> None:
    taken = {MONDAY + timedelta(day): amount for day, amount in days.items()}
    left = data.draw(st.integers(0, sum(taken.values())))
    layers = lying(taken, left)
    assert sum(layer.amount_vnd for layer in layers) == left
    assert all(0 < layer.amount_vnd <= taken[layer.day] for layer in layers)
    newest = sorted(taken)[len(taken) - len(layers) :]
    assert [layer.day for layer in layers] == newest
    assert all(layer.amount_vnd == taken[layer.day] for layer in layers[1:])


class MoneyMachine(RuleBasedStateMachine):
    """Decisions, payments, surcharges, annulments, settlements, fees and refunds in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.book = Ledger()
        self.count = 0
        self.taken = {"vnpay": 0, "vietqr": 0}
        self.passed_on = {"vnpay": 0, "vietqr": 0}
        self.fees = self.made_good = self.returned = self.in_suspense = 0

    def _next(self) -> str:
        self.count += 1
        return str(self.count)

    def _post(self, posting: ledger.Transaction, *, twice: bool = False) -> None:
        self.book = self.book.append(posting)
        if twice:
            assert self.book.append(posting) is self.book

    @rule(dossier=DOSSIERS, fine=st.integers(1, 50_000_000))
    def decide(self, dossier: str, fine: int) -> None:
        self._post(ledger.fine_decided(dossier=dossier, decision_number=self._next(), fine_vnd=fine, at=AT))

    @rule(dossier=DOSSIERS, gateway=GATEWAYS, amount=st.integers(1, 60_000_000), twice=st.booleans())
    def pay(self, dossier: str, gateway: str, amount: int, twice: bool) -> None:
        posting = ledger.fine_paid(
            dossier=dossier,
            gateway=gateway,
            gateway_reference=self._next(),
            amount_vnd=amount,
            outstanding_vnd=self.book.outstanding_vnd(dossier),
            at=AT,
        )
        self._post(posting, twice=twice)
        self.taken[gateway] += amount

    @rule(gateway=GATEWAYS, amount=st.integers(1, 60_000_000), twice=st.booleans())
    def fits_nothing(self, gateway: str, amount: int, twice: bool) -> None:
        posting = ledger.unplaced(gateway=gateway, line_id=self._next(), amount_vnd=amount, at=AT)
        self._post(posting, twice=twice)
        self.taken[gateway] += amount
        self.in_suspense += amount

    @precondition(lambda self: self.in_suspense)
    @rule(dossier=DOSSIERS, share=st.floats(0.01, 1), goes_back=st.booleans())
    def find_whose_it_is(self, dossier: str, share: float, goes_back: bool) -> None:
        """Placed on a dossier, or back to its sender."""
        amount = max(1, int(self.in_suspense * share))
        if goes_back:
            posting = ledger.unplaced_returned(
                gateway="vietqr", line_id=self._next(), refund_reference="KB", amount_vnd=amount, at=AT
            )
            self.returned += amount
        else:
            posting = ledger.fine_paid(
                dossier=dossier,
                gateway="vietqr",
                gateway_reference=self._next(),
                amount_vnd=amount,
                outstanding_vnd=self.book.outstanding_vnd(dossier),
                at=AT,
                was_unplaced=True,
            )
        self._post(posting)
        self.in_suspense -= amount

    @rule(dossier=DOSSIERS, days=st.integers(2, 400))
    def grow_late(self, dossier: str, days: int) -> None:
        """The surcharge of a late part, posted with it; what is owed grows by exactly that."""
        owed, due = self.book.outstanding_vnd(dossier), date(2026, 12, 7)
        late = ledger.late_surcharge(owed, pay_until=due, paid_on=due + timedelta(days=days))
        if not late.amount_vnd:
            return
        self._post(
            ledger.surcharge_accrued(
                dossier=dossier, decision_number=self._next(), surcharge=late, on=due, at=AT
            )
        )
        assert self.book.outstanding_vnd(dossier) == owed + late.amount_vnd

    @rule(
        gateway=GATEWAYS,
        share=st.floats(0.01, 1.5),
        fee_share=st.sampled_from([0.0, 0.01, 1.0]),
        twice=st.booleans(),
    )
    def settle(self, gateway: str, share: float, fee_share: float, twice: bool) -> None:
        """A batch of any size: what exceeds clearing is refused and changes nothing."""
        lies = self.book.balance_vnd(ledger.clearing(gateway))
        told = Told(int(lies * share), int(int(lies * share) * fee_share))
        try:
            posting = settlement.settled(
                gateway=gateway, reference=self._next(), told=told, in_clearing_vnd=lies, at=AT
            )
        except LedgerError:
            assert not 0 < told.taken_vnd <= lies
            return
        self._post(posting, twice=twice)
        self.passed_on[gateway] += told.taken_vnd
        self.fees += told.fee_vnd

    @precondition(lambda self: self.book.balance_vnd(FEES_OWED) > 0)
    @rule(share=st.floats(0.01, 1))
    def make_good(self, share: float) -> None:
        owed = self.book.balance_vnd(FEES_OWED)
        amount = max(1, int(owed * share))
        self._post(settlement.fee_made_good(reference=self._next(), amount_vnd=amount, owed_vnd=owed, at=AT))
        self.made_good += amount

    @precondition(lambda self: self.book.balance_vnd(REFUND_PAYABLE) < 0)
    @rule(gateway=GATEWAYS)
    def refund(self, gateway: str) -> None:
        amount = -self.book.balance_vnd(REFUND_PAYABLE)
        self._post(
            ledger.refund_paid(
                dossier="D1", gateway=gateway, refund_reference=self._next(), amount_vnd=amount, at=AT
            )
        )
        self.returned += amount

    @precondition(
        lambda self: (
            self.book.balance_vnd(ledger.TREASURY_FINES, dossier="D1")
            + self.book.balance_vnd(ledger.TREASURY_SURCHARGE, dossier="D1")
            < 0
        )
    )
    @rule()
    def annul(self) -> None:
        self._post(
            ledger.decision_annulled(
                self.book, dossier="D1", decision_number="x", annulment_number=self._next(), at=AT
            )
        )
        assert self.book.outstanding_vnd("D1") == 0

    @rule(dossier=DOSSIERS, share=st.sampled_from([0.0, 0.3, 1.0, 1.1]))
    def remit(self, dossier: str, share: float) -> None:
        """A part of the fine, all of it, or more than that: the last and nothing are refused."""
        fine = -self.book.balance_vnd(ledger.TREASURY_FINES, dossier=dossier)
        owed, remitted = self.book.outstanding_vnd(dossier), int(fine * share)
        how = {"remission_number": self._next(), "remitted_vnd": remitted, "fine_vnd": fine, "owed_vnd": owed}
        if not 0 < remitted <= fine:
            with pytest.raises(LedgerError, match="of a fine of"):
                ledger.fine_remitted(dossier=dossier, at=AT, **how)
            return
        with pytest.raises(LedgerError, match="is not unpaid"):
            ledger.fine_remitted(dossier=dossier, at=AT, surcharge_vnd=max(0, owed - remitted) + 1, **how)
        payable = -self.book.balance_vnd(REFUND_PAYABLE, dossier=dossier)
        self._post(ledger.fine_remitted(dossier=dossier, at=AT, **how))
        assert self.book.outstanding_vnd(dossier) == max(0, owed - remitted)
        assert -self.book.balance_vnd(REFUND_PAYABLE, dossier=dossier) == payable + max(0, remitted - owed)
        assert self.book.balance_vnd(ledger.TREASURY_FINES, dossier=dossier) == remitted - fine

    @invariant()
    def the_books_are_right(self) -> None:
        balances = ledger.balances(self.book.transactions)
        assert sum(balances.values()) == 0
        for gateway, taken in self.taken.items():
            lies = balances.get(ledger.clearing(gateway), 0)
            assert lies == taken - self.passed_on[gateway]
            assert lies >= 0
        arrived = sum(self.passed_on.values()) - self.fees + self.made_good
        assert balances.get(CASH_TREASURY, 0) == arrived - self.returned
        assert balances.get(FEES_OWED, 0) == self.fees - self.made_good >= 0
        assert balances.get(REFUND_PAYABLE, 0) <= 0
        assert balances.get(UNPLACED, 0) == -self.in_suspense

    @invariant()
    def nobody_owes_less_than_nothing(self) -> None:
        debts = [self.book.outstanding_vnd(dossier) for dossier in ("D1", "D2")]
        assert min(debts) >= 0
        assert sum(debts) == self.book.balance_vnd(RECEIVABLE)


TestMoneyMachine = MoneyMachine.TestCase
TestMoneyMachine.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
