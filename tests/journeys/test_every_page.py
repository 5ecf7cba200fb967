"""Every page that there is, in both languages, on the smallest phone and at a desk: axe finds nothing.

The journeys go the ways of people; this walk misses no address. `docs/permissions.md` lists them all.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from backend.counter.models import CounterVisit
from backend.database import utc_now
from backend.portal.door import CLIENT_FREE, NOTICE_MOST
from backend.portal.models import LookupAttempt, OwnerSession
from backend.portal.public import hashed
from penalty.submissions import SubmissionKind
from tests.backend.factories import entry_of, make_account
from tests.journeys.axe import assert_accessible
from tests.journeys.conftest import DESKTOP, SMALL_PHONE, running_product, sign_in
from tests.journeys.lived_in import LivedIn, live_in
from tests.journeys.steps import confirmed, dossier, member_of_staff, secret_of, write
from tests.permissions import stated

NO_PAGES = {
    "/.well-known/jwks.json": "keys for programs",
    "/healthz": "for programs",
    "/readyz": "for programs",
    "/canh-sat/doanh-nghiep/{company_id}/giay-to/{place}": "a picture",
    "/canh-sat/duyet/{violation_id}/chung-cu.zip": "a file",
    "/cua-toi/dang-nhap/eid": "sends to the e-ID",
    "/cua-toi/giay-to/{document_id}.pdf": "a paper",
    "/dang-nhap/oidc": "sends to the issuer",
    "/dang-nhap/oidc/ve": "comes back from the issuer",
    "/ho-so/bang-chung.zip": "a file",
    "/ho-so/bang-chung/{role}": "a picture or video",
    "/ho-so/bang-chung/{role}/nho": "a picture",
    "/ho-so/giay-to/{kind}.pdf": "a paper",
    "/ho-so/phien-ban": "a number for a script",
    "/ho-so/tat-ca.zip": "a file",
    "/ke-toan/so-sach/{name}.{form}": "a file",
    "/quay/luot/{visit_id}/bang-chung/{role}": "a picture",
    "/quay/luot/{visit_id}/giay-to/{kind}.pdf": "a paper",
}
ANYBODY = (
    *("/", "/chat-luong-duyet", "/du-lieu-mo", "/tra-cuu", "/tra-cuu/bien-so", "/kiosk", "/dang-nhap"),
    *("/cua-toi/dang-nhap", "/cua-toi/da-thoat", "/cua-toi/vao", "/doanh-nghiep", "/xac-minh"),
    *("/xac-minh/thiet-bi/{device_id}", "/thanh-toan/{gateway}"),
)
CASE = ("/ho-so", "/ho-so/muc-phat", "/ho-so/lua-chon", "/ho-so/tien-trinh", "/ho-so/nguyen-ven")
CITIZEN = ("/cua-toi", "/cua-toi/diem", "/cua-toi/du-lieu", "/cua-toi/giay-to")
DOSSIERS = ("/canh-sat/ho-so", "/canh-sat/ho-so/{dossier_id}", "/canh-sat/don")
VISIT = "/quay/luot/{visit_id}"
WALKS: Mapping[str, tuple[str, ...]] = {
    "anybody": ANYBODY,
    "owner notified": (*CASE, "/ho-so/chap-nhan", "/ho-so/lien-lac", "/ho-so/y-kien/{kind}"),
    "owner decided": (*CASE, "/ho-so/nop-phat", "/ho-so/y-kien/{kind}"),
    "owner paid": (*CASE, "/ho-so/y-kien/{kind}"),
    "owner of what was said": ("/ho-so/y-kien/da-gui/{submission_id}",),
    "citizen owner": (*CITIZEN,),
    "citizen driver": (*CITIZEN, *CASE, "/ho-so/y-kien/not_driving"),
    "company": tuple(f"/doanh-nghiep{page}" for page in ("", "/khoa", "/tra-cuu", "/webhook", "/xe")),
    "canhsat": (
        *("/canh-sat", "/canh-sat/duyet/{violation_id}", "/canh-sat/duyet/{violation_id}/nguyen-ven"),
        *(*DOSSIERS, "/canh-sat/don/{submission_id}", "/canh-sat/ho-so/{dossier_id}/chung-cu"),
        *("/canh-sat/ho-so/{dossier_id}/chuyen", "/canh-sat/chuyen-ho-so", "/canh-sat/tin-nhan"),
        *("/canh-sat/doanh-nghiep", "/canh-sat/doanh-nghiep/{company_id}", "/tai-khoan"),
        *("/tai-khoan/mat-khau", "/tai-khoan/hai-lop", "/dang-nhap/ma"),
        *("/quan-tri/phe-duyet", "/quan-tri/phe-duyet/{approval_id}"),
    ),
    "xem-canhsat2": ("/canh-sat/duyet-lai/{recheck_id}",),
    "doitruong": ("/canh-sat/duyet-lai", *DOSSIERS, "/dieu-hanh/so-lieu"),
    "xem-dieuhanh": (
        *("/dieu-hanh", "/dieu-hanh/ban-do", "/dieu-hanh/canh-bao", "/dieu-hanh/hop"),
        *("/dieu-hanh/hop/{device_id}", "/dieu-hanh/may-quay/{camera_id}"),
        *("/dieu-hanh/may-quay/{camera_id}/phien-ban/{number}", "/dieu-hanh/may-quay/{camera_id}/thiet-lap"),
        *("/dieu-hanh/trien-khai/{roll_out_id}", "/quan-tri/kiosk", "/canh-sat/tin-nhan"),
        *("/dieu-hanh/phan-mem", "/dieu-hanh/phan-mem/{version}"),
        "/dieu-hanh/phan-mem/dot/{roll_out_id}",
    ),
    "xem-ketoan": (
        *("/ke-toan", "/ke-toan/doi-soat", "/ke-toan/sao-ke", "/ke-toan/the", "/ke-toan/so-sach"),
        *("/ke-toan/hoan-tra/{refund_id}", "/ke-toan/khoan-thu/{line_id}"),
        *("/ke-toan/kho-bac", "/ke-toan/tra-lai/{return_id}"),
    ),
    "xem-quay": (
        *("/quay", "/quay/cuoi-ngay", "/quay/ho-so/{dossier_id}", VISIT, f"{VISIT}/giay-nop-tien"),
        f"{VISIT}/khai/{{what}}",
    ),
    "xem-quantri": (
        *("/quan-tri", "/quan-tri/dia-ban", "/quan-tri/kiosk", "/quan-tri/phien"),
        *("/quan-tri/tai-khoan/moi", "/quan-tri/tai-khoan/{account_id}"),
    ),
    "xem-kiemtra": ("/quan-tri/nhat-ky", "/quan-tri/nhat-ky?verify=true"),
}
OWNERS = {"vi": SMALL_PHONE, "en": DESKTOP}
OFFICES = {"vi": DESKTOP, "en": SMALL_PHONE}


def test_every_address_that_can_be_opened_is_walked_to_or_is_no_page():
    """A new page needs its place in a walk; what is no page says what it is."""
    opened = {one.path for one in stated() if one.method == "GET" and not one.path.startswith("/v1/")}
    walked = {path.partition("?")[0] for paths in WALKS.values() for path in paths}
    walked.discard("/ho-so/y-kien/not_driving")  # one kind of the address above it
    assert walked | NO_PAGES.keys() == opened
    assert walked & NO_PAGES.keys() == set()


@pytest.fixture(scope="module")
def product(databases, store_address, tmp_path_factory):
    """A product of its own: what is done here would be in the way of the journeys."""
    with running_product(databases, store_address, tmp_path_factory) as own:
        yield own


@pytest.fixture
def look(shoot):
    """`look(page, "name")`: nothing for axe to find, nothing wider than the window, and a picture of it."""

    def at(page, name: str) -> None:
        assert_accessible(page)
        shoot(page, f"every-{name}")

    return at


@contextmanager
def visitor(browser, live, place: LivedIn, who: str, viewport) -> Iterator[object]:
    """A page in which this person has come in."""
    with browser.new_context(viewport=viewport) as context:
        page = context.new_page()
        kind, _, part = who.partition(" ")
        if kind == "owner":
            entry = place.entries[part]
            assert page.request.post(f"{live.url}/tra-cuu", form=entry, max_redirects=0).status == 303
        elif kind in {"citizen", "company"}:
            id_number = place.e_ids[part or kind]
            page.goto(f"{live.url}/cua-toi/dang-nhap/eid")
            page.request.post(page.url, form={"account": id_number, "level": "LoA2", "decision": "confirm"})
            if part == "driver":
                open_case(page, live, place)
        elif kind != "anybody":
            sign_in(page, live, who)
        yield page


def open_case(page, live, place: LivedIn) -> None:
    page.goto(f"{live.url}/cua-toi")
    form = page.locator(f"form[action='/cua-toi/ho-so/{place.ids['dossier_id']}']")
    form.locator("button").click()
    page.wait_for_url("**/ho-so")


def addresses(place: LivedIn, who: str, paths: tuple[str, ...]) -> Iterator[str]:
    """With every placeholder filled; a form for each kind of statement."""
    fill = lambda match: place.ids[match[1]]  # noqa: E731
    for path in paths:
        if path.startswith("/dieu-hanh/phan-mem/dot/"):
            yield place.ids["release_page"]
        elif path.endswith("/{kind}"):
            yield from (path.replace("{kind}", kind) for kind in SubmissionKind)
        elif path.endswith("/{what}"):
            what = path.replace("{visit_id}", place.ids["visit_id"])
            yield from (what.replace("{what}", kind) for kind in ("accept", *SubmissionKind))
        else:
            yield re.sub(r"\{(\w+)\}", fill, path)


def named(who: str, path: str, lang: str) -> str:
    short = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "x", path)
    return re.sub(r"\W+", "-", f"{who}{short}-{lang}").strip("-")


@pytest.mark.slow
@pytest.mark.browser
def test_every_page_is_right_for_everybody_in_both_languages(live, browser, monkeypatch, look, tmp_path):
    place = live_in(live, monkeypatch, tmp_path)
    place.ids["gateway"] = "vnpay"
    problems = []
    for who, paths in WALKS.items():
        public = who.startswith(("anybody", "owner", "citizen", "company"))
        for lang, viewport in (OWNERS if public else OFFICES).items():
            with visitor(browser, live, place, who, viewport) as page:
                for path in addresses(place, who, paths):
                    joint = "&" if "?" in path else "?"
                    page.goto(f"{live.url}{path}{joint}lang={lang}")
                    try:
                        assert page.locator("html").get_attribute("lang") == lang
                        look(page, named(who, path, lang))
                    except AssertionError as problem:
                        problems.append(f"{who} {path} {lang}: {problem}")
    assert problems == [], "\n".join(problems)


def wrong_code(page, live, entry: Mapping[str, str]) -> None:
    page.goto(f"{live.url}/tra-cuu")
    write(page, entry | {"secret": "AAAA-AAAA-AAAA"})
    with page.expect_navigation():
        page.locator("form[action='/tra-cuu'] button").click()


def notice_is_shut(live, number: str) -> None:
    services = live.services
    where = hashed(services.settings.secret_key.get_secret_value(), f"notice\0{number}")
    with services.database.unit_of_work() as session:
        session.add_all(
            LookupAttempt(at=utc_now(), address_hash=uuid.uuid4().hex, notice_hash=where)
            for _ in range(NOTICE_MOST)
        )


def nothing_tried(live) -> None:
    with live.services.database.unit_of_work() as session:
        session.execute(delete(LookupAttempt))


def too_much(page, live) -> None:
    page.goto(f"{live.url}/tra-cuu")
    page.locator("#plate").evaluate(
        "box => { box.removeAttribute('maxlength'); box.value = 'x'.repeat(1100000); }"
    )
    write(page, {"notice_number": "1", "secret": "1", "group": "car"})
    with page.expect_navigation():
        page.locator("form[action='/tra-cuu'] button").click()


def broken_for_staff(page, live, monkeypatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("backend.dossiers.queries.next_due", lambda *_: 1 // 0)
        assert page.goto(f"{live.url}/canh-sat/ho-so").status == 500
    assert page.locator("a[href='/canh-sat/ho-so']").count() == 1  # once more


@pytest.mark.slow
@pytest.mark.browser
def test_what_is_refused_is_said_on_a_page_that_everybody_can_use(live, browser, monkeypatch, look):
    registration = live.report(kind="motorbike")
    known = dossier(live, confirmed(live, registration))
    entry = entry_of(known, secret_of(live, registration, known.notice_number))
    with live.services.database.unit_of_work() as session:
        make_account(session, "xem-loi", "officer", "clerk")
    for lang, viewport in OWNERS.items():
        with browser.new_context(viewport=viewport) as context:
            page = context.new_page()

            def seen(name: str, page=page, lang=lang) -> None:
                assert page.locator("html").get_attribute("lang") == lang
                look(page, f"refused-{name}-{lang}")

            answer = page.goto(f"{live.url}/khong-co-trang-nay?lang={lang}")
            assert answer.status == 404
            seen("404")
            assert page.goto(f"{live.url}/cua-toi/thoat").status == 405
            seen("405")
            too_much(page, live)
            seen("413")
            for _ in range(CLIENT_FREE + 1):
                wrong_code(page, live, entry)
            seen("wrong")
            notice_is_shut(live, known.notice_number)
            wrong_code(page, live, entry)
            seen("shut")
            nothing_tried(live)
            page.request.post(f"{live.url}/tra-cuu", form=entry, max_redirects=0)
            with monkeypatch.context() as broken:
                broken.setattr("backend.portal.story.progress", lambda _dossier: 1 // 0)
                assert page.goto(f"{live.url}/ho-so").status == 500
                seen("500")
            with live.services.database.unit_of_work() as session:
                session.execute(delete(OwnerSession).where(OwnerSession.dossier_id == known.id))
            assert page.goto(f"{live.url}/ho-so").status == 401
            seen("visit-over")
            sign_in(page, live, "xem-loi")
            assert page.goto(f"{live.url}/quan-tri").status == 403
            seen("403")
            assert page.goto(f"{live.url}/canh-sat/ho-so/{uuid.UUID(int=7)}").status == 404
            seen("404-staff")
            broken_for_staff(page, live, monkeypatch)
            seen("500-staff")
            owner = registration["owner"]
            shown = {"capacity": "owner", "shown": "id_card", "name": owner["name"]}
            with member_of_staff(live, "xem-loi") as clerk:
                form = shown | {"id_number": owner["id_number"]}
                visit = clerk.post(f"/quay/ho-so/{known.id}", data=form).headers["location"]
            with live.services.database.unit_of_work() as session:
                long_ago = utc_now() - timedelta(hours=3)
                mine = update(CounterVisit).where(CounterVisit.dossier_id == known.id)
                session.execute(mine.values(opened_at=long_ago))
            assert page.goto(f"{live.url}{visit}").status == 409
            seen("counter-visit-over")
