"""Who gets in, who does not, and what a visitor may reach."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from backend.audit.models import AuditEntry
from backend.dossiers.issuer import signing_key
from backend.dossiers.models import Document
from backend.dossiers.numbers import typed_notice_number
from backend.dossiers.papers import gather
from backend.dossiers.secrets import ALPHABET, letter_pass, new_secret, shown, typed
from backend.evidence.models import EvidenceFile
from backend.portal import door, service, tickets
from backend.portal.entry import GROUPS, Entry, group_of, kinds_of
from backend.portal.models import LookupAttempt, OwnerSession
from penalty.documents import sign_qr
from penalty.plates import patterns
from tests.backend.factories import MP4_STUB, entry_of, picture

OLD = {role: picture(role) for role in ("still_before", "still_at", "still_after")} | {
    "clip": MP4_STUB,
    "plate_crop": picture("plate", (96, 64), format_="PNG"),
}


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


def test_without_a_session_nothing_is_shown(case):
    case.notified(kind="motorbike")
    pages = ("", "/muc-phat", "/lua-chon", "/tien-trinh", "/chap-nhan", "/nop-phat")
    for path in (*pages, "/bang-chung/masked_at", "/giay-to/notice.pdf"):
        assert case.owner.get(f"/ho-so{path}").status_code == 401, path


def test_who_comes_too_late_is_told_what_to_do(case):
    case.entered(kind="motorbike")
    case.owner.post("/ho-so/thoat")
    page = case.owner.get("/ho-so/muc-phat")
    assert page.status_code == 401
    assert 'href="/tra-cuu"' in page.text
    assert "Nhập lại" in page.text or "nhập lại" in page.text


@pytest.mark.parametrize("path", ["/cua-toi", "/ho-so/chap-nhan", "/"])
def test_a_language_that_was_asked_for_holds_also_where_the_answer_leads_away(case, path):
    case.decided(kind="motorbike")  # nothing to accept any more: the page leads on
    answer = case.owner.get(f"{path}?lang=en")
    assert answer.status_code in {200, 303}
    assert 'lang="en"' in case.owner.get(answer.headers.get("location", path)).text


def test_a_session_ends_by_time_and_by_leaving(case):
    case.entered(kind="motorbike")
    assert case.owner.get("/ho-so").status_code == 200
    cookie = case.owner.cookies["pn_owner"]
    assert case.owner.post("/ho-so/thoat").status_code == 303
    case.owner.cookies.set("pn_owner", cookie)
    assert case.owner.get("/ho-so").status_code == 401
    case.owner.post("/tra-cuu", data=form(case))
    with case.services.database.unit_of_work() as session:
        session.execute(update(OwnerSession).values(expires_at=datetime.now(UTC)))
    assert case.owner.get("/ho-so").status_code == 401


def test_a_visitor_sees_his_own_dossier_only_and_each_look_is_logged(case, new_client):
    case.entered(kind="motorbike")
    first, files = (
        case.dossier(),
        (
            "masked_before",
            "masked_at",
            "masked_after",
            "masked_clip",
            "plate_crop",
            "drawing",
        ),
    )
    for role in files:
        assert case.owner.get(f"/ho-so/bang-chung/{role}").status_code == 200
    part = case.owner.get("/ho-so/bang-chung/masked_clip", headers={"Range": "bytes=100-199"})
    assert (part.status_code, len(part.content)) == (206, 100)
    lines = case.rows(AuditEntry, AuditEntry.action == "evidence.viewed")
    mine = [line for line in lines if line.actor == f"owner:{first.id}"]
    assert {line.data["role"] for line in mine} == set(files)
    assert case.owner.get("/ho-so/giay-to/notice.pdf").content.startswith(b"%PDF")
    assert case.owner.get("/ho-so/giay-to/decision.pdf").status_code == 404
    # The staff's own addresses stay closed to an owner's cookie.
    assert case.owner.get(f"/v1/dossiers/{first.id}").status_code == 401
    assert case.owner.get(f"/v1/dossiers/{first.id}/documents/notice").status_code == 401
    page = case.owner.get("/ho-so/tien-trinh").text
    assert "Bạn: Xem hình ảnh, video" in page
    assert "canhsat" not in page


ORIGINALS = ("still_before", "still_at", "still_after", "clip")


@pytest.mark.parametrize("role", [*ORIGINALS, "manifest", "nothing"])
def test_an_owner_never_gets_an_original(case, role):
    case.entered(kind="motorbike")
    for headers in ({}, {"Range": "bytes=0-"}, {"Range": "bytes=5-20"}):
        answer = case.owner.get(f"/ho-so/bang-chung/{role}", headers=headers)
        assert answer.status_code == 404
    assert case.owner.get(f"/v1/evidence/{case.dossier().violation_id}/{role}").status_code in {401, 422}


def test_no_page_and_no_paper_of_the_owner_shows_an_original(case, services):
    """By key and by content: what an owner's pages ask for, and the pictures in his papers."""
    case.entered(kind="motorbike")
    keys = {role: row.object_key for row in case.rows(EvidenceFile) for role in [row.role]}
    originals = {services.store.read(services.settings.s3_bucket, keys[role]) for role in ORIGINALS}
    for path in ("", "/muc-phat", "/lua-chon", "/tien-trinh", "/chap-nhan"):
        page = case.owner.get(f"/ho-so{path}").text
        for address in re.findall(r'(?:src|href|poster)="(/ho-so/bang-chung/[^"]+)"', page):
            assert address.split("/")[3] not in ORIGINALS
            assert case.owner.get(address).content not in originals
    with services.database.unit_of_work() as session:
        for document in session.query(Document):
            shown = {still.image for still in gather(services, session, document).stills()}
            assert shown
            assert not shown & originals


