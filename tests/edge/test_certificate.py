"""What a camera measures counts only on the days of its certificate."""

from __future__ import annotations

from datetime import date

import pytest

from edge.analysis import Analyser
from edge.analysis_files import Findings
from edge.scene import SceneError, load_scene
from tests.conftest import REPOSITORY
from tests.edge import road_kit as kit
from tests.edge.test_analysis import LAMPS, RED, Stage, driving

PAPER = {
    "number": "KĐ-0042/2026",
    "issued_by": "Viện Đo lường Việt Nam",
    "valid_from": "2026-03-01",
    "valid_to": "2027-02-28",
    "calibrated_on": "2026-02-25",
    "record_sha256": "ab" * 32,
}


@pytest.mark.parametrize(
    ("day", "acts", "codes"),
    [
        (date(2026, 2, 28), {"red_light"}, {"certificate_not_yet_valid"}),
        (date(2026, 3, 1), {"red_light", "speed_over_20"}, set()),
        (date(2027, 2, 28), {"red_light", "speed_over_20"}, set()),
        (date(2027, 3, 1), {"red_light"}, {"certificate_expired"}),
        (None, {"red_light"}, {"certificate_day_unknown"}),
    ],
)
def test_a_speed_counts_on_the_days_of_the_certificate_and_a_red_light_on_all(day, acts, codes):
    vehicles = driving((1, kit.cruise(40, 8.0), -1.7, "car"), (2, kit.cruise(75, 2.0), 1.7, "motorbike"))
    stage = Stage(vehicles, {1: "61A12345", 2: "61B167890"}, RED)
    findings = Findings(kit.road(signal=LAMPS, certificate=PAPER))
    analyser = Analyser(findings.scene, stage, stage, recorder=findings, day=lambda _frame: day)
    events = stage.play(analyser, stage.frames(14)) + analyser.finish()
    assert {event.violation.act for event in events} == acts
    assert {one.code for one in findings.suspicions} == codes
    for one in findings.suspicions:
        assert "kiểm định" in one.reasons[0].vi
        assert one.measures


def test_the_report_carries_the_certificate():
    reported = kit.road(signal=LAMPS, certificate=PAPER).reported().certificate
    assert reported.model_dump(mode="json") == PAPER
    assert kit.road(signal=LAMPS).reported().certificate is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("valid_to = 2026-02-01", "certificate: Value error, valid_to: 2026-02-01 lies before valid_from"),
        ('valid_to = "some day"', "certificate.valid_to"),
        ('valid_to = 2027-02-28\nrecord_sha256 = "abc"', "certificate.record_sha256"),
        ("valid_to = 2027-02-28\nprice = 3", "certificate.price"),
        ("", "certificate.valid_to: Field required"),
    ],
)
def test_a_wrong_certificate_names_its_field(tmp_path, line, words):
    text = (REPOSITORY / "sample_videos/pham_ngoc_thach/camera.toml").read_text()
    section = f'\n[certificate]\nnumber = "1"\nissued_by = "x"\nvalid_from = 2026-03-01\n{line}\n'
    (tmp_path / "camera.toml").write_text(text + section)
    with pytest.raises(SceneError) as error:
        load_scene(tmp_path / "camera.toml")
    assert words in str(error.value)
