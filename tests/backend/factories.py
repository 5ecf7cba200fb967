"""A camera box for tests: it enrols, makes evidence, signs, uploads and reports as a real one does."""

from __future__ import annotations

import hashlib
import io
import uuid
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image, ImageDraw

from backend.accounts import service
from backend.accounts.guards import COOKIE
from backend.accounts.models import Account
from backend.accounts.service import NewAccount, create_account
from backend.database import utc_now
from backend.dossiers.models import Dossier
from backend.portal.entry import Entry, group_of
from backend.services import Services
from edge.report import (
    MANIFEST_NAME,
    EvidenceFile,
    Frames,
    Measure,
    Model,
    Plate,
    PlateLook,
    Reason,
    Scene,
    Signed,
    Times,
    TrackPoint,
    Vehicle,
    ViolationReport,
    manifest_bytes,
    object_key,
    public_key_b64,
    sign,
)
from edge.upkeep import CameraStatus, Heartbeat
from penalty import plates

PASSWORD = "mat-khau-thu-nghiem"
PICTURES = (
    "still_before",
    "still_at",
    "still_after",
    "masked_before",
    "masked_at",
    "masked_after",
    "drawing",
)
MP4_STUB = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(600)


@cache
def picture(text: str, size: tuple[int, int] = (320, 180), *, format_: str = "JPEG") -> bytes:
    """A small picture that says what it is."""
    image = Image.new("RGB", size, (58, 74, 88))
    ImageDraw.Draw(image).text((8, 8), text, fill=(255, 255, 255))
    buffer = io.BytesIO()
    image.save(buffer, format_)
    return buffer.getvalue()


@dataclass
class Box:
    """A camera box with its key. `send` and friends go through the HTTP client given."""

    client: object
    services: Services
    device_id: str = "box-test-01"
    camera_id: str = "pnt-01"
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    def enrol(self):
        return self.client.post(
            "/v1/devices",
            json={
                "device_id": self.device_id,
                "name": "Hộp camera thử nghiệm",
                "public_key": public_key_b64(self.key),
                "software_version": "0.1.0",
            },
        )

    def approve(self) -> None:
        """As an operator does, without the screen."""
        from backend.accounts.models import Account
        from backend.intake.devices import decide

        with self.services.database.unit_of_work() as session:
            operator = session.query(Account).filter_by(username="dieuhanh").one_or_none()
            if operator is None:
                operator = make_account(session, "dieuhanh", "operator")
            decide(session, self.device_id, approve=True, operator=operator, now=datetime.now(UTC))

    def ready(self) -> Box:
        self.enrol()
        self.approve()
        return self

    def upload(self, report: ViolationReport, contents: dict[str, bytes]) -> None:
        for file in report.files:
            self.services.store.put(
                self.services.settings.s3_bucket, file.object_key, contents[file.role], file.media_type
            )
        manifest = manifest_bytes(sign(report, self.key))
        self.services.store.put(
            self.services.settings.s3_bucket, manifest_key(report), manifest, "application/json"
        )

    def send(self, message: ViolationReport | Heartbeat | Signed):
        signed = message if isinstance(message, Signed) else sign(message, self.key)
        path = "/v1/heartbeats" if "sent_at" in signed.payload else "/v1/violations"
        return self.client.post(
            path, content=signed.model_dump_json(), headers={"content-type": "application/json"}
        )

    def report_violation(self, **changes) -> str:
        """Upload and report one violation; returns its id in the backend."""
        report, contents = make_report(device_id=self.device_id, camera_id=self.camera_id, **changes)
        self.upload(report, contents)
        answer = self.send(report)
        assert answer.status_code == 201, answer.text
        return answer.json()["violation_id"]


def manifest_key(report: ViolationReport) -> str:
    """Where the signed list lies, beside the files."""
    return object_key(report.scene.camera_id, report.times.event_at, report.report_id, MANIFEST_NAME)


def _scene(camera_id: str) -> Scene:
    return Scene(
        camera_id=camera_id,
        name="Phạm Ngọc Thạch – Võ Văn Tần",
        location="Nút giao Phạm Ngọc Thạch (giả lập)",
        camera_file_sha256="c" * 64,
        speed_limit_kmh=50,
    )


def _times(event_at: datetime) -> Times:
    return Times(
        t_start_s=11.2,
        t_event_s=12.6,
        t_end_s=14.1,
        event_at=event_at,
        clock_source="host",
        clock_offset_s=0.012,
        clock_uncertainty_s=0.05,
    )


_TRACK = tuple(
    TrackPoint(t_s=11.2 + i / 10, x_m=1.5, y_m=20 - i * 0.9, box_px=(400 + i, 200 + i, 500 + i, 330 + i))
    for i in range(20)
)


_FRAMES = Frames(
    still_before=(280, 11.2),
    still_at=(315, 12.6),
    still_after=(352, 14.1),
    clip=tuple((number, number / 25) for number in range(240, 390)),
)


def make_report(
    *,
    device_id: str = "box-test-01",
    camera_id: str = "pnt-01",
    rule: str = "red_light",
    act: str | None = None,
    kind: str = "motorbike",
    plate: str | None = "59X112345",
    event_at: datetime | None = None,
    report_id: str | None = None,
    contents: dict[str, bytes] | None = None,
    **changes: object,
) -> tuple[ViolationReport, dict[str, bytes]]:
    """A report as the edge makes it, and the bytes of its files by role."""
    event_at = event_at or datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=3)
    report_id = report_id or str(uuid.uuid4())
    contents = contents or _contents(rule, plate)
    speeding = rule == "speeding"
    values: dict[str, object] = {
        "report_id": report_id,
        "device_id": device_id,
        "software_version": "0.1.0",
        "scene": _scene(camera_id),
        "rule": rule,
        "act": act or ("speed_10_20" if speeding else "red_light"),
        "vehicle": Vehicle(kind=kind, confidence=0.94, track=7, box_px=(410, 220, 520, 360)),
        "plate": _plate(plate, kind) if plate else None,
        "times": _times(event_at),
        "measures": _measures(speeding),
        "reasons": _reasons(speeding),
        "track": _TRACK,
        "models": (Model(name="vehicles", version="1", sha256="a" * 64),),
        "files": tuple(
            _file(camera_id, event_at, report_id, role, content) for role, content in contents.items()
        ),
        "frames": _FRAMES,
    }
    return ViolationReport(**{**values, **changes}), contents


