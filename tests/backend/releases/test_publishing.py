"""Releases as operators publish them, and boxes fetch them."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.bundle import Contract
from tests.backend.factories import make_heartbeat
from tests.backend.releases.kit import NEW, begin, fetch, publish


def test_a_release_is_checked_kept_and_listed(operator, file):
    content = file()
    answer = publish(operator, content)
    assert answer.status_code == 201, answer.text
    assert publish(operator, content).status_code == 201  # the same once more
    (listed,) = operator.get("/v1/releases").json()
    assert (listed["version"], listed["sha256"]) == (NEW, hashlib.sha256(content).hexdigest())
    assert [one["name"] for one in listed["weights"]] == ["edge/weights/vehicles.onnx"]
    assert publish(operator, file()).status_code == 201  # made anew of the same: the same bytes
    other = publish(operator, file(python="3.12"))
    assert (other.status_code, other.json()["code"]) == (409, "release_known")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"key": Ed25519PrivateKey.from_private_bytes(b"s" * 32)}, "release_bad_signature"),
        ({"contract": Contract(report="phatnguoi.report/9", heartbeat="x", outbox=1)}, "release_contract"),
        (
            {"contract": Contract(report="phatnguoi.report/2", heartbeat="phatnguoi.heartbeat/2", outbox=1)},
            "release_contract",
        ),
    ],
)
def test_what_nobody_signed_or_nobody_understands_is_refused(operator, file, changes, code):
    answer = publish(operator, file(**changes))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert operator.get("/v1/releases").json() == []


def test_what_was_changed_after_it_was_signed_is_refused(operator, file):
    content = bytearray(file())
    content[len(content) // 2] ^= 0xFF
    assert publish(operator, bytes(content)).json()["code"] in {"release_damaged", "release_not_a_bundle"}
    assert publish(operator, b"nothing").json()["code"] == "release_not_a_bundle"


def test_only_boxes_that_were_told_to_may_fetch_it_from_any_byte_on(operator, boxes, says, file):
    content = file()
    publish(operator, content)
    says("box-a")
    says("box-b")
    begin(operator)
    assert fetch(boxes["box-b"]).status_code == 403
    order = says("box-a")
    assert (order["version"], order["size_bytes"]) == (NEW, len(content))
    assert fetch(boxes["box-a"]).content == content
    rest = fetch(boxes["box-a"], Range="bytes=100-")
    assert (rest.status_code, rest.content) == (206, content[100:])
    assert boxes["box-a"].client.get(f"/v1/releases/{NEW}/bundle").status_code == 401


def test_a_box_of_the_heartbeat_before_hears_nothing_of_releases(boxes, says, operator, file):
    publish(operator, file())
    says("box-a")
    begin(operator)
    old = make_heartbeat(device_id="box-a", camera_id="cam-a", schema_id="phatnguoi.heartbeat/2")
    assert "release" not in boxes["box-a"].send(old).json()


def test_the_pages_publish_and_roll_out(operator, says, file):
    says("box-a")
    token = {"csrf_token": operator.headers["X-CSRF-Token"]}
    send = {"files": {"file": ("release.zip", b"no zip", "application/zip")}, "data": token}
    refused = operator.post("/dieu-hanh/phan-mem", **send)
    assert (refused.status_code, "bản phát hành (zip" in refused.text) == (422, True)
    send["files"] = {"file": ("release.zip", file(), "application/zip")}
    assert operator.post("/dieu-hanh/phan-mem", **send).headers["location"] == f"/dieu-hanh/phan-mem/{NEW}"
    page = f"/dieu-hanh/phan-mem/{NEW}/trien-khai"
    begun = operator.post(page, data={**token, "device_id": "box-a", "note": "Sửa lỗi"})
    assert begun.status_code == 303
    for path in ("/dieu-hanh/phan-mem", f"/dieu-hanh/phan-mem/{NEW}", begun.headers["location"]):
        assert operator.get(path).status_code == 200
    for deed in ("tam-dung", "tiep-tuc", "dung"):
        done = operator.post(f"{begun.headers['location']}/{deed}", data=token)
        assert done.headers["location"] == begun.headers["location"]
