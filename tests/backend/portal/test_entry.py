"""Who gets in and who does not."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.dossiers.numbers import typed_notice_number
from backend.dossiers.secrets import ALPHABET, letter_pass, new_secret, shown, typed
from backend.portal import door, service, tickets
from backend.portal.entry import GROUPS, Entry, group_of, kinds_of
from backend.portal.models import LookupAttempt
from penalty.plates import patterns
from tests.backend.factories import entry_of


def key_of(services) -> str:
    return services.settings.secret_key.get_secret_value()


def form(case, **changes) -> dict[str, str]:
    return {**entry_of(case.dossier(), case.secret()), **changes}


def without_echo(page: str) -> str:
    return re.sub(r'value="[^"]*"( checked)?', "", page)


WRONG = (
    {"plate": "51A99999"},
    {"group": "car"},
    {"notice_number": "TB-2026-999999"},
    {"secret": "AAAA-AAAA"},
    {"group": "car", "notice_number": "không có số", "secret": "AAAA-AAAA"},
)


def test_plate_kind_number_and_secret_must_all_fit_and_nothing_tells_which_does_not(case, new_client):
    case.notified(kind="motorbike")
    answers = [new_client().post("/tra-cuu", data=form(case, **change)) for change in WRONG]
    assert {answer.status_code for answer in answers} == {422}
    assert len({without_echo(answer.text) for answer in answers}) == 1
    assert all("pn_owner" not in answer.cookies for answer in answers)
    assert len(case.rows(LookupAttempt)) == len(WRONG)


def test_how_it_is_typed_does_not_matter(case, new_client):
    case.notified(kind="motorbike")
    ways = (
        str.lower,
        lambda text: f"  {text} ",
        lambda text: text.replace("-", " "),
        lambda text: text.replace("-", ""),
    )
    for write in ways:
        visitor = new_client()
        written = {name: value if name == "group" else write(value) for name, value in form(case).items()}
        assert visitor.post("/tra-cuu", data=written).status_code == 303, written
        assert visitor.get("/ho-so").status_code == 200


def test_empty_fields_are_named_and_cost_no_attempt(case):
    case.notified(kind="motorbike")
    page = case.owner.post("/tra-cuu", data=form(case, secret="", plate=" "))
    assert page.status_code == 422
    assert "Nhập biển số xe" in page.text
    assert "Nhập mã tra cứu" in page.text
    assert "Nhập số thông báo" not in page.text
    assert case.rows(LookupAttempt) == []


@pytest.mark.parametrize("group", ["", "boat", "motorbike,car"])
def test_without_the_kind_of_vehicle_nobody_comes_in_and_nothing_typed_is_lost(case, group):
    case.notified(kind="motorbike")
    typed_in = form(case, group=group)
    page = case.owner.post("/tra-cuu", data=typed_in)
    assert page.status_code == 422
    assert page.headers["cache-control"] == "no-store"
    assert page.text.count("Chọn loại xe") == 2  # at the top, and beside the field
    assert " checked" not in page.text
    assert all(f'value="{typed_in[name]}"' in page.text for name in ("plate", "notice_number", "secret"))
    assert case.rows(LookupAttempt) == []
    assert case.owner.post("/tra-cuu", data={**typed_in, "group": "motorbike"}).status_code == 303


def test_no_page_chooses_the_kind_for_the_visitor(client):
    for address in ("/tra-cuu", "/tra-cuu?so=TB-2026-000123", "/tra-cuu/bien-so"):
        assert " checked" not in client.get(address).text


def test_every_vehicle_with_a_plate_is_of_one_group():
    kinds = {kind for pattern in patterns() for kind in pattern.vehicle_kinds}
    assert kinds == {kind for group in GROUPS for kind in kinds_of(group)}
    assert all(kind in kinds_of(group_of(kind)) for kind in kinds)
    assert sum(len(kinds_of(group)) for group in GROUPS) == len(kinds)
    assert kinds_of("boat") == frozenset()


def guess(case, **changes) -> service.Entry:
    return Entry(**form(case, secret="AAAA-AAAA", **changes))


def wrong_tries(case, services, count: int, *, client: str | None = None, now: datetime) -> None:
    """Strangers who know plate and number try codes, one after the other, each with what it takes."""
    for number in range(count):
        proof, address = door.Proof(), client or f"203.0.{number}.1"
        try:
            assert service.let_in(services, guess(case), address, now, proof=proof) is None
        except door.TicketNeededError as needed:
            ticket = needed.ticket
            answer = next(str(n) for n in range(10**7) if ticket.solved_by(str(n)))
            proof = door.Proof(ticket.text, answer)
            assert service.let_in(services, guess(case), address, now, proof=proof) is None


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))


def test_strangers_who_guess_make_the_owner_wait_and_never_stay_out(case, new_client, services):
    """The old limit of eight wrong tries, by anybody, locked the owner out."""
    case.notified(kind="motorbike")
    wrong_tries(case, services, 12, now=datetime.now(UTC))
    owner = new_client()
    first = owner.post("/tra-cuu", data=form(case))
    assert first.status_code == 200
    assert "pn_owner" not in owner.cookies  # a right code alone tells nothing, and opens nothing
    assert first.text.count("data-ticket") == 1
    asked = hidden(first.text)
    early = owner.post("/tra-cuu", data=asked)
    assert "Chưa đủ thời gian chờ" in early.text
    ticket = tickets.Ticket(asked["ticket"], int(asked["ticket"].split(".")[2]), datetime.now(UTC), 0)
    asked["answer"] = next(str(n) for n in range(10**7) if ticket.solved_by(str(n)))
    assert owner.post("/tra-cuu", data=asked).headers["location"] == "/ho-so"


def test_a_ticket_is_void_after_a_wrong_try_and_for_another_notice(case, services):
    case.notified(kind="motorbike")
    now, client = datetime.now(UTC), "198.51.100.7"
    wrong_tries(case, services, door.CLIENT_FREE, client=client, now=now)
    with pytest.raises(door.TicketNeededError) as needed:
        service.let_in(services, guess(case), client, now)
    ticket = needed.value.ticket
    answer = next(str(n) for n in range(10**7) if ticket.solved_by(str(n)))
    proof = door.Proof(ticket.text, answer)
    with pytest.raises(door.TicketNeededError):
        service.let_in(
            services, Entry("51A00000", "TB-2026-000009", "AAAA-AAAA", "motorbike"), client, now, proof=proof
        )
    assert service.let_in(services, guess(case), client, now, proof=proof) is None
    with pytest.raises(door.TicketNeededError):
        service.let_in(services, guess(case), client, now, proof=proof)
    assert len(case.rows(LookupAttempt)) == door.CLIENT_FREE + 1


def test_one_client_is_stopped_for_a_while_and_its_ipv6_line_is_one_client(case, services):
    case.notified(kind="motorbike")
    now, right = datetime.now(UTC), Entry(**form(case))
    with services.database.unit_of_work() as session:
        counted = door.tries(session, key_of(services), "x", "2001:db8:0:1::1", proof=door.Proof(), now=now)
        for _ in range(door.CLIENT_MOST):
            session.add(LookupAttempt(at=now, address_hash=counted.client_hash, notice_hash="others"))
    with pytest.raises(service.Problem) as refused:
        service.let_in(services, right, "2001:db8:0:1::ffff", now)
    assert refused.value.code == "too_many_attempts"
    assert service.let_in(services, right, "2001:db8:0:2::1", now) is not None
    later = now + door.CLIENT_WINDOW + timedelta(seconds=1)
    assert service.let_in(services, right, "2001:db8:0:1::1", later) is not None
    assert not any("2001:db8" in row.address_hash for row in case.rows(LookupAttempt))


def test_a_notice_that_was_tried_too_often_opens_to_who_has_the_letter(case, new_client, services):
    case.notified(kind="motorbike")
    now, number = datetime.now(UTC), case.dossier().notice_number
    with services.database.unit_of_work() as session:
        counted = door.tries(session, key_of(services), number, "203.0.113.1", proof=door.Proof(), now=now)
        for place in range(door.NOTICE_MOST):
            session.add(LookupAttempt(at=now, address_hash=f"one {place}", notice_hash=counted.notice_hash))
    shut = new_client().post("/tra-cuu", data=form(case))
    assert shut.status_code == 429
    assert int(shut.headers["retry-after"]) > 0
    assert "/cua-toi/dang-nhap" in shut.text
    assert "mã vuông" in shut.text
    forged = new_client().post("/tra-cuu", data=form(case, t="a" * 16))
    assert forged.status_code == 429
    with_letter = new_client().get(f"/tra-cuu?so={number}&t={letter_pass(key_of(services), number)}")
    answer = new_client().post("/tra-cuu", data={**form(case), **hidden(with_letter.text)})
    assert answer.headers["location"] == "/ho-so"
    other = letter_pass(key_of(services), "TB-2026-999999")
    assert new_client().post("/tra-cuu", data=form(case, t=other)).status_code == 429
    tomorrow = now + door.NOTICE_WINDOW + timedelta(seconds=1)
    assert service.let_in(services, Entry(**form(case)), "203.0.113.9", tomorrow) is not None


@given(client=st.integers(0, 60), notice=st.integers(0, 80))
def test_more_wrong_tries_never_make_the_next_one_easier(client, notice):
    def cost(one: door.Tries) -> tuple[bool, int]:
        return one.shut is not None, -1 if one.harder is None else one.harder

    here = cost(door.Tries("c", "n", client, notice))
    assert here <= cost(door.Tries("c", "n", client + 1, notice))
    assert here <= cost(door.Tries("c", "n", client, notice + 1))


@given(st.integers(2020, 2099), st.integers(0, 10**9))
def test_notice_numbers_survive_typing(year, running):
    number = f"TB-{year}-{running:06d}"
    for written in (number, number.lower(), f" {year} {running:06d}", number.replace("-", "/")):
        assert typed_notice_number(written) == number


@given(st.text(max_size=20))
def test_odd_notice_numbers_are_none(text):
    found = typed_notice_number(text)
    assert found is None or re.fullmatch(r"TB-20\d\d-\d{6,}", found)


def test_secrets_have_no_letters_that_people_mix_up():
    secrets = {new_secret() for _ in range(500)}
    assert len(secrets) == 500
    assert all(set(secret) <= set(ALPHABET) and len(secret) == 8 for secret in secrets)
    assert not set("01OIL") & set(ALPHABET)
    assert all(typed(shown(secret).lower()) == secret for secret in secrets)
