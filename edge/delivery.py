"""Sends what the outbox owes: files first, then the manifest, then the report; keeps all until "stored"."""

from __future__ import annotations

import hashlib
import logging
import random
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from edge.backend_link import Answer, BackendLink, LinkError, Standing
from edge.evidence.pack import Pack, load_pack
from edge.outbox import Outbox, OutboxRow, backoff_s
from edge.settings import WorkerSettings
from edge.store import EvidenceStore, StoreError

log = logging.getLogger(__name__)

_IDLE_S = 1.0
_SHORTEST_PAUSE_S = 0.01
_ENROL_EVERY_S = 2.0


@dataclass(slots=True)
class DeliveryState:
    """What delivery has done so far; read by the heartbeat and the status file."""

    standing: Standing | None = None
    standing_words: str = ""
    delivered_total: int = 0
    uploads_total: int = 0
    failures_total: int = 0
    parked_total: int = 0
    last_error: str = ""


class _Broken(Exception):  # noqa: N818
    """The evidence on disk is not what was signed: it must not be sent."""


@dataclass(slots=True)
class Delivery:
    """One thread that empties the outbox, oldest first.

    Trouble with one report delays that report; trouble with the network, the store or the backend pauses all
    of them, so that a long queue does not hammer a server that is down.
    """

    outbox: Outbox
    store: EvidenceStore
    link: BackendLink
    settings: WorkerSettings
    jitter: Callable[[], float] = random.random
    state: DeliveryState = field(default_factory=DeliveryState)
    _wake: threading.Event = field(default_factory=threading.Event)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _outages: int = 0

    def start(self) -> None:
        """Begin sending in the background."""
        self._thread = threading.Thread(target=self._run, name="delivery", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Something was added: look now."""
        self._wake.set()

    def stop(self, deadline_s: float) -> None:
        """Finish the report in hand and end; give up waiting after `deadline_s`."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(deadline_s)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                pause_s = self.step()
            except sqlite3.Error as error:  # a full disk: what was sent is sent again once it can be noted
                pause_s = self._outage(f"the outbox cannot be written: {error}")
            except Exception:
                log.exception("delivery failed unexpectedly; it goes on")
                pause_s = self._outage("unexpected failure, see the log")
            if pause_s > 0:
                self._wake.wait(pause_s)
                self._wake.clear()

    def step(self) -> float:
        """Do one thing; how long to rest before the next, in seconds."""
        if self.state.standing != "approved":
            pause_s = self._enrol()
            if pause_s > 0:
                return pause_s
        row = self.outbox.next_due()
        if row is None:
            due_in_s = self.outbox.next_due_in_s()
            return _IDLE_S if due_in_s is None else min(max(due_in_s, _SHORTEST_PAUSE_S), _IDLE_S)
        return self._deliver(row)

    def _enrol(self) -> float:
        standing, words = self.link.enrol()
        if (standing, words) != (self.state.standing, self.state.standing_words):
            level = logging.INFO if standing in {"approved", "pending"} else logging.WARNING
            log.log(level, "enrolment: %s", words, extra={"data": {"standing": standing}})
        self.state.standing, self.state.standing_words = standing, words
        if standing == "approved":
            self._outages = 0
            return 0.0
        if standing != "pending":
            return self._outage(words)
        self._outages = 0
        return self._enrol_pause_s()

    def _deliver(self, row: OutboxRow) -> float:
        started_s = time.monotonic()
        try:
            pack = self._load(row)
            if row.state == "waiting":
                self._upload(pack, force=row.force_upload)
                self.outbox.mark_uploaded(row.report_id)
            answer = self.link.send_report(pack.signed)
        except _Broken as error:
            return self._park(row, str(error))
        except (StoreError, LinkError) as error:
            self.outbox.mark_failed(row.report_id, str(error))
            return self._outage(str(error))
        self._outages = 0
        return self._settle(row, answer, time.monotonic() - started_s)

    def _settle(self, row: OutboxRow, answer: Answer, took_s: float) -> float:
        if answer.meaning == "stored":
            self.outbox.mark_stored(row.report_id, answer.violation_id)
            self.state.delivered_total += 1
            log.info(
                "report stored",
                extra={
                    "data": {"report_id": row.report_id, "status": answer.status, "took_s": round(took_s, 3)}
                },
            )
            if not self.settings.keep_delivered:
                shutil.rmtree(self.settings.evidence_folder / row.report_id, ignore_errors=True)
            return 0.0
        if answer.meaning == "refused":
            return self._park(row, f"backend refused for good: {answer.words}")
        self.outbox.mark_failed(row.report_id, answer.words, upload_again=answer.meaning == "upload_again")
        self._note_failure(answer.words)
        if answer.meaning in {"not_approved", "unknown_device"}:
            self.state.standing, self.state.standing_words = "pending", answer.words
            return self._enrol_pause_s()
        return 0.0 if answer.meaning == "upload_again" else self._outage(answer.words)

    def _enrol_pause_s(self) -> float:
        return min(_ENROL_EVERY_S, self.settings.retry_cap_s) * (0.5 + 0.5 * self.jitter())

    def _load(self, row: OutboxRow) -> Pack:
        folder = self.settings.evidence_folder / row.report_id
        try:
            pack = load_pack(folder)
        except (OSError, ValidationError, ValueError) as error:
            raise _Broken(f"evidence on disk is unreadable: {type(error).__name__}: {error}") from error
        if pack.payload_sha256 != row.payload_sha256:
            raise _Broken("the manifest on disk is not the one that was signed")
        return pack

    def _upload(self, pack: Pack, *, force: bool) -> None:
        for file in pack.report.files:
            path = pack.folder / file.name
            if _sha256(path) != file.sha256:
                raise _Broken(f"{file.name} on disk no longer matches the manifest")
            self._put(file.object_key, path, file.sha256, file.media_type, force=force)
        self._put(
            pack.manifest_key,
            pack.manifest_path,
            _sha256(pack.manifest_path),
            "application/json",
            force=force,
        )

    def _put(self, key: str, path: Path, sha256: str, media_type: str, *, force: bool) -> None:
        if self.store.put(key, path, sha256=sha256, media_type=media_type, force=force):
            self.state.uploads_total += 1

    def _park(self, row: OutboxRow, words: str) -> float:
        self.outbox.park(row.report_id, words)
        self.state.parked_total += 1
        self._note_failure(words)
        log.error(
            "report parked, a person must look", extra={"data": {"report_id": row.report_id, "why": words}}
        )
        return 0.0

    def _outage(self, words: str) -> float:
        self._outages += 1
        self._note_failure(words)
        pause_s = backoff_s(
            self._outages,
            first_s=self.settings.retry_first_s,
            cap_s=self.settings.retry_cap_s,
            jitter=self.jitter(),
        )
        log.warning("delivery waits", extra={"data": {"why": words, "pause_s": round(pause_s, 2)}})
        return pause_s

    def _note_failure(self, words: str) -> None:
        self.state.failures_total += 1
        self.state.last_error = words


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise _Broken(f"{path.name} cannot be read: {error}") from error
