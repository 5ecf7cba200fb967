"""How the camera and the box do: gauges, the status file, and the signed heartbeat."""

from __future__ import annotations

import base64
import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Protocol

import cv2

from edge.backend_link import BackendLink, LinkError
from edge.clock import ClockWatch
from edge.delivery import DeliveryState
from edge.detector.types import Image
from edge.device import Device
from edge.evidence.ring import FrameRing, encode_jpeg
from edge.health.book import SpellBook
from edge.health.guard import told
from edge.health.types import Fault, Finding
from edge.host_time import host_time
from edge.outbox import Outbox
from edge.prover import ProverCounts
from edge.report import RuleName, Scene, sign
from edge.settings import WorkerSettings
from edge.status import StatusWriter, waiting_of
from edge.upkeep import CameraState, CameraStatus, ClockReading, Heartbeat, Orders, ReleaseState

log = logging.getLogger(__name__)

_FPS_OVER_S = 5.0
_STATES: Mapping[Fault, CameraState] = MappingProxyType(
    {
        "dead": "stalled",
        "frozen": "frozen",
        "moved": "moved",
        "covered": "covered",
        "dark": "dark",
        "clock_stepped": "clock_stepped",
    }
)
_THUMBNAIL_WIDTH_PX = 320
_THUMBNAIL_BYTES = 40_000
_THUMBNAIL_QUALITIES = (70, 50, 30, 15)


@dataclass(frozen=True, slots=True)
class WatcherGauges:
    """What an analyser has seen so far."""

    signal_state: str | None = None
    vehicles_total: int = 0
    withheld_total: int = 0
    codes: Mapping[str, int] = field(default_factory=dict)
    pace_level: int = 0
    looks_total: int = 0
    undetected_total: int = 0


@dataclass(slots=True)
class CameraGauge:
    """The camera as the worker sees it; written by the reader, read by the heartbeat."""

    stall_s: float
    state: CameraState = "starting"
    detail: str = ""
    frames_total: int = 0
    skipped_total: int = 0
    last_frame_at: datetime | None = None
    _last_steady_s: float | None = None
    _recent: deque[float] = field(default_factory=lambda: deque(maxlen=1024))

    def frame(self, at: datetime, steady_s: float) -> None:
        """A picture arrived."""
        self.frames_total += 1
        self.last_frame_at = at
        self._last_steady_s = steady_s
        self._recent.append(steady_s)
        self.state = "alive"

    def state_now(self, steady_s: float) -> CameraState:
        """The state, `stalled` when it should be alive and no picture has come for `stall_s`."""
        silent = self._last_steady_s is None or steady_s - self._last_steady_s > self.stall_s
        return "stalled" if self.state == "alive" and silent else self.state

    def fps(self, steady_s: float) -> float:
        """Pictures a second over the last seconds."""
        recent = [moment_s for moment_s in tuple(self._recent) if steady_s - moment_s <= _FPS_OVER_S]
        return round(len(recent) / _FPS_OVER_S, 2)


def shown_state(state: CameraState, found: Sequence[Finding]) -> CameraState:
    """What an operator is shown: the worst fault of a camera that should be sending pictures."""
    return _STATES[found[0].fault] if found and state in {"starting", "alive", "stalled"} else state


