"""The maps' library is the published one, and another is refused."""

from __future__ import annotations

import pytest

from scripts import leaflet


def test_the_files_are_as_published():
    assert leaflet.faults() == []
    assert f"Leaflet {leaflet.VERSION}," in (leaflet.FOLDER / "leaflet.js").read_text(encoding="utf-8")
    assert (leaflet.FOLDER / "LICENSE").read_text(encoding="utf-8").startswith("BSD 2-Clause License")


def test_changed_and_missing_files_are_named(tmp_path):
    (tmp_path / "leaflet.js").write_text("alert(1)")
    changed, *missing = leaflet.faults(tmp_path)
    assert changed == f"{tmp_path / 'leaflet.js'}: not the file of leaflet {leaflet.VERSION}"
    assert [line.endswith(": missing") for line in missing] == [True, True]


def test_another_package_is_not_unpacked(tmp_path):
    package = tmp_path / "leaflet.tgz"
    package.write_bytes(b"another")
    with pytest.raises(RuntimeError, match="expected 84c65a25"):
        leaflet.unpack(package, tmp_path / "there")
    assert not (tmp_path / "there").exists()
