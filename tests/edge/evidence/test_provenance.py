from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime

import pytest
from cryptography import x509

from edge.device import load_or_create
from edge.evidence import build_pack, load_pack, pictures_of
from edge.evidence.clip import check_same_film
from edge.evidence.provenance import CHAIN_FILE, KEY_FILE, Claim, Provenance, provenance_of, stamp
from edge.evidence.reel import ClipError
from edge.report import public_key_b64
from edge.settings import WorkerSettings
from edge.verify import is_whole, verify_dir
from tests.edge.box_kit import FPS, SCENE, case_at
from tests.edge.film_kit import verify_clip
from tests.edge.test_evidence import filled

c2pa = pytest.importorskip("c2pa", reason="the optional library c2pa-python is not installed")


@pytest.fixture(scope="module")
def box(tmp_path_factory):
    data = tmp_path_factory.mktemp("box")
    return load_or_create(data, "Hộp thử"), WorkerSettings(data_folder=data, backend_url="http://x")


@pytest.fixture(scope="module")
def pack(box, tmp_path_factory):
    device, settings = box
    case = case_at(4.0)
    pictures = pictures_of(case, filled(), before_s=3, after_s=3)
    return build_pack(
        tmp_path_factory.mktemp("evidence"),
        case,
        pictures,
        device=device,
        scene=SCENE,
        event_at=pictures.event_at(4.0),
        provenance=provenance_of(settings, device),
    )


def read(path, media_type, anchor):
    settings = {
        "trust": {"trust_anchors": anchor},
        "verify": {"verify_trust": True, "remote_manifest_fetch": False, "ocsp_fetch": False},
    }
    content = io.BytesIO(path.read_bytes() if hasattr(path, "read_bytes") else path)
    return c2pa.Reader(media_type, content, context=c2pa.Context.from_dict(settings))


def root_of(settings):
    return "-----BEGIN" + (settings.data_folder / CHAIN_FILE).read_text().split("-----BEGIN")[2]


def test_every_file_carries_a_manifest_that_a_c2pa_reader_trusts(box, pack):
    _, settings = box
    assert pack.report.notes == ("clip encoded again: not every frame was kept as the camera sent it",)
    assert all(file.c2pa for file in pack.report.files)
    for file in pack.report.files:
        reader = read(pack.folder / file.name, file.media_type, root_of(settings))
        assert reader.get_validation_state() == "Trusted", file.name
    assert is_whole(verify_dir(pack.folder, box[0].key.public_key()))
    verify_clip(pack.folder / "clip.mp4", [index / FPS for index in range(10, 71)])
    verify_clip(pack.folder / "masked_clip.mp4", [index / FPS for index in range(10, 71)])


def test_the_manifest_says_which_box_camera_picture_and_moment_and_no_place(box, pack):
    device, settings = box
    reader = read(pack.folder / "still_at.jpg", "image/jpeg", root_of(settings))
    manifest = reader.get_active_manifest()
    said = {one["label"].split("__")[0]: one["data"] for one in manifest["assertions"]}
    assert said["org.phatnguoi.capture"] == {
        "camera_id": "cam-thu",
        "report_id": pack.report.report_id,
        "role": "still_at",
        "captured_at": "2026-11-23T05:00:04.000+00:00",
        "first_frame": 40,
        "last_frame": 40,
    }
    (created,) = said["c2pa.actions.v2"]["actions"]
    assert created["action"] == "c2pa.created"
    assert created["digitalSourceType"].endswith("/digitalCapture")
    assert manifest["signature_info"]["common_name"] == device.device_id
    assert "gps" not in json.dumps(reader.json()).lower()


def test_a_masked_copy_says_that_it_was_edited_and_a_drawing_that_it_is_none(box, pack):
    _, settings = box
    kinds = {}
    for name in ("masked_at.jpg", "drawing.jpg", "masked_clip.mp4"):
        media_type = "video/mp4" if name.endswith("mp4") else "image/jpeg"
        manifest = read(pack.folder / name, media_type, root_of(settings)).get_active_manifest()
        actions = next(one["data"]["actions"] for one in manifest["assertions"] if "actions" in one["label"])
        kinds[name] = [one["action"] for one in actions], actions[0]["digitalSourceType"].rsplit("/")[-1]
    assert kinds == {
        "masked_at.jpg": (["c2pa.created", "c2pa.edited"], "digitalCapture"),
        "drawing.jpg": (["c2pa.created"], "dataDrivenMedia"),
        "masked_clip.mp4": (["c2pa.created", "c2pa.edited"], "digitalCapture"),
    }


