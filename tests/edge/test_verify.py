from __future__ import annotations

import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.capture import Frame
from edge.device import load_or_create
from edge.evidence import FrameRing, build_pack, pictures_of
from edge.report import GUIDE_NAME
from edge.verify import is_whole, read_public_key, summary, verify_dir, verify_path
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
    assert summary(findings)[0].startswith("NGUYÊN VẸN. Cả 11 tệp")
    assert "none missing" in findings[0].en
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
        assert set(found) == {path.name}
        assert path.name in summary(verify_dir(pack.folder, key))[0]
        assert ("SHA-256" in found[path.name].en) == (path.name != "manifest.json")
    finally:
        path.write_bytes(content)


def test_every_byte_of_the_signature_and_every_space_counts(signed):
    """Base64 has letters with idle bits, JSON has spaces that mean nothing: they count all the same."""
    pack, key = signed
    path = pack.manifest_path
    content = path.read_bytes()
    at = content.index(pack.signed.signature.encode())
    try:
        for place in (*range(at, at + 88), content.index(b" "), len(content) - 1):
            for bit in (1, 2, 16):
                flipped = bytearray(content)
                flipped[place] ^= bit
                path.write_bytes(flipped)
                assert set(bad(pack.folder, key)) == {"manifest.json"}, (place, bit)
    finally:
        path.write_bytes(content)


@pytest.fixture(scope="module")
def copy(signed, tmp_path_factory):
    """What an owner downloads: no originals, and a guide."""
    pack, _ = signed
    folder = tmp_path_factory.mktemp("copy")
    for path in pack.folder.iterdir():
        if path.name not in {"still_before.jpg", "still_at.jpg", "still_after.jpg", "clip.mp4"}:
            (folder / path.name).write_bytes(path.read_bytes())
    (folder / GUIDE_NAME).write_text("how to check")
    return folder


def test_an_owners_copy_is_whole_without_the_sealed_originals(signed, copy):
    findings = verify_dir(copy, signed[1])
    assert is_whole(findings)
    assert {one.subject for one in findings if one.verdict == "unchecked"} == {
        "still_before.jpg",
        "still_at.jpg",
        "still_after.jpg",
        "clip.mp4",
    }
    vi, en = summary(findings)
    assert vi.startswith("NGUYÊN VẸN.")
    assert "4 originals are sealed" in en


def test_a_folder_that_lacks_one_original_is_not_taken_for_a_copy(signed, copy):
    still = copy / "still_at.jpg"
    still.write_bytes((signed[0].folder / "still_at.jpg").read_bytes())
    try:
        assert set(bad(copy, signed[1])) == {"still_before.jpg", "still_after.jpg", "clip.mp4"}
    finally:
        still.unlink()


def zipped(folder, path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for one in sorted(folder.iterdir()):
            archive.write(one, one.name)
    return path


def test_a_zip_is_checked_as_it_was_downloaded(signed, copy, tmp_path):
    path = zipped(copy, tmp_path / "copy.zip")
    assert is_whole(verify_path(path, signed[1]))
    assert verify_path(path, signed[1]) == verify_path(copy, signed[1])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_one_flipped_bit_within_a_zipped_file_is_found_and_the_file_named(signed, copy, tmp_path, data):
    path = zipped(copy, tmp_path / "copy.zip")
    with zipfile.ZipFile(path) as archive:
        entry = data.draw(st.sampled_from([one for one in archive.infolist() if one.filename != GUIDE_NAME]))
    content = bytearray(path.read_bytes())
    start = entry.header_offset + 30 + len(entry.filename)
    content[start + data.draw(st.integers(0, entry.compress_size - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(content)
    findings = verify_path(path, signed[1])
    assert {one.subject for one in findings if one.verdict == "bad"} == {entry.filename}


@pytest.mark.parametrize("name", ["../escape.txt", "deep/still_at.jpg", "/etc/x"])
def test_a_zip_that_reaches_out_is_refused(signed, tmp_path, name):
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, "x")
    (finding,) = verify_path(path, signed[1])
    assert finding.verdict == "bad"


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
    assert set(bad(pack.folder, other)) == {"manifest.json"}


def test_without_a_key_it_says_that_nobody_checked_the_signature(signed):
    pack, _ = signed
    (finding,) = [finding for finding in verify_dir(pack.folder, None) if finding.subject == "manifest.json"]
    assert finding.verdict == "unchecked"
    assert "--public-key" in finding.vi
    assert summary(verify_dir(pack.folder, None))[1].startswith("SIGNER NOT CHECKED")


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
