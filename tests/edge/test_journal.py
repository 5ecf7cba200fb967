from __future__ import annotations

import io
import json
import logging

import pytest

from edge.journal import JsonLines, last_lines, redacted


def line(**data):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("edge.test_journal")
    logger.addHandler(handler)
    try:
        int("rtsp://admin:mật%20khẩu@10.0.0.1/live")
    except ValueError:
        logger.exception("camera rtsp://user:secret@host/1", extra={"data": data})
    logger.removeHandler(handler)
    return stream.getvalue()


def test_a_line_is_json_with_its_data():
    said = json.loads(line(report_id="x", count=3))
    assert (said["report_id"], said["count"], said["level"]) == ("x", 3, "error")


def test_no_password_reaches_the_log_not_even_in_a_traceback():
    said = line(source="rtsps://admin:khong-noi@cam:8554/a")
    for secret in ("secret", "mật", "khong-noi", "admin"):
        assert secret not in said
    assert said.count("***@") >= 3


def test_addresses_without_credentials_stay_readable():
    assert redacted("http://127.0.0.1:8000/v1 mail a@b.vn") == "http://127.0.0.1:8000/v1 mail a@b.vn"


def test_the_camera_that_speaks_is_named():
    record = logging.LogRecord("edge.worker", logging.INFO, "f.py", 1, "worker starts", None, None)
    assert json.loads(JsonLines("pnt-01").format(record))["camera"] == "pnt-01"
    assert "camera" not in json.loads(JsonLines().format(record))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("password=hunter2 user=a", "password=*** user=a"),
        ('{"s3_secret_key": "abc", "n": 1}', '{"s3_secret_key": "***", "n": 1}'),
        ("Authorization: Bearer eyJhbGciOi", "Authorization: ***"),
        ("secret_key: 'x y z', more", "secret_key: '***', more"),
        ("the token was refused", "the token was refused"),
    ],
)
def test_whatever_is_named_a_secret_is_masked(said, kept):
    assert redacted(said) == kept


def test_the_last_lines_of_several_folders_in_the_order_of_time(tmp_path):
    for name, seconds in (("a", (1, 4)), ("b", (2, 3))):
        folder = tmp_path / name
        folder.mkdir()
        lines = [f'{{"at": "2026-11-27T07:00:0{second}.000+00:00", "password": "x"}}' for second in seconds]
        (folder / "log.jsonl").write_text("\n".join(lines))
    (tmp_path / "a" / "log.jsonl.1").write_text('{"at": "2026-11-27T06:00:00.000+00:00"}\n')
    found = last_lines((tmp_path / "a", tmp_path / "b", tmp_path / "none"), 4)
    assert [line[25:27] for line in found] == ["01", "02", "03", "04"]
    assert not any('"x"' in line for line in found)
