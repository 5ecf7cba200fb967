"""What providers say later of a message: signed, kept, and posted to whoever wants to hear it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx2
from standardwebhooks.webhooks import Webhook

from sandbox.faults import Faults
from sandbox.store import Store

_RETRIES_S = (0.5, 1.0, 2.0, 5.0, 15.0, 60.0)


@dataclass
class Receipts:
    """Signs receipts with what each provider shares with the sender of messages.

    Without a `url` they are only kept: `GET /control/receipts` tells them, for a test that posts them itself.
    """

    store: Store
    faults: Faults
    url: str
    webhook_secret: str
    zalo_app_id: str
    zalo_oa_secret: str

    def __post_init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def standard(
        self,
        channel: str,
        kind: str,
        tracking_id: str,
        *,
        code: str = "",
        detail: str = "",
        wait_s: float = 0.2,
    ) -> None:
        """A receipt by Standard Webhooks."""
        now = datetime.now(UTC)
        data = {"tracking_id": tracking_id, "code": code, "detail": detail}
        body = json.dumps({"type": kind, "timestamp": now.isoformat(), "data": data}, ensure_ascii=False)
        self._say(channel, body, {}, wait_s=wait_s)

    def bounce(self, report: str) -> None:
        """A delivery status notification, as the sender's relay posts it."""
        self._say("email", report, {"content-type": "message/rfc822"}, wait_s=0.2)

    def zalo(self, event: str, message: dict[str, Any]) -> None:
        """An event of Zalo's own webhook."""
        stamp = str(int(datetime.now(UTC).timestamp() * 1000))
        said = {
            "app_id": self.zalo_app_id,
            "event_name": event,
            "timestamp": stamp,
            "message": message | {"delivery_time": stamp},
        }
        body = json.dumps(said, ensure_ascii=False)
        plain = f"{self.zalo_app_id}{body}{stamp}{self.zalo_oa_secret}"
        signature = "mac=" + hashlib.sha256(plain.encode()).hexdigest()
        self._say("zalo", body, {"x-zevent-signature": signature}, wait_s=0.2)

    def _say(self, channel: str, body: str, headers: dict[str, str], *, wait_s: float) -> None:
        if self.faults.receipts_lost:
            return
        receipt_id = f"rc_{uuid.uuid4().hex}"
        self.store.put("receipt", receipt_id, {"channel": channel, "body": body, "headers": headers})
        if self.url and self._loop is not None:
            self._loop.call_soon_threadsafe(self._begin, receipt_id, wait_s)

    def _begin(self, receipt_id: str, wait_s: float) -> None:
        task = asyncio.ensure_future(self._post(receipt_id, wait_s + self.faults.receipts_delay_s))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _post(self, receipt_id: str, wait_s: float) -> None:
        async with httpx2.AsyncClient(timeout=10, trust_env=False) as client:
            for again_s in (wait_s, *_RETRIES_S):
                await asyncio.sleep(again_s)
                request = self.signed(receipt_id)
                try:
                    for _ in range(2 if self.faults.receipts_twice else 1):
                        answer = await client.post(
                            f"{self.url}/{request['channel']}",
                            content=request["body"].encode(),
                            headers=request["headers"],
                        )
                except httpx2.HTTPError:
                    continue
                if answer.status_code < httpx2.codes.INTERNAL_SERVER_ERROR:
                    return

    def signed(self, receipt_id: str) -> dict[str, Any]:
        """The request as it is posted now: a repeat has the same id and a fresh signature."""
        kept = self.store.get("receipt", receipt_id)
        assert kept is not None
        headers = {"content-type": "application/json", **kept["headers"]}
        if kept["channel"] != "zalo":
            now = datetime.now(UTC)
            headers |= {
                "webhook-id": receipt_id,
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": Webhook(self.webhook_secret).sign(receipt_id, now, kept["body"]),
            }
        return {"id": receipt_id, "channel": kept["channel"], "body": kept["body"], "headers": headers}

    def every(self, after: int = 0) -> list[dict[str, Any]]:
        """All receipts but the first `after`, signed now, in the order in which they were said."""
        return [self.signed(key) for key in list(self.store.keys("receipt"))[after:]]