def test_a_changed_picture_is_told_by_c2pa_alone(box, pack):
    _, settings = box
    content = bytearray((pack.folder / "still_at.jpg").read_bytes())
    content[-200] ^= 1
    assert read(bytes(content), "image/jpeg", root_of(settings)).get_validation_state() == "Invalid"


def test_the_root_is_the_key_that_the_operator_approved(box, pack, tmp_path):
    device, settings = box
    root = x509.load_pem_x509_certificate(root_of(settings).encode())
    assert public_key_b64(root.public_key()) == device.public_key_b64
    assert (settings.data_folder / KEY_FILE).stat().st_mode & 0o077 == 0
    other = load_or_create(tmp_path, "other")
    provenance_of(WorkerSettings(data_folder=tmp_path, backend_url="http://x"), other)
    foreign = "-----BEGIN" + (tmp_path / CHAIN_FILE).read_text().split("-----BEGIN")[2]
    state = read(pack.folder / "still_at.jpg", "image/jpeg", foreign).get_validation_state()
    assert state == "Valid"  # not "Trusted": whole, but nobody vouches for the box


def test_the_credential_is_made_once(box):
    device, settings = box
    before = (settings.data_folder / CHAIN_FILE).read_bytes()
    assert isinstance(provenance_of(settings, device), Provenance)
    assert (settings.data_folder / CHAIN_FILE).read_bytes() == before


# -- nothing of this may stop evidence -----------------------------------------------------------------------


def built(tmp_path, device, provenance):
    pictures = pictures_of(case_at(4.0), filled(), before_s=1, after_s=1)
    event_at = pictures.event_at(4.0)
    return build_pack(
        tmp_path, case_at(4.0), pictures, device=device, scene=SCENE, event_at=event_at, provenance=provenance
    )


def test_without_the_library_evidence_goes_and_says_so(box, tmp_path, monkeypatch):
    device, settings = box
    monkeypatch.setitem(sys.modules, "c2pa", None)
    pack = built(tmp_path, device, provenance_of(settings, device))
    assert not any(file.c2pa for file in pack.report.files)
    assert any("library is not installed" in note for note in pack.report.notes)
    assert load_pack(pack.folder) == pack


def test_with_a_broken_certificate_evidence_goes_and_says_so(box, tmp_path):
    device, settings = box
    for name in ("key.pem", "chain.pem"):
        (tmp_path / name).write_text("nonsense")
    given = settings.model_copy(
        update={"c2pa_key_file": tmp_path / "key.pem", "c2pa_chain_file": tmp_path / "chain.pem"}
    )
    pack = built(tmp_path / "evidence", device, provenance_of(given, device))
    assert not any(file.c2pa for file in pack.report.files)
    assert any(note.startswith("no C2PA in clip") for note in pack.report.notes)
    missing = settings.model_copy(
        update={"c2pa_key_file": tmp_path / "gone", "c2pa_chain_file": tmp_path / "gone"}
    )
    assert "cannot be used" in str(provenance_of(missing, device))


def test_a_signer_that_spoils_a_clip_leaves_the_clip_as_it_was(pack, tmp_path):
    clip = tmp_path / "clip.mp4"
    clip.write_bytes((pack.folder / "masked_clip.mp4").read_bytes())
    whole = clip.read_bytes()

    class Spoiler(Provenance):
        def sign(self, content, media_type, claim):
            return content[: len(content) // 2]

    claim = Claim("clip", pack.report.report_id, "cam-thu", datetime.now(UTC), (10, 70))
    assert "no C2PA in clip" in stamp(clip, "video/mp4", claim, Spoiler(c2pa, "", "", "1"))
    assert clip.read_bytes() == whole


def test_two_films_are_told_apart(pack):
    one, other = ((pack.folder / name).read_bytes() for name in ("clip.mp4", "masked_clip.mp4"))
    check_same_film(one, one)
    with pytest.raises(ClipError, match="changed"):
        check_same_film(one, other)
