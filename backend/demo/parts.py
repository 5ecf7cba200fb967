"""The processes of a demo: started in order, watched, and stopped together."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2

from backend.demo.cameras import with_certificate
from backend.demo.client import wait_for
from backend.demo.clip import Clip
from backend.demo.folder import DemoError, DemoFolder
from backend.embedded.object_store import EmbeddedStore
from backend.embedded.ports import preferred_port
from backend.embedded.postgres import EmbeddedPostgres
from backend.embedded.process import Child, spawn
from penalty.calendar import vietnam_date

BACKEND_PORT, REGISTRY_PORT, GATEWAY_PORT, MESSAGES_PORT = 8000, 8101, 8102, 8103
START_WITHIN_S = 180.0
# The real gateway calls again after five minutes; nobody watches a demo that long.
IPN_RETRY_S = 3.0


class Parts:
    """Everything that runs. `stop` ends all of it, in the order in which nothing gets lost."""

    def __init__(self, folder: DemoFolder) -> None:
        self._folder = folder
        self.environment: dict[str, str] = {}
        self.site = ""
        self.outside: dict[str, Any] = {}
        self._postgres = EmbeddedPostgres(folder.path / "postgres")
        self._store = EmbeddedStore(folder.path / "store")
        self._children: list[Child] = []

    def start_postgres(self) -> None:
        self.environment["DATABASE_URL"] = self._postgres.start()

    def start_store(self) -> None:
        self.environment |= self._store.start().environment()

    def choose_site(self) -> None:
        """The backend's port has to be known before its neighbours start."""
        self._port = preferred_port(BACKEND_PORT)
        self.site = f"http://127.0.0.1:{self._port}"
        self.environment |= {
            "ENVIRONMENT": "demo",
            "PUBLIC_URL": self.site,
            "SECRET_KEY": self._folder.secrets().secret_key,
            "RUN_WORKER": "true",
            "SECOND_REVIEW_SHARE": "0",  # the demo's few cases wait for no second officer
            # Nobody waits for the morning to see a message.
            "QUIET_HOURS": "00:00-00:00",
        }

    def start_sandbox(self, clips: Sequence[Clip]) -> None:
        ports_file = self._folder.path / "sandbox.json"
        ports_file.unlink(missing_ok=True)
        ports = {"registry": REGISTRY_PORT, "gateway": GATEWAY_PORT, "messages": MESSAGES_PORT}
        child = self._spawn(
            "sandbox",
            [
                *("-m", "sandbox", "--data", self._folder.path / "sandbox"),
                *(word for clip in clips for word in ("--truth", clip.truth_file)),
                *(word for name, port in ports.items() for word in (f"--{name}-port", port)),
                *("--merchant-url", self.site),
                *("--receipts-url", f"{self.site}/v1/receipts"),
                *("--ipn-url", f"{self.site}/v1/payments/vnpay/ipn", "--ipn-retry-s", IPN_RETRY_S),
                *("--ports-file", ports_file),
            ],
        )
        self._wait_until(child, "to say where it listens", ports_file.exists)
        self.outside = json.loads(ports_file.read_text(encoding="utf-8"))
        self.environment |= outside_settings(self.outside)

    def start_backend(self) -> None:
        child = self._spawn("backend", ["-m", "backend.cli", "serve", "--port", self._port])
        self._wait_until(child, "to answer", lambda: _answers(f"{self.site}/v1/openapi.json"))

    def start_edge(self, clip: Clip, *, mode: Sequence[str]) -> Child:
        """The camera box; `mode` is how it plays the clip (`--once`, `--loop`, `--fast`)."""
        data = self._folder.path / "edge"
        return self._spawn(
            "edge",
            [
                *("-m", "edge.cli", "run", self._camera_file(clip), "--source", clip.video),
                *("--backend", self.site, "--data", data, *mode),
            ],
        )

    def start_box(self, clips: Sequence[Clip], *, loop: bool) -> Child:
        """One box with a camera for each clip."""
        file = self._folder.path / "box.toml"
        file.write_text(
            box_file(
                clips,
                files=[self._camera_file(clip) for clip in clips],
                backend=self.site,
                data=self._folder.path / "box",
                loop=loop,
            ),
            encoding="utf-8",
        )
        return self._spawn("edge", ["-m", "edge.cli", "box", file])

    def _camera_file(self, clip: Clip) -> Path:
        return with_certificate(clip, self._folder.path / "cameras", vietnam_date(datetime.now(UTC)))

    def edge_status(self) -> dict[str, Any]:
        """What the box's own status file says; empty before there is one."""
        try:
            text = (self._folder.path / "edge" / "status.json").read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        status: dict[str, Any] = json.loads(text)
        return status

    def registered_owners(self) -> dict[str, str]:
        """Plate -> identification number, as the sandbox made its people."""
        control = httpx2.get(f"{self.outside['registry']['url']}/control", timeout=10, trust_env=False).json()
        return {row["plate"]: row["owner"]["id_number"] for row in control["registrations"]}

    def check(self) -> None:
        """Raise DemoError where a part that should run has ended."""
        for child in self._children:
            if not child.is_running():
                raise DemoError(str(child.failure("ended by itself")))

    def forget(self, child: Child) -> None:
        """This one was meant to end."""
        self._children.remove(child)

    def stop(self) -> None:
        """The camera first, which may still have something to hand over; the servers under all of it last."""
        for child in reversed(self._children):
            child.stop(within_s=20)
        self._children.clear()
        self._store.stop()
        self._postgres.stop()

    def _spawn(self, name: str, words: Sequence[object]) -> Child:
        environment = {
            **os.environ,
            **self.environment,
            "PYTHONUNBUFFERED": "1",
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
        }
        child = spawn(
            name,
            # -P: the data folder has folders called edge and sandbox, which are no packages.
            [sys.executable, "-P", *(str(word) for word in words)],
            log=self._folder.logs / f"{name}.log",
            environment=environment,
            working_dir=self._folder.path,
            # Gone is gone: after a kill -9 of the demo nobody waits for an orderly end of its parts.
            death_signal=signal.SIGKILL,
        )
        self._children.append(child)
        return child

    @staticmethod
    def _wait_until(child: Child, what: str, holds: Any) -> None:
        def look() -> bool | None:
            if not child.is_running():
                raise DemoError(str(child.failure("ended at start")))
            return True if holds() else None

        try:
            wait_for(f"{child.name} {what}", look, within_s=START_WITHIN_S, every_s=0.1)
        except DemoError as error:
            raise error if str(child.log) in str(error) else DemoError(f"{error}. Log: {child.log}") from None


