"""When a case is ready to be written, and what is done of it before, as long as nobody else waits."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge.capture import FileSource
from edge.clock import ClockWatch
from edge.device import load_or_create
from edge.evidence import FrameRing, pictures_of
from edge.evidence.sights import Sights
from edge.outbox import Outbox
from edge.prover import Prover, _Pending
from edge.quota import Quota
from edge.settings import WorkerSettings
from tests.edge.box_kit import SCENE, case_at
from tests.edge.film_kit import EPOCH, FPS, film
from tests.edge.test_evidence import filled

LAST_S = 7.0


def pending(sights: Sights | None) -> _Pending:
    case = dataclasses.replace(case_at(4.0), sights=sights)
    pictures = pictures_of(case, filled(), before_s=3, after_s=3)
    assert pictures.clip[-1].t_s == LAST_S
    return _Pending(case, SCENE, since_s=0.0, pictures=pictures, pinned_s=100.0)


def looked(until_s: float) -> Sights:
    sights = Sights()
    sights.note(0, until_s, [], [])
    return sights


@pytest.mark.parametrize(
    ("sights", "now_s", "ready"),
    [
        (None, 100.0, True),
        (looked(LAST_S), 100.0, True),
        (looked(LAST_S + 1), 100.0, True),
        (looked(LAST_S - 0.1), 100.5, False),
        (Sights(), 100.5, False),
        (looked(LAST_S - 0.1), 101.1, True),  # a stream that ended, or an analyser far behind
        (Sights(), 101.1, True),
    ],
)
def test_a_case_waits_a_moment_for_the_last_looks(sights, now_s, ready):
    assert pending(sights).is_ready(now_s) is ready


def test_without_pictures_nothing_is_ready():
    assert not _Pending(case_at(4.0), SCENE, since_s=0.0).is_ready(1e9)


@pytest.fixture
def prover(tmp_path: Path) -> Iterator[Prover]:
    """Not started: a test does its work step by step."""
    settings = WorkerSettings(data_folder=tmp_path, backend_url="http://127.0.0.1:9", minimum_free_bytes=0)
    settings.evidence_folder.mkdir()
    outbox = Outbox(settings.outbox_file, now=lambda: datetime.now(UTC))
    yield Prover(
        ring=FrameRing(seconds=60, max_bytes=10**9),
        outbox=outbox,
        device=load_or_create(tmp_path, "Hộp thử"),
        scene=SCENE,
        settings=settings,
        clock=ClockWatch(),
        lossless=False,
        on_added=lambda: None,
        stopping=threading.Event(),
        quota=Quota(settings, outbox),
    )
    outbox.close()


def work(prover: Prover) -> None:
    """Do what can be done by now."""
    while not prover.is_behind() and any(prover._step(one) for one in prover._pending[:2]):
        pass
    prover._work_ahead(tuple(prover._pending))


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_what_can_be_done_before_the_last_picture_is_done(prover, tmp_path, codec):
    """Also where the clip is encoded again, because browsers do not play what the camera sends."""
    options = {"x265-params": "keyint=10:log-level=none"} if codec == "libx265" else None
    path = film(tmp_path / "film.mp4", 60, codec=codec, options=options)
    for frame in FileSource(path, start_at=EPOCH):
        prover.ring.add(frame, frame.t_s)
        if frame.t_s >= 3.0 and not prover.pending():
            prover.submit(case_at(2.5))
        if frame.index == 5 * FPS:
            work(prover)
            (waiting,) = prover._pending
            assert waiting.begun.screening.reached_s == frame.t_s
            assert bool(waiting.begun.screening.again) is (codec == "libx265")
    prover.start()
    assert prover.drain(60)
    prover.stop(10)
    assert prover.counts.proven == 1


def test_nothing_is_done_ahead_while_pictures_wait_to_be_looked_at(prover, tmp_path):
    for frame in FileSource(film(tmp_path / "film.mp4", 40), start_at=EPOCH):
        prover.ring.add(frame, frame.t_s)
    prover.submit(case_at(2.5))
    prover.is_behind = lambda: True
    work(prover)
    assert not prover._pending[0].is_begun
    prover.is_behind = lambda: False
    work(prover)
    assert prover._pending[0].is_begun


def test_no_more_than_two_cases_are_begun_at_once(prover, tmp_path):
    for frame in FileSource(film(tmp_path / "film.mp4", 40), start_at=EPOCH):
        prover.ring.add(frame, frame.t_s)
    for track in (1, 2, 3):
        prover.submit(case_at(2.5, track=track))
    work(prover)
    assert [pending.is_begun for pending in prover._pending] == [True, True, False]
