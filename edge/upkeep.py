"""The contract's other half: how a box does, what it is asked to do, and what it answers.

A box says it in its heartbeat; the backend's answer to a heartbeat carries the orders. Neither side may
change a field without a new `schema_id`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from edge.bundle import Version
from edge.report import Message, RuleName, Sha256, Slug, Value

HeartbeatSchema = Literal[
    "phatnguoi.heartbeat/1",
    "phatnguoi.heartbeat/2",
    "phatnguoi.heartbeat/3",
    "phatnguoi.heartbeat/4",
    "phatnguoi.heartbeat/5",
    "phatnguoi.heartbeat/6",
]
HEARTBEAT_SCHEMA: HeartbeatSchema = "phatnguoi.heartbeat/6"
"""What is sent today. A box of the first kind takes no orders: it wants 204 and nothing else; one of the
second kind knows nothing of releases, one of the third nothing of `watched`; up to the fourth a failure
has words only, no `reason`; up to the fifth a refusal has none, and a reason no versions and no file."""

CameraState = Literal[
    "starting", "alive", "stalled", "ended", "failed", "frozen", "moved", "covered", "dark", "clock_stepped"
]
FaultName = Literal["dead", "frozen", "moved", "covered", "dark", "clock_stepped"]
MOST_SPELLS = 32
LONGEST_LOG_LINES = 400
LARGEST_PICTURE_B64 = 3_000_000
MOST_FAILURE_LINES = 40
OrderId = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class FaultSpell(Value):
    """A stretch of wall clock in which a camera proved nothing; still going on without `ended_at`."""

    fault: FaultName
    began_at: AwareDatetime
    ended_at: AwareDatetime | None = None


class ClockReading(Value):
    """The host's clock against its time service; `offset_s` and `uncertainty_s` as the service tells them."""

    offset_s: float
    uncertainty_s: float
    synchronised: bool


