"""An operator sets up a camera by drawing, publishes, goes back; sees faults, boxes, the map and alerts."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest

from backend.alerts import service as alerts
from edge.report import ACTS_OF_RULE, sign
from edge.upkeep import (
    ClockReading,
    FaultSpell,
    PathSeen,
    Rehearsal,
    RehearsedFinding,
    ReleaseFailure,
    ReleaseReason,
    ReleaseState,
    Reply,
)
from tests.backend.factories import Box, make_heartbeat
from tests.journeys.axe import assert_accessible
from tests.journeys.conftest import DESKTOP, PHONE, RELEASES, _bytes, sign_in, street, street_jpeg, wait_until
from tests.release_kit import bundle

pytestmark = pytest.mark.browser

CAMERA = "pnt-01"
FILE = """schema = "phatnguoi.camera/1"
id = "pnt-01"
name = "Phạm Ngọc Thạch"
location = "Nút giao Phạm Ngọc Thạch (giả lập)"
picture_size_px = [960, 540]
rules = ["red_light"]

[calibration]
quality = "surveyed"
points = [
  { picture_px = [34, 432], road_m = [-7, 0] },
  { picture_px = [926, 432], road_m = [7, 0] },
  { picture_px = [653, 205], road_m = [7, 35] },
  { picture_px = [307, 205], road_m = [-7, 35] },
]

[road]
direction_m = [0, 1]

[[road.lanes]]
name = "1"
polygon_px = [[480, 205], [653, 205], [926, 432], [480, 432]]

[stop_line]
ends_px = [[115, 389], [845, 389]]

