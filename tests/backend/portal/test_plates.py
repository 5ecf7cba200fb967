"""The public look-up: nine fields and nothing else, the same nothing for everybody else, and not too many."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.audit.models import AuditEntry
from backend.errors import Problem
from backend.portal import public, tickets
from backend.portal.models import PlateLookup
from backend.portal.public import Asked, Published
from penalty import plates

NOW = datetime(2026, 11, 27, 8, 0, 0, tzinfo=UTC)


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))


def worked_out(form: dict[str, str]) -> str:
    head = form["ticket"].split(".")
    ticket = tickets.Ticket(form["ticket"], int(head[2]), NOW, int(head[1]))
    return next(str(n) for n in range(10**7) if ticket.solved_by(str(n)))


def look_up(client, plate: str, group: str) -> str:
    """As a browser with scripts does it."""
    form = hidden(client.post("/tra-cuu/bien-so", data={"plate": plate, "group": group}).text)
    answer = client.post("/tra-cuu/bien-so", data={**form, "answer": worked_out(form)})
    assert answer.status_code == 200, answer.text
    return answer.text


def facts(page: str) -> list[str]:
    return re.findall(r"<dt>(.*?)</dt>", page)


def test_nine_fields_and_nothing_else(case, client):
    case.notified(kind="motorbike")
    page = look_up(client, case.dossier().plate_display.lower(), "motorbike")
    assert len(facts(page)) == len(Published.__dataclass_fields__) == 9
    assert f"<h1>{case.dossier().plate_display}</h1>" in page
    owner = case.registration["owner"]
    secret = [owner["name"], owner["id_number"], owner["address"], case.dossier().notice_number]
    assert not [word for word in [*secret, "5.000.000", "<img", "/ho-so"] if word in page]
    looked = case.rows(AuditEntry, AuditEntry.action == "case.looked_up")
    assert [(line.actor, line.subject_id) for line in looked] == [("public", str(case.id))]


def test_nothing_looks_the_same_whatever_the_reason(case, client):
    """Unknown, registered and innocent, another kind, under review, and settled: one and the same page."""
    innocent = case.outside.registration("good", "truck")["plate"]
    case.decided(kind="motorbike")
    case.ipn(case.result(case.start_payment()))
    case.jobs()
    assert case.dossier().state == "closed"
    waiting = case.outside.registration("missing")
    case.box.report_violation(plate=waiting["plate"], kind=waiting["kind"])
    asked = [
        ("51A00000", "car"),
        (innocent, "car"),
        (case.dossier().plate, "car"),
        (waiting["plate"], "motorbike" if waiting["kind"] == "motorbike" else "car"),
        (case.dossier().plate, "motorbike"),
    ]
    pages = {
        re.sub(r"Ô tô \(con, khách, tải\)|Mô tô, xe gắn máy", "KIND", look_up(client, plate, kind)).replace(
            plates.display(plate), "PLATE"
        )
        for plate, kind in asked
    }
    assert len(pages) == 1
    assert "Không có thông tin công khai" in pages.pop()
    assert len(case.rows(PlateLookup)) == len(asked)
    assert case.rows(AuditEntry, AuditEntry.action == "case.looked_up") == []


def test_a_ticket_needs_work_or_patience_and_is_good_once(client):
    form = hidden(client.post("/tra-cuu/bien-so", data={"plate": "51A-000.00", "group": "car"}).text)
    early = client.post("/tra-cuu/bien-so", data=form)
    assert "Chưa đủ thời gian chờ" in early.text
    assert hidden(early.text)["ticket"] == form["ticket"]
    right = {**form, "answer": worked_out(form)}
    for change in ({"plate": "51A00001"}, {"group": "motorbike"}, {"ticket": "1.0.0.x.y"}):
        other = client.post("/tra-cuu/bien-so", data={**right, **change})
        assert hidden(other.text)["ticket"] not in {form["ticket"], ""}  # a new one, for what is asked now
    assert "Không có thông tin công khai" in client.post("/tra-cuu/bien-so", data=right).text
    again = client.post("/tra-cuu/bien-so", data=right)
    assert "Không có thông tin công khai" not in again.text
    assert hidden(again.text)["ticket"] != form["ticket"]
    missing = client.post("/tra-cuu/bien-so", data={"plate": " - "})
    assert missing.status_code == 422
    assert "Nhập biển số xe" in missing.text
    assert "Chọn loại xe" in missing.text


def test_many_look_ups_of_one_address_or_one_plate_are_refused(services):
    def ask(plate: str, address: str, number: int):
        asked = Asked(plate, "car")
        ticket = tickets.issue("key", str(asked), NOW, harder=number // tickets.HARDER_EVERY)
        return public.answer(services, asked, ticket, address, NOW)

    for number in range(public.PER_PLATE):
        assert ask("51A00000", f"203.0.113.{number}", number) == []
    with pytest.raises(Problem, match="too_many_lookups"):
        ask("51A00000", "198.51.100.1", 0)
    for number in range(public.PER_ADDRESS):
        assert ask(f"51B{number:05d}", "198.51.100.7", number) == []
    with pytest.raises(Problem, match="too_many_lookups"):
        ask("51C00000", "198.51.100.7", 0)
    with services.database.unit_of_work() as session:
        assert "198.51.100.7" not in {row.address_hash for row in session.query(PlateLookup)}
    later = NOW + public.WINDOW + timedelta(seconds=1)
    asked = Asked("51C00000", "car")
    fresh = tickets.issue("key", str(asked), later, harder=0)
    assert public.answer(services, asked, fresh, "198.51.100.7", later) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.8", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("testclient", "testclient", True),
    ],
)
def test_a_line_is_one_asker_however_many_addresses_it_has(one, other, same):
    assert (public.asker(one) == public.asker(other)) == same


@given(recent=st.integers(0, 500), seconds=st.integers(0, 700))
def test_tickets_get_harder_open_by_waiting_and_end(recent, seconds):
    ticket = tickets.issue("key", "51A00000/car", NOW, harder=recent // tickets.HARDER_EVERY)
    assert tickets.WAIT_S <= ticket.wait_s <= tickets.WAIT_MOST_S
    assert tickets.BITS <= ticket.bits <= tickets.BITS_MOST
    later = NOW + timedelta(seconds=seconds)
    assert (ticket.waits_s(later) == 0) == (seconds >= ticket.wait_s)
    again = tickets.read("key", "51A00000/car", ticket.text, later)
    assert again == (ticket if later < NOW + tickets.LIVES else None)
    assert tickets.read("key", "51A00001/car", ticket.text, later) is None
    assert tickets.read("other", "51A00000/car", ticket.text, later) is None


@given(st.text(max_size=60))
def test_invented_tickets_are_none(text):
    assert tickets.read("key", "51A00000/car", text, NOW) is None
