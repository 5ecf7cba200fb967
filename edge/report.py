"""The contract between a camera box and the backend: what is said, and how it is signed.

A report is canonical JSON signed with the device's Ed25519 key. `edge.upkeep` is the contract's other half:
how the box does and what it is asked. Neither side may change a field without a new `schema_id`.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Annotated, Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from edge.numbering import follow, gaps_s, missing

ReportSchema = Literal["phatnguoi.report/1", "phatnguoi.report/2", "phatnguoi.report/3"]
REPORT_SCHEMA: ReportSchema = "phatnguoi.report/3"
"""What is made today. Older boxes send the others: the second kind knows no colour of the vehicle, the first
neither that nor masked copies nor numbers."""

VehicleKind = Literal["motorbike", "car", "bus", "truck", "bicycle"]
RuleName = Literal[
    "red_light",
    "speeding",
    "average_speed",
    "wrong_way",
    "wrong_lane",
    "lane_line",
    "no_entry",
    "illegal_turn",
    "u_turn",
    "stopping",
    "parking",
    "emergency_lane",
    "blocking",
    "helmet",
    "passenger_helmet",
    "too_many_riders",
]
FileRole = Literal[
    "still_before",
    "still_at",
    "still_after",
    "plate_crop",
    "clip",
    "masked_before",
    "masked_at",
    "masked_after",
    "masked_clip",
    "drawing",
]
ORIGINALS: frozenset[FileRole] = frozenset({"still_before", "still_at", "still_after", "clip"})
MASKED: frozenset[FileRole] = frozenset({"masked_before", "masked_at", "masked_after", "masked_clip"})
FOR_OWNERS: frozenset[FileRole] = MASKED | {"plate_crop", "drawing"}
"""What anybody but an officer may be shown: nothing in which others than the accused can be made out."""
MANIFEST_NAME = "manifest.json"
GUIDE_NAME = "HUONG-DAN-README.txt"
"""Lies beside the manifest in a downloaded copy and says how to check it; no part of the evidence."""
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{1,63}$")]

_SPEED_ACTS = frozenset({"speed_5_10", "speed_10_20", "speed_over_20", "speed_20_35", "speed_over_35"})
ACTS_OF_RULE: Mapping[RuleName, frozenset[str]] = MappingProxyType(
    {
        "red_light": frozenset({"red_light"}),
        "speeding": _SPEED_ACTS,
        "average_speed": _SPEED_ACTS,
        "wrong_way": frozenset({"wrong_way"}),
        "wrong_lane": frozenset({"wrong_lane"}),
        "lane_line": frozenset({"sign_or_marking"}),
        "no_entry": frozenset({"no_entry", "truck_city_ban"}),
        "illegal_turn": frozenset({"turn_sign"}),
        "u_turn": frozenset({"u_turn_sign", "u_turn"}),
        "stopping": frozenset({"stop_prohibited", "stop_park_prohibited"}),
        "parking": frozenset({"park_prohibited", "stop_park_prohibited"}),
        "emergency_lane": frozenset({"emergency_lane"}),
        "blocking": frozenset({"stop_junction", "stop_prohibited", "stop_park_prohibited"}),
        "helmet": frozenset({"no_helmet_rider"}),
        "passenger_helmet": frozenset({"no_helmet_passenger_by_rider"}),
        "too_many_riders": frozenset({"two_passengers", "three_passengers"}),
    }
)
"""Which acts of the catalogue (fines.csv, column `act`) a rule may accuse of; the backend refuses others."""


class Value(BaseModel):
    """A part of what crosses the border between box and backend."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class EvidenceFile(Value):
    """One file of the evidence, named by what it shows and fixed by its hash."""

    role: FileRole
    name: Annotated[str, Field(pattern=r"^[a-z0-9_.-]{1,80}$")]
    sha256: Sha256
    size_bytes: Annotated[int, Field(gt=0)]
    media_type: Literal["image/jpeg", "image/png", "video/mp4"]
    object_key: Annotated[str, Field(min_length=1, max_length=300)]
    c2pa: bool = False


FrameMark = tuple[Annotated[int, Field(ge=0)], float]
"""A picture's number in the camera's own count, and its stream time in seconds."""


