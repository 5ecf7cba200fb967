from __future__ import annotations

import io
import json
import logging

from edge.journal import JsonLines, redacted


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
