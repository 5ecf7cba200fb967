"""How much, until when, and what follows: said wherever somebody is about to pay."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from backend.database import utc_now
from backend.dossiers.models import DossierDeadline
from backend.portal.story import late_each_day
from backend.templating import money, weekday
from penalty.calendar import vietnam_date


def last_day(case) -> date:
    [line] = [row for row in case.rows(DossierDeadline) if row.step_id == "E1"]
    return line.due_on


@pytest.mark.parametrize("path", ["lua-chon", "nop-phat"])
def test_who_pays_reads_the_last_day_and_what_a_day_more_costs(case, services, path):
    case.decided(kind="motorbike")
    dossier, last = case.dossier(), last_day(case)
    page = case.owner.get(f"/ho-so/{path}").text
    assert money(dossier.fine_vnd) in page
    assert f"<strong>{weekday(last)}</strong>" in page
    assert f"{money(late_each_day(dossier.fine_vnd))} một ngày (Điều 78" in page
    assert f"<strong>{weekday(last, language='en')}</strong>" in case.owner.get(f"/ho-so/{path}?lang=en").text
    with services.database.unit_of_work() as session:
        gone = update(DossierDeadline).where(DossierDeadline.step_id == "E1")
        session.execute(gone.values(due_on=vietnam_date(utc_now()) - timedelta(days=3)))
    assert "Hạn đã qua" in case.owner.get(f"/ho-so/{path}?lang=vi").text


def test_a_day_has_its_name():
    assert weekday(date(2026, 12, 7)) == "thứ Hai, 07/12/2026"
    assert weekday(date(2026, 12, 6), language="en") == "Sunday, 6 December 2026"
