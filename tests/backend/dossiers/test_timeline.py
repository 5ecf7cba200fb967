"""Each step of a case with its actor and article, and the limits that it met and began; the page shows it."""

from __future__ import annotations

from datetime import timedelta

from backend.dossiers import queries, timeline
from penalty.calendar import LegalCalendar


def steps_of(case):
    with case.services.database.unit_of_work() as session:
        dossier = queries.find(session, case.id)
        found = timeline.steps(
            queries.events(session, dossier), queries.deadlines(session, dossier), LegalCalendar.load()
        )
    return {step.event.kind: step for step in found}


def test_each_step_names_its_article_and_its_limits(case):
    case.decided(kind="motorbike")
    steps = steps_of(case)
    assert [line.step_id for line in steps["notice_sent"].met] == ["A1"]
    assert [line.step_id for line in steps["notice_sent"].began] == ["A2"]
    assert {line.step_id for line in steps["opened"].began} == {"A1", "A4"}
    assert {"D1", "A4"} <= {line.step_id for line in steps["decision_issued"].met}
    assert steps["decision_issued"].in_time
    assert steps["decision_issued"].article[1].startswith("LHAV Art.66")
    assert steps["notice_sent"].article[0].startswith("Thông tư 73/2024")
    assert steps["opened"].event.actor == "account:canhsat"

    page = case.chief.get(f"/canh-sat/ho-so/{case.id}?lang=en").text
    for words in (
        "LHAV Art.66.1.a",
        "in time",
        "What can be done now",
        "Only while the case stands at: record made, explanation received.",
        "Statements and complaints",
        "Payments and attempts",
        "CÁN BỘ THỬ NGHIỆM CANHSAT",
    ):
        assert words in page, words


def test_a_late_step_is_shown_as_late(case):
    case.notified(kind="motorbike")
    steps = steps_of(case)
    line = steps["notice_sent"].met[0]
    late = line.model_copy(update={"due_on": line.met_at.date() - timedelta(days=3)})
    [found] = timeline.steps([steps["notice_sent"].event], [late], LegalCalendar.load())
    assert not found.in_time
