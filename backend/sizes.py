"""How large a request may be: refused by its Content-Length, or as soon as what was sent is too much.

Forms and JSON are small, and stay in memory. Only the addresses that take files may send more, each no more
than its own files can be.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.errors import BodyRefusedError, Problem, answer
from backend.fleets.visits import MOST_FILES as MOST_COMPANY_FILES
from backend.intake.routes import BODY_MAX_BYTES
from backend.settings import Settings
from backend.submissions.pictures import LARGEST_BYTES, MOST_FILES
from backend.transfers.package import OVERHEAD_BYTES

MIB: Final = 1024 * 1024
USUAL_BYTES: Final = MIB
"""As much as the parser of forms keeps in memory; above it a file would be written to disk."""
_AROUND_FILES: Final = MIB
_PICTURES: Final = MOST_FILES * LARGEST_BYTES + _AROUND_FILES
TOO_LARGE: Final = 413
_MOST_DIGITS: Final = 18


def limits(settings: Settings) -> Sequence[tuple[re.Pattern[str], int]]:
    """Addresses that may take more than `USUAL_BYTES`, and how much. Each says so itself below its limit."""
    sizes = {
        r"/v1/(violations|heartbeats|devices/replies)": BODY_MAX_BYTES + MIB,
        r"/v1/transfers/packages": settings.transfer_max_bytes + OVERHEAD_BYTES + MIB,
        r"/v1/transfers/comparison": 9 * MIB,
        r"/v1/receipts/[^/]+": 2 * MIB,
        r"/v1/fleet/lookups": 2 * MIB,
        r"/v1/payments/[^/]+/(statements|comparison)": 5 * MIB,
        r"/v1/settlements/(arrivals|[^/]+/payments)": 5 * MIB,
        r"/ke-toan/(sao-ke|doi-soat|the|kho-bac|kho-bac/cong)": 5 * MIB,
        r"/quan-tri/dia-ban": 3 * MIB,
        r"/v1/releases|/dieu-hanh/phan-mem": settings.release_max_bytes + MIB,
        r"/ho-so/y-kien/[^/]+": _PICTURES,
        r"/quay/ho-so/[^/]+": _PICTURES,
        r"/quay/luot/[^/]+/khai/[^/]+": 2 * MOST_FILES * LARGEST_BYTES + _AROUND_FILES,
        r"/doanh-nghiep": MOST_COMPANY_FILES * LARGEST_BYTES + _AROUND_FILES,
    }
    return tuple((re.compile(path), most) for path, most in sizes.items())


class RequestLimits:
    """ASGI middleware. Refuses with 413, as problem+json or as a page, before anything is kept."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._limits = limits(settings)

    def most_bytes(self, path: str) -> int:
        return next((most for pattern, most in self._limits if pattern.fullmatch(path)), USUAL_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self.most_bytes(scope["path"])
        told = Headers(scope=scope).get("content-length", "")
        if told.isascii() and told.isdigit() and (len(told) > _MOST_DIGITS or int(told) > most):
            refusal = await run_in_threadpool(
                answer, Request(scope), too_large(most)
            )  # it may ask the database
            await refusal(scope, receive, send)
            return
        taken = 0

        async def receive_no_more() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise BodyRefusedError(too_large(most))
            return message

        await self._app(scope, receive_no_more, send)


def too_large(most_bytes: int) -> Problem:
    """The refusal; what the person typed before stays in the browser's form behind "back"."""
    most_mb = most_bytes // MIB
    return Problem(
        TOO_LARGE,
        "body_too_large",
        "Nội dung gửi lên quá lớn",
        "What you sent is too large",
        f"Tất cả cộng lại tối đa {most_mb} MB. Chưa có gì được lưu. Hãy quay lại trang trước,"
        " bớt ảnh hoặc chọn ảnh nhỏ hơn, rồi gửi lại.",
        f"All of it together may have {most_mb} MB at most. Nothing was kept. Go back, send fewer or smaller"
        " pictures, then try again.",
    )
