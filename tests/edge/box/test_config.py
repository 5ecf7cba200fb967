"""The box file: what is refused and where it says so, and that no password is ever shown."""

from __future__ import annotations

import pytest

from edge.box.config import load_box_file
from edge.settings import SettingsError

GOOD = """\
schema = "phatnguoi.box/1"
name = "Hộp Phạm Ngọc Thạch"
data = "data"
backend = "https://phatnguoi.example"

[worker]
heartbeat_s = 2.0

[[camera]]
id = "pnt-01"
file = "pnt-01.toml"
source = "rtsp://10.0.0.11/live"
user = "box"
password_file = "pnt-01.password"

[[camera]]
id = "pnt-02"
file = "pnt-02.toml"
source = "rtsp://10.0.0.12/live"
"""
SECRET = "mật@khẩu/1"


@pytest.fixture
def box_file(tmp_path):
    def write(text=GOOD):
        path = tmp_path / "box.toml"
        path.write_text(text)
        (tmp_path / "pnt-01.password").write_text(SECRET + "\n")
        return path

    return write


def test_a_good_file(box_file, tmp_path):
    box = load_box_file(box_file())
    assert [one.id for one in box.camera] == ["pnt-01", "pnt-02"]
    assert box.camera[0].file == tmp_path / "pnt-01.toml"
    settings = box.settings("pnt-01")
    assert settings.data_folder == tmp_path / "data" / "pnt-01"
    assert settings.device_folder == tmp_path / "data"
    assert settings.sibling_folders == (tmp_path / "data" / "pnt-02",)
    assert settings.heartbeat_s == 2.0
    assert box.camera_file("pnt-01") == tmp_path / "pnt-01.toml"
    assert box.camera[0].address({}) == "rtsp://box:m%E1%BA%ADt%40kh%E1%BA%A9u%2F1@10.0.0.11/live"
    assert box.camera[1].address({}) == "rtsp://10.0.0.12/live"


WRONG = {
    "no TOML": ('name = "Hộp', 'name = Hộp"', "is not TOML"),
    "unknown field": ("user =", "usr =", ":13: camera[0].usr: is not known"),
    "missing field": ('source = "rtsp://10.0.0.12/live"\n', "", ":16: camera[1].source: is missing"),
    "wrong kind": ("heartbeat_s = 2.0", 'heartbeat_s = "often"', ":7: worker.heartbeat_s: Input should be"),
    "worker's range": (
        "heartbeat_s = 2.0",
        "heartbeat_s = -1",
        ":7: worker.heartbeat_s: Input should be greater",
    ),
    "worker's unknown": ("heartbeat_s = 2.0", "hart = 1", ":7: worker.hart: is not known"),
    "twice the same id": ('id = "pnt-02"', 'id = "pnt-01"', "the id pnt-01 is given twice"),
    "bad id": ('id = "pnt-02"', 'id = "Phạm"', ":17: camera[1].id: String should match"),
    "no camera": (GOOD[GOOD.index("[[camera]]") :], "", "camera: is missing"),
    "password without user": ('user = "box"\n', "", ":9: camera[0]: Value error, user: a password needs"),
    "backend": ("https://phatnguoi.example", "phatnguoi.example", ":4: backend: String should match"),
    "plain http": (
        'user = "box"',
        'user = "box"\nfile_url = "http://a.example/x"',
        ":14: camera[0].file_url: String should",
    ),
    "schema": ("phatnguoi.box/1", "phatnguoi.box/9", ":1: schema: Input should be"),
}