[signal]
red = [831, 76, 27, 27]
green = [831, 160, 27, 27]
"""
"""Of the junction that `street` draws."""


FINDING = RehearsedFinding(
    rule="red_light",
    track=4,
    kind="motorbike",
    t_event_s=2.1,
    vi="Vượt vạch dừng khi đèn đỏ đã sáng 2,1 giây.",
    en="Crossed 2.1 s into red.",
)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def in_days(days: int) -> date:
    return datetime.now(UTC).date() + timedelta(days=days)


def paths() -> tuple[PathSeen, ...]:
    """Six vehicles that drove straight up the road, 2 m apart."""
    found = []
    for number in range(6):
        lane = -5 + 2 * number
        steps = [(n / 2, n / 12) for n in range(13)]
        points = [(t, 480 + lane * (63.7 - 39 * far), 432 - 227 * far) for t, far in steps]
        found.append(PathSeen(track=number + 1, kind="motorbike", points=tuple(points)))
    return tuple(found)


@dataclass
class RoadBox:
    """A box beside the drawn junction: it takes what it is offered and answers what it is asked."""

    box: Box
    running: str = FILE
    certified_until: date = field(default_factory=lambda: in_days(300))

    def beat(self, **changes) -> None:
        values = {
            "thumbnail_jpeg_b64": street_jpeg(),
            "camera_file_sha256": sha256(self.running),
            "rules": ("red_light",),
            "calibrated_on": in_days(-200),
            "certified_until": self.certified_until,
            "clock": ClockReading(offset_s=0.0021, uncertainty_s=0.004, synchronised=True),
            "disk_free_bytes": 81_000_000_000,
        }
        answer = self.box.send(make_heartbeat(**values | changes))
        assert answer.status_code == 200, answer.text
        for ask in answer.json()["asks"]:
            self._answer(ask)

    def beat_until(self, shown) -> None:
        """Beat as a box does, again and again, until this stands on the page."""

        def beaten() -> int:
            self.beat()
            return shown.count()

        wait_until(beaten, what="the box's answer on the page")

    def _answer(self, ask: dict) -> None:
        said: dict = {}
        if ask["kind"] == "view":
            picture = base64.b64encode(_bytes(street("camera", 0.4))).decode()
            said = {"picture_jpeg_b64": picture, "camera_file": self.running, "paths": paths()}
        elif ask["kind"] == "logs":
            said = {
                "log_lines": ('{"at": "2026-11-27T07:00:00.000+00:00", "message": "camera file taken over"}',)
            }
        else:
            said = {"rehearsal": Rehearsal(tracks=6, seconds=36, crossed=(1, 4), findings=(FINDING,))}
        reply = Reply(device_id=self.box.device_id, ask_id=ask["id"], camera_id=CAMERA, **said)
        body = sign(reply, self.box.key).model_dump_json()
        assert self.box.client.post("/v1/devices/replies", content=body).status_code == 204

    def take_file(self) -> None:
        """As a box does: fetch what the backend holds; here from its table."""
        with self.box.services.database.unit_of_work() as session:
            from backend.cameras import files

            found = files.wanted(session, CAMERA)
            assert found is not None
            self.running = found.content


@pytest.fixture
def road(live):
    road = RoadBox(live.box)
    ill = datetime.now(UTC) - timedelta(days=2, hours=5, minutes=23)  # no journey reports from then
    road.beat(spells=(FaultSpell(fault="covered", began_at=ill, ended_at=ill + timedelta(minutes=4)),))
    return road


@pytest.fixture
def desk(browser, live):
    with browser.new_context(viewport=DESKTOP, locale="vi-VN") as context:
        page = context.new_page()
        page.clock.install()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
        sign_in(page, live, "dieuhanh")
        page.wait_for_url("**/dieu-hanh")
        yield page
        assert faults == []


def test_an_operator_draws_publishes_and_goes_back(live, road, desk, shoot):
    desk.goto(f"{live.url}/dieu-hanh")
    assert_accessible(desk)
    desk.get_by_role("link", name="Phạm Ngọc Thạch").first.click()
    shoot(desk, "operator-2-camera")
    assert_accessible(desk)
    desk.get_by_role("link", name="Thiết lập camera").click()
    desk.wait_for_url("**/thiet-lap")
    desk.get_by_text("Chúng tự hiện ra ở đây").wait_for()
    assert desk.locator(".field-error, .notice.error, .notice.warn").locator("visible=true").count() == 0
    shoot(desk, "operator-3-set-up-waits")
    road.beat_until(desk.locator("[data-paths] path").nth(5))
    desk.locator("[data-choose]").select_option(label="Vạch dừng")
    first = desk.locator(".handle").first
    first.focus()
    for _ in range(3):
        desk.keyboard.press("Shift+ArrowUp")
    written = desk.locator("#content")
    wait_until(lambda: "[115, 359]" in written.input_value(), what="the text to follow the drawing")
    handle = desk.locator(".handle").nth(1).bounding_box()
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    desk.mouse.move(x, y)
    desk.mouse.down()
    desk.mouse.move(x, y - 20, steps=4)
    desk.mouse.up()
    wait_until(lambda: "[845, 389]" not in written.input_value(), what="the text to follow the drawing")
    shoot(desk, "operator-3-set-up")
    assert_accessible(desk)
    desk.locator("[data-rehearse]").click()
    desk.get_by_text("đang chờ").first.wait_for()
    road.beat_until(desk.get_by_text("Vượt vạch dừng khi đèn đỏ"))
    shoot(desk, "operator-4-tried")
    desk.locator("#note").fill("Dời vạch dừng theo vạch sơn mới")
    desk.locator("button[value=publish]").click()
    desk.wait_for_url("**/trien-khai/**")
    shoot(desk, "operator-5-roll-out")
    assert_accessible(desk)
    road.take_file()
    road.beat()
    renewed(desk)
    desk.get_by_text("Hộp đã nhận, đang theo dõi").wait_for()
    desk.get_by_role("button", name="Dừng").click()
    road.take_file()
    assert road.running == FILE
    road.beat()
    desk.goto(f"{live.url}/dieu-hanh/may-quay/{CAMERA}/phien-ban/2?lang=en")
    shoot(desk, "operator-6-version")
    assert_accessible(desk)


def test_an_operator_watches_boxes_map_and_alerts_on_a_phone_too(live, road, desk, shoot, tmp_path):
    with live.services.database.unit_of_work() as session:
        from backend.cameras.files import setup_of

        setup = setup_of(session, CAMERA)
        setup.latitude_deg, setup.longitude_deg = 10.9804, 106.6519
    for rule in ("wrong_way", "lane_line", "u_turn", "stopping", "parking", "emergency_lane", "no_entry"):
        live.report(rule=rule, act=min(ACTS_OF_RULE[rule]))  # the table of the week has a column for each
    road.certified_until = in_days(5)
    road.beat()
    with live.services.database.unit_of_work() as session:
        alerts.look(session, live.services.settings, datetime.now(UTC))
    pages = (
        "",
        "/ban-do",
        "/hop",
        f"/hop/{live.box.device_id}",
        "/canh-bao",
        f"/may-quay/{CAMERA}",
        f"/may-quay/{CAMERA}/thiet-lap",
    )
    for size, viewport, lang in (("desktop", DESKTOP, "vi"), ("phone", PHONE, "en")):
        desk.set_viewport_size(viewport)
        for number, path in enumerate(pages):
            if viewport is DESKTOP and path.endswith(("thiet-lap", CAMERA)):
                continue  # the other journey looks at them
            desk.goto(f"{live.url}/dieu-hanh{path}?lang={lang}")
            if path.endswith("thiet-lap"):
                road.beat()
                desk.locator("[data-paths] path").nth(5).wait_for(state="attached")
            if path == "/ban-do":
                desk.locator(".map-mark a").get_by_text("Phạm Ngọc Thạch").wait_for()
            shoot(desk, f"operator-7-{number}-{size}")
            assert_accessible(desk)
            if path.endswith(CAMERA):
                watches_it_move(live, road, desk)
    goes_to_a_camera_by_keys_on_the_map(live, desk)
    desk.goto(f"{live.url}/dieu-hanh/canh-bao?lang=vi")
    desk.get_by_label("Ghi chú").first.fill("Đã hẹn kiểm định ngày 30")
    desk.get_by_role("button", name="Tôi nhận xử lý").first.click()
    desk.get_by_text("Đã hẹn kiểm định ngày 30").wait_for()
    desk.goto(f"{live.url}/dieu-hanh/hop/{live.box.device_id}")
    desk.get_by_role("button", name="Hỏi các dòng cuối").click()
    road.beat()
    renewed(desk)
    desk.get_by_text("camera file taken over").wait_for()
    rolls_out_a_release(live, road, desk, shoot, tmp_path)


def renewed(desk) -> None:
    """Five seconds later on the page's own clock, when it looks again by itself."""
    desk.clock.fast_forward(5_000)


