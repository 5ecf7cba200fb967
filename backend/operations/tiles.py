"""Where the maps take their background from: the template of a tile server's addresses, checked. Pure."""

from __future__ import annotations

import re
from string import Formatter
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator

_WANTED: Final = {"z", "x", "y"}
_HOST = re.compile(r"[a-z0-9.-]+(:[0-9]{1,5})?", re.ASCII | re.IGNORECASE)
_EXAMPLE: Final = "https://tiles.example/{z}/{x}/{y}.png"


def checked_template(url: str) -> str:
    """The template as it is, or empty for no tiles. Raises ValueError saying what is wrong with it."""
    if not url:
        return url
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.netloc:
        raise ValueError(
            f"must begin with https:// and a host, as in {_EXAMPLE}; empty for maps without tiles"
        )
    if not _HOST.fullmatch(parts.netloc):
        raise ValueError(
            f"{parts.netloc!r} is no plain host: browsers are told the one host that pictures may come from,"
            " so name it whole, without {s}, user or password"
        )
    if re.search(r"\s", url):
        raise ValueError(f"has a blank in it; write it as in {_EXAMPLE}")
    try:
        named = {name for _, name, _, _ in Formatter().parse(url) if name is not None}
    except ValueError as error:
        raise ValueError(
            f"has a brace that is not closed or not opened; write it as in {_EXAMPLE}"
        ) from error
    if named != _WANTED:
        wrong = [f"{{{name}}} is missing" for name in sorted(_WANTED - named)]
        wrong += [f"{{{name}}} is not known" for name in sorted(named - _WANTED)]
        raise ValueError(
            f"{', '.join(wrong)}; it needs {{z}}, {{x}} and {{y}} and nothing else, as in {_EXAMPLE}"
        )
    return url


def checked_link(url: str) -> str:
    """An address that people may be led to, or empty. Raises ValueError."""
    if url and (urlsplit(url).scheme != "https" or not urlsplit(url).netloc):
        raise ValueError("must begin with https:// and a host, or be empty")
    return url


TileTemplate = Annotated[str, AfterValidator(checked_template)]
Link = Annotated[str, AfterValidator(checked_link)]
