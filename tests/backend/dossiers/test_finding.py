"""An officer finds a dossier by any paper's number or by the plate; lists go on page after page."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy.orm import make_transient

from backend.audit.models import AuditEntry
from backend.dossiers import finding, screens
from backend.dossiers.models import Dossier
from backend.intake.models import Violation
from penalty.dossier import State


def search(case, words: str):
    return case.officer.get("/canh-sat/ho-so", params={"q": words, "lang": "en"})


def test_each_number_and_the_plate_lead_to_the_dossier_however_typed(case):
    case.decided(kind="motorbike")
    dossier = case.dossier()
    numbers = [dossier.notice_number, dossier.record_number, dossier.decision_number]
    assert dossier.decision_number.startswith("QĐ-")
    typed = [*numbers, dossier.decision_number.replace("Đ", "d"), f" {dossier.plate_display.lower()} "]
    for words in typed:
        answer = search(case, words)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/canh-sat/ho-so/{case.id}"), words
    logged = [entry for entry in case.rows(AuditEntry) if entry.action == "dossier.searched"]
    assert [(entry.subject_id, entry.data) for entry in logged] == [(str(case.id), {"found": 1})] * len(typed)


def test_nothing_found_says_so_and_keeps_what_was_typed(case):
    case.notified(kind="motorbike")
    answer = search(case, "TB-2026-99999999")
    assert answer.status_code == 200
    assert "No dossier in your areas has this number or plate" in answer.text
    assert 'value="TB-2026-99999999"' in answer.text
    assert f"/canh-sat/ho-so/{case.id}" not in answer.text


def test_who_works_elsewhere_finds_nothing(case, staff):
    case.notified(kind="motorbike")
    elsewhere = staff("noikhac", "officer", areas=("79-26740",))
    assert elsewhere.get("/canh-sat/ho-so", params={"q": case.dossier().plate}).status_code == 200


@pytest.fixture
def seven(case):
    """The case and six copies of it, some opened in the same instant."""
    case.notified(kind="motorbike")
    with case.services.database.unit_of_work() as session:
        return _copied(case, session)


def _copied(case, session):
    first = session.get_one(Dossier, case.id)
    opened_at, numbers = first.opened_at, [first.notice_number]
    for number in range(6):
        violation = session.get_one(Violation, session.get_one(Dossier, case.id).violation_id)
        copy = session.get_one(Dossier, case.id)
        for row in (violation, copy):
            session.expunge(row)
            make_transient(row)
            row.id = uuid.uuid4()
        violation.report_id = f"copy-{number}"
        session.add(violation)
        session.flush()
        copy.violation_id, copy.notice_number = violation.id, f"TB-2026-9{number:05}"
        copy.opened_at = opened_at + timedelta(hours=number // 2)
        copy.state = State.NOTIFIED if number % 3 else State.DECIDED
        session.add(copy)
        session.flush()
        numbers.append(copy.notice_number)
    return numbers


@pytest.mark.parametrize("newest_first", [True, False])
def test_pages_give_every_dossier_once_and_in_order(seven, session, newest_first):
    seen: list[Dossier] = []
    more, beyond = True, None
    while more:
        rows, more = finding.page(
            session, (State.NOTIFIED, State.DECIDED), newest_first=newest_first, beyond=beyond, limit=2
        )
        assert 0 < len(rows) <= 2
        seen += rows
        beyond = rows[-1]
    assert sorted(one.notice_number for one in seen) == sorted(seven)
    days = [one.opened_at for one in seen]
    assert days == sorted(days, reverse=newest_first)


def test_the_list_says_that_more_follow(seven, case, monkeypatch):
    monkeypatch.setattr(screens, "_PAGE", 4)
    first = case.officer.get("/canh-sat/ho-so?tab=running&lang=en").text
    assert first.count('class="plate') == 4
    link = first.split('href="/canh-sat/ho-so?tab=running&amp;beyond=')[1].split('"')[0]
    rest = case.officer.get(f"/canh-sat/ho-so?tab=running&beyond={link}&lang=en").text
    assert rest.count('class="plate') == 3
    assert "The next" not in rest
    assert "Back to the first" in rest
