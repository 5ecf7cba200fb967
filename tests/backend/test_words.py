"""Every sentence on a screen exists in Vietnamese, and says what the English one says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from backend.i18n import catalogue, translate
from backend.templating import day, money, number, when
from tests.conftest import REPOSITORY

TEMPLATES = sorted((REPOSITORY / "backend").glob("**/templates/**/*.html"))
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def messages(template: Path) -> set[str]:
    with template.open("rb") as file:
        found = babel_extract(file, ["_"], [], {"trim_blocks": "true"})
        return {words if isinstance(words, str) else words[0] for _, _, words, _ in found}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_everything_is_translated(template):
    assert messages(template) - set(catalogue("vi")) == set()


def test_no_translation_is_left_over():
    used = set().union(*map(messages, TEMPLATES))
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in (REPOSITORY / "backend").rglob("*.py") if path.is_file()
    )
    unused = {message for message in catalogue("vi") if message not in used and message not in code}
    assert unused == set()


@pytest.mark.parametrize("path", sorted((REPOSITORY / "backend/locale").rglob("*.po")), ids=lambda p: p.name)
def test_catalogues_are_whole(path):
    with path.open("rb") as file:
        for message in read_po(file):
            assert not message.fuzzy, message.id
            assert message.string or not message.id, message.id
            assert set(PLACEHOLDER.findall(str(message.id))) == set(PLACEHOLDER.findall(str(message.string)))


def test_an_unknown_message_is_its_own_english():
    assert translate("Not there at all", "vi") == "Not there at all"
    assert translate("Sign in", "vi") == "Đăng nhập"
    assert translate("Sign in", "en") == "Sign in"


def test_values_are_written_as_people_write_them():
    from datetime import UTC, date, datetime

    late = datetime(2026, 11, 22, 18, 5, 9, tzinfo=UTC)
    assert when(late) == "23/11/2026 01:05:09"
    assert when(late, seconds=False) == "23/11/2026 01:05"
    assert day(late) == "23/11/2026"
    assert day(date(2026, 1, 2)) == "02/01/2026"
    assert money(5_000_000) == "5.000.000\N{NO-BREAK SPACE}đồng"
    assert money(5_000_000, language="en") == "VND\N{NO-BREAK SPACE}5,000,000"
    assert (number(61.54), number(61.54, language="en")) == ("61,5", "61.5")
