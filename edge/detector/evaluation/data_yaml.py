"""The part of YAML that a YOLO data set's data.yaml is written in: names and paths, nothing nested deeper.

The edge carries no YAML library for this one file. Keys that are not asked for may hold anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from edge.detector.errors import DataError

_KEY: Final = re.compile(r"""^(?P<key>"[^"]*"|'[^']*'|[^\s:\[\]{},#]+)\s*:(?:\s+(?P<rest>.*))?$""")
_BEFORE_COMMENT: Final = re.compile(r"""(?:"[^"]*"|'[^']*'|(?<=\S)#|[^#])*""")
_PARTS: Final = ("train", "val", "test")
_REMEDY: Final = "Write it as Ultralytics does: `names: {0: motorbike, 1: car}` and `val: images/val`."


@dataclass(frozen=True, slots=True)
class DataFile:
    """What a data.yaml says: its root (or ''), the paths of each part, the classes' names by number."""

    root: str
    parts: Mapping[str, tuple[str, ...]]
    names: Mapping[int, str]


def read_data_yaml(path: Path) -> DataFile:
    """Read the file at `path`.

    Raises:
        DataError: it cannot be read, or its names or paths are written in no form that is known.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot read it ({error})", where=str(path), remedy=_REMEDY) from error
    try:
        return parse(text)
    except ValueError as error:
        raise DataError(str(error), where=str(path), remedy=_REMEDY) from error


def parse(text: str) -> DataFile:
    """Take root, parts and names out of the text of a data.yaml; ValueError says what is not understood."""
    blocks = dict(_blocks(text))
    parts = {}
    for part, key in (("train", "train"), ("val", "val"), ("val", "valid"), ("test", "test")):
        paths = tuple(_texts(blocks[key])) if key in blocks else ()
        if paths:
            parts[part] = paths
    root = _texts(blocks["path"]) if "path" in blocks else []
    return DataFile(root[0] if root else "", parts, _names(blocks["names"]) if "names" in blocks else {})


def _blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each top-level key with its lines: what stands behind the colon first, then what is indented below."""
    key, lines = "", [""]
    for raw in text.splitlines():
        line = _without_comment(raw).rstrip()
        if not line or line in {"---", "..."}:
            continue
        opened = _KEY.match(line)
        if opened and not line[0].isspace():
            if key:
                yield key, lines
            key, lines = _unquoted(opened["key"]), [(opened["rest"] or "").strip()]
        else:
            lines.append(line.strip())
    if key:
        yield key, lines


def _texts(lines: list[str]) -> list[str]:
    """One text, a list in brackets, or a list of dashes."""
    joined = " ".join(lines).strip()
    if joined.startswith("["):
        return [_unquoted(item) for item in _items(joined, "[", "]")]
    if joined.startswith("- "):
        return [_unquoted(line.removeprefix("-").strip()) for line in lines if line]
    return [_unquoted(joined)] if joined and joined not in {"null", "~"} else []


def _names(lines: list[str]) -> dict[int, str]:
    """A list, or numbers with names."""
    joined = " ".join(lines).strip()
    if joined.startswith(("[", "- ")):
        return dict(enumerate(_texts(lines)))
    rows = _items(joined, "{", "}") if joined.startswith("{") else [line for line in lines if line]
    names = {}
    for row in rows:
        number, _, name = row.partition(":")
        if not _unquoted(number).isdigit() or not name.strip():
            raise ValueError(f"'{row}' is no class number with its name")
        names[int(_unquoted(number))] = _unquoted(name)
    return names


def _items(text: str, opening: str, closing: str) -> list[str]:
    """The parts of a bracketed list, commas inside quotes left alone."""
    if not text.endswith(closing):
        raise ValueError(f"'{opening}' is not closed by '{closing}'")
    items = re.findall(r"""(?:"[^"]*"|'[^']*'|[^,"'])+""", text[1:-1])
    return [item.strip() for item in items if item.strip()]


def _without_comment(line: str) -> str:
    before = _BEFORE_COMMENT.match(line)
    return before.group() if before else ""


def _unquoted(text: str) -> str:
    bare = text.strip()
    quoted = len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "'\""
    return bare[1:-1] if quoted else bare
