"""docs/permissions.md, read."""

from __future__ import annotations

import re
from typing import NamedTuple

from tests.conftest import REPOSITORY

TABLE = REPOSITORY / "docs/permissions.md"
FOR_ALL_STAFF = ("staff", "signing in")
OTHERS = ("owner", "citizen", "box", "provider", "authority", "company", "operations centre", "anyone")
_LINE = re.compile(r"^\| (GET|POST|PUT|PATCH|DELETE) \| `(/\S*)` \| ([a-z_ ]+) \|$", re.MULTILINE)


class Address(NamedTuple):
    path: str
    method: str


def stated() -> dict[Address, str]:
    """Who may call each address, in the table's order."""
    return {
        Address(path, method): who for method, path, who in _LINE.findall(TABLE.read_text(encoding="utf-8"))
    }
