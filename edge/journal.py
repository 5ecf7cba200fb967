"""Structured lines on stderr: one JSON object an event, never a secret."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime

_CREDENTIALS = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://)[^/\s@]*@", re.IGNORECASE)


def redacted(text: str) -> str:
    """`text` without the user name and password of any address in it."""
    return _CREDENTIALS.sub(r"\g<scheme>***@", text)


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


def log_to_stderr(level: int = logging.INFO, *, camera: str = "") -> None:
    """Send the `edge` loggers to stderr as JSON lines; called once by a command."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(camera))
    logger = logging.getLogger("edge")
    logger.handlers[:] = [handler]
    logger.setLevel(level)
    logger.propagate = False
