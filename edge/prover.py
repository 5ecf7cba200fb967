"""Turns cases into evidence on disk and rows in the outbox, in a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from edge.clock import ClockWatch
from edge.device import Device
from edge.evidence.begun import Begun
from edge.evidence.case import Case
from edge.evidence.pack import Pack, build_pack, load_pack, sighting_of
from edge.evidence.pictures import EvidenceMissing, Pictures, pictures_of
from edge.evidence.provenance import provenance_of
from edge.evidence.reel import ClipError
from edge.evidence.ring import FrameRing, weight_bytes
from edge.health.types import WORDS, Fault
from edge.outbox import Outbox
from edge.quota import Quota
from edge.report import Scene
from edge.settings import WorkerSettings

log = logging.getLogger(__name__)

_POLL_S = 0.1
_DISK_PAUSE_S = 1.0
_LOOKS_LATE_S = 1.0
_GONE_S = 5.0
_BEGUN_AT_ONCE = 2
"""So many cases at a time are begun while their last pictures are to come; each holds some 70 MB.

Where the clip is encoded again, whose encoder holds as much and more, it is one."""


@dataclass(slots=True)
class ProverCounts:
    """What has become of the cases; every case ends in exactly one of these, or is still pending."""

    proven: int = 0
    known: int = 0
    withheld_clock: int = 0
    withheld_evidence: int = 0
    withheld_camera: int = 0
    lost: int = 0
    disk_trouble: str = ""
    codes: dict[str, int] = field(default_factory=dict)

    @property
    def withheld(self) -> int:
        """How many were kept back, for whatever reason."""
        return self.withheld_clock + self.withheld_evidence + self.withheld_camera


@dataclass(slots=True)
class _Pending:
    case: Case
    scene: Scene
    since_s: float
    pictures: Pictures | None = None
    pinned_s: float = 0.0
    begun: Begun | None = None
    is_begun: bool = False

    def is_ready(self, now_s: float) -> bool:
        """Whether its pictures are there and were looked at to the last, which masking needs.

        A look that does not come is not waited for: then the accused is hidden in what was not looked at.
        """
        if self.pictures is None:
            return False
        sights, last = self.case.sights, self.pictures.clip[-1]
        return sights is None or sights.reach(last.t_s) or now_s - self.pinned_s > _LOOKS_LATE_S


def _first_few(waiting: Sequence[_Pending]) -> Iterator[_Pending]:
    """The oldest cases, as many as may be begun at once."""
    room = _BEGUN_AT_ONCE
    for pending in waiting:
        yield pending
        room -= _BEGUN_AT_ONCE if pending.begun is not None and pending.begun.screening.again else 1
        if room <= 0:
            return


@dataclass(slots=True)
class Prover:
    """Waits until the pictures after an event are there, then builds, checks and hands over its evidence.

    A full disk delays: the pictures are held in memory and tried again. `lossless` (a clip) makes `submit`
    wait for room; a live camera cannot wait, there the oldest case is given up, loudly.
    """

    ring: FrameRing
    outbox: Outbox
    device: Device
    scene: Scene
    settings: WorkerSettings
    clock: ClockWatch
    lossless: bool
    on_added: Callable[[], None]
    stopping: threading.Event
    quota: Quota
    is_behind: Callable[[], bool] = lambda: False
    """Whether pictures wait to be looked at, so that nothing else should be done that can wait."""
    spoiling: Callable[[float, float], Fault | None] = lambda _from_s, _to_s: None
    counts: ProverCounts = field(default_factory=ProverCounts)
    _pending: list[_Pending] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _closed: bool = False
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin in the background."""
        self._thread = threading.Thread(target=self._run, name="prover", daemon=True)
        self._thread.start()

    def submit(self, case: Case) -> None:
        """Take a case on, found in the scene that is in force now. Waits for room when lossless."""
        with self._changed:
            while self.lossless and self._full() and not self.stopping.is_set():
                self._changed.wait(_POLL_S)
            if self._full():
                self._give_up(self._pending.pop(0).case, "too many events wait to be written to disk")
            self._pending.append(_Pending(case, self.scene, time.monotonic()))
            self._changed.notify_all()

    def pending(self) -> int:
        """How many cases are not settled yet."""
        with self._changed:
            return len(self._pending)

    def drain(self, deadline_s: float, give_up: threading.Event | None = None) -> bool:
        """Wait until every case is settled; False when the deadline came first."""
        until_s = time.monotonic() + deadline_s
        with self._changed:
            while self._pending and time.monotonic() < until_s and not (give_up and give_up.is_set()):
                self._changed.wait(_POLL_S)
            return not self._pending

    def stop(self, deadline_s: float) -> None:
        """End after the case in hand."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(deadline_s)
        if not self.lossless:
            for pending in self._pending:
                self._give_up(pending.case, "the worker ended before its evidence could be written")

    def _full(self) -> bool:
        held = weight_bytes(
            frame
            for pending in self._pending
            if pending.pictures is not None
            for frame in pending.pictures.clip
        )
        too_many = len(self._pending) >= self.settings.pending_events
        return too_many or held > self.settings.ring_bytes

    def _give_up(self, case: Case, why: str) -> None:
        self.counts.lost += 1
        log.error("event lost", extra={"data": {"rule": case.rule, "t_event_s": case.t_event_s, "why": why}})

    def _run(self) -> None:
        while True:
            with self._changed:
                if self._closed:
                    return
                self._take_pictures()
                now_s = time.monotonic()
                waiting = tuple(self._pending)
            ready = next((pending for pending in waiting if pending.is_ready(now_s)), None)
            if ready is None:
                self._work_ahead(waiting)
                continue
            settled = self._settle(ready)
            with self._changed:
                if settled:
                    self._pending = [pending for pending in self._pending if pending is not ready]
                    self._changed.notify_all()
                else:
                    self._changed.wait(_DISK_PAUSE_S)

    def _work_ahead(self, waiting: Sequence[_Pending]) -> None:
        """Do one piece of what can be done before a case's last picture is there, or wait for something new.

        Whoever looks at pictures comes first.
        """
        if self.is_behind() or not any(map(self._step, _first_few(waiting))):
            with self._changed:
                self._changed.wait(_POLL_S)

    def _step(self, pending: _Pending) -> bool:
        """Do one piece of work on a case; False when there is none by now."""
        try:
            if not pending.is_begun:
                pending.is_begun, pending.begun = True, self._begin(pending)
            return pending.begun is not None and pending.begun.step()
        except Exception as error:  # noqa: BLE001 - all is done anew once the last picture is there
            pending.begun = None
            log.info("nothing ahead", extra={"data": {"why": f"{type(error).__name__}: {error}"}})
            return False

    def _begin(self, pending: _Pending) -> Begun:
        before_s, after_s = self.settings.clip_before_s, self.settings.clip_after_s
        return Begun(pending.case, self.ring, pending.scene, before_s=before_s, after_s=after_s)

    def _take_pictures(self) -> None:
        """Pin the pictures of every case whose last picture is there, before the ring lets go of them."""
        for pending in list(self._pending):
            case = pending.case
            if pending.pictures is not None or not self._has_pictures(pending):
                continue
            try:
                pending.pictures = pictures_of(
                    case,
                    self.ring,
                    before_s=self.settings.clip_before_s,
                    after_s=self.settings.clip_after_s,
                )
                pending.pinned_s = time.monotonic()
            except EvidenceMissing as error:
                self._withhold_for_evidence(case, str(error))
                self._pending.remove(pending)
                self._changed.notify_all()

    def _has_pictures(self, pending: _Pending) -> bool:
        """Whether the pictures after the event are there, or a camera that is gone will not bring them."""
        after_s = self.settings.clip_after_s
        if self.ring.reaches(pending.case.t_event_s + after_s):
            return True
        return not self.lossless and time.monotonic() - pending.since_s > after_s + _GONE_S

    def _settle(self, ready: _Pending) -> bool:
        """Whether the case needs no further try."""
        case = ready.case
        if ready.pictures is None:
            return False
        begun, ready.begun, ready.is_begun = ready.begun, None, True
        try:
            self._prove(case, ready.pictures, ready.scene, begun)
        except (EvidenceMissing, ClipError, ValueError) as error:
            self._withhold_for_evidence(case, f"{type(error).__name__}: {error}")
        except Exception as error:  # OSError of the disk, sqlite3 errors: both pass, the event must not
            words = f"cannot write evidence: {type(error).__name__}: {error}"
            if words != self.counts.disk_trouble:
                log.exception("evidence waits for the disk", extra={"data": {"why": words}})
            self.counts.disk_trouble = words
            return False
        self.counts.disk_trouble = ""
        return True

    def _prove(self, case: Case, pictures: Pictures, scene: Scene, begun: Begun | None) -> None:
        if self._is_in_doubt(case, pictures):
            return
        event_at = pictures.event_at(case.t_event_s)
        sighting = sighting_of(
            case, device_id=self.device.device_id, camera_id=scene.camera_id, event_at=event_at
        )
        if self.outbox.same_event(sighting) is not None:
            self.counts.known += 1
            return
        folder = self.settings.evidence_folder / sighting.report_id
        if folder.is_dir():  # written by an earlier try whose row did not fit on the disk
            pack = load_pack(folder)
        else:
            self.quota.need_room()
            pack = build_pack(
                folder.parent,
                case,
                pictures,
                device=self.device,
                scene=scene,
                event_at=event_at,
                provenance=provenance_of(self.settings, self.device),
                begun=begun,
            )
        self._hand_over(pack)

    def _is_in_doubt(self, case: Case, pictures: Pictures) -> bool:
        """Whether the clock or the camera could not be trusted while it happened: then it is withheld."""
        why = self.clock.doubt(*pictures.event_steady_s)
        if why is not None:
            self.counts.withheld_clock += 1
            self._withhold(case, "camera_clock_stepped", why)
            return True
        fault = self.spoiling(min(case.t_start_s, pictures.before.t_s), max(case.t_end_s, pictures.after.t_s))
        if fault is not None:
            self.counts.withheld_camera += 1
            self._withhold(case, f"camera_{fault}", WORDS[fault][1])
        return fault is not None

    def _hand_over(self, pack: Pack) -> None:
        if self.outbox.add(pack.sighting, pack.payload_sha256):
            self.counts.proven += 1
            log.info(
                "event proven",
                extra={"data": {"report_id": pack.report.report_id, "act": pack.report.act}},
            )
            self.on_added()
        else:
            self.counts.known += 1

    def _withhold_for_evidence(self, case: Case, why: str) -> None:
        self.counts.withheld_evidence += 1
        self._withhold(case, "evidence_missing", why)

    def _withhold(self, case: Case, code: str, why: str) -> None:
        self.counts.codes[code] = self.counts.codes.get(code, 0) + 1
        log.warning(
            "event withheld",
            extra={"data": {"rule": case.rule, "t_event_s": case.t_event_s, "code": code, "why": why}},
        )