class CameraStatus(Value):
    """How one camera does, as its box sees it.

    `camera_file_sha256`: the file in force. `refused_sha256`, `refused_why`: the file that was offered last
    and not taken, with line and field. `pace_level`: work shed, 0 none to 3. `spells`: the latest.
    """

    camera_id: Slug
    name: str
    state: CameraState
    detail: str = ""
    fps: Annotated[float, Field(ge=0)]
    frames_total: Annotated[int, Field(ge=0)]
    last_frame_at: AwareDatetime | None
    signal_state: str | None = None
    vehicles_total: Annotated[int, Field(ge=0)] = 0
    violations_total: Annotated[int, Field(ge=0)] = 0
    withheld_total: Annotated[int, Field(ge=0)] = 0
    thumbnail_jpeg_b64: str | None = None
    camera_file_sha256: Sha256 | None = None
    refused_sha256: Sha256 | None = None
    refused_why: Annotated[str, Field(max_length=8000)] = ""
    calibrated_on: date | None = None
    certified_until: date | None = None
    rules: tuple[RuleName, ...] = ()
    pace_level: Annotated[int, Field(ge=0, le=9)] = 0
    withheld_codes: dict[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    spells: Annotated[tuple[FaultSpell, ...], Field(max_length=MOST_SPELLS)] = ()


class ReleaseReason(Value):
    """Why a release was not kept, as a code that the backend tells in the reader's language.

    A code that it does not know yet is told by the words beside it. `wanted`, `found`: versions or formats.
    `name`: a file of the release. `said`: what the release said of it.
    """

    code: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
    exit_code: int | None = None
    within_s: Annotated[int, Field(ge=0)] | None = None
    ran_s: Annotated[int, Field(ge=0)] | None = None
    times: Annotated[int, Field(ge=0)] | None = None
    wanted: Annotated[str, Field(max_length=300)] = ""
    found: Annotated[str, Field(max_length=300)] = ""
    name: Annotated[str, Field(max_length=400)] = ""
    said: Annotated[str, Field(max_length=2000)] = ""


class ReleaseFailure(Value):
    """A release that a box did not keep: it was refused, did not pass its test, or fell ill on trial.

    `log_lines`: the last it said, without passwords and keys.
    """

    version: str
    order_id: OrderId | None
    at: AwareDatetime
    why: Annotated[str, Field(max_length=2000)]
    reason: ReleaseReason | None = None
    log_lines: Annotated[tuple[str, ...], Field(max_length=MOST_FAILURE_LINES)] = ()


class ReleaseState(Value):
    """Which version of the software a box runs, and how it stands with the one it was asked to take.

    `base`: what the box was installed with and can always go back to. `confirmed`: the running version has
    shown that it is well; until then the box goes back by itself. `selftest_s`: how long the test took that
    the running version passed before it was begun. `trouble`: why the wanted one is not there yet.
    """

    running: str
    confirmed: bool
    base: str
    previous: str | None = None
    since: AwareDatetime | None = None
    selftest_s: Annotated[float, Field(ge=0)] | None = None
    phase: Literal["idle", "fetching", "testing", "trial"] = "idle"
    trouble: Annotated[str, Field(max_length=2000)] = ""
    failure: ReleaseFailure | None = None


class Heartbeat(Message):
    """How a box and one or more of its cameras do. `release`: None where the box takes no releases."""

    schema_id: HeartbeatSchema = HEARTBEAT_SCHEMA
    software_version: str
    sent_at: AwareDatetime
    outbox_waiting: Annotated[int, Field(ge=0)]
    outbox_oldest_s: Annotated[float, Field(ge=0)] | None = None
    disk_free_bytes: Annotated[int, Field(ge=0)] | None = None
    clock: ClockReading | None = None
    release: ReleaseState | None = None
    cameras: tuple[CameraStatus, ...]


class Ask(Value):
    """One thing an operator wants of one camera's process.

    `view`: the newest picture whole, the camera file in force and where vehicles went lately. `logs`: the
    last lines. `rehearse`: what the rules would make of those vehicles under `camera_file`, which stays a
    proposal.
    """

    id: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")]
    camera_id: Slug
    kind: Literal["view", "logs", "rehearse"]
    camera_file: Annotated[str, Field(max_length=262_144)] = ""


class ReleaseOrder(Value):
    """The version that a box is wanted to run. Without `sha256` it is one that the box has on its disk.

    `order_id` names the roll-out: what failed under one is not tried again before there is another.
    """

    order_id: OrderId
    version: Version
    sha256: Sha256 | None = None
    size_bytes: Annotated[int, Field(gt=0)] | None = None


class Orders(Value):
    """What the backend answers to a heartbeat: the camera files it holds, by hash, and what it asks.

    `watched`: cameras that somebody looks at now; their heartbeats, which bring the picture, come oftener.
    """

    camera_files: dict[Slug, Sha256] = Field(default_factory=dict)
    asks: tuple[Ask, ...] = ()
    release: ReleaseOrder | None = None
    watched: tuple[Slug, ...] | None = None


class PathSeen(Value):
    """Where one vehicle's foot went in the picture: [t_s, x_px, y_px] each. No plate, no picture."""

    track: int
    kind: str
    points: tuple[tuple[float, float, float], ...]


class RehearsedFinding(Value):
    """What a rule would have said of one vehicle. `code`: why it would be withheld; empty for a violation."""

    rule: RuleName
    track: int
    kind: str
    t_event_s: float
    code: str = ""
    vi: str = ""
    en: str = ""


class Rehearsal(Value):
    """A camera file tried on what was seen lately.

    `crossed`: tracks that went over its stop line. `unheard`: rules that cannot be tried this way, which look
    at riders or at lamps that were not read.
    """

    tracks: int
    seconds: float
    crossed: tuple[int, ...] = ()
    findings: tuple[RehearsedFinding, ...] = ()
    unheard: tuple[RuleName, ...] = ()


class FileFault(Value):
    """One thing that is wrong in a camera file."""

    line: int | None = None
    field: str = ""
    message: str


class Reply(Message):
    """A box's answer to one ask. `trouble`: why it could not be done, in both languages."""

    schema_id: Literal["phatnguoi.reply/1"] = "phatnguoi.reply/1"
    ask_id: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")]
    camera_id: Slug
    trouble: Annotated[str, Field(max_length=8000)] = ""
    picture_jpeg_b64: Annotated[str, Field(max_length=LARGEST_PICTURE_B64)] | None = None
    camera_file: Annotated[str, Field(max_length=262_144)] | None = None
    paths: tuple[PathSeen, ...] = ()
    log_lines: Annotated[tuple[str, ...], Field(max_length=LONGEST_LOG_LINES)] = ()
    faults: tuple[FileFault, ...] = ()
    rehearsal: Rehearsal | None = None