class Frames(Value):
    """Which pictures of the stream the evidence shows, so that one that was taken out leaves a gap.

    `clip` names every picture of the clip, in order; the masked clip has the same ones.
    """

    still_before: FrameMark
    still_at: FrameMark
    still_after: FrameMark
    clip: Annotated[tuple[FrameMark, ...], Field(min_length=2)]

    @model_validator(mode="after")
    def _run_forward(self) -> Frames:
        for name, marks in (
            ("stills", (self.still_before, self.still_at, self.still_after)),
            ("clip", self.clip),
        ):
            if not follow(marks):
                raise ValueError(f"frames: the pictures of the {name} do not follow one another")
        return self

    @property
    def missing(self) -> tuple[int, ...]:
        """Numbers within the clip that no picture of it has: lost or damaged before the box had them."""
        return missing(self.clip)

    @property
    def gaps_s(self) -> tuple[tuple[float, float], ...]:
        """Where the clip shows no picture though it should: from one to the next, seconds of the clip."""
        return gaps_s(self.clip)


class PlateLook(Value):
    """What one frame showed of the plate."""

    frame: Annotated[int, Field(ge=0)]
    t_s: float
    text: str
    confidence: Annotated[float, Field(ge=0, le=1)]


class Plate(Value):
    """The plate agreed over several looks. `text` is canonical: upper-case letters and digits only."""

    text: Annotated[str, Field(pattern=r"^[A-Z0-9]{5,10}$")]
    display: str
    confidence: Annotated[float, Field(ge=0, le=1)]
    layout: Literal["one_line", "two_line"]
    ground_colour: Literal["white", "yellow", "blue", "red", "unknown"]
    looks: tuple[PlateLook, ...]


class Measure(Value):
    """A measured value with its 95 % interval; only the lower bound is ever held against anybody."""

    name: str
    value: float
    unit: str
    lower_95: float
    upper_95: float
    limit: float | None = None


class Reason(Value):
    """One sentence of why, in both languages."""

    vi: str
    en: str


class Times(Value):
    """Stream times in seconds from the first frame, and the event on the wall clock."""

    t_start_s: float
    t_event_s: float
    t_end_s: float
    event_at: AwareDatetime
    clock_source: Literal["camera", "host", "file"]
    clock_offset_s: float
    clock_uncertainty_s: Annotated[float, Field(ge=0)]


class TrackPoint(Value):
    """Where the vehicle's rear contact point stood on the road, and its box in the picture."""

    t_s: float
    x_m: float
    y_m: float
    box_px: tuple[float, float, float, float]


BodyColourName = Literal[
    "white", "grey", "black", "red", "orange", "yellow", "brown", "green", "blue", "unknown"
]
"""Silver is grey: a picture does not tell them apart."""
NoColour = Literal["hidden", "too_small", "dark", "coloured_light", "mixed", "unclear", "looks_differ"]
"""Why no colour is said. `hidden`: a rider or a load covers the paint."""


class BodyColour(Value):
    """The paint of the vehicle as its looks show it: a hint to compare with the registration, no proof.

    `confidence` is the chance that the word is right; `seen_rgb` (#rrggbb) the paint after white balance. Of
    `looks` pictures judged, `agreeing` said this.
    """

    name: BodyColourName
    confidence: Annotated[float, Field(ge=0, le=1)]
    looks: Annotated[int, Field(ge=0)]
    agreeing: Annotated[int, Field(ge=0)]
    seen_rgb: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")] | None = None
    why: NoColour | None = None

    @model_validator(mode="after")
    def _said_or_why(self) -> BodyColour:
        if (self.name == "unknown") != (self.why is not None):
            raise ValueError("colour: give `why` with unknown, and only then")
        if self.agreeing > self.looks:
            raise ValueError("colour: more looks agree than there were")
        return self


class Vehicle(Value):
    kind: VehicleKind
    confidence: Annotated[float, Field(ge=0, le=1)]
    track: int
    box_px: tuple[float, float, float, float]
    colour: BodyColour | None = None


class Model(Value):
    name: str
    version: str
    sha256: Sha256


class Certificate(Value):
    """The paper that lets a camera measure: who verified it, until when, and its calibration."""

    number: Annotated[str, Field(min_length=1, max_length=80)]
    issued_by: Annotated[str, Field(min_length=1, max_length=200)]
    valid_from: date
    valid_to: date
    calibrated_on: date | None = None
    record_sha256: Sha256 | None = None


class Scene(Value):
    """The camera as it was set up when this happened."""

    camera_id: Slug
    name: str
    location: str
    camera_file_sha256: Sha256
    speed_limit_kmh: int | None = None
    certificate: Certificate | None = None


class Message(Value):
    """Whatever a device says and signs."""

    device_id: Slug