def _plate(text: str, kind: str) -> Plate:
    return Plate(
        text=text,
        display=plates.display(text, vehicle_kind=kind),
        confidence=0.97,
        layout="two_line" if kind == "motorbike" else "one_line",
        ground_colour="white",
        looks=tuple(PlateLook(frame=150 + i, t_s=12 + i / 12.5, text=text, confidence=0.9) for i in range(4)),
    )


def _measures(speeding: bool) -> tuple[Measure, ...]:
    if speeding:
        return (Measure(name="speed", value=67.4, unit="km/h", lower_95=64.9, upper_95=69.9, limit=50),)
    return (
        Measure(name="red_before_entry", value=2.4, unit="s", lower_95=2.3, upper_95=2.5, limit=0),
        Measure(name="past_line", value=6.8, unit="m", lower_95=6.3, upper_95=7.3),
    )


def _reasons(speeding: bool) -> tuple[Reason, ...]:
    if speeding:
        return (
            Reason(
                vi="Tốc độ đo được ít nhất 64,9 km/h ở nơi giới hạn 50 km/h.",
                en="Measured at 64.9 km/h at the least, where the limit is 50 km/h.",
            ),
        )
    return (
        Reason(
            vi="Đèn đã đỏ 2,4 giây khi bánh trước qua vạch dừng.",
            en="The light had been red for 2.4 s when the vehicle crossed the stop line.",
        ),
        Reason(
            vi="Xe không dừng sau vạch mà đi tiếp qua nút giao.",
            en="The vehicle did not stop past the line; it went on through the junction.",
        ),
    )


def _contents(rule: str, plate: str | None) -> dict[str, bytes]:
    contents = {role: picture(f"{rule} {role}") for role in PICTURES}
    contents |= {"clip": MP4_STUB, "masked_clip": MP4_STUB + b"masked"}
    if plate:
        contents["plate_crop"] = picture(plate, (96, 64), format_="PNG")
    return contents


def _file(camera_id: str, event_at: datetime, report_id: str, role: str, content: bytes) -> EvidenceFile:
    suffix, media_type = {
        "clip": ("mp4", "video/mp4"),
        "masked_clip": ("mp4", "video/mp4"),
        "plate_crop": ("png", "image/png"),
    }.get(role, ("jpg", "image/jpeg"))
    name = f"{role}.{suffix}"
    return EvidenceFile(
        role=role,
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        media_type=media_type,
        object_key=object_key(camera_id, event_at, report_id, name),
    )


def make_heartbeat(device_id: str = "box-test-01", camera_id: str = "pnt-01", **changes: object) -> Heartbeat:
    camera = {
        "camera_id": camera_id,
        "name": "Phạm Ngọc Thạch",
        "state": "alive",
        "fps": 12.5,
        "frames_total": 1200,
        "last_frame_at": datetime.now(UTC),
        "signal_state": "red",
        "vehicles_total": 40,
        "violations_total": 2,
        "withheld_total": 3,
    }
    values = {
        "device_id": device_id,
        "software_version": "0.1.0",
        "sent_at": datetime.now(UTC),
        "outbox_waiting": 0,
    }
    camera.update({name: changes.pop(name) for name in list(changes) if name in CameraStatus.model_fields})
    return Heartbeat(**{**values, **changes}, cameras=(CameraStatus(**camera),))


# Who signs up to which maximum of a band, by the law's table in force.
_OFFICES = {
    7_500_000: "officer",
    22_500_000: "team_chief",
    37_500_000: "commune_chief",
    60_000_000: "division_head",
}


def entry_of(dossier: Dossier, secret: str) -> dict[str, str]:
    """What its notice says, as the form takes it."""
    return asdict(Entry(dossier.plate, dossier.notice_number, secret, group_of(dossier.vehicle_kind)))


def make_account(
    session, username: str, *roles: str, signing_limit_vnd: int = 0, areas: tuple[str, ...] = ("*",)
):
    """A member of staff holding the office whose power this is; everybody's password is PASSWORD."""
    new = NewAccount(
        username=username,
        full_name=f"CÁN BỘ THỬ NGHIỆM {username.upper()}",
        roles=roles,
        position=_OFFICES[signing_limit_vnd] if signing_limit_vnd else None,
        areas=areas,
    )
    return create_account(session, new, password=PASSWORD)


def sign_in(client, username: str) -> str:
    """Signs the client in; returns the CSRF token and sets it for all later requests of this client."""
    answer = client.post("/v1/sessions", json={"username": username, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    token = answer.json()["csrf_token"]
    client.headers["X-CSRF-Token"] = token
    return token


def signed_in(client, services: Services, session, account: Account) -> None:
    """Leaves the client as `sign_in` does, without the request: thousands of tests begin with it."""
    opened = service._open_session(
        session,
        services.settings,
        account,
        browser=service.Browser("testclient", "testclient"),
        now=utc_now(),
        method="password",
    )
    assert opened.stage == "full"
    client.cookies.set(COOKIE, opened.token, domain="testserver.local")
    client.headers["X-CSRF-Token"] = opened.csrf_token
