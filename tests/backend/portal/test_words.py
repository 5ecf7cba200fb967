"""No text of these pages may be left without its Vietnamese, and none of the Vietnamese without its page."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po

from backend.i18n import catalogue
from tests.conftest import REPOSITORY

MESSAGE = re.compile(r"""_\(\s*(?:"([^"]*)"|'([^']*)')""")
TEMPLATES = sorted(
    path
    for noun in ("portal", "payments", "dossiers")
    for path in (REPOSITORY / "backend" / noun).rglob("*.html")
)


def messages(path) -> set[str]:
    return {double or single for double, single in MESSAGE.findall(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_text_is_in_vietnamese_too(path):
    assert messages(path) - set(catalogue("vi")) == set()


def test_placeholders_are_the_same_in_both_languages():
    for english, vietnamese in catalogue("vi").items():
        assert sorted(re.findall(r"%\(\w+\)s", english)) == sorted(re.findall(r"%\(\w+\)s", vietnamese)), (
            english
        )


def test_nothing_is_translated_that_no_page_says():
    with (REPOSITORY / "backend/locale/vi/owner.po").open("rb") as file:
        known = {message.id for message in read_po(file, locale="vi") if message.id}
    assert known - set().union(*(messages(path) for path in TEMPLATES)) == set()
