"""What the counter and the kiosk say aloud: the words, their order, and nothing that is not shown."""

from __future__ import annotations

import pytest

from penalty.money import format_vnd, words_vi
from tests.conftest import REPOSITORY

pytestmark = pytest.mark.browser
STATIC = REPOSITORY / "backend/static"
SITE = "http://reading.invalid"
SUMS = (
    *(1, 5, 10, 15, 21, 24, 105, 999, 1_000, 2_500, 19_005, 100_001, 5_000_000, 5_070_000, 21_115_055),
    *(987_654_321, 1_000_000_000, 2_000_000_105),
)
VIETNAMESE = (
    ("Phải nộp 5.000.000\N{NO-BREAK SPACE}đồng", "Phải nộp năm triệu đồng"),
    (
        "5.000.000 × 0,05 % × 3 ngày = 7.500 đồng",
        "năm triệu nhân không phẩy không năm phần trăm nhân 3 ngày bằng bảy nghìn năm trăm đồng",
    ),
    ("Trả lời trước thứ Hai, 07/12/2026.", "Trả lời trước thứ Hai, ngày 7 tháng 12 năm 2026."),
    ("Có từ ngày 02/01/2027", "Có từ ngày 2 tháng 1 năm 2027"),
    ("Lúc 08:05:09", "Lúc 8 giờ 5 phút 9 giây"),
    ("Biển số 51A-123.45", "Biển số năm một a, một hai ba, bốn năm"),
    ("59-X1 123.45, xe máy", "năm chín, ích một, một hai ba, bốn năm, xe máy"),
    ("51A-1**.*5", "năm một a, một sao sao, sao năm"),
    ("Số TB-2026-000123", "Số tê bê, hai không hai sáu, không không không một hai ba"),
    ("Hạng A1", "Hạng a một"),
    ("67,4 km/h", "sáu mươi bảy phẩy bốn ki lô mét trên giờ"),
    ("cách vạch 3,2 m sau 1,5 s", "cách vạch ba phẩy hai mét sau một phẩy năm giây"),
    ("Nghị định 168/2024/NĐ-CP", "Nghị định 168 năm 2024 của Chính phủ"),
    ("Luật 36/2024/QH15", "Luật 36 năm 2024 của Quốc hội"),
    ("Gọi 0274 382 2222", "Gọi không hai bảy bốn, ba tám hai, hai hai hai hai"),
    ("Trừ 4 điểm · Điều 6", "Trừ 4 điểm, Điều 6"),
    ("từ 4.000.000 đồng – 6.000.000 đồng", "từ bốn triệu đồng đến sáu triệu đồng"),
    ("← Quay lại", "Quay lại"),
    ("VNeID mức 2", "VNeID mức 2"),
)
ENGLISH = (
    ("To pay: VND\N{NO-BREAK SPACE}5,000,000", "To pay: 5,000,000 dong"),
    ("Answer by Monday, 07/12/2026.", "Answer by Monday, 7 December 2026."),
    ("Plate 51A-123.45", "Plate 5 1 A, 1 2 3, 4 5"),
    ("Decree 168/2024/NĐ-CP", "Decree 168 of 2024"),
    ("67.4 km/h", "67.4 kilometres per hour"),
)
PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>t</title><main>
<h1>Bạn cần làm gì?</h1>
<p hidden>Bí mật</p>
<p>Nộp 4.000.000 đồng</p>
<details><summary>Thêm</summary><p>Chưa mở</p></details>
<ul><li><label>Chọn thẻ</label></li><li><p>Trong mục</p></li></ul>
<dl><dt>Số</dt><dd>TB-2026-000001</dd></dl>
<form><label>Mã tra cứu <input value="SECRET-1234"></label></form>
<p lang="en">VND 1,000</p></main></html>"""


@pytest.fixture(scope="module")
def page(browser):
    """A page beside the scripts as they are served."""
    with browser.new_context() as context:
        opened = context.new_page()
        opened.route(
            f"{SITE}/*.js",
            lambda route: route.fulfill(
                path=STATIC / route.request.url.rpartition("/")[2], content_type="text/javascript"
            ),
        )
        opened.route(f"{SITE}/", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
        opened.goto(f"{SITE}/")
        yield opened


def said(page, texts: list[str], lang: str) -> list[str]:
    ask = "async ([texts, lang]) => { const { spoken } = await import('/spoken.js');"
    ask += " return texts.map((text) => spoken(text, lang)); }"
    return page.evaluate(ask, [texts, lang])


@pytest.mark.parametrize(("pairs", "lang"), [(VIETNAMESE, "vi"), (ENGLISH, "en")])
def test_signs_become_words(page, pairs, lang):
    assert said(page, [shown for shown, _ in pairs], lang) == [words for _, words in pairs]


def test_sums_are_said_as_the_papers_write_them(page):
    expected = [words_vi(amount).lower() for amount in SUMS if amount >= 1000]
    assert said(page, [format_vnd(amount) for amount in SUMS if amount >= 1000], "vi") == expected
    ask = "async (sums) => sums.map((await import('/spoken.js')).inWords)"
    assert [f"{words} đồng" for words in page.evaluate(ask, list(SUMS))] == [
        words_vi(amount).lower() for amount in SUMS
    ]


def test_what_is_shown_is_read_once_from_top_to_bottom_in_its_language(page):
    ask = "async () => { const { whatIsRead } = await import('/reading.js');"
    ask += " return whatIsRead(document.querySelector('main')).map(({ lang, words }) => [lang, words]); }"
    assert page.evaluate(ask) == [
        ["vi", "Bạn cần làm gì?"],
        ["vi", "Nộp bốn triệu đồng"],
        ["vi", "Chọn thẻ"],
        ["vi", "Trong mục"],
        ["vi", "Số"],
        ["vi", "tê bê, hai không hai sáu, không không không không không một"],
        ["vi", "Mã tra cứu"],
        ["en", "1,000 dong"],
    ]
