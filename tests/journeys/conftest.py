"""A whole product on ports of its own - backend with worker, sandbox, PostgreSQL, S3 - and a real browser."""

from __future__ import annotations

import base64
import io
import math
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image, ImageDraw
from sqlalchemy import update

from backend.cameras.watching import Watchers
from backend.database import utc_now
from backend.intake.models import Violation
from edge.report import public_key_b64
from tests.backend.factories import PASSWORD, Box, make_account
from tests.backend.world import Outside

ARTIFACTS = Path(__file__).parents[1] / "artifacts"
RELEASES = Ed25519PrivateKey.from_private_bytes(b"r" * 32)
"""Who signs the releases of the boxes' software here."""
PHONE = {"width": 390, "height": 844}
SMALL_PHONE = {"width": 320, "height": 640}
DESKTOP = {"width": 1280, "height": 800}


def street(text: str, progress: float, size: tuple[int, int] = (960, 540)) -> Image.Image:
    """A drawn junction with a motorbike on its way, for tests that need a picture to look at."""
    width, height = size
    image = Image.new("RGB", size, "#9fc4de")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, height * 0.3, width, height * 0.42), fill="#6f8f63")
    far, near = height * 0.38, height
    road = [(width * 0.32, far), (width * 0.68, far), (width * 1.1, near), (-width * 0.1, near)]
    draw.polygon(road, fill="#4b5157")
    for lane in range(5):
        top = height * (0.42 + 0.12 * lane)
        draw.rectangle((width * 0.492, top, width * 0.508, top + height * 0.06), fill="#e9e4d0")
    line = height * 0.72
    draw.rectangle((width * 0.12, line, width * 0.88, line + 9), fill="#f4f4f4")
    x, y = width * (0.58 - 0.06 * progress), height * (0.92 - 0.42 * progress)
    scale = 1.15 - 0.7 * progress
    draw.ellipse((x - 16 * scale, y - 92 * scale, x + 16 * scale, y - 60 * scale), fill="#b4232a")
    draw.rounded_rectangle((x - 26 * scale, y - 62 * scale, x + 26 * scale, y), 8, fill="#23303d")
    draw.ellipse((x - 10 * scale, y - 16 * scale, x + 10 * scale, y + 14 * scale), fill="#111111")
    draw.rectangle((width * 0.86, height * 0.12, width * 0.9, height * 0.36), fill="#20262c")
    draw.ellipse((width * 0.866, height * 0.14, width * 0.894, height * 0.19), fill="#ff2b1d")
    draw.rectangle((0, 0, width, 30), fill="#10171f")
    draw.text((10, 9), f"{text}   {progress:4.2f}", fill="#ffffff")
    return image


def _bytes(image: Image.Image, kind: str = "JPEG") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, quality=82)
    return buffer.getvalue()


@cache
def clip(frames: int = 25) -> bytes:
    """One second or two of the drawn street as an H.264 MP4 that a browser plays."""
    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=12)
        stream.width, stream.height, stream.pix_fmt = 480, 270, "yuv420p"
        for number in range(frames):
            picture = street("clip", number / frames, (480, 270))
            for packet in stream.encode(av.VideoFrame.from_image(picture)):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return buffer.getvalue()


def street_jpeg() -> str:
    """A small picture as a heartbeat carries it."""
    return base64.b64encode(_bytes(street("camera", 0.4, (320, 180)))).decode()


def plate_picture(text: str) -> bytes:
    image = Image.new("RGB", (240, 170), "#fbfbfb")
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((4, 4, 236, 166), 10, outline="#111111", width=6)
    draw.text((30, 40), text[:4], fill="#111111", font_size=48)
    draw.text((30, 95), text[4:], fill="#111111", font_size=52)
    return _bytes(image, "PNG")


def evidence(text: str) -> dict[str, bytes]:
    return {
        "still_before": _bytes(street(text, 0.15)),
        "still_at": _bytes(street(text, 0.5)),
        "still_after": _bytes(street(text, 0.9)),
        "masked_before": _bytes(street(text, 0.15)),
        "masked_at": _bytes(street(text, 0.5)),
        "masked_after": _bytes(street(text, 0.9)),
        "drawing": _bytes(street("drawing", 0.5)),
        "masked_clip": clip(),
        "plate_crop": plate_picture(text),
        "clip": clip(),
    }


