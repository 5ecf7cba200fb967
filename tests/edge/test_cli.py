"""The command line: what it prints, what it writes, how it refuses."""

from __future__ import annotations

import json
import logging
import uuid
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from typer.testing import CliRunner

from edge.box.clerk import Clerk
from edge.cli import app
from edge.upkeep import Ask, Reply
from edge.worker import Job
from tests.edge import road_kit as kit

CLIP = kit.REPOSITORY / "sample_videos" / "pham_ngoc_thach"
RUNNER = CliRunner()


def short_clip(path: Path, seconds: float) -> None:
    """The beginning of the shipped clip, packets copied as they are."""
    with av.open(str(CLIP / "pham_ngoc_thach.mp4")) as source, av.open(str(path), "w") as target:
        stream = source.streams.video[0]
        copy = target.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.dts is not None and packet.dts * packet.time_base < Fraction(seconds):
                packet.stream = copy
                target.mux(packet)


def said(*arguments: str) -> tuple[int, str]:
    result = RUNNER.invoke(app, list(arguments))
    return result.exit_code, result.output


def test_every_command_is_there() -> None:
    code, text = said("--help")
    assert code == 0
    for command in (
        "analyse",
        "run",
        "device",
        "verify",
        "detect",
        "read-plates",
        "train",
        "export",
        "evaluate",
    ):
        assert command in text


def test_analysing_the_beginning_of_the_shipped_clip(tmp_path: Path) -> None:
    short_clip(tmp_path / "clip.mp4", 1.6)
    out = tmp_path / "out"
    code, text = said(
        "analyse",
        str(CLIP / "camera.toml"),
        "--video",
        str(tmp_path / "clip.mp4"),
        "--out",
        str(out),
        "--annotate",
    )
    assert code == 0, text
    assert "0 violations" in text
    tracks = [json.loads(line) for line in (out / "tracks.jsonl").read_text().splitlines()]
    assert "car" in {track["class"] for track in tracks}
    assert (out / "violations.jsonl").read_text() == ""
    with av.open(str(out / "annotated.mp4")) as film, av.open(str(tmp_path / "clip.mp4")) as clip:
        drawn = list(film.decode(video=0))
        plain = list(clip.decode(video=0))
    assert [float(frame.pts * frame.time_base) for frame in drawn] == pytest.approx(
        [float(frame.pts * frame.time_base) for frame in plain], abs=0.002
    )
    difference = np.abs(
        drawn[10].to_ndarray(format="bgr24").astype(int) - plain[10].to_ndarray(format="bgr24").astype(int)
    )
    assert (difference > 60).sum() > 500


def test_a_violation_in_a_file_comes_with_evidence_that_can_be_checked(tmp_path: Path) -> None:
    short_clip(tmp_path / "clip.mp4", 9.5)
    out = tmp_path / "out"
    code, text = said(
        "analyse", str(CLIP / "camera.toml"), "--video", str(tmp_path / "clip.mp4"), "--out", str(out)
    )
    assert code == 0, text
    found = [json.loads(line) for line in (out / "violations.jsonl").read_text().splitlines()]
    assert "61X190583" in {one["plate"]["text"] for one in found}
    folders = list((out / "evidence").iterdir())
    assert len(folders) == len(found)
    for folder in folders:
        assert said("verify", str(folder))[0] == 0
    clip = folders[0] / "clip.mp4"
    clip.write_bytes(clip.read_bytes()[:-1] + b"x")
    code, text = said("verify", str(folders[0]))
    assert code == 1
    assert "clip.mp4" in next(line for line in text.splitlines() if "bad" in line or "changed" in line)


@pytest.mark.parametrize(
    ("camera", "video", "words"),
    [
        ("nowhere.toml", "x.mp4", "nowhere.toml: there is no such camera file"),
        (str(CLIP / "camera.toml"), "x.mp4", "x.mp4: there is no such file"),
        (str(CLIP / "truth.json"), "x.mp4", "cannot be read as TOML"),
        (str(CLIP / "camera.toml"), str(CLIP / "camera.toml"), "not a video"),
    ],
)
def test_what_a_person_can_mend_is_said_in_one_line(
    tmp_path: Path, camera: str, video: str, words: str
) -> None:
    code, text = said("analyse", camera, "--video", video, "--out", str(tmp_path / "out"))
    assert code == 1
    assert words in text.replace("\n", " ")
    assert "Traceback" not in text


def test_a_clip_of_another_size_is_refused(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "small.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for _ in range(5):
            frame = av.VideoFrame.from_ndarray(np.zeros((240, 320, 3), np.uint8), format="bgr24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    code, text = said(
        "analyse",
        str(CLIP / "camera.toml"),
        "--video",
        str(tmp_path / "small.mp4"),
        "--out",
        str(tmp_path / "out"),
    )
    assert code == 1
    assert "picture_size_px" in text


def test_the_box_shows_its_key_and_keeps_it(tmp_path: Path) -> None:
    first = said("device", "--data", str(tmp_path / "data"))
    assert first[0] == 0
    assert "public_key" in first[1]
    assert said("device", "--data", str(tmp_path / "data")) == first


def test_verify_says_what_is_missing(tmp_path: Path) -> None:
    code, text = said("verify", str(tmp_path))
    assert code == 1
    assert "manifest" in text


def test_a_camera_watched_alone_answers_what_operators_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The demo's camera is one: its set-up page waits for the picture."""
    jobs: list[Job] = []
    for name, kept in (("handlers", []), ("level", logging.NOTSET), ("propagate", True)):
        monkeypatch.setattr(logging.getLogger("edge"), name, kept)
    monkeypatch.setattr("edge.box.command.run_worker", lambda job, *_: jobs.append(job) or 0)
    for name in ("ENDPOINT", "ACCESS_KEY", "SECRET_KEY"):
        monkeypatch.setenv(f"S3_{name}", "127.0.0.1:9")
    camera, clip = CLIP / "camera.toml", CLIP / "pham_ngoc_thach.mp4"
    where = ["--backend", "http://127.0.0.1:9", "--data", str(tmp_path / "data")]
    assert said("run", str(camera), "--source", str(clip), *where) == (0, "")
    (job,) = jobs
    assert isinstance(job.orders, Clerk)
    logging.getLogger("edge").warning("camera shaken")

    def reply(kind: str, **more: str) -> Reply:
        ask = Ask(id=str(uuid.UUID(int=7)), camera_id=job.scene.camera_id, kind=kind, **more)
        return job.orders.reply(ask, lambda: np.zeros((1080, 1920, 3), np.uint8))

    view = reply("view")
    assert view.camera_file == camera.read_text(encoding="utf-8")
    assert view.picture_jpeg_b64
    assert "camera shaken" in reply("logs").log_lines[-1]
    assert reply("rehearse", camera_file=view.camera_file).rehearsal is not None
