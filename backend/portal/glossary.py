"""Legal words in plain words: a page explains, at its end, each of them that stands on it."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from pathlib import Path

_FILE = Path(__file__).with_name("glossary.csv")
_HIDDEN = re.compile(r"<(script|style|svg|textarea)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Word:
    """A legal word and what it means, in one language."""

    term: str
    plain: str


@lru_cache
def words(language: str) -> tuple[Word, ...]:
    """Every word explained in this language, longer ones first."""
    language = "vi" if language == "vi" else "en"
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = [Word(row[language], row[f"{language}_plain"]) for row in rows if row[language]]
    return tuple(sorted(found, key=lambda word: -len(word.term)))


def visible_text(html: str) -> str:
    """What a reader sees of a piece of a page, in one line."""
    return _SPACE.sub(" ", unescape(_TAG.sub(" ", _HIDDEN.sub(" ", html)))).strip()


def explained(html: str, language: str) -> tuple[Word, ...]:
    """The words of the glossary that stand in this piece of a page, by their alphabet."""
    text = visible_text(html)
    found = [word for word in words(language) if _pattern(word.term).search(text)]
    return tuple(sorted(found, key=lambda word: word.term.casefold()))


@lru_cache(maxsize=256)
def _pattern(term: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(term)}(?!\w)", re.IGNORECASE)