def thumbnail(image: Image) -> bytes | None:
    """A JPEG of at most 40 kB, 320 px wide; None when even the coarsest is larger."""
    height, width = image.shape[:2]
    scale = min(1.0, _THUMBNAIL_WIDTH_PX / width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    for quality in _THUMBNAIL_QUALITIES:
        data = encode_jpeg(small, quality)  # type: ignore[arg-type]
        if len(data) <= _THUMBNAIL_BYTES:
            return data
    return None


def pause_s(settings: WorkerSettings, orders: Orders, camera_id: str) -> float:
    """Until the next heartbeat, after these orders: less while somebody watches this camera."""
    if camera_id not in (orders.watched or ()):
        return settings.heartbeat_s
    return min(settings.heartbeat_s, settings.watched_heartbeat_s)


class Refusals(Protocol):
    """Who knows which offered camera file was not taken, and why; see edge.reload."""

    trouble: str
    refused_sha256: str | None
    refused_why: str


class OrderTaker(Protocol):
    """Who does what the backend asks in its answer to a heartbeat; must not wait."""

    def take(self, orders: Orders, link: BackendLink, picture: Callable[[], Image | None]) -> None:
        """Note the orders; `link` carries replies, `picture` is the newest picture."""


@dataclass(slots=True)
class HeartbeatSender:
    """Writes the status file and sends a heartbeat every few seconds, whatever the camera does."""

    device: Device
    scene: Scene
    settings: WorkerSettings
    outbox: Outbox
    link: BackendLink
    ring: Callable[[], FrameRing]
    camera: CameraGauge
    proven: ProverCounts
    delivery: DeliveryState
    clock: ClockWatch
    watcher: Callable[[], WatcherGauges]
    status: StatusWriter
    health: Callable[[], tuple[Finding, ...]] = tuple
    shift_px: Callable[[], float] = lambda: 0.0
    reload: Refusals | None = None
    rules: Callable[[], tuple[RuleName, ...]] = tuple
    orders: OrderTaker | None = None
    release: Callable[[], ReleaseState | None] = lambda: None
    spells: SpellBook = field(default_factory=SpellBook)
    sent_total: int = 0
    failed_total: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _wake: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _last_trouble: str = ""
    _last_orders: Orders = field(default_factory=Orders)

    def start(self) -> None:
        """Begin in the background."""
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        self._thread.start()

    def stop(self, deadline_s: float) -> None:
        """Say how things stand once more, and end."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(deadline_s)

    def wake(self) -> None:
        """Something changed that an operator should see at once."""
        self._wake.set()

    def _run(self) -> None:
        while True:
            last = self._stop.is_set()
            try:
                self.beat()
            except Exception as error:  # noqa: BLE001 - a camera box must not fall silent
                self._trouble(f"{type(error).__name__}: {error}")
            if last:
                return
            self._wake.wait(pause_s(self.settings, self._last_orders, self.scene.camera_id))
            self._wake.clear()

    def beat(self) -> None:
        """Write the status file; send the heartbeat when this box is approved."""
        self.clock.look()
        status = self.camera_status()
        self.write_status(status)
        if self.delivery.standing != "approved":
            return
        try:
            orders = self.link.send_heartbeat(sign(self._message(status), self.device.key))
        except LinkError as error:
            self._last_orders = Orders()
            self._trouble(str(error))
            return
        self._last_orders = orders
        self.sent_total += 1
        self._last_trouble = ""
        if self.orders is not None:
            self.orders.take(orders, self.link, lambda: self.ring().newest_image())

    def _message(self, status: CameraStatus) -> Heartbeat:
        clock = host_time()
        return Heartbeat(
            device_id=self.device.device_id,
            software_version=self.device.software_version,
            sent_at=datetime.now(UTC),
            outbox_waiting=self.outbox.pending() + waiting_of(self.settings.sibling_folders),
            outbox_oldest_s=self.outbox.oldest_pending_s(),
            disk_free_bytes=self.status.quota.look().free_bytes,
            clock=ClockReading(**asdict(clock)) if clock is not None else None,
            release=self.release(),
            cameras=(status,),
        )

    def _trouble(self, words: str) -> None:
        self.failed_total += 1
        if words != self._last_trouble:
            log.warning("heartbeat failed", extra={"data": {"why": words}})
        self._last_trouble = words

    def camera_status(self) -> CameraStatus:
        """The camera now, with a small picture."""
        steady_s = time.monotonic()
        seen = self.watcher()
        newest = self.ring().newest_image()
        small = thumbnail(newest) if newest is not None else None
        counts, found = self.proven, self.health()
        alarm = self.status.quota.room.alarm
        told_first = (alarm, counts.disk_trouble, self._refused(), self.camera.detail)
        certificate = self.scene.certificate
        said = [words for words in told_first if words]
        return CameraStatus(
            camera_id=self.scene.camera_id,
            name=self.scene.name,
            state=shown_state(self.camera.state_now(steady_s), found),
            detail="; ".join([*said, *(told(one, steady_s) for one in found)]),
            fps=self.camera.fps(steady_s),
            frames_total=self.camera.frames_total,
            last_frame_at=self.camera.last_frame_at,
            signal_state=seen.signal_state,
            vehicles_total=seen.vehicles_total,
            violations_total=counts.proven + counts.known,
            withheld_total=seen.withheld_total + counts.withheld,
            thumbnail_jpeg_b64=base64.b64encode(small).decode() if small is not None else None,
            camera_file_sha256=self.scene.camera_file_sha256,
            refused_sha256=self.reload.refused_sha256 if self.reload else None,
            refused_why=self.reload.refused_why[:8000] if self.reload else "",
            calibrated_on=certificate.calibrated_on if certificate else None,
            certified_until=certificate.valid_to if certificate else None,
            rules=self.rules(),
            pace_level=seen.pace_level,
            withheld_codes=dict(Counter(seen.codes) + Counter(counts.codes)),
            spells=self.spells.note(found, steady_s, datetime.now(UTC)),
        )

    def _refused(self) -> str:
        return self.reload.trouble if self.reload is not None else ""

    def write_status(self, camera: CameraStatus) -> None:
        """`status.json`: everything countable, for a person or a monitor on the box."""
        seen, now_s = self.watcher(), time.monotonic()
        words: dict[str, Any] = {
            "device_id": self.device.device_id,
            "software_version": self.device.software_version,
            "camera_file_sha256": self.scene.camera_file_sha256,
            "frames_skipped_total": self.camera.skipped_total,
            "events": asdict(self.proven),
            "withheld": {**seen.codes, **self.proven.codes},
            "watcher": {
                "pace_level": seen.pace_level,
                "looks_total": seen.looks_total,
                "undetected_total": seen.undetected_total,
            },
            "faults": [{"fault": one.fault, "for_s": round(now_s - one.since_s, 1)} for one in self.health()],
            "shift_px": round(self.shift_px(), 2),
            "reload_trouble": self._refused(),
            "delivery": asdict(self.delivery),
            "heartbeats": {"sent": self.sent_total, "failed": self.failed_total},
            "clock_steps_total": self.clock.steps_total,
            "ring": {"frames": len(self.ring()), "bytes": self.ring().size_bytes},
        }
        self.status.write(camera, words)
