"""The figures of a box for Prometheus: one text from the status files of its cameras."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from edge.health.types import FAULTS
from edge.status import age_s, read_status

log = logging.getLogger(__name__)

Status = Mapping[str, Any]
_PREFIX: Final = "phatnguoi_edge_"
_SILENT_AFTER_S: Final = 30.0

_COUNTERS: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    ("frames", "Pictures received.", ("camera", "frames_total")),
    ("frames_skipped", "Pictures kept as evidence but not looked at.", ("frames_skipped_total",)),
    ("frames_dropped", "Pictures nobody took in time.", ("source", "dropped_total")),
    ("decode_errors", "Packets that did not decode whole.", ("source", "damaged_total")),
    ("frames_untimed", "Pictures without a usable time.", ("source", "untimed_total")),
    ("reconnects", "Times the camera was taken up again.", ("source", "reconnects_total")),
    ("vehicles", "Vehicles seen.", ("camera", "vehicles_total")),
    ("violations", "Violations proven.", ("camera", "violations_total")),
    ("events_lost", "Events that could not be kept.", ("events", "lost")),
    ("reports_delivered", "Reports the backend has.", ("delivery", "delivered_total")),
    ("delivery_failures", "Attempts to deliver that failed.", ("delivery", "failures_total")),
    ("clock_steps", "Times the clock was set.", ("clock_steps_total",)),
    ("evidence_dropped", "Kept copies dropped for room.", ("disk", "dropped_total")),
    ("plate_looks", "Times a plate was read.", ("watcher", "looks_total")),
    ("pictures_undetected", "Pictures passed over by plan.", ("watcher", "undetected_total")),
)
_GAUGES: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    ("fps", "Pictures a second.", ("camera", "fps")),
    ("pace_level", "How much work is shed, 0 none to 3 most.", ("watcher", "pace_level")),
    ("outbox_oldest_seconds", "Age of the oldest report not delivered.", ("outbox_oldest_s",)),
    ("disk_free_bytes", "Free on the disk of the evidence.", ("disk", "free_bytes")),
    ("evidence_bytes", "What evidence takes, where a quota is set.", ("disk", "used_bytes")),
    ("evidence_quota_bytes", "What evidence may take; 0 is no limit.", ("disk", "quota_bytes")),
    ("clock_offset_seconds", "What the time service has yet to correct.", ("clock", "offset_s")),
    ("clock_uncertainty_seconds", "The most the clock may be off.", ("clock", "uncertainty_s")),
    ("clock_synchronised", "1 while a time service keeps the clock.", ("clock", "synchronised")),
    ("shift_pixels", "How far the picture lies from the reference.", ("shift_px",)),
    ("memory_bytes", "Memory the process holds.", ("rss_bytes",)),
)
_BY_KIND: Final[tuple[tuple[str, str, str, tuple[str, ...]], ...]] = (
    ("outbox_reports", "Reports in the outbox by state.", "state", ("outbox",)),
    ("withheld_total", "Suspicions kept back, by reason.", "code", ("withheld",)),
)


def families(cameras: Iterable[tuple[str, Status | None]], now: datetime) -> Iterator[Metric]:
    """The metrics of all cameras of a box. A camera without a status is `up 0` and says nothing else."""
    known = list(cameras)
    yield _family("up", "1 while the camera's process says how it does.", known, partial(_up, now))
    for name, help_, path in _COUNTERS:
        yield _family(name, help_, known, partial(_at, path), counter=True)
    for name, help_, path in _GAUGES:
        yield _family(name, help_, known, partial(_at, path))
    for name, help_, label, path in _BY_KIND:
        yield _by_kind(name, help_, label, known, partial(_kinds, path))
    yield _by_kind("camera_fault", "1 while the fault lasts.", "fault", known, _faults)
    yield _by_kind("camera_state", "1 for the state that is shown.", "state", known, _state)
    yield _by_kind("alarm", "1 while something needs a person.", "alarm", known, _alarms)


def _family(
    name: str,
    help_: str,
    cameras: Iterable[tuple[str, Status | None]],
    value: Callable[[Status | None], float | None],
    *,
    counter: bool = False,
) -> Metric:
    kind = CounterMetricFamily if counter else GaugeMetricFamily
    family = kind(_PREFIX + name, help_, labels=["camera"])
    for camera_id, status in cameras:
        found = value(status)
        if found is not None:
            family.add_metric([camera_id], found)
    return family


def _by_kind(
    name: str,
    help_: str,
    label: str,
    cameras: Iterable[tuple[str, Status | None]],
    values: Callable[[Status | None], Mapping[str, float]],
) -> Metric:
    family = GaugeMetricFamily(_PREFIX + name, help_, labels=["camera", label])
    for camera_id, status in cameras:
        for kind, found in values(status).items():
            family.add_metric([camera_id, kind], found)
    return family


def _find(status: Status | None, *path: str) -> Any:
    """What stands at this place of a status; None where it has no such place."""
    found: Any = status
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _at(path: tuple[str, ...], status: Status | None) -> float | None:
    found = _find(status, *path)
    return float(found) if isinstance(found, int | float) else None


def _up(now: datetime, status: Status | None) -> float:
    return float(status is not None and age_s(dict(status), now) < _SILENT_AFTER_S)


def _kinds(path: tuple[str, ...], status: Status | None) -> Mapping[str, float]:
    found = _find(status, *path)
    if not isinstance(found, Mapping):
        return {}
    return {str(kind): float(number) for kind, number in found.items() if isinstance(number, int | float)}


def _faults(status: Status | None) -> Mapping[str, float]:
    present = _find(status, "faults")
    if not isinstance(present, list):
        return {}
    names = {_find(one, "fault") for one in present}
    return {fault: float(fault in names) for fault in FAULTS}


def _state(status: Status | None) -> Mapping[str, float]:
    state = _find(status, "camera", "state")
    return {str(state): 1.0} if state else {}


def _alarms(status: Status | None) -> Mapping[str, float]:
    if status is None:
        return {}
    places = {
        "no_room": ("disk", "alarm"),
        "parked_reports": ("outbox", "parked"),
        "events_lost": ("events", "lost"),
        "camera_file_refused": ("reload_trouble",),
    }
    return {alarm: float(bool(_find(status, *place))) for alarm, place in places.items()}


class StatusFiles(Collector):
    """Reads the status files anew for each scrape."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._folders = dict(folders)

    def collect(self) -> Iterator[Metric]:
        """The metrics as they stand on disk now."""
        known = [(camera_id, read_status(folder)) for camera_id, folder in self._folders.items()]
        return families(known, datetime.now(UTC))


def serve_metrics(
    folders: Mapping[str, Path], *, port: int, address: str = "127.0.0.1"
) -> tuple[WSGIServer, threading.Thread]:
    """Serve the figures of the workers in these data folders. Raises OSError when the port is taken."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(StatusFiles(folders))
    server, thread = start_http_server(port, address, registry)
    log.info("metrics are served", extra={"data": {"address": address, "port": server.server_port}})
    return server, thread
