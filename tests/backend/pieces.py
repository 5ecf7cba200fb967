"""A request whose body comes in pieces, and how many of them the application asks for."""

from __future__ import annotations

import asyncio

PIECE = b"x" * 65536
MANY = 50


def read_of(app, path: str, headers: dict[str, str], *, first: bytes = PIECE) -> tuple[int, int]:
    """POST a body that goes on for 50 pieces; the status, and the number of pieces that were read."""
    read: list[bool] = []
    said: list[dict] = []

    async def receive():
        read.append(True)
        body = first if len(read) == 1 else PIECE
        return {"type": "http.request", "body": body, "more_body": len(read) < MANY}

    async def send(message):
        said.append(message)

    sent = {"host": "testserver", **headers}
    where = {"path": path, "raw_path": path.encode(), "query_string": b"", "root_path": ""}
    scope = {"type": "http", "http_version": "1.1", "method": "POST", "scheme": "http"}
    ends = {"client": ("127.0.0.1", 1), "server": ("testserver", 80)}
    pairs = [(name.encode(), value.encode()) for name, value in sent.items()]
    asyncio.run(app({**scope, **where, **ends, "headers": pairs}, receive, send))
    return said[0]["status"], len(read)
