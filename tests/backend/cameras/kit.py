"""A small camera file that is right, and a box that speaks of it."""

from __future__ import annotations

import hashlib

from edge.report import sign
from edge.upkeep import Reply
from tests.backend.factories import make_heartbeat

CAMERA = "pnt-01"


def camera_file(*, line_y: float = 60.0, camera_id: str = CAMERA, extra: str = "") -> str:
    """A road 20 m wide and 40 m long in a picture of 160 x 96, its stop line at `line_y`."""
    return f"""schema = "phatnguoi.camera/1"
id = "{camera_id}"
name = "Phạm Ngọc Thạch"
location = "Nút giao Phạm Ngọc Thạch (giả lập)"
picture_size_px = [160, 96]
rules = ["red_light"]

[calibration]
quality = "surveyed"
points = [
  {{ picture_px = [10, 90], road_m = [-10, 0] }},
  {{ picture_px = [150, 90], road_m = [10, 0] }},
  {{ picture_px = [110, 30], road_m = [10, 40] }},
  {{ picture_px = [50, 30], road_m = [-10, 40] }},
]

[road]
direction_m = [0, 1]

[stop_line]
ends_px = [[35, {line_y}], [125, {line_y}]]

[signal]
red = [140, 5, 4, 4]
green = [140, 15, 4, 4]
{extra}"""


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def beat(box, **changes):
    """A heartbeat; the orders that came back."""
    answer = box.send(make_heartbeat(device_id=box.device_id, camera_id=box.camera_id, **changes))
    assert answer.status_code == 200, answer.text
    return answer.json()


def reply(box, ask_id: str, **said):
    message = Reply(device_id=box.device_id, ask_id=ask_id, camera_id=box.camera_id, **said)
    return box.client.post("/v1/devices/replies", content=sign(message, box.key).model_dump_json())
