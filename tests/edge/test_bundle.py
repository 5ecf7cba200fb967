"""A release is what was signed, byte for byte, or it is refused."""

from __future__ import annotations

import zipfile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from edge.bundle import (
    APP,
    MANIFEST,
    SIGNATURE,
    BundleError,
    Manifest,
    check_files,
    order_of,
    read_manifest,
    runs_on,
    unpack,
    write_bundle,
)
from edge.release_reasons import Reason
from tests.release_kit import bundle

KEY = Ed25519PrivateKey.from_private_bytes(b"r" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"x" * 32)
FILES = {"edge/cli.py": b"print('new')\n", "edge/weights/vehicles.onnx": b"\0\1" * 4000, "edge/empty.py": b""}


@pytest.fixture
def made(tmp_path):
    return tmp_path / "release.zip", bundle(tmp_path / "release.zip", KEY, files=FILES)


def rewritten(path, changes: dict[str, bytes | None]):
    """The same zip with some entries changed, added or left out."""
    with zipfile.ZipFile(path) as old:
        entries = {name: old.read(name) for name in old.namelist()} | changes
    target = path.with_name("changed.zip")
    with zipfile.ZipFile(target, "w") as new:
        for name, content in entries.items():
            if content is not None:
                new.writestr(name, content)
    return target


def looked_at(path) -> Manifest:
    manifest = read_manifest(path, [OTHER.public_key(), KEY.public_key()])
    check_files(path, manifest)
    return manifest


def test_what_was_signed_is_what_comes_out(made, tmp_path):
    path, manifest = made
    assert looked_at(path) == manifest
    assert [one.name for one in manifest.weights] == ["edge/weights/vehicles.onnx"]
    unpack(path, manifest, tmp_path / "app")
    for name, content in FILES.items():
        assert (tmp_path / "app" / name).read_bytes() == content


@pytest.mark.parametrize(
    ("changes", "code", "reason"),
    [
        ({APP + "edge/cli.py": b"print('bad')\n"}, "damaged", Reason("part_changed", name="edge/cli.py")),
        ({APP + "edge/cli.py": None}, "damaged", Reason("other_files")),
        ({APP + "edge/more.py": b"import os"}, "damaged", Reason("other_files")),
        ({MANIFEST: None}, "not_a_bundle", Reason("part_missing", name=MANIFEST)),
        ({SIGNATURE: None}, "not_a_bundle", Reason("part_missing", name=SIGNATURE)),
        ({SIGNATURE: b"x" * 2000}, "damaged", Reason("part_too_large", name=SIGNATURE)),
        ({SIGNATURE: b"bm90IGEgc2lnbmF0dXJl"}, "bad_signature", Reason("bad_signature")),
        ({SIGNATURE: b"\xff\xfe"}, "bad_signature", Reason("bad_signature")),
        ({MANIFEST: b"{}"}, "bad_signature", Reason("bad_signature")),
    ],
)
def test_nothing_else_is_taken(made, changes, code, reason):
    with pytest.raises(BundleError) as refused:
        looked_at(rewritten(made[0], changes))
    assert (refused.value.code, refused.value.reason) == (code, reason)


def test_a_strangers_release_is_refused(made):
    with pytest.raises(BundleError) as refused:
        read_manifest(made[0], [OTHER.public_key()])
    assert refused.value.code == "bad_signature"


def test_a_signed_way_out_of_the_folder_is_refused_all_the_same(tmp_path):
    for number, name in enumerate(("../cli.py", "/etc/passwd", "edge/../../x", "a\\b", "a//b")):
        path = tmp_path / f"{number}.zip"
        bundle(path, KEY, files={name: b"x"})
        with pytest.raises(BundleError) as refused:
            read_manifest(path, [KEY.public_key()])
        assert refused.value.code == "damaged"
        assert refused.value.reason == Reason("part_misplaced", name=repr(name))


def test_what_is_no_zip_at_all_is_told_so(tmp_path):
    path = tmp_path / "release.zip"
    path.write_bytes(b"not a zip")
    with pytest.raises(BundleError) as refused:
        read_manifest(path, [KEY.public_key()])
    assert refused.value.code == "not_a_bundle"


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_is_packed_in_another_way_is_refused(made, packing):
    path, _ = made
    with zipfile.ZipFile(path, "a") as more:
        more.writestr(APP + "edge/more.py", b"import os", compress_type=packing)
    with pytest.raises(BundleError) as refused:
        read_manifest(path, [KEY.public_key()])
    assert refused.value.code == "damaged"


def test_a_manifest_of_another_kind_is_told_so(tmp_path, made):
    path = tmp_path / "next.zip"
    manifest = made[1].model_copy(update={"schema_id": "phatnguoi.release/2"})
    write_bundle(path, manifest, {one.name: b"" for one in manifest.files}, KEY)
    with pytest.raises(BundleError) as refused:
        read_manifest(path, [KEY.public_key()])
    assert refused.value.code == "wrong_manifest"


def test_versions_sort_as_people_count():
    told = ["0+unknown", "0.9.0", "0.10.0a1", "0.10.0rc2", "0.10.0", "1.0.0"]
    assert sorted(sorted(told), key=order_of) == told


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_a_trial_comes_before_its_release(major, minor, patch):
    version = f"{major}.{minor}.{patch}"
    assert order_of(f"{version}rc9") < order_of(version) < order_of(f"{major}.{minor}.{patch + 1}a1")


def test_an_older_python_is_known(made):
    assert runs_on(made[1], (3, 11))
    assert runs_on(made[1], (4, 0))
    assert not runs_on(made[1], (3, 10))
