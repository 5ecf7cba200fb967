"""Addresses that companies give us to call: https, out in the public network, and where we looked.

The name is resolved here, every address it has is judged, and the connection goes to the address that was
judged: a name that answers differently a moment later leads nowhere else. Redirects are not followed.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, urlsplit

import httpx2

LONGEST: Final = 500
TIMEOUT_S: Final = 15.0
_MOST_DIGITS: Final = 9
_FIRST_FREE_PORT: Final = 1024
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Sequence[str]]


class TargetError(ValueError):
    """An address that is not called; `vi` and `en` say why."""

    def __init__(self, code: str, vi: str, en: str) -> None:
        super().__init__(f"{code}: {en}")
        self.code, self.vi, self.en = code, vi, en


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said; its body is not read."""

    status: int
    retry_after_s: int = 0


def checked(url: str, networks: Sequence[Network]) -> SplitResult:
    """The address in parts, as far as it can be judged without asking for its name. Raises TargetError.

    `networks`: private networks that the settings allow; in them plain http is allowed too.
    """
    if len(url) > LONGEST or not url.isascii() or any(letter <= " " for letter in url):
        raise TargetError("address", "Địa chỉ không hợp lệ.", "This is no valid address.")
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError as error:
        raise TargetError("address", "Địa chỉ không hợp lệ.", "This is no valid address.") from error
    if parts.scheme != "https" and not (parts.scheme == "http" and networks):
        raise TargetError("scheme", "Địa chỉ phải bắt đầu bằng https://.", "It must start with https://.")
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        raise TargetError(
            "parts",
            "Địa chỉ không được chứa tên, mật khẩu hoặc dấu #.",
            "It may hold no user name, no password and no #.",
        )
    if port is not None and port != 443 and port < _FIRST_FREE_PORT:  # noqa: PLR2004 - that of https
        raise TargetError("port", "Chỉ dùng cổng 443 hoặc từ 1024.", "Only port 443, or one from 1024.")
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return parts
    _judge(literal, parts.scheme, networks)
    return parts


def place_of(parts: SplitResult, networks: Sequence[Network], resolve: Resolve) -> str:
    """The address to connect to. Raises TargetError where any address of the name is not allowed."""
    host = parts.hostname or ""
    try:
        found = list(dict.fromkeys(resolve(host, parts.port or _default_port(parts))))
    except OSError as error:
        raise TargetError("name", "Không tìm thấy máy chủ này.", "This server is not found.") from error
    if not found:
        raise TargetError("name", "Không tìm thấy máy chủ này.", "This server is not found.")
    for text in found:
        _judge(ipaddress.ip_address(text), parts.scheme, networks)
    return found[0]


def resolved(host: str, port: int) -> list[str]:
    """Every address of a name, as the machine knows them."""
    return [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def post(
    url: str,
    headers: Mapping[str, str],
    content: bytes,
    networks: Sequence[Network],
    *,
    resolve: Resolve = resolved,
    timeout_s: float = TIMEOUT_S,
) -> Answer:
    """Send; the body of the answer is left where it is. Raises TargetError, httpx2.HTTPError.

    `timeout_s` is for the whole call: a server that drips its answer holds no worker longer than that.
    """
    parts = checked(url, networks)
    place = place_of(parts, networks, resolve)
    port = parts.port or _default_port(parts)
    pinned = httpx2.URL(url).copy_with(host=place, port=port)
    request = httpx2.Request(
        "POST",
        pinned,
        headers={**headers, "Host": parts.netloc},
        content=content,
        extensions={
            "sni_hostname": parts.hostname or "",
            "timeout": httpx2.Timeout(timeout_s).as_dict(),
        },
    )
    return asyncio.run(_sent(request, timeout_s))


async def _sent(request: httpx2.Request, timeout_s: float) -> Answer:
    try:
        async with asyncio.timeout(timeout_s), httpx2.AsyncClient(verify=_trust()) as client:
            answer = await client.send(request, stream=True)
            await answer.aclose()
    except TimeoutError as error:
        raise httpx2.ReadTimeout("no answer in time", request=request) from error
    return Answer(answer.status_code, _seconds(answer.headers.get("Retry-After", "")))


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    return httpx2.create_ssl_context()


def _seconds(asked: str) -> int:
    return int(asked[:_MOST_DIGITS]) if asked.isdigit() and asked.isascii() else 0


def public(address: Address) -> bool:
    """Whether an address is out in the public network, also one that hides inside another."""
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inside is None and address in _NAT64:
            inside = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inside is not None and not public(inside):
            return False
    return address.is_global and not address.is_multicast


def _judge(address: Address, scheme: str, networks: Sequence[Network]) -> None:
    if any(address in network for network in networks):
        return
    if scheme != "https" or not public(address):
        raise TargetError(
            "private",
            "Máy chủ này không ở trên mạng công cộng.",
            "This server is not out in the public network.",
        )


def _default_port(parts: SplitResult) -> int:
    return 443 if parts.scheme == "https" else 80
