"""The scripted vehicle owner: a phone with a VNeID box, and a browser without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import httpx2

from backend.demo.client import Browser, wait_for
from backend.demo.folder import DemoError
from backend.portal.entry import group_of

_KEYS = re.compile(r"số thông báo (?P<number>\S+) và mã tra cứu (?P<secret>[A-Za-z0-9-]+)")
_AMOUNT = re.compile(r"<dd>([0-9.]+)\s*đồng")
_NOTE = re.compile(r"<dd>(NOP PHAT PN[0-9A-Z]+)</dd>")
_DECISION = re.compile(r'class="o-number">([^<]+)<')
MESSAGE_WITHIN_S = 60.0


@dataclass(frozen=True)
class Citizen:
    """Somebody with vehicles and a phone; `inbox_url` is what the phone shows."""

    id_number: str
    inbox_url: str

    def messages(self) -> list[dict[str, Any]]:
        """What the VNeID box holds, oldest first."""
        answer = httpx2.get(
            self.inbox_url,
            params={"id_number": self.id_number, "format": "json"},
            timeout=10,
            trust_env=False,
        )
        answer.raise_for_status()
        return [m["content"] for m in answer.json()["messages"] if m["channel"] == "vneid"]

    def keys_to(self, notice_number: str) -> tuple[str, str] | None:
        """Notice number and secret out of the message that brought this notice."""
        for message in self.messages():
            found = _KEYS.search(message["body"])
            if found and found["number"] == notice_number:
                return found["number"], found["secret"].rstrip(".")
        return None


class OwnerVisit:
    """One owner at the public pages, with one case."""

    def __init__(self, site: str, citizen: Citizen, case: Mapping[str, Any]) -> None:
        self._site, self._citizen = site, citizen
        self._plate, self._notice_number = case["plate"], case["notice_number"]
        self._group = group_of(case["vehicle_kind"])
        self._browser = Browser()

    def enter(self) -> None:
        """Open the case by what the notice on the phone says, and look at the evidence."""
        number, secret = wait_for(
            f"the notice {self._notice_number} in the owner's VNeID box",
            lambda: self._citizen.keys_to(self._notice_number),
            within_s=MESSAGE_WITHIN_S,
        )
        self._browser.open(f"{self._site}/tra-cuu")
        self._browser.send(
            "/tra-cuu", plate=self._plate, group=self._group, notice_number=number, secret=secret
        )
        if self._browser.load("/ho-so/bang-chung/") == 0:
            raise DemoError(f"{self._browser.url}: the owner's page shows no evidence")

    def accept(self) -> None:
        """Declare and accept, ticking each box that the page asks for."""
        self._browser.open("/ho-so/chap-nhan")
        self._browser.send("/ho-so/chap-nhan", tick=True)

    def pay(self, method: str, treasury_url: str) -> None:
        """Pay this way: at a gateway and back, by bank transfer, or at the national portal."""
        self._browser.open("/ho-so/nop-phat")
        self._browser.send("/ho-so/nop-phat", method=method)
        if method == "vietqr":
            self._transfer(treasury_url)
        elif method == "portal":
            self._pay_at_portal(treasury_url)
        else:
            self._browser.send("/sandbox/pay", button="paid")
            if not self._browser.url.startswith(self._site):
                raise DemoError(f"the gateway did not lead back: {self._browser.url}")

    def _transfer(self, treasury_url: str) -> None:
        """What a banking app does after a scan: the amount and the note go to the treasury's account."""
        amount = self._browser.read(_AMOUNT, "how much to transfer").replace(".", "")
        note = self._browser.read(_NOTE, "the transfer note")
        _post(f"{treasury_url}/transfer", {"amount_vnd": amount, "purpose": note})

    def _pay_at_portal(self, treasury_url: str) -> None:
        number = self._browser.read(_DECISION, "the decision number")
        answer = _post(f"{treasury_url}/portal/pay", {"decision": number})
        if answer.get("code") != "00":
            raise DemoError(f"the portal could not book the payment of {number}: {answer}")

    def keep_papers(self) -> int:
        """Load every paper the case offers; how many."""
        self._browser.open("/ho-so/tien-trinh")
        return self._browser.load("/ho-so/giay-to/")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._browser.close()


def _post(url: str, form: dict[str, str]) -> dict[str, Any]:
    answer = httpx2.post(url, data=form, timeout=10, trust_env=False)
    answer.raise_for_status()
    said: dict[str, Any] = answer.json()
    return said