def watches_it_move(live, road, desk) -> None:
    desk.get_by_role("button", name="Watch it move Phạm Ngọc Thạch").click()
    wait_until(lambda: len(live.watchers) == 1, what="the stream to begin")
    heard = live.box.send(make_heartbeat(thumbnail_jpeg_b64=street_jpeg())).json()
    assert heard["watched"] == [CAMERA]
    shown = desk.locator("[data-watching] img")
    wait_until(lambda: shown.evaluate("image => image.naturalWidth") == 320, what="the moving picture")
    desk.goto(f"{live.url}/dieu-hanh")
    wait_until(lambda: len(live.watchers) == 0, what="the stream to end with the page")


def goes_to_a_camera_by_keys_on_the_map(live, desk) -> None:
    desk.goto(f"{live.url}/dieu-hanh/ban-do")
    region = desk.get_by_role("region", name="Map of cameras")
    region.focus()
    mark = desk.locator(".map-mark a").first
    before = mark.bounding_box()
    desk.keyboard.press("+")
    wait_until(lambda: mark.bounding_box() != before, what="the map to come closer")
    desk.get_by_role("button", name="Show all").press("Enter")
    region.focus()
    desk.keyboard.press("Tab")
    assert mark.evaluate("link => link === document.activeElement")
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    assert desk.url.endswith(f"/may-quay/{CAMERA}")


def rolls_out_a_release(live, road, desk, shoot, folder) -> None:
    base = {"base": "0.1.0", "confirmed": True}
    road.beat(release=ReleaseState(running="0.1.0", **base))
    bundle(folder / "9.0.0.zip", RELEASES, "9.0.0", files={"edge/x/vehicles.onnx": b"weights" * 3000})
    page = f"{live.url}/dieu-hanh/phan-mem"
    desk.set_viewport_size(DESKTOP)
    desk.goto(page)
    desk.get_by_label("Tệp đã ký").set_input_files(folder / "9.0.0.zip")
    with desk.expect_navigation():
        desk.get_by_role("button", name="Ban hành").click()
    shoot(desk, "operator-8-release")
    assert_accessible(desk)
    desk.get_by_label("Lý do").fill("Đọc biển số đêm tốt hơn")
    with desk.expect_navigation():
        desk.get_by_role("button", name="Bắt đầu triển khai").click()
    desk.get_by_text("Đã gửi, chờ hộp nhận").wait_for()
    failure = ReleaseFailure(
        version="8.9.0",
        order_id=None,
        at=datetime.now(UTC),
        why="the release is damaged or was changed: edge/cli.py is not what was signed",
        reason=ReleaseReason(code="part_changed", name="edge/cli.py"),
    )
    state = ReleaseState(
        running="9.0.0",
        previous="0.1.0",
        since=datetime.now(UTC),
        selftest_s=6.2,
        failure=failure,
        **base,
    )
    road.beat(release=state, software_version="9.0.0")
    renewed(desk)
    desk.get_by_text("Hộp đã nhận, đang theo dõi").wait_for()
    shoot(desk, "operator-8-release-roll-out")
    assert_accessible(desk)
    roll_out = desk.url
    with desk.expect_navigation():
        desk.get_by_role("button", name="Tạm dừng").click()
    desk.set_viewport_size(PHONE)
    box = f"{live.url}/dieu-hanh/hop/{live.box.device_id}"
    for number, address in enumerate((page, f"{page}/9.0.0", roll_out, box)):
        desk.goto(f"{address}?lang=en")
        shoot(desk, f"operator-8-release-phone-{number}")
        assert_accessible(desk)
    desk.goto(f"{roll_out}?lang=vi")
    desk.on("dialog", lambda asked: asked.accept())
    with desk.expect_navigation():
        desk.get_by_role("button", name="Quay lại bản cũ").click()
    desk.get_by_text("Đã quay lại bản cũ").wait_for()
