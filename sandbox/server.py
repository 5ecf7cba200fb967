"""Runs the servers in one process, each on a port of its own."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import secrets
import signal
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from sandbox.eid import LEVELS, citizens
from sandbox.faults import Faults
from sandbox.gateway import Gateway, create_gateway
from sandbox.mail import serve_mail
from sandbox.messages import create_messages
from sandbox.momo import Wallet, create_momo
from sandbox.oidc import Client, Issuer
from sandbox.oidc_pages import create_issuer, fetch_json
from sandbox.people import World, read_truth
from sandbox.receipts import Receipts
from sandbox.registry import create_registry
from sandbox.store import Store
from sandbox.treasury import Treasury, create_treasury
from sandbox.zalo import Zalo

HOST = "127.0.0.1"
PARTNER, ACCESS_KEY = "PHATNGUOI", "demo-access-key"
ZALO_APP = "1000000000000000061"
BANK_BIN, ACCOUNT = "970436", "0000000000061"
EID_CLIENT = "phatnguoi"


@dataclass(frozen=True)
class Options:
    """How to run: ports of 0 are chosen by the system; `data_dir` makes it remember between runs."""

    truth: tuple[Path, ...] = ()
    data_dir: Path | None = None
    registry_port: int = 0
    gateway_port: int = 0
    messages_port: int = 0
    wallet_port: int = 0
    treasury_port: int = 0
    mail_port: int = 0
    eid_port: int = 0
    merchant_url: str = ""
    ipn_url: str = ""
    receipts_url: str = ""
    ipn_retry_s: float = 300.0
    ports_file: Path | None = None

    def ports(self) -> dict[str, int]:
        return {
            "registry": self.registry_port,
            "gateway": self.gateway_port,
            "messages": self.messages_port,
            "wallet": self.wallet_port,
            "treasury": self.treasury_port,
            "mail": self.mail_port,
            "eid": self.eid_port,
        }


class _Server(uvicorn.Server):
    """Several servers share one process: the signals are handled once, below."""

    def __init__(self, app: FastAPI) -> None:
        super().__init__(
            uvicorn.Config(app, lifespan="off", log_level="warning", timeout_graceful_shutdown=2)
        )
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass(frozen=True)
class Secrets:
    """What the outside systems gave the merchant and the sender of messages."""

    tmn_code: str
    hash_secret: str
    message_token: str
    zalo_app_secret: str
    zalo_oa_secret: str
    webhook_secret: str
    wallet_secret: str
    portal_secret: str


def keep_secrets(store: Store) -> Secrets:
    fresh = {
        "tmn_code": "PHATNGUO",
        "hash_secret": secrets.token_hex(16).upper(),
        "message_token": secrets.token_hex(16),
        "zalo_app_secret": secrets.token_hex(16),
        "zalo_oa_secret": secrets.token_hex(16),
        "webhook_secret": "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode(),
        "wallet_secret": secrets.token_hex(16),
        "portal_secret": secrets.token_hex(16),
    }
    kept = fresh | (store.get("secrets", "all") or {})
    store.put("secrets", "all", kept)
    return Secrets(**kept)


def _listen(port: int) -> socket.socket:
    """A listening socket on the port, or on another where it is taken."""
    try:
        return socket.create_server((HOST, port))
    except OSError:
        return socket.create_server((HOST, 0))


def _tokens(store: Store, zalo: Zalo) -> dict[str, str]:
    """The pair that a person was given when the account was authorised, the same over a restart."""
    kept: dict[str, str] = store.get("secrets", "zalo") or zalo.authorise()
    store.put("secrets", "zalo", kept)
    return {name: kept[name] for name in ("access_token", "refresh_token")}


def describe(sockets: dict[str, socket.socket], given: Secrets, tokens: dict[str, str]) -> dict[str, Any]:
    """The addresses and credentials a client needs, as printed and written."""
    url = {name: f"http://{HOST}:{listening.getsockname()[1]}" for name, listening in sockets.items()}
    return {
        "registry": {"url": url["registry"]},
        "population": {"url": url["registry"]},
        **_takers_of_money(url, given),
        **_channels(url["messages"], given, tokens),
        "mail": {
            "host": HOST,
            "port": sockets["mail"].getsockname()[1],
            "webhook_secret": given.webhook_secret,
        },
        "inbox": {"url": f"{url['messages']}/inbox"},
        "eid": {"url": url["eid"], "client_id": EID_CLIENT},
    }


def _takers_of_money(url: dict[str, str], given: Secrets) -> dict[str, Any]:
    return {
        "gateway": {
            "url": url["gateway"],
            "pay_url": f"{url['gateway']}/paymentv2/vpcpay.html",
            "query_url": f"{url['gateway']}/merchant_webapi/api/transaction",
            "tmn_code": given.tmn_code,
            "hash_secret": given.hash_secret,
        },
        "momo": {
            "url": url["wallet"],
            "partner_code": PARTNER,
            "access_key": ACCESS_KEY,
            "secret": given.wallet_secret,
        },
        "treasury": {"url": url["treasury"], "bank_bin": BANK_BIN, "account": ACCOUNT},
        "portal": {"url": f"{url['treasury']}/", "secret": given.portal_secret},
    }


def _channels(url: str, given: Secrets, tokens: dict[str, str]) -> dict[str, Any]:
    by_key = {"url": url, "api_key": given.message_token, "webhook_secret": given.webhook_secret}
    return {
        "zalo": {
            "url": url,
            "oauth_url": f"{url}/v4/oa/access_token",
            "app_id": ZALO_APP,
            "app_secret": given.zalo_app_secret,
            "oa_secret": given.zalo_oa_secret,
            **tokens,
        },
        "sms": by_key,
        "vneid": by_key,
        "post": by_key,
    }


@dataclass(frozen=True)
class _Systems:
    """The outside systems: one memory, the same faults and the same people for all."""

    store: Store
    faults: Faults
    world: World
    given: Secrets
    gateway: Gateway
    wallet: Wallet
    treasury: Treasury
    eid: Issuer
    receipts: Receipts
    zalo: Zalo

    @classmethod
    def of(cls, options: Options) -> _Systems:
        store = _open_store(options.data_dir)
        given, faults, world = keep_secrets(store), Faults(), World(read_truth(options.truth))
        gateway = Gateway(
            store=store,
            faults=faults,
            tmn_code=given.tmn_code,
            hash_secret=given.hash_secret,
            ipn_url=options.ipn_url,
            ipn_retry_s=options.ipn_retry_s,
        )
        receipts = Receipts(
            store, faults, options.receipts_url, given.webhook_secret, ZALO_APP, given.zalo_oa_secret
        )
        return cls(
            store,
            faults,
            world,
            given,
            gateway,
            wallet=Wallet(store, faults, PARTNER, ACCESS_KEY, given.wallet_secret),
            treasury=Treasury(store, faults, BANK_BIN, ACCOUNT, given.portal_secret, options.merchant_url),
            eid=Issuer(store, faults, fetch_json, name="eid", levels=LEVELS),
            receipts=receipts,
            zalo=Zalo(world, store, faults, receipts, ZALO_APP, given.zalo_app_secret),
        )

    def apps(self) -> dict[str, FastAPI]:
        """What answers HTTP, by the name of its port; mail is spoken otherwise."""
        token = self.given.message_token
        return {
            "registry": create_registry(self.world, self.store, self.faults),
            "gateway": create_gateway(self.gateway, self.world),
            "messages": create_messages(
                self.world, self.store, self.faults, self.zalo, self.receipts, token=token
            ),
            "wallet": create_momo(self.wallet, self.world),
            "treasury": create_treasury(self.treasury),
            "eid": create_issuer(
                self.eid,
                lambda: citizens(self.world, self.eid.url),
                title=("Định danh điện tử", "e-ID"),
            ),
        }


def _open_store(data_dir: Path | None) -> Store:
    if data_dir is None:
        return Store(None)
    data_dir.mkdir(parents=True, exist_ok=True)
    return Store(data_dir / "sandbox.sqlite3")


async def serve(options: Options) -> None:
    """Run until SIGINT or SIGTERM."""
    systems = _Systems.of(options)
    systems.receipts.start(asyncio.get_running_loop())
    sockets = {name: _listen(port) for name, port in options.ports().items()}
    addresses = describe(sockets, systems.given, _tokens(systems.store, systems.zalo))
    mail = await serve_mail(sockets["mail"], systems.store, systems.faults, systems.receipts)
    systems.wallet.url = addresses["momo"]["url"]
    systems.eid.url = addresses["eid"]["url"]
    if options.merchant_url:
        systems.eid.register(_product(options.merchant_url))
    servers = {name: _Server(app) for name, app in systems.apps().items()}
    running = [asyncio.create_task(server.serve(sockets=[sockets[name]])) for name, server in servers.items()]
    _stop_on_signals(servers.values())
    await asyncio.gather(*(server.up.wait() for server in servers.values()))
    systems.gateway.resume()
    _announce(addresses, options.ports_file)
    await asyncio.gather(*running)
    mail.close()
    systems.store.close()


def _product(url: str) -> Client:
    """The product as the e-ID has it registered: its keys are read from where it publishes them."""
    return Client(
        client_id=EID_CLIENT,
        name="Phạt nguội",
        redirect_uris=(f"{url}/cua-toi/vao",),
        post_logout_redirect_uris=(f"{url}/cua-toi/da-thoat",),
        backchannel_logout_uri=f"{url}/v1/eid/logout",
        jwks_uri=f"{url}/.well-known/jwks.json",
    )


def _stop_on_signals(servers: Iterable[_Server]) -> None:
    def stop() -> None:
        for server in servers:
            server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)


def _announce(addresses: dict[str, Any], ports_file: Path | None) -> None:
    line = json.dumps(addresses)
    if ports_file is not None:
        fresh = ports_file.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(line, encoding="utf-8")
        fresh.rename(ports_file)
    else:
        print(line, flush=True)  # noqa: T201 - the caller reads it
