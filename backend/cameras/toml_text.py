"""A camera file's TOML from what it means, laid out as docs/camera-file.md shows it. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

_BARE = re.compile(r"^[A-Za-z0-9_-]+$")
_LONG = 100


def toml_text(document: Mapping[str, Any]) -> str:
    """The document as TOML: plain values first, then tables, then lists of tables, in the order given."""
    return "\n".join(_table(document, ())).strip() + "\n"


def _table(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    plain = {key: value for key, value in table.items() if value is not None and not _is_nested(value, path)}
    for key, value in plain.items():
        yield from _pair(key, value)
    for key, value in table.items():
        here = (*path, key)
        if isinstance(value, Mapping):
            yield from ("", f"[{_dotted(here)}]")
            yield from _table(value, here)
        elif value is not None and key not in plain:
            for one in value:
                yield from ("", f"[[{_dotted(here)}]]")
                yield from _table(one, here)


def _is_nested(value: object, path: tuple[str, ...]) -> bool:
    """Tables, and lists of tables that are sections; small tables inside a section stay on its line."""
    if isinstance(value, Mapping):
        return True
    is_list = (
        isinstance(value, list | tuple) and bool(value) and all(isinstance(one, Mapping) for one in value)
    )
    return is_list and (not path or path == ("road",))


def _pair(key: str, value: object) -> Iterator[str]:
    line = f"{_key(key)} = {_value(value)}"
    if len(line) <= _LONG or not isinstance(value, list | tuple):
        yield line
        return
    yield f"{_key(key)} = ["
    for one in value:
        yield f"  {_value(one)},"
    yield "]"


def _value(value: object) -> str:
    if isinstance(value, bool | int | float):
        return _number(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items() if one is not None)
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(_value(one) for one in value)}]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _number(value: float) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else repr(round(value, 6))


def _key(key: str) -> str:
    return key if _BARE.match(key) else json.dumps(key, ensure_ascii=False)


def _dotted(path: Sequence[str]) -> str:
    return ".".join(_key(part) for part in path)
