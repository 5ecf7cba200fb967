"""`python -m benchmarks.dossiers --cases 100000`: random lives of dossiers: graph, calendar and ledger.

Anybody tries anything on any day, as people do; the law's table lets some of it pass. After every step the
invariants are checked: no penalty once its time is over, nobody pays what is not owed, debit equals credit, a
dossier that was cancelled owes nothing, no clock runs for what is done. What the ways to pay took is settled
with the treasury in batches, some less a fee, until every dong is explained. A broken invariant ends the run
with the seed of its case.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from benchmarks.province import GATEWAYS, BrokenError, Province, must
from penalty import ledger as books
from penalty.calendar import VIETNAM, LegalCalendar
from penalty.dossier import (
    DECIDABLE,
    END_STATES,
    PAYABLE,
    Action,
    IllegalMoveError,
    Role,
    State,
    advance,
    allowed,
    opening_deadlines,
)
from penalty.guards import Facts
from penalty.ledger import Ledger
from penalty.remission import remittable_vnd

_FIRST: Final = date(2025, 7, 1)
_DAYS: Final = 420
_MOST_TRIES: Final = 60
_RARE: Final = {
    Action.DROP: 0.04,
    Action.LAPSE: 0.5,
    Action.TRANSFER: 0.1,
    Action.CONTEST: 0.2,
    Action.NAME_DRIVER: 0.3,
    Action.ANNUL: 0.15,
    Action.REDUCE: 0.6,
    Action.EXEMPT: 0.3,
}
"""How often somebody tries a thing, beside 1 for all others."""
_LEARNT: Final[dict[Action, dict[str, Any]]] = {
    Action.FIND_OTHER_OWNER: {"answer_until": None, "notified": False, "owner_known": False},
    Action.DRIVER_CONFIRMS: {"driver_heard": True},
    Action.DRIVER_DENIES: {"driver_heard": False},
    Action.WARN: {"warned": True},
    Action.PAY: {"receipt_issued": True},
}
_A_DAYS_CASES: Final = 500
"""After so many lives a batch of each way to pay goes to the treasury."""
_BANDS: Final = ((6_000_000, 4_000_000), (20_000_000, 18_000_000), (600_000, 400_000))


@dataclass(slots=True)
class Life:
    """One dossier on its way: where it stands, what the guards know, and its own book."""

    rng: random.Random
    name: str
    calendar: LegalCalendar
    day: date
    fine_vnd: int
    facts: Facts
    state: State = State.OWNER_LOOKUP
    book: Ledger = field(default_factory=Ledger)
    due: dict[str, date] = field(default_factory=dict)
    running: set[str] = field(default_factory=lambda: {"A1", "A4"})
    recorded_on: date | None = None
    decided_on: date | None = None
    payments: int = 0
    owed_when_asked_vnd: int | None = None
    refused: Counter[str] = field(default_factory=Counter)
    steps: int = 0

    @property
    def at(self) -> datetime:
        """Noon of the day."""
        return datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=VIETNAM)


def born(seed: int, calendar: LegalCalendar) -> Life:
    """A dossier on the day an officer confirmed it."""
    rng = random.Random(seed)  # noqa: S311 - chance for a simulation
    most, least = rng.choice(_BANDS)
    happened = _FIRST + timedelta(days=rng.randrange(_DAYS))
    opening = {one.step_id: one for one in opening_deadlines(calendar, happened)}
    facts = Facts(
        today=happened,
        limitation_until=opening["A4"].raw_due_on,
        explanation_right=most >= 15_000_000,
        band_max_vnd=most,
        signing_power_vnd=rng.choice((7_500_000, 22_500_000)),
    )
    return Life(rng, f"case-{seed}", calendar, happened, (most + least) // 2, facts)


def live(life: Life) -> Life:
    """Let days pass and people try things until the dossier has ended or nobody cares any more."""
    for _ in range(_MOST_TRIES):
        if life.state in END_STATES and life.state is not State.CLOSED and life.state is not State.ANNULLED:
            break
        _pass_time(life)
        _learn(life)
        _try(life)
        check(life)
    return life


def _pass_time(life: Life) -> None:
    life.day += timedelta(days=min(int(life.rng.expovariate(1 / 6)), 400))
    life.facts = replace(life.facts, today=life.day)


def _learn(life: Life) -> None:
    rng, facts = life.rng, life.facts
    signed = rng.random() < 0.5
    life.facts = replace(
        facts,
        owner_known=facts.owner_known or rng.random() < 0.7,
        violator_identified=signed,
        record_signed=signed,
        explanation_waived=facts.explanation_waived or rng.random() < 0.4,
        reason=rng.choice(("", "có lý do")),
        receiver=rng.choice(("", "", "Công an phường")),
        post_returns=rng.choice((0, 3)),
    )
    if life.state in PAYABLE and life.owed_when_asked_vnd is None and rng.random() < 0.2:
        life.owed_when_asked_vnd = life.book.outstanding_vnd(life.name)
    if life.state in PAYABLE and rng.random() < 0.5:
        _pay(life)
    if life.owed_when_asked_vnd is not None:
        _consider(life, life.owed_when_asked_vnd)
    if life.state in {State.ANNULLED, State.CLOSED} and rng.random() < 0.8:
        _give_back(life)


def _pay(life: Life) -> None:
    """Somebody pays: all, a part, or more than is owed; late money carries its surcharge."""
    owed = life.book.outstanding_vnd(life.name)
    pay_until = life.due.get("E1", life.day)
    late = books.late_surcharge(owed, pay_until=pay_until, paid_on=max(life.day, pay_until))
    reference = f"{life.decided_on}/{life.name}"
    accrued = any(one.kind == "surcharge_accrued" for one in life.book.transactions)
    if late.amount_vnd and not accrued:
        posting = books.surcharge_accrued(
            dossier=life.name, decision_number=reference, surcharge=late, on=life.day, at=life.at
        )
        life.book = life.book.append(posting)
        owed += late.amount_vnd
    amount = int(owed * life.rng.choice((1.0, 1.0, 0.4, 1.5))) or 1
    life.payments += 1
    posting = books.fine_paid(
        dossier=life.name,
        gateway=life.rng.choice(GATEWAYS),
        gateway_reference=f"{life.name}-{life.payments}",
        amount_vnd=amount,
        outstanding_vnd=owed,
        at=life.at,
    )
    life.book = life.book.append(posting)
    life.facts = replace(life.facts, paid_vnd=life.facts.paid_vnd + min(amount, owed), due_vnd=_charged(life))


def _consider(life: Life, owed_when_asked_vnd: int) -> None:
    """Whoever decides thinks of an amount: lawful, all of it, or too much."""
    fine_vnd = -life.book.balance_vnd(books.TREASURY_FINES, dossier=life.name)
    most = remittable_vnd(owed_when_asked_vnd=owed_when_asked_vnd, charged_fine_vnd=fine_vnd)
    remits = int(most * life.rng.choice((0.0, 0.3, 0.5, 1.0, 1.0, 1.2)))
    life.facts = replace(
        life.facts, remission_asked=True, relief_waits=True, remittable_vnd=most, remits_vnd=remits
    )


def _remit(life: Life) -> None:
    """What is taken off is owed no more; what was paid of it is owed back."""
    owed, remits = life.book.outstanding_vnd(life.name), life.facts.remits_vnd
    posting = books.fine_remitted(
        dossier=life.name,
        remission_number=f"{life.name}-{life.steps}",
        remitted_vnd=remits,
        fine_vnd=-life.book.balance_vnd(books.TREASURY_FINES, dossier=life.name),
        owed_vnd=owed,
        at=life.at,
    )
    life.book = life.book.append(posting)
    life.owed_when_asked_vnd = None
    life.facts = replace(
        life.facts,
        remission_asked=False,
        relief_waits=False,
        paid_vnd=life.facts.paid_vnd - max(0, remits - owed),
        due_vnd=_charged(life),
    )


def _give_back(life: Life) -> None:
    payable = -life.book.balance_vnd(books.REFUND_PAYABLE, dossier=life.name)
    if payable <= 0:
        return
    posting = books.refund_paid(
        dossier=life.name,
        gateway="vnpay",
        refund_reference=f"KB-{life.name}-{life.steps}",
        amount_vnd=payable,
        at=life.at,
    )
    life.book = life.book.append(posting)
    if life.state is State.ANNULLED:
        life.facts = replace(life.facts, refunded_vnd=(life.facts.refunded_vnd or 0) + payable)


def _charged(life: Life) -> int:
    accounts = (books.TREASURY_FINES, books.TREASURY_SURCHARGE)
    return -sum(life.book.balance_vnd(account, dossier=life.name) for account in accounts)


def _try(life: Life) -> None:
    actions = allowed(life.state) or (Action.PAY,)
    (action,) = life.rng.choices(actions, [_RARE.get(one, 1.0) for one in actions])
    role = life.rng.choice(tuple(Role))
    try:
        step = advance(life.state, action, role=role, facts=life.facts)
    except IllegalMoveError as error:
        life.refused[error.code] += 1
        return
    if action is Action.MAKE_RECORD:
        life.recorded_on = life.day
    for deadline in step.due(life.calendar, life.day, recorded_on=life.recorded_on):
        must(deadline.step_id not in life.running, f"{deadline.step_id} was started while it ran")
        life.due[deadline.step_id] = deadline.due_on
        life.running.add(deadline.step_id)
    life.running.difference_update(step.meets, step.ends)
    life.state = step.to_state
    life.steps += 1
    _after(life, action)


def _after(life: Life, action: Action) -> None:
    facts = replace(life.facts, **_LEARNT.get(action, {}))
    if action is Action.SEND_NOTICE:
        facts = replace(facts, answer_until=life.due["A2"], warned=False, notified=True)
    elif action is Action.MAKE_RECORD:
        facts = replace(facts, decide_until=life.due["D1"], explain_until=life.due.get("C1"))
    elif action is Action.RECEIVE_EXPLANATION:
        facts = replace(facts, decide_until=life.due["D3"], explanation_received=True)
    elif action is Action.DECIDE:
        life.decided_on = life.day
        number = f"{life.day}/{life.name}"
        posting = books.fine_decided(
            dossier=life.name, decision_number=number, fine_vnd=life.fine_vnd, at=life.at
        )
        life.book = life.book.append(posting)
        facts = replace(facts, due_vnd=life.fine_vnd, enforce_until=life.due["E8"], decided=True)
        must(facts.decide_until is not None and life.day <= facts.decide_until, "decided too late")
    elif action in {Action.DELIVER, Action.DEEM_DELIVERED}:
        facts = replace(facts, delivered_on=life.day, pay_until=life.due["E1"])
    elif action in {Action.REDUCE, Action.EXEMPT}:
        _remit(life)
        facts = life.facts
    elif action is Action.ANNUL:
        if not _charged(life):
            return
        posting = books.decision_annulled(
            life.book,
            dossier=life.name,
            decision_number=f"{life.decided_on}/{life.name}",
            annulment_number=life.name,
            at=life.at,
        )
        life.book = life.book.append(posting)
    life.facts = facts


def check(life: Life) -> None:
    """Raise BrokenError where an invariant does not hold."""
    balances = books.balances(life.book.transactions)
    owed = balances.get(books.RECEIVABLE, 0)
    must(sum(balances.values()) == 0, "debit and credit differ")
    must(owed >= 0, "less than nothing is owed")
    must(balances.get(books.REFUND_PAYABLE, 0) <= 0, "more was given back than is owed back")
    if life.state in (State.ANNULLED, State.REFUNDED):
        must(owed == 0, "a cancelled decision still owes")
    if life.state in {State.PAID, State.CLOSED}:
        must(owed == 0, "over, and still owed")
    must(_charged(life) >= 0, "less than nothing was charged")
    if life.state in {State.DECIDED, State.OVERDUE, State.ENFORCED, State.PAID, State.CLOSED}:
        kept = _charged(life) - owed
        must(life.facts.paid_vnd == kept, "what counts as paid is not what was kept")
    if life.state in DECIDABLE:
        must(not life.book.transactions, "money before a decision")
    must(life.decided_on is None or life.recorded_on is not None, "a decision without a record")
    must((life.state in PAYABLE) <= ("E8" in life.running), "a decision that nobody has to execute")
    if life.decided_on is not None:
        must(life.running.isdisjoint({"A2", "A4", "C1", "D1", "D3"}), "decided, and still to be decided")
    if life.state in {State.PAID, State.CLOSED, State.ANNULLED, State.REFUNDED}:
        must(life.running.isdisjoint({"E1", "E8"}), "nothing is owed, and the time to pay runs")


def main(argv: list[str] | None = None) -> int:
    """Run the command; its exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dossiers", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(argv)
    calendar, ends, refused = LegalCalendar.load(), Counter[str](), Counter[str]()
    province = Province(random.Random(given.seed))  # noqa: S311 - chance for a simulation
    steps, begun_s = 0, time.perf_counter()
    for seed in range(given.seed, given.seed + given.cases):
        life = born(seed, calendar)
        try:
            live(life)
            province.add(life.book)
            if seed % _A_DAYS_CASES == 0:
                province.settle(life.at)
        except BrokenError as error:
            print(f"case {seed}: {error}; state {life.state}", file=sys.stderr)
            return 1
        ends[life.state] += 1
        refused.update(life.refused)
        steps += life.steps
    province.settle(life.at, all_of_it=True)
    took_s = time.perf_counter() - begun_s
    table = Table(
        "stands at", "dossiers", title=f"{given.cases} lives, {steps} legal moves, no invariant broke"
    )
    for state, count in sorted(ends.items(), key=lambda one: -one[1]):
        table.add_row(state, str(count))
    console = Console()
    console.print(table)
    console.print(f"{given.cases / took_s:,.0f} dossiers/s; refused moves: {sum(refused.values()):,}")
    console.print(province.explained())
    missing = [state for state in END_STATES if state not in ends]
    if missing:
        console.print(f"never reached: {', '.join(missing)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
