"""How much, until when, and what follows: said wherever somebody is about to pay."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from backend.database import utc_now
from backend.dossiers.models import DossierDeadline
from backend.portal.story import late_each_day
from backend.templating import day, money, weekday
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


def test_a_limit_is_told_once_with_its_law_once_after_the_plain_words(case, services):
    case.decided(kind="motorbike")
    [line] = [row for row in case.rows(DossierDeadline) if row.step_id == "E1"]
    begun, fell = line.starts_on, line.raw_due_on
    said = {
        "vi": (line.article_vi, f"10 ngày kể từ ngày bạn được tính là đã nhận quyết định ({day(begun)})."),
        "en": (line.article, f"10 days from the day you count as having the decision ({day(begun)})."),
    }
    for lang, (law, how) in said.items():
        page = case.owner.get(f"/ho-so/muc-phat?lang={lang}").text
        assert page.count(law) == 1
        assert page.index(how) < page.index(law)
    with services.database.unit_of_work() as session:
        on_e1 = update(DossierDeadline).where(DossierDeadline.step_id == "E1")
        session.execute(on_e1.values(set_by="HN-000001", raw_due_on=fell + timedelta(days=90)))
    page = case.owner.get("/ho-so/muc-phat?lang=vi").text
    assert "Ngày này do quyết định số HN-000001 ấn định." in page
    assert f"({day(begun)})." not in page.split("Khiếu nại")[0]  # the sum would not come out


def test_a_day_has_its_name():
    assert weekday(date(2026, 12, 7)) == "thứ Hai, 07/12/2026"
    assert weekday(date(2026, 12, 6), language="en") == "Sunday, 6 December 2026"