def box_file(clips: Sequence[Clip], *, files: Sequence[Path], backend: str, data: Path, loop: bool) -> str:
    """The box file (docs/operating.md) of a demo's cameras, each with its camera file."""
    lines = [
        'schema = "phatnguoi.box/1"',
        'name = "Hộp trình diễn / Demo box"',
        f"data = {json.dumps(str(data))}",
        f"backend = {json.dumps(backend)}",
        "metrics_port = 0",
    ]
    for clip, camera_file in zip(clips, files, strict=True):
        lines += [
            "",
            "[[camera]]",
            f"id = {json.dumps(clip.camera_id)}",
            f"file = {json.dumps(str(camera_file))}",
            f"source = {json.dumps(str(clip.video))}",
            f'play = "{"loop" if loop else "follow"}"',
        ]
    return "\n".join(lines) + "\n"


def outside_settings(outside: dict[str, Any]) -> dict[str, str]:
    """The backend's settings for the sandbox's addresses."""
    return {
        "REGISTRY_URL": outside["registry"]["url"],
        "POPULATION_URL": outside["population"]["url"],
        "VNPAY_URL": outside["gateway"]["pay_url"],
        "VNPAY_QUERY_URL": outside["gateway"]["query_url"],
        "VNPAY_TMN_CODE": outside["gateway"]["tmn_code"],
        "VNPAY_HASH_SECRET": outside["gateway"]["hash_secret"],
        "EID_ISSUER": outside["eid"]["url"],
        "EID_CLIENT_ID": outside["eid"]["client_id"],
        "MOMO_URL": outside["momo"]["url"],
        "MOMO_PARTNER_CODE": outside["momo"]["partner_code"],
        "MOMO_ACCESS_KEY": outside["momo"]["access_key"],
        "MOMO_SECRET": outside["momo"]["secret"],
        "VIETQR_BANK_BIN": outside["treasury"]["bank_bin"],
        "VIETQR_ACCOUNT": outside["treasury"]["account"],
        "PORTAL_URL": outside["portal"]["url"],
        "PORTAL_SECRET": outside["portal"]["secret"],
        "ZALO_URL": outside["zalo"]["url"],
        "ZALO_OAUTH_URL": outside["zalo"]["oauth_url"],
        "ZALO_APP_ID": outside["zalo"]["app_id"],
        "ZALO_APP_SECRET": outside["zalo"]["app_secret"],
        "ZALO_OA_SECRET": outside["zalo"]["oa_secret"],
        "ZALO_TOKEN": outside["zalo"]["access_token"],
        "ZALO_REFRESH_TOKEN": outside["zalo"]["refresh_token"],
        "SMS_URL": outside["sms"]["url"],
        "SMS_TOKEN": outside["sms"]["api_key"],
        "SMS_WEBHOOK_SECRET": outside["sms"]["webhook_secret"],
        "VNEID_URL": outside["vneid"]["url"],
        "VNEID_TOKEN": outside["vneid"]["api_key"],
        "VNEID_WEBHOOK_SECRET": outside["vneid"]["webhook_secret"],
        "POST_URL": outside["post"]["url"],
        "POST_TOKEN": outside["post"]["api_key"],
        "POST_WEBHOOK_SECRET": outside["post"]["webhook_secret"],
        "BOUNCE_WEBHOOK_SECRET": outside["mail"]["webhook_secret"],
        "SMTP_HOST": outside["mail"]["host"],
        "SMTP_PORT": str(outside["mail"]["port"]),
    }


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=2, trust_env=False).status_code == httpx2.codes.OK
    except httpx2.HTTPError:
        return False