@dataclass
class Live:
    """The running product: `url` for the browser, the rest for arranging."""

    url: str
    services: object
    box: Box
    outside: Outside
    watchers: Watchers

    def dossier_of(self, plate: str):
        """The newest dossier of this plate."""
        from sqlalchemy import select

        from backend.dossiers.models import Dossier

        newest = select(Dossier).where(Dossier.plate == plate).order_by(Dossier.opened_at.desc()).limit(1)
        with self.services.database.unit_of_work() as session:
            return session.scalar(newest)

    def report(
        self, fate: str = "good", kind: str | None = "motorbike", rule: str = "red_light", **changes
    ) -> dict:
        """A violation reaches the backend; returns the registration behind its plate."""
        found = self.outside.registration(fate, kind)
        self.box.report_violation(
            rule=rule, kind=found["kind"], plate=found["plate"], contents=evidence(found["plate"]), **changes
        )
        return found


def wait_until(holds, *, timeout_s: float = 20, what: str = "the condition"):
    """Poll until `holds()` gives something; fail with a sentence after the time."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        found = holds()
        if found:
            return found
        time.sleep(0.1)
    pytest.fail(f"waited {math.ceil(timeout_s)} s for {what}")


@contextmanager
def running_product(databases, store_address, tmp_path_factory) -> Iterator[Live]:
    """A whole product: uvicorn and worker in this process, the sandbox in another."""
    import httpx2
    import uvicorn

    from backend.app import create_app
    from backend.settings import Settings

    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    outside = Outside(
        tmp_path_factory.mktemp("outside"), ipn_url=f"{url}/v1/payments/vnpay/ipn", merchant_url=url
    )
    with databases.empty() as database_url:
        settings = Settings(
            environment="test",
            public_url=url,
            secret_key="journey-secret-key",
            run_worker=True,
            second_review_share=0,
            release_public_keys=(public_key_b64(RELEASES),),
            database_url=database_url,
            s3_endpoint=store_address.endpoint,
            s3_access_key=store_address.access_key,
            s3_secret_key=store_address.secret_key,
            **outside.settings(),
        )
        app = create_app(settings)
        services = app.state.services
        services.store.ensure_bucket(settings.s3_bucket, lock_days=1)
        services.store.ensure_bucket(settings.s3_documents_bucket)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=3))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        wait_until(lambda: server.started, what="the backend to listen")
        with services.database.unit_of_work() as session:
            make_account(session, "canhsat", "officer", signing_limit_vnd=7_500_000)
            make_account(session, "doitruong", "team_chief", "officer", signing_limit_vnd=22_500_000)
        with httpx2.Client(base_url=url) as client:
            yield Live(url, services, Box(client, services).ready(), outside, app.state.watchers)
        server.should_exit = True
        thread.join(20)
    outside.stop()


@pytest.fixture(scope="session")
def product(databases, store_address, tmp_path_factory):
    """One product for all journeys."""
    with running_product(databases, store_address, tmp_path_factory) as one:
        yield one


@pytest.fixture
def live(product):
    """The product with nothing to review: what another journey left is thrown out."""
    thrown_out = {
        "state": "rejected",
        "reject_code": "plate_unreadable",
        "decided_at": utc_now(),
        "claimed_by": None,
        "claimed_until": None,
    }
    with product.services.database.unit_of_work() as session:
        left = update(Violation).where(Violation.state.in_(("review", "claimed")))
        session.execute(left.values(**thrown_out))
    return product


@pytest.fixture
def desk(browser):
    """A page at a desk, in which no script may fail; nothing fades, so that axe sees no colour halfway."""
    with browser.new_context(viewport=DESKTOP, locale="vi-VN", reduced_motion="reduce") as context:
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
        yield page
        assert faults == []


_PICTURES = bool(os.environ.get("PICTURES") or os.environ.get("CI_ARTIFACTS"))
"""Whether pictures are wanted, in tests/artifacts/: they take a fifth of a journey; no test reads them."""

_ALL_PICTURES = """Promise.all([...document.images].map(image => {
    image.loading = "eager";
    return image.complete || new Promise(done => { image.onload = image.onerror = done; });
}))"""
"""Waits for every picture of the page, those below its edge too."""


@pytest.fixture
def shoot():
    """`shoot(page, "name")`: no sideways scrolling; with PICTURES=1 a whole-page picture too."""

    def take(page, name: str) -> None:
        page.wait_for_load_state()
        page.evaluate(_ALL_PICTURES)
        if _PICTURES:
            ARTIFACTS.mkdir(exist_ok=True)
            page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name}: {wide} px wider than the window"

    return take


def sign_in(page, live: Live, username: str) -> None:
    page.goto(f"{live.url}/dang-nhap")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/dang-nhap" not in address)
