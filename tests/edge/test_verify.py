from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.capture import Frame
from edge.device import load_or_create
from edge.evidence import FrameRing, build_pack, pictures_of
from edge.verify import is_whole, read_public_key, verify_dir
from tests.edge.box_kit import FPS, SCENE, case_at, picture

EPOCH = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def signed(tmp_path_factory):
    """A built pack, and the public key of the box that built it."""
    root = tmp_path_factory.mktemp("box")
    device = load_or_create(root, "Hộp thử")
    ring = FrameRing(seconds=60, max_bytes=10**9)
    for index in range(40):
        at = EPOCH + timedelta(seconds=index / FPS)
        ring.add(Frame(index, index / FPS, picture(index), at, "file", 0.0), 0.0)
    case = case_at(2.0)
    pictures = pictures_of(case, ring, before_s=1, after_s=1)
    pack = build_pack(root, case, pictures, device=device, scene=SCENE, event_at=EPOCH)
    return pack, device.key.public_key()


def bad(folder, key):
    return {finding.subject: finding for finding in verify_dir(folder, key) if finding.verdict == "bad"}


def test_an_untouched_folder_is_whole(signed):
    pack, key = signed
    findings = verify_dir(pack.folder, key)
    assert is_whole(findings)
    assert {finding.verdict for finding in findings} == {"good"}
    assert len(findings) == 1 + len(pack.report.files)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_one_flipped_bit_anywhere_is_found_and_its_file_named(signed, data):
    pack, key = signed
    names = [*(file.name for file in pack.report.files), "manifest.json"]
    path = pack.folder / data.draw(st.sampled_from(names))
    content = path.read_bytes()
    place = data.draw(st.integers(0, len(content) - 1))
    flipped = bytearray(content)
    flipped[place] ^= 1 << data.draw(st.integers(0, 7))
    try:
        path.write_bytes(flipped)
        found = bad(pack.folder, key)
        if path.name == "manifest.json":
            same = _payload(bytes(flipped)) == _payload(content)  # whitespace of the envelope is not signed
            assert same or found
        else:
            assert set(found) == {path.name}
            assert "SHA-256" in found[path.name].en
    finally:
        path.write_bytes(content)


def _payload(content):
    try:
        return json.loads(content)
    except ValueError:
        return None


def test_missing_and_strange_files_are_named(signed):
    pack, key = signed
    clip = pack.folder / "clip.mp4"
    content = clip.read_bytes()
    clip.unlink()
    (pack.folder / "extra.txt").write_text("x")
    try:
        assert set(bad(pack.folder, key)) == {"clip.mp4", "extra.txt"}
    finally:
        clip.write_bytes(content)
        (pack.folder / "extra.txt").unlink()


def test_another_boxs_key_does_not_hold(signed, tmp_path):
    pack, _ = signed
    other = load_or_create(tmp_path, "y").key.public_key()
    assert set(bad(pack.folder, other)) == {"signature"}


def test_without_a_key_it_says_that_nobody_checked_the_signature(signed):
    pack, _ = signed
    (finding,) = [finding for finding in verify_dir(pack.folder, None) if finding.subject == "signature"]
    assert finding.verdict == "unchecked"
    assert "--public-key" in finding.vi


@pytest.mark.parametrize("content", [None, "", "{}", '{"payload": {}, "device_id": "x", "signature": "y"}'])
def test_a_missing_or_senseless_manifest_is_said(tmp_path, content):
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    findings = verify_dir(tmp_path, None)
    assert [finding.verdict for finding in findings] == ["bad"]


def test_a_public_key_is_read_from_text_or_file(tmp_path):
    device = load_or_create(tmp_path, "x")
    raw = device.key.public_key().public_bytes_raw()
    pem = device.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "key.txt").write_text(device.public_key_b64 + "\n")
    for given_as in (device.public_key_b64, str(tmp_path / "key.pem"), str(tmp_path / "key.txt")):
        assert read_public_key(given_as).public_bytes_raw() == raw
    with pytest.raises(ValueError, match="public"):
        read_public_key("not a key")
