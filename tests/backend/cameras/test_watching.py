"""Watching a camera move: pictures as they come, a box that sends oftener meanwhile, and how many may."""

from __future__ import annotations

import asyncio
import base64
from contextlib import ExitStack

import pytest

from backend.cameras import watching
from backend.cameras.watching import Watchers, pictures
from backend.database import new_id
from backend.errors import Problem
from tests.backend.factories import make_heartbeat, picture

FIRST, SECOND = picture("first", (64, 36)), picture("second", (64, 36))
STREAM = "/v1/cameras/pnt-01/stream"


def beat(box, content: bytes, **changes) -> dict:
    answer = box.send(make_heartbeat(thumbnail_jpeg_b64=base64.b64encode(content).decode(), **changes))
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def operator(staff):
    return staff("truc", "operator")


@pytest.fixture
def at_once(monkeypatch):
    """Nobody waits between two looks."""
    monkeypatch.setattr(watching, "_LOOK_EVERY_S", 0)


def test_each_new_picture_comes_once_and_the_box_is_asked_for_more(box, operator, services, at_once):
    assert beat(box, FIRST)["watched"] == []
    watchers = Watchers(2, 1)

    async def watch() -> None:
        seen = pictures(
            services, watchers, "pnt-01", account_id=new_id(), token=operator.cookies["pn_session"]
        )
        part = await anext(seen)
        head, _, content = part.partition(b"\r\n\r\n")
        assert head.splitlines()[:2] == [b"--picture", b"Content-Type: image/jpeg"]
        assert content == FIRST + b"\r\n"
        assert len(watchers) == 1
        assert beat(box, SECOND)["watched"] == ["pnt-01"]
        assert SECOND in await anext(seen)
        operator.delete("/v1/sessions/current")
        with pytest.raises(StopAsyncIteration):  # signed out: nothing more is shown
            await anext(seen)

    asyncio.run(watch())
    assert len(watchers) == 0


def test_a_viewer_who_goes_leaves_the_seat_to_another(box, operator, services):
    beat(box, FIRST)
    watchers = Watchers(1, 1)

    async def watch() -> None:
        seen = pictures(
            services, watchers, "pnt-01", account_id=new_id(), token=operator.cookies["pn_session"]
        )
        await anext(seen)
        assert len(watchers) == 1
        await seen.aclose()
        assert len(watchers) == 0

    asyncio.run(watch())


def test_an_older_box_is_not_told_what_it_could_not_read(box):
    assert "watched" not in beat(box, FIRST, schema_id="phatnguoi.heartbeat/3")


def test_only_so_many_watch_at_once(box, app, operator, services):
    beat(box, FIRST)
    watchers = app.state.watchers
    with ExitStack() as others:
        for _ in range(services.settings.camera_watchers):
            others.enter_context(watchers.seat(new_id()))
        refused = operator.get(STREAM)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_watch")
    one, most = new_id(), Watchers(9, 2)
    with most.seat(one), most.seat(one):
        with pytest.raises(Problem, match="Too many moving pictures"):
            most.require_room(one)
        most.require_room(new_id())


def test_a_camera_without_a_picture_has_nothing_to_watch(box, operator):
    box.send(make_heartbeat())
    assert operator.get(STREAM).status_code == 404
    assert operator.get("/v1/cameras/none/stream").status_code == 404
