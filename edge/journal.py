"""Structured lines on stderr: one JSON object an event, never a secret."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

_CREDENTIALS = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://)[^/\s@]*@", re.IGNORECASE)
_NAMED = re.compile(
    r"""(?P<name>\b[\w-]*(?:password|passwd|secret|token|api_?key|access_?key|authorization)[\w-]*["']?\s*[:=]\s*)"""
    r"""(?P<value>"[^"]*"|'[^']*'|(?:Bearer\s+|Basic\s+)?[^\s,;&"'}]+)""",
    re.IGNORECASE,
)
_KEPT_BYTES = 256 * 1024
LOG_FILE = "log.jsonl"


def redacted(text: str) -> str:
    """`text` without the user name and password of any address in it, or the value of anything so named."""
    return _NAMED.sub(_masked, _CREDENTIALS.sub(r"\g<scheme>***@", text))


def _masked(found: re.Match[str]) -> str:
    quote = found["value"][0] if found["value"][0] in "\"'" else ""
    return f"{found['name']}{quote}***{quote}"


class JsonLines(logging.Formatter):
    """Time, level, source, message and the `extra={"data": {...}}` of a record as one line of JSON.

    `camera`: which camera of the box speaks.
    """

    def __init__(self, camera: str = "") -> None:
        super().__init__()
        self._camera = camera

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            **({"camera": self._camera} if self._camera else {}),
            "from": record.name,
            "message": record.getMessage(),
        }
        data = getattr(record, "data", None)
        if isinstance(data, dict):
            line |= data
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = "".join(traceback.format_exception(record.exc_info[1]))
        return redacted(json.dumps(line, ensure_ascii=False, default=str))


def log_to_stderr(level: int = logging.INFO, *, camera: str = "", keep: Path | None = None) -> None:
    """Send the `edge` loggers to stderr as JSON lines; called once by a command.

    `keep`: a folder in which the last lines also stay, for whoever asks from afar.
    """
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        handlers.append(RotatingFileHandler(keep / LOG_FILE, maxBytes=_KEPT_BYTES, backupCount=1, delay=True))
    for handler in handlers:
        handler.setFormatter(JsonLines(camera))
    logger = logging.getLogger("edge")
    logger.handlers[:] = handlers
    logger.setLevel(level)
    logger.propagate = False


def last_lines(folders: Iterable[Path], most: int) -> tuple[str, ...]:
    """The newest lines kept in these folders, in the order of time, once more without secrets."""
    found: list[str] = []
    for folder in folders:
        for name in (f"{LOG_FILE}.1", LOG_FILE):
            try:
                found += (folder / name).read_text(errors="replace").splitlines()
            except OSError:
                continue
    return tuple(redacted(line)[:2000] for line in sorted(found, key=_at)[-most:])


def _at(line: str) -> str:
    return line[8:32] if line.startswith('{"at": "') else ""
