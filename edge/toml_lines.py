"""On which line of a TOML file a field stands, so that an error can be found by a person."""

from __future__ import annotations

import re
from typing import Final, TypeAlias

Place: TypeAlias = tuple[int | str, ...]
"""The way to a field as pydantic tells it: names of tables and keys, numbers in lists."""

_TABLE: Final = re.compile(r"^\s*(\[{1,2})\s*([^\]#]+?)\s*\]{1,2}\s*(#.*)?$")
_WORD: Final = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_KEY: Final = re.compile(rf"^\s*({_WORD}(?:\s*\.\s*{_WORD})*)\s*=")


def line_of(text: str, place: Place) -> int | None:
    """The line (from 1) of the field, or of the nearest thing around it that stands in the text.

    Reads lines as people write them: tables, lists of tables and keys. What is inside one value counts as the
    line where that value begins.
    """
    lines = {where: number for number, where in reversed(_places(text))}
    for length in range(len(place), 0, -1):
        if (found := lines.get(place[:length])) is not None:
            return found
    return None


def _places(text: str) -> list[tuple[int, Place]]:
    found: list[tuple[int, Place]] = []
    counts: dict[Place, int] = {}
    table: Place = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if head := _TABLE.match(line):
            table = _inside(_names(head.group(2)), counts, repeated=head.group(1) == "[[")
            found.append((number, table))
        elif key := _KEY.match(line):
            found.append((number, (*table, *_names(key.group(1)))))
    return found


def _inside(names: Place, counts: dict[Place, int], *, repeated: bool) -> Place:
    """The table's own place: `[[camera]]` opens the next of a list, `[camera.x]` lies in the last one."""
    place: Place = ()
    for depth, name in enumerate(names, start=1):
        place = (*place, name)
        if repeated and depth == len(names):
            counts[place] = counts.get(place, -1) + 1
        if place in counts:
            place = (*place, counts[place])
    return place


def _names(words: str) -> Place:
    return tuple(word.strip().strip("\"'") for word in words.split("."))
