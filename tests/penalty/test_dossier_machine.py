"""Anybody tries anything with a dossier on any day: what passes must have been lawful."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from penalty.calendar import LegalCalendar
from penalty.dossier import (
    END_STATES,
    PAYABLE,
    TABLE,
    Action,
    IllegalMoveError,
    Role,
    State,
    Step,
    advance,
    allowed,
    opening_deadlines,
)
from penalty.guards import Facts

CALENDAR = LegalCalendar.load()
TODAY = date(2026, 11, 23)
BEFORE_DECISION = frozenset(State) - END_STATES - PAYABLE - {State.PAID}


LEARNT: dict[Action, dict[str, object]] = {
    Action.FIND_OTHER_OWNER: {"notified": False, "answer_until": None},
    Action.DRIVER_CONFIRMS: {"driver_heard": True},
    Action.DRIVER_DENIES: {"driver_heard": False},
    Action.WARN: {"warned": True},
    Action.PAY: {"receipt_issued": True},
    Action.MARK_OVERDUE: {"overdue": True},
    Action.REDUCE: {"remission_asked": False},
    Action.EXEMPT: {"remission_asked": False},
}


class DossierMachine(RuleBasedStateMachine):
    """Anybody tries anything on any day; whatever passes must have been lawful."""

    @initialize(explains=st.booleans(), power=st.sampled_from([7_500_000, 22_500_000]))
    def open(self, explains: bool, power: int) -> None:
        self.state = State.OWNER_LOOKUP
        self.facts = Facts(
            today=TODAY,
            limitation_until=TODAY + timedelta(days=365),
            explanation_right=explains,
            band_max_vnd=20_000_000 if explains else 6_000_000,
            signing_power_vnd=power,
        )
        self.decided_on: date | None = None
        self.events: list[str] = []
        self.running = {one.step_id: one.due_on for one in opening_deadlines(CALENDAR, TODAY)}
        self.met: set[str] = set()

    @rule(days=st.sampled_from([1, 2, 5, 9, 21, 45, 370]))
    def wait(self, days: int) -> None:
        self.facts = replace(self.facts, today=self.facts.today + timedelta(days=days))

    @rule(action=st.sampled_from(Action), role=st.sampled_from(Role))
    def try_anything(self, action: Action, role: Role) -> None:
        self._try(action, role)

    @rule(data=st.data())
    def try_what_the_table_has(self, data: st.DataObject) -> None:
        if actions := allowed(self.state):
            action = data.draw(st.sampled_from(actions))
            self._try(action, data.draw(st.sampled_from(sorted(TABLE[self.state, action].roles))))

    @rule(owed=st.sampled_from([0, 5_000_000]), share=st.sampled_from([0.0, 0.4, 1.0, 1.2]))
    def ask_for_less(self, owed: int, share: float) -> None:
        asked = self.state in PAYABLE or self.facts.remission_asked
        self.facts = replace(
            self.facts, remission_asked=asked, remittable_vnd=owed, remits_vnd=int(owed * share)
        )

    @rule(data=st.data(), waived=st.booleans(), share=st.sampled_from([0.5, 1, 1]))
    def everybody_does_his_part(self, data: st.DataObject, waived: bool, share: float) -> None:
        facts = self.facts
        self.facts = replace(
            facts,
            owner_known=True,
            violator_identified=True,
            record_signed=True,
            explanation_waived=facts.explanation_waived or waived,
            paid_vnd=int((facts.due_vnd or 0) * share) if self.state in PAYABLE else facts.paid_vnd,
            refunded_vnd=int(facts.paid_vnd * share) if self.state is State.ANNULLED else None,
            reason="lý do",
            receiver="Công an phường",
            post_returns=3 if share == 1 else 2,
        )
        self.try_what_the_table_has(data)

    def _try(self, action: Action, role: Role) -> None:
        before = self.facts
        try:
            step = advance(self.state, action, role=role, facts=before)
        except IllegalMoveError:
            return
        edge = TABLE[self.state, action]
        assert role in edge.roles
        assert step.event == edge.event
        self._check(action)
        recorded_on = before.today if action is Action.MAKE_RECORD else TODAY
        due = {one.step_id: one for one in step.due(CALENDAR, before.today, recorded_on=recorded_on)}
        self.state = step.to_state
        self.events.append(step.event)
        self._clocks(step, {step_id: one.due_on for step_id, one in due.items()}, before.today)
        self._note(action, {step_id: one.due_on for step_id, one in due.items()})

    def _clocks(self, step: Step, due: dict[str, date], today: date) -> None:
        """A clock starts once, or anew after it ended; what was met does not run again."""
        for step_id, due_on in due.items():
            assert due_on >= today or step_id == "D3"  # it counts from the record
            assert step_id not in self.running
            assert step_id not in self.met
            self.running[step_id] = due_on
        for step_id in (*step.meets, *step.ends):
            if self.running.pop(step_id, None) is not None and step_id in step.meets:
                self.met.add(step_id)

    def _check(self, action: Action) -> None:
        facts = self.facts
        if action is Action.DECIDE:
            assert facts.decide_until is not None
            assert facts.today <= facts.decide_until
            assert facts.limitation_until is not None
            assert facts.today <= facts.limitation_until
            assert (facts.signing_power_vnd or 0) >= (facts.band_max_vnd or 0)
            assert "record_made" in self.events
        if action is Action.PAY:
            assert facts.paid_vnd >= (facts.due_vnd or 0) > 0
        if action in {Action.REDUCE, Action.EXEMPT}:
            assert facts.remission_asked
            assert 0 < facts.remits_vnd <= (facts.remittable_vnd or 0)
            assert (action is Action.EXEMPT) is (facts.remits_vnd == facts.remittable_vnd)
            assert (facts.signing_power_vnd or 0) >= (facts.band_max_vnd or 0)

    def _note(self, action: Action, due: dict[str, date]) -> None:
        changes: dict[str, object] = dict(LEARNT.get(action, {}))
        if action is Action.SEND_NOTICE:
            changes.update(answer_until=due["A2"], notified=True, warned=False)
        elif action is Action.MAKE_RECORD:
            changes.update(decide_until=due["D1"], explain_until=due.get("C1"))
        elif action is Action.RECEIVE_EXPLANATION:
            changes.update(decide_until=due["D3"], explanation_received=True)
        elif action is Action.DECIDE:
            self.decided_on = self.facts.today
            changes.update(due_vnd=5_000_000, enforce_until=due["E8"], decided=True)
        elif action in {Action.DELIVER, Action.DEEM_DELIVERED}:
            changes.update(delivered_on=self.facts.today, pay_until=due["E1"])
        self.facts = replace(self.facts, **changes)  # type: ignore[arg-type]

    @invariant()
    def the_clocks_are_those_of_the_state(self) -> None:
        """One clock at least for whoever has to act; none for what nobody has to do any more."""
        if not hasattr(self, "state"):
            return
        limitation = TODAY + timedelta(days=365)
        if self.state in BEFORE_DECISION:
            assert self.running["A4"] >= limitation  # nothing stops, nothing shortens it (LHAV Art. 6)
        if self.state is State.NOTIFIED:
            assert self.running["A2"] == self.facts.answer_until
        if self.state is State.OWNER_LOOKUP:
            assert "A2" not in self.running
        assert ("D1" in self.running) is (self.state is State.RECORDED or "D1" in self.lapsed_with)
        if self.state in PAYABLE:
            assert "E8" in self.running
            assert self.running.keys().isdisjoint({"A2", "A4", "C1", "D1", "D3"})
        if self.state in {State.PAID, State.CLOSED, State.ANNULLED, State.REFUNDED}:
            assert self.running.keys().isdisjoint({"E1", "E8"})
        if {"decision_delivered", "decision_deemed_delivered"} & {*self.events}:
            assert {"G1", "G7"} <= self.running.keys()  # rights that only their last day ends

    @property
    def lapsed_with(self) -> set[str]:
        """What still ran when the case ended by itself or for want of grounds."""
        return set(self.running) if self.state in {State.LAPSED, State.REJECTED} else set()

    @invariant()
    def each_state_has_its_past(self) -> None:
        if not hasattr(self, "state"):
            return
        elsewhere = "settled_elsewhere" in self.events
        if self.state in (*PAYABLE, State.PAID, State.ANNULLED, State.REFUNDED) and not elsewhere:
            assert "decision_issued" in self.events
        if self.state is State.PAID or (self.state is State.CLOSED and not elsewhere):
            assert {"fine_paid", "fine_exempted"} & {*self.events}
        if self.state is State.ENFORCED:
            assert "overdue" in self.events
        if self.state is State.REFUNDED:
            assert (self.facts.refunded_vnd or 0) >= 0
            assert "decision_annulled" in self.events
        if self.state is State.REJECTED:
            assert "decision_issued" not in self.events
        for once in ("record_made", "decision_issued", "fine_paid"):
            assert self.events.count(once) <= 1
        assert self.events.count("registration_warned") <= self.events.count("notice_sent")
        if self.state is State.NOTIFIED:
            assert self.facts.notified


TestDossierMachine = DossierMachine.TestCase
TestDossierMachine.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
