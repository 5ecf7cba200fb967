from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from edge.report import (
    BodyColour,
    EvidenceFile,
    Frames,
    Measure,
    Plate,
    Reason,
    Scene,
    Signed,
    Times,
    TrackPoint,
    Vehicle,
    ViolationReport,
    canonical,
    is_signed_by,
    load_public_key,
    object_key,
    payload_sha256,
    public_key_b64,
    sign,
)

EVENT_AT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
REPORT_ID = "00000000-0000-5000-8000-000000000001"
ORIGINALS = ("still_before", "still_at", "still_after", "clip")
ROLES = ("masked_before", "masked_at", "masked_after", "masked_clip", "drawing", *ORIGINALS)
FRAMES = Frames(still_before=(10, 0.4), still_at=(50, 2.0), still_after=(90, 3.6), clip=((0, 0.0), (1, 0.04)))
RED = BodyColour(name="red", confidence=0.92, looks=3, agreeing=3, seen_rgb="#b02830")
PLATE = Plate(
    text="61A00001", display="61A-000.01", confidence=0.97, layout="two_line", ground_colour="white", looks=()
)


def _file(role: str) -> EvidenceFile:
    name = f"{role}.{'mp4' if role.endswith('clip') else 'jpg'}"
    return EvidenceFile(
        role=role,
        name=name,
        sha256="0" * 64,
        size_bytes=10,
        media_type="video/mp4" if role.endswith("clip") else "image/jpeg",
        object_key=object_key("pnt-01", EVENT_AT, REPORT_ID, name),
    )


def _report(**changes: object) -> ViolationReport:
    values: dict[str, object] = {
        "report_id": REPORT_ID,
        "device_id": "box-01",
        "software_version": "0.1.0",
        "scene": Scene(camera_id="pnt-01", name="Cam", location="Road", camera_file_sha256="1" * 64),
        "rule": "red_light",
        "act": "red_light",
        "vehicle": Vehicle(kind="car", confidence=0.9, track=3, box_px=(1, 2, 3, 4)),
        "plate": None,
        "times": Times(
            t_start_s=1,
            t_event_s=2,
            t_end_s=3,
            event_at=EVENT_AT,
            clock_source="host",
            clock_offset_s=0,
            clock_uncertainty_s=0.05,
        ),
        "measures": (Measure(name="after_red", value=1.5, unit="s", lower_95=1.4, upper_95=1.6),),
        "reasons": (Reason(vi="Vượt đèn đỏ", en="Crossed on red"),),
        "track": (TrackPoint(t_s=1, x_m=0, y_m=0, box_px=(1, 2, 3, 4)),),
        "models": (),
        "files": tuple(_file(role) for role in ROLES),
        "frames": FRAMES,
    }
    return ViolationReport.model_validate(values | changes)


def test_a_signed_report_survives_the_wire_and_verifies() -> None:
    key = Ed25519PrivateKey.generate()
    signed = sign(_report(), key)
    arrived = Signed.model_validate_json(signed.model_dump_json())
    assert is_signed_by(arrived, load_public_key(public_key_b64(key)))
    assert ViolationReport.model_validate(arrived.payload) == _report()
    assert payload_sha256(arrived.payload) == payload_sha256(signed.payload)


def test_a_signed_report_has_no_minus_zero() -> None:
    """PostgreSQL gives 0.0 back for it, and the signature would no longer hold."""
    point = TrackPoint(t_s=1, x_m=-0.0, y_m=round(-0.0001, 3), box_px=(-0.0, 2, 3, 4))
    assert b"-0.0" not in canonical(sign(_report(track=(point,)), Ed25519PrivateKey.generate()).payload)


def _flip(payload: dict[str, object], field: str) -> dict[str, object]:
    return payload | {field: "speeding"}