def test_a_report_without_masked_copies_shows_its_owner_no_picture(case):
    case.notified(kind="motorbike", schema_id="phatnguoi.report/1", contents=OLD, frames=None)
    page = case.enter().owner.get("/ho-so").text
    assert "không có bản đã che" in page
    assert "/bang-chung/plate_crop" in page
    assert not re.search(r"/bang-chung/(still|clip)", page)


def test_accepting_needs_all_three_and_happens_once(case):
    case.entered(kind="motorbike")
    partly = case.owner.post("/ho-so/chap-nhan", data={"driver": "yes", "electronic": "yes"})
    assert partly.status_code == 422
    assert case.dossier().state == "notified"
    everything = {"driver": "yes", "electronic": "yes", "no_explanation": "yes"}
    for _ in range(2):
        assert case.owner.post("/ho-so/chap-nhan", data=everything).status_code == 303
    assert case.dossier().state == "recorded"
    assert len([paper for paper in case.rows(Document) if paper.kind == "record"]) == 1


def test_an_organisation_cannot_say_that_it_drove(case):
    case.entered(kind="truck")
    page = case.owner.get("/ho-so/lua-chon").text
    assert "Xe thuộc về một tổ chức" in page
    assert "/ho-so/chap-nhan" not in page
    everything = {"driver": "yes", "electronic": "yes", "no_explanation": "yes"}
    assert case.owner.post("/ho-so/chap-nhan", data=everything).status_code == 409
    assert case.dossier().state == "notified"


def test_a_form_of_another_site_is_refused(case):
    case.entered(kind="motorbike")
    everything = {"driver": "yes", "electronic": "yes", "no_explanation": "yes"}
    answer = case.owner.post("/ho-so/chap-nhan", data=everything, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert case.dossier().state == "notified"


def test_papers_can_be_checked(case, settings, new_client):
    case.notified(kind="motorbike")
    dossier, visitor = case.dossier(), new_client()
    signed = {
        "kind": "TB",
        "number": dossier.notice_number,
        "issued_on": dossier.opened_at.date(),
        "plate": dossier.plate,
        "act_code": "X",
        "amount_vnd": dossier.fine_vnd,
    }
    ours = sign_qr(signing_key(settings), **signed)
    invented = sign_qr(signing_key(settings), **{**signed, "number": "TB-2026-999999"})
    shown_texts = {
        ours: "Giấy này là thật",
        ours.replace("5000000", "9000000"): "Giấy này không phải của chúng tôi",
        "PN1*TB": "Giấy này không phải của chúng tôi",
        invented: "không có trong sổ của chúng tôi",
    }
    for text, words in shown_texts.items():
        assert words in visitor.get("/xac-minh", params={"m": text}).text
    assert visitor.get("/xac-minh").status_code == 200


def test_pages_are_light_and_load_nothing_from_elsewhere(client):
    page = client.get("/")
    assert page.status_code == 200
    weight = len(page.content)
    for address in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert address.startswith(("/", "#", "tel:")), address
        if address.startswith("/static"):
            weight += len(client.get(address).content)
    assert weight < 50_000
    assert "<script" not in page.text


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