class ViolationReport(Message):
    """One violation, with all that proves it. Also the manifest that lies beside the evidence."""

    schema_id: ReportSchema = REPORT_SCHEMA
    report_id: Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    software_version: str
    scene: Scene
    rule: RuleName
    act: str
    vehicle: Vehicle
    plate: Plate | None
    times: Times
    measures: tuple[Measure, ...]
    reasons: tuple[Reason, ...]
    track: tuple[TrackPoint, ...]
    models: tuple[Model, ...]
    files: tuple[EvidenceFile, ...]
    frames: Frames | None = None
    notes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> ViolationReport:
        if not self.times.t_start_s <= self.times.t_event_s <= self.times.t_end_s:
            raise ValueError("times: t_start_s <= t_event_s <= t_end_s must hold")
        roles = [file.role for file in self.files]
        if len(set(roles)) != len(roles):
            raise ValueError("files: each role may appear once")
        whole = ORIGINALS if self.schema_id == "phatnguoi.report/1" else ORIGINALS | MASKED | {"drawing"}
        missing = whole - set(roles)
        if missing:
            raise ValueError(f"files: missing {', '.join(sorted(missing))}")
        if self.vehicle.colour is not None and self.schema_id != "phatnguoi.report/3":
            raise ValueError("vehicle: reports before the third kind know no colour")
        if self.frames is None and self.schema_id != "phatnguoi.report/1":
            raise ValueError("frames: the pictures must be numbered")
        if self.plate is not None and "plate_crop" not in roles:
            raise ValueError("files: a report with a plate needs the plate_crop it was read from")
        return self


class Signed(Value):
    """Any message of a device: the payload as sent, and the signature over its canonical bytes."""

    payload: dict[str, Any]
    device_id: Slug
    signature: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{86}==$")]


def canonical(payload: dict[str, Any]) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces: the bytes that are hashed and signed."""
    return json.dumps(
        payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def manifest_bytes(signed: Signed) -> bytes:
    """The file manifest.json: the signed message in one form only, so that a changed space shows too."""
    text = json.dumps(signed.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, indent=1)
    return (text + "\n").encode()


def payload_sha256(payload: dict[str, Any]) -> str:
    """Hex SHA-256 of the canonical bytes."""
    return hashlib.sha256(canonical(payload)).hexdigest()


def sign(message: Message, key: Ed25519PrivateKey) -> Signed:
    """Sign a message with the device's key."""
    payload = _without_minus_zero(message.model_dump(mode="json"))
    signature = base64.b64encode(key.sign(canonical(payload))).decode()
    return Signed(payload=payload, device_id=message.device_id, signature=signature)


def _without_minus_zero(value: Any) -> Any:
    """The same with 0.0 for -0.0, which databases forget: the signature must hold for what they give back."""
    if isinstance(value, dict):
        return {key: _without_minus_zero(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_without_minus_zero(one) for one in value]
    return 0.0 if isinstance(value, float) and value == 0 else value


def is_signed_by(signed: Signed, public_key: Ed25519PublicKey) -> bool:
    """Whether the payload is exactly what the holder of this key signed."""
    signature = base64.b64decode(signed.signature)
    if base64.b64encode(signature).decode() != signed.signature:  # the last letter has bits nobody reads
        return False
    try:
        public_key.verify(signature, canonical(signed.payload))
    except InvalidSignature:
        return False
    return signed.payload.get("device_id") == signed.device_id


def public_key_b64(key: Ed25519PrivateKey | Ed25519PublicKey) -> str:
    """The raw 32 public bytes in base64, as a device enrols with."""
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return base64.b64encode(public.public_bytes_raw()).decode()


def key_fingerprint(public_key: str) -> str:
    """Short form of a public key (base64), for people to compare: `3f2a-91bc-...`."""
    digest = hashlib.sha256(public_key.encode()).hexdigest()[:16]
    return "-".join(digest[start : start + 4] for start in range(0, 16, 4))


def load_public_key(text_b64: str) -> Ed25519PublicKey:
    """Inverse of `public_key_b64`. Raises ValueError when it is not 32 bytes of base64."""
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text_b64, validate=True))
    except (ValueError, TypeError) as error:
        raise ValueError("public_key: expected 32 raw Ed25519 bytes in base64") from error


def object_key(camera_id: str, event_at: datetime, report_id: str, name: str) -> str:
    """Where a file of a report lies in the bucket: `evidence/<camera>/<yyyy>/<mm>/<dd>/<report>/<name>`."""
    return f"evidence/{camera_id}/{event_at:%Y/%m/%d}/{report_id}/{name}"
