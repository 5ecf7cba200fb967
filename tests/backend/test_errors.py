"""What people are told when something cannot be done: in words, on a page that leads on."""

from __future__ import annotations

import re
import uuid

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError

from backend import plain
from backend.accounts.roles import ROLES
from backend.app import bare_app
from backend.errors import field_errors

NAVIGATION = 'class="site-nav"'


def links(page: str) -> dict[str, str]:
    """Where a page leads, by its words."""
    return {words: address for address, words in re.findall(r'<a[^>]*href="([^"]*)"[^>]*>([^<]+)</a>', page)}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/canh-sat/khong-co", 404),
        ("/canh-sat/ho-so/khong-phai-ma", 404),
        (f"/canh-sat/ho-so/{uuid.UUID(int=7)}", 404),
        ("/canh-sat/ho-so?tab=gi-do", 422),
        ("/dieu-hanh", 403),
        ("/dieu-hanh/truc", 405),
    ],
)
def test_a_page_that_cannot_be_shown_keeps_the_navigation_and_leads_back(staff, path, status):
    officer = staff("canhsat", "officer")
    came = {"referer": "http://testserver/canh-sat/ho-so?tab=running"}
    for language, back, first in (
        ("vi", "Quay lại trang trước", "Về trang đầu"),
        ("en", "Back to the page before", "To the first page"),
    ):
        address = f"{path}{'&' if '?' in path else '?'}lang={language}"
        page = officer.get(address, headers=came)
        assert page.status_code == status
        assert NAVIGATION in page.text
        if path.partition("?")[0] != "/canh-sat/ho-so":
            assert links(page.text)[back] == "/canh-sat/ho-so?tab=running"
        assert links(page.text)[first] == "/canh-sat"
        elsewhere = officer.get(address, headers={"referer": "https://example.org/canh-sat/ho-so"})
        assert back not in links(elsewhere.text)
    assert NAVIGATION not in officer.get("/khong-co").text


def test_who_may_not_is_told_who_may_in_words(staff):
    page = staff("xa", "commune").get("/canh-sat").text
    assert "Cán bộ xử lý, Đội trưởng" in page
    assert not [role for role in ROLES if re.search(rf"\b{role}\b", page)]


def test_another_language_after_a_refused_form_opens_the_page_of_the_form(staff):
    operator = staff("dieuhanh", "operator")
    form = {"name": "Nguyễn Văn Mẫu", "channel": "email", "address": "khong-co-a-cong", "until_hour": "30"}
    came = {"referer": "http://testserver/dieu-hanh/canh-bao"}
    page = operator.post("/dieu-hanh/truc", data=form, headers=came)
    assert page.status_code == 422
    assert links(page.text)["English"] == "/dieu-hanh/canh-bao?lang=en"
    without = operator.post("/dieu-hanh/truc", data=form)
    assert links(without.text)["English"] == "/dieu-hanh?lang=en"
    again = operator.post(f"/dieu-hanh/canh-bao/{uuid.uuid4()}/nhan", data={"note": ""})
    assert (again.status_code, links(again.text)["English"]) == (404, "/dieu-hanh/canh-bao?lang=en")
    assert operator.get("/dieu-hanh/canh-bao?lang=en").status_code == 200


def test_what_was_typed_stays_and_the_fault_is_said_in_plain_words(staff):
    operator = staff("dieuhanh", "operator")
    form = {"name": "", "channel": "sms", "address": "0900000777", "until_hour": "30"}
    for language, said in (
        ("vi", ("<strong>Họ tên</strong>: chưa nhập", "nhiều nhất là 24")),
        ("en", ("<strong>Name</strong>: was not given", "must be at most 24")),
    ):
        page = operator.post(f"/dieu-hanh/truc?lang={language}", data=form)
        assert page.status_code == 422
        for part in (*said, 'value="0900000777"', '<option value="sms" selected>'):
            assert part in page.text
        assert "should" not in page.text
    wrong = operator.post(
        "/dieu-hanh/truc?lang=vi", data={**form, "name": "A", "until_hour": "24", "address": "a@b"}
    )
    assert "số điện thoại chỉ gồm chữ số" in wrong.text


def _routes(router):
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        elif (below := getattr(route, "original_router", None)) is not None:
            yield from _routes(below)


def _fields(dependant):
    for one in dependant.body_params:
        model = one.field_info.annotation
        yield from model.model_fields if hasattr(model, "model_fields") else [one.name]
    for below in dependant.dependencies:
        yield from _fields(below)


_UNSEEN = {"back", "confirmed", "csrf_token", "group", "lang", "next", "t", "ticket", "tim", "to"}
"""What forms send without anybody's typing it."""


def test_every_field_of_every_form_has_its_words():
    pages = [route for route in _routes(bare_app().router) if not route.path.startswith("/v1/")]
    fields = {name for route in pages if "POST" in route.methods for name in _fields(route.dependant)}
    assert "severity_at_least" in fields
    assert sorted(name for name in fields - _UNSEEN if plain.field_name(name) is None) == []


def test_faults_in_words_name_no_program():
    class Form(BaseModel):
        number: int
        text: str

    with pytest.raises(ValidationError) as caught:
        Form.model_validate({"number": "x"})
    number, text = field_errors(caught.value.errors())
    assert (number.said("vi"), number.said("en")) == ("phải là số nguyên", "must be a whole number")
    assert (text.said("vi"), text.message) == ("chưa nhập", "Field required")