def test_a_changed_payload_another_key_and_another_device_are_refused() -> None:
    key = Ed25519PrivateKey.generate()
    signed = sign(_report(), key)
    assert not is_signed_by(
        signed.model_copy(update={"payload": _flip(signed.payload, "rule")}), key.public_key()
    )
    assert not is_signed_by(signed, Ed25519PrivateKey.generate().public_key())
    assert not is_signed_by(signed.model_copy(update={"device_id": "box-02"}), key.public_key())


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"files": tuple(_file(role) for role in ROLES[:-1])}, "missing clip"),
        ({"files": tuple(_file(role) for role in ROLES[1:])}, "missing masked_before"),
        ({"frames": None}, "must be numbered"),
        ({"files": tuple(_file(role) for role in (*ROLES, "clip"))}, "each role may appear once"),
        ({"plate": PLATE}, "needs the plate_crop"),
        ({"report_id": "7"}, "report_id"),
        ({"unexpected": 1}, "unexpected"),
    ],
)
def test_a_report_that_is_not_whole_says_what_is_wrong(changes: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        _report(**changes)


def test_a_report_of_the_first_kind_is_still_taken() -> None:
    """A box that was updated may hold reports made before: they were signed as they are."""
    old = {"schema_id": "phatnguoi.report/1", "files": tuple(map(_file, ORIGINALS)), "frames": None}
    assert _report(**old).frames is None


def test_a_report_of_the_second_kind_is_still_taken_and_knows_no_colour() -> None:
    """Boxes are updated one by one: the older ones go on sending what they know."""
    older = _report(schema_id="phatnguoi.report/2")
    assert older.vehicle.colour is None
    painted = older.vehicle.model_copy(update={"colour": RED})
    assert _report(vehicle=painted).vehicle.colour == RED
    with pytest.raises(ValidationError, match="know no colour"):
        _report(schema_id="phatnguoi.report/2", vehicle=painted)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": "unknown"}, "give `why`"),
        ({"why": "dark"}, "give `why`"),
        ({"agreeing": 4}, "more looks agree"),
        ({"seen_rgb": "red"}, "seen_rgb"),
        ({"name": "silver"}, "name"),
    ],
)
def test_a_colour_is_said_or_a_reason_given(changes: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        BodyColour.model_validate(RED.model_dump() | changes)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"clip": ((5, 0.2), (5, 0.3))}, "clip do not follow"),
        ({"clip": ((5, 0.2), (6, 0.2))}, "clip do not follow"),
        ({"clip": ((5, 0.2),)}, "at least 2"),
        ({"still_at": (9, 2.0)}, "stills do not follow"),
    ],
)
def test_pictures_are_numbered_in_sequence(changes: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Frames.model_validate(FRAMES.model_dump() | changes)


def test_a_picture_that_was_taken_out_shows() -> None:
    marks = tuple((number, number / 25) for number in range(100, 160) if number not in {120, 121})
    assert FRAMES.model_copy(update={"clip": marks}).missing == (120, 121)
    assert FRAMES.missing == ()
    assert FRAMES.model_copy(update={"clip": marks}).gaps_s == ((0.76, 0.88),)


def test_a_report_with_its_plate_crop_is_whole() -> None:
    assert _report(plate=PLATE, files=(*map(_file, ROLES), _file("plate_crop"))).plate == PLATE


def test_times_must_be_in_order() -> None:
    times = _report().times.model_dump() | {"t_event_s": 9}
    with pytest.raises(ValidationError, match="t_start_s <= t_event_s"):
        _report(times=times)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), _json, max_size=5))
def test_canonical_bytes_do_not_depend_on_key_order(payload: dict[str, object]) -> None:
    backwards = dict(reversed(list(payload.items())))
    assert canonical(payload) == canonical(backwards)


@pytest.mark.parametrize("text", ["", "not base64!", "AAAA", "é"])
def test_a_bad_public_key_says_what_was_expected(text: str) -> None:
    with pytest.raises(ValueError, match="32 raw Ed25519 bytes"):
        load_public_key(text)
