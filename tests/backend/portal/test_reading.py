"""What an owner reads in Vietnamese is short and plain.

Vietnamese is written in syllables; about three make two words. The limits are ours, stricter than the usual
advice of 25 words to a sentence. A legal word may stand on a page only where the page's end explains it.
"""

from __future__ import annotations

import re
from itertools import chain
from statistics import mean

import pytest

from backend.dossiers.words import EVENTS
from backend.i18n import catalogue
from backend.portal.deadline_words import PLAIN, WAYS_TO_COUNT
from backend.portal.glossary import words
from backend.portal.place import SIGNS
from penalty.complaint import GROUND_NAMES
from penalty.relief import Relief, condition
from penalty.submissions import NAMES
from tests.conftest import REPOSITORY

LONGEST_SYLLABLES = 24
MEAN_SYLLABLES = 9
BACKEND = REPOSITORY / "backend"
TEMPLATES = (
    *(BACKEND / "portal/templates").glob("*.html"),
    *(BACKEND / "citizens/templates").glob("*.html"),
    *(BACKEND / f"submissions/templates/{name}.html" for name in ("form", "sent")),
    BACKEND / "payments/templates/return.html",
    BACKEND / "evidence/templates/owner.html",
)
MESSAGE = re.compile(r"""_\(\s*(?:"([^"]*)"|'([^']*)')""")
SENTENCE_ENDS = re.compile(r"[.!?:;](?=\s|$)")

LEGAL = (
    *("quyết định xử phạt", "biên bản", "giải trình", "khiếu nại", "khởi kiện", "thụ lý", "thẩm quyền"),
    *("cưỡng chế", "thời hiệu", "niêm phong", "chứng cứ", "đăng kiểm", "khung phạt", "sao kê", "hoàn trả"),
    *("số định danh", "dấu vân tay", "ủy quyền", "biên lai", "tiền chậm nộp", "tình tiết tăng nặng"),
)
OFFICIALESE = (
    *("đương sự", "tống đạt", "chiếu theo", "căn cứ vào", "nêu trên", "hữu quan", "liên đới", "trân trọng"),
    *("kính mong", "theo quy định của pháp luật", "đề nghị ông/bà", "khẩn trương", "nghiêm túc chấp hành"),
)


def texts() -> list[str]:
    known = catalogue("vi")
    asked = {
        double or single
        for path in TEMPLATES
        for double, single in MESSAGE.findall(path.read_text(encoding="utf-8"))
    }
    pairs = chain(
        EVENTS.values(),
        NAMES.values(),
        GROUND_NAMES.values(),
        (name for _, name in SIGNS.values()),
        chain.from_iterable((line.what, line.starts, line.missed) for line in PLAIN.values()),
        (way.days_off for way in WAYS_TO_COUNT.values() if way.days_off),
        (condition(relief, organisation=who) for relief in Relief for who in (False, True)),
    )
    return sorted({known[message] for message in asked if message in known} | {vi for vi, _ in pairs})


def sentences() -> list[str]:
    explained = [word.plain for word in words("vi")]
    found = chain.from_iterable(SENTENCE_ENDS.split(text) for text in [*texts(), *explained])
    return [sentence.strip() for sentence in found if sentence.strip()]


def syllables(sentence: str) -> int:
    return len(re.findall(r"\w+", sentence))


def test_sentences_are_short() -> None:
    found = sentences()
    assert len(found) > 500  # the search still finds what the pages say
    too_long = [one for one in found if syllables(one) > LONGEST_SYLLABLES]
    assert too_long == []
    assert mean(map(syllables, found)) <= MEAN_SYLLABLES


@pytest.mark.parametrize("word", LEGAL)
def test_a_legal_word_that_is_said_is_explained(word: str) -> None:
    if any(word in text.casefold() for text in texts()):
        assert word in {known.term for known in words("vi")}


def test_nothing_is_said_as_offices_write() -> None:
    said = [(word, text) for text in texts() for word in OFFICIALESE if word in text.casefold()]
    assert said == []