@pytest.mark.parametrize(("before", "after", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_with_line_and_field(box_file, before, after, said):
    assert before in GOOD
    with pytest.raises(SettingsError) as caught:
        load_box_file(box_file(GOOD.replace(before, after)))
    assert said in str(caught.value)
    assert "box.toml" in str(caught.value)


def test_all_that_is_wrong_is_said_at_once(box_file):
    wrong = GOOD.replace("data = ", "dat = ").replace('id = "pnt-02"', "id = 2")
    with pytest.raises(SettingsError) as caught:
        load_box_file(box_file(wrong))
    assert len(str(caught.value).splitlines()) == 3


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('source = "rtsp://10.0.0.12/live"', 'source = ["rtsp://root:HUSH@10.0.0.12/live"]'),
        ('source = "rtsp://10.0.0.12/live"', 'source = "rtsp://root:HUSH@10.0.0.12/live"\nsauce = "HUSH"'),
        ("https://phatnguoi.example", "https://root:HUSH@phatnguoi.example"),
        ('user = "box"\n', 'password_env = "HUSH"\n'),
    ],
)
def test_no_password_is_shown_by_any_error(box_file, before, after):
    with pytest.raises(SettingsError) as caught:
        load_box_file(box_file(GOOD.replace(before, after)))
    shown = str(caught.value) + repr(caught.value) + repr(caught.value.__context__ or "")
    assert "HUSH" not in str(caught.value)
    assert "root:HUSH" not in shown


def test_no_password_is_shown_by_the_file_itself(box_file):
    inline = GOOD.replace("rtsp://10.0.0.12/live", "rtsp://root:HUSH@10.0.0.12/live")
    box = load_box_file(box_file(inline))
    assert "HUSH" not in repr(box) + str(box)
    assert box.camera[1].address({}) == "rtsp://root:HUSH@10.0.0.12/live"


def test_a_password_that_is_not_to_be_had_is_said(box_file, tmp_path):
    box = load_box_file(box_file())
    (tmp_path / "pnt-01.password").unlink()
    with pytest.raises(SettingsError, match=r"camera pnt-01: password_file: .* cannot be read"):
        box.camera[0].address({})
    box = load_box_file(box_file(GOOD.replace('password_file = "pnt-01.password"', 'password_env = "CAM1"')))
    with pytest.raises(SettingsError, match="camera pnt-01: password_env: CAM1 is not set"):
        box.camera[0].address({})
    assert box.camera[0].address({"CAM1": "x"}) == "rtsp://box:x@10.0.0.11/live"


def test_the_store_from_the_file_or_else_from_the_environment(box_file, tmp_path):
    box = load_box_file(box_file())
    environment = {"S3_ENDPOINT": "https://s3.example", "S3_ACCESS_KEY": "a", "S3_SECRET_KEY": "HUSH"}
    assert box.store_settings(environment).endpoint == "s3.example"
    (tmp_path / "s3.key").write_text("HUSH\n")
    section = '[store]\nendpoint = "s3.example"\naccess_key = "a"\nsecret_key_file = "s3.key"\n\n[worker]'
    settings = load_box_file(box_file(GOOD.replace("[worker]", section))).store_settings({})
    assert settings.secret_key.get_secret_value() == "HUSH"
    assert settings.secure
    assert "HUSH" not in repr(settings)
    (tmp_path / "s3.key").unlink()
    with pytest.raises(SettingsError, match=r"store.secret_key_file: .* cannot be read"):
        load_box_file(box_file(GOOD.replace("[worker]", section))).store_settings({})


def test_a_missing_file(tmp_path):
    with pytest.raises(SettingsError, match=r"box.toml: cannot be read"):
        load_box_file(tmp_path / "box.toml")


def test_a_fetched_camera_file_is_kept_in_the_data_folder_and_begun_with(box_file, tmp_path):
    fetched = GOOD.replace('user = "box"', 'user = "box"\nfile_url = "https://a.example/pnt-01.toml"')
    box = load_box_file(box_file(fetched))
    assert box.camera_file("pnt-01") == tmp_path / "pnt-01.toml"
    box.kept_file("pnt-01").parent.mkdir(parents=True)
    box.kept_file("pnt-01").write_text("")
    assert box.camera_file("pnt-01") == tmp_path / "data" / "pnt-01" / "camera.toml"
    assert box.camera_file("pnt-02") == tmp_path / "pnt-02.toml"
