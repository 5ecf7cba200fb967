"""Another version on its way to a box: cut off, damaged, too large, too old, or failing its test."""

from __future__ import annotations

import hashlib
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.bundle import Contract
from edge.outbox import FORMAT
from edge.release.orders import note_order, read_order, reported
from edge.release.places import app_of
from edge.release.state import State, Trial, begun, change, read_state
from edge.release.updater import DOWNLOADS, Updater
from edge.release_reasons import Reason
from edge.upkeep import ReleaseOrder
from tests.release_kit import SPOKEN, bundle, install, program

KEY = Ed25519PrivateKey.from_private_bytes(b"r" * 32)
ORDER = "0190b2a4-0000-7000-8000-00000000000"
BASE, NEW = "0.1.0", "9.0.0"


class Server:
    """Gives out one file, from any byte on; `cut`: after how many bytes it hangs up, once."""

    def __init__(self) -> None:
        self.content, self.cut, self.asked = b"", 0, []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                wanted = self.headers.get("Range")
                server.asked.append((self.path, wanted))
                first = int(wanted[6:-1]) if wanted else 0
                rest = server.content[first:]
                self.send_response(206 if wanted else 200)
                self.send_header("Content-Length", str(len(rest)))
                if wanted:
                    size = len(server.content)
                    self.send_header("Content-Range", f"bytes {first}-{size - 1}/{size}")
                self.end_headers()
                self.wfile.write(rest[: server.cut] if server.cut else rest)
                server.cut = 0

            def log_message(self, *_words: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


@pytest.fixture
def server():
    server = Server()
    yield server
    server.http.shutdown()
    server.http.server_close()


@pytest.fixture
def box(tmp_path, server, monkeypatch):
    return Box(tmp_path, server, monkeypatch)


class Box:
    def __init__(self, data, server, monkeypatch) -> None:
        self.data, self.folder, self.server = data, data / "releases", server
        self.folder.mkdir()
        self.statuses = {"cam-a": {"pid": 7, "camera": {"state": "alive", "fps": 12.5}}}
        self.free, self.made_way, self.now_s = 10**12, [], 0.0
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join(one for one in sys.path if one))
        self.updater = self.version_that_runs(BASE)

    def version_that_runs(self, version: str) -> Updater:
        return Updater(
            folder=self.folder,
            config=self.data / "box.toml",
            version=version,
            base=BASE,
            keys=(KEY.public_key(),),
            backend=self.server.url,
            signed=lambda _address: {},
            statuses=lambda: self.statuses,
            pids=lambda: {7},
            make_way=lambda: self.made_way.append(True),
            keep_free_bytes=1000,
            steady_for_s=20.0,
            steady=lambda: self.now_s,
            free_bytes=lambda _folder: self.free,
        )

    def order(self, version: str = NEW, deed: str = "runs", number: int = 1, **more) -> bytes:
        """A release is published and ordered."""
        path = self.data / f"{number}.zip"
        files = program(more.pop("calls_itself", version), deed, self.data)
        bundle(
            path, more.pop("key", KEY), version, files={**files, "edge/x.onnx": os.urandom(50_000)}, **more
        )
        content = self.server.content = path.read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        self.told = ReleaseOrder(
            order_id=f"{ORDER}{number}", version=version, sha256=sha256, size_bytes=len(content)
        )
        note_order(self.folder, self.told)
        return content

    @property
    def state(self) -> State:
        return read_state(self.folder)


def test_it_is_fetched_checked_tried_and_makes_way(box):
    box.order()
    box.updater.step()
    trial = box.state.trial
    assert (trial.version, trial.order_id, trial.before_fps) == (NEW, f"{ORDER}1", {"cam-a": 12.5})
    assert trial.selftest_s >= 0
    assert box.made_way == [True]
    assert (app_of(box.folder, NEW) / "edge/cli.py").is_file()
    assert list((box.folder / DOWNLOADS).iterdir()) == []
    said = reported(box.folder, BASE, BASE)
    assert (said.running, said.confirmed, said.phase) == (BASE, True, "trial")
    assert reported(box.folder, NEW, BASE).confirmed is False


def test_what_was_cut_off_goes_on_where_it_was(box):
    content = box.order()
    box.server.cut = 20_000
    box.updater.step()
    assert box.state.trial is None
    assert "RemoteProtocolError" in box.state.trouble or "cut off" in box.state.trouble
    box.updater.step()  # it waits a little before it tries again
    assert len(box.server.asked) == 1
    box.now_s += 6
    box.updater.step()
    assert [wanted for _, wanted in box.server.asked] == [None, "bytes=20000-"]
    assert box.state.trial.version == NEW
    assert len(content) > 40_000


def test_no_network_is_told_and_tried_again(box):
    box.order()
    box.server.http.server_close()
    box.server.http.shutdown()
    box.updater.step()
    assert (box.state.failure, box.state.phase) == (None, "fetching")
    assert "ConnectError" in box.state.trouble


def test_it_never_takes_the_room_of_evidence(box):
    content = box.order()
    box.free = 4 * len(content) + 999
    box.updater.step()
    assert "no room" in box.state.trouble
    assert box.server.asked == []
    box.free, box.now_s = 4 * len(content) + 1000, 6
    box.updater.step()
    assert box.state.trial.version == NEW


def test_what_came_wrong_is_fetched_anew(box):
    content = box.order()
    box.server.content = bytes(len(content))
    box.updater.step()
    assert "not what was ordered" in box.state.trouble
    box.server.content, box.now_s = content, 6
    box.updater.step()
    assert box.state.trial.version == NEW


@pytest.mark.parametrize(
    ("release", "reason"),
    [
        ({"key": Ed25519PrivateKey.from_private_bytes(b"x" * 32)}, Reason("bad_signature")),
        (
            {"contract": SPOKEN.model_copy(update={"outbox": FORMAT + 1})},
            Reason("other_outbox", wanted=str(FORMAT + 1), found=str(FORMAT)),
        ),
        ({"python": "9.9"}, Reason("needs_python", wanted="9.9", found=sys.version.split()[0])),
        ({"version": "0.0.9"}, Reason("older", wanted="0.0.9", found="0.1.0")),
        (
            {"deed": "fails its test"},
            Reason("self_test_failed", exit_code=1, said="no network could be loaded"),
        ),
        ({"calls_itself": "9.0.1"}, Reason("calls_itself", wanted=NEW, found="9.0.1")),
        ({"deed": "says nothing of use"}, Reason("calls_itself", wanted=NEW, found="[]")),
    ],
)
def test_what_may_not_run_is_refused_once_and_the_running_one_stays(box, release, reason):
    box.order(**release)
    box.updater.step()
    failure = box.state.failure
    assert (failure.reason, failure.why) == (reason, reason.words)
    assert (box.state.current, box.state.trial, box.made_way) == ("", None, [])
    asked = len(box.server.asked)
    box.now_s += 10_000
    box.updater.step()
    assert len(box.server.asked) == asked
    said = reported(box.folder, BASE, BASE).failure
    assert said.order_id == f"{ORDER}1"
    assert said.reason.code == reason.code


def test_another_order_tries_the_same_version_again(box):
    box.order(deed="fails its test")
    box.updater.step()
    box.order(number=2)
    change(box.folder, lambda state: state)
    install(box.folder, NEW, program(NEW, "runs", box.data))
    box.updater.step()
    assert box.state.trial.order_id == f"{ORDER}2"


def test_a_version_on_trial_confirms_itself_once_it_has_been_well_for_a_while(box):
    box.order()
    change(box.folder, lambda _: begun(State(), Trial(NEW, f"{ORDER}1", before_fps={"cam-a": 12.5})))
    install(box.folder, NEW, program(NEW, "runs", box.data))
    install(box.folder, "8.0.0", program("8.0.0", "runs", box.data))
    new = box.version_that_runs(NEW)
    new.step()
    assert "has said nothing yet" in box.state.trouble
    well = {"pid": 7, "software_version": NEW, "heartbeats": {"sent": 1}}
    box.statuses = {"cam-a": {**well, "camera": {"state": "alive", "fps": 12.4}}}
    new.step()
    box.now_s = 19
    box.statuses["cam-a"]["camera"]["fps"] = 3.0
    new.step()  # ill again: it counts from the beginning
    box.statuses["cam-a"]["camera"]["fps"] = 12.0
    new.step()
    box.now_s = 38
    new.step()
    assert box.state.trial is not None
    box.now_s = 39
    new.step()
    assert (box.state.current, box.state.previous, box.state.trial) == (NEW, "", None)
    assert not (box.folder / "8.0.0").exists()  # nobody would go back to it
    assert app_of(box.folder, NEW).is_dir()


def test_the_way_back_needs_no_network(box):
    change(box.folder, lambda _: State(current=NEW, previous="8.0.0"))
    install(box.folder, "8.0.0", program("8.0.0", "runs", box.data))
    order = ReleaseOrder(order_id=f"{ORDER}3", version="8.0.0")
    note_order(box.folder, order)
    box.version_that_runs(NEW).step()
    assert box.state.trial.version == "8.0.0"
    assert box.server.asked == []


def test_a_trial_that_could_not_be_begun_is_given_up_by_the_one_that_runs(box):
    change(box.folder, lambda _: begun(State(), Trial(NEW, f"{ORDER}1")))
    box.updater.step()
    assert "could not be begun" in box.state.failure.why


def test_a_version_whose_files_are_gone_is_fetched_again_under_the_next_order(box):
    change(box.folder, lambda _: State(current=NEW, previous="", order_id=f"{ORDER}1"))
    box.order(number=2)
    box.updater.step()
    assert (box.state.current, box.state.failure.why) == ("", "its files are gone from the disk")
    box.updater.step()
    assert box.state.trial.version == NEW


def test_what_a_cut_left_half_unpacked_is_removed_at_the_next_start(box):
    (box.folder / ".staging-9.0.0-1234/app").mkdir(parents=True)
    (box.folder / DOWNLOADS).mkdir()
    (box.folder / DOWNLOADS / "7.0.0-abc.zip.part").write_bytes(b"old")
    box.order()
    kept = box.folder / DOWNLOADS / "9.0.0-abc.zip.part"
    kept.write_bytes(b"goes on")
    box.updater.stop()
    box.updater.start()
    assert sorted(one.name for one in box.folder.iterdir() if one.is_dir()) == [DOWNLOADS]
    assert list((box.folder / DOWNLOADS).iterdir()) == [kept]


def test_a_full_disk_is_waited_for(box, monkeypatch):
    box.order()

    def full(*_words):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("edge.release.updater.unpack", full)
    with pytest.raises(OSError, match="No space"):
        box.updater.step()
    assert not app_of(box.folder, NEW).exists()
    assert (box.state.current, box.state.trial) == ("", None)


def test_what_nobody_foresaw_is_told_too(box, monkeypatch):
    box.order()
    monkeypatch.setattr("edge.release.updater._LOOK_EVERY_S", 0.01)
    box.updater.signed = lambda _address: {}["no such key"]
    box.updater.start()
    until_s = time.monotonic() + 10
    while not box.state.trouble and time.monotonic() < until_s:
        time.sleep(0.01)
    box.updater.stop()
    assert box.state.trouble == "KeyError('no such key')"


def test_no_switch_loses_cases_that_wait_for_the_disk(box):
    box.order()
    box.statuses["cam-a"]["events"] = {"disk_trouble": "cannot write evidence: 12 bytes free"}
    box.updater.step()
    assert box.state.trouble == "cam-a: cannot write evidence: 12 bytes free"
    assert (box.state.trial, box.made_way) == (None, [])
    box.statuses["cam-a"]["events"]["disk_trouble"], box.now_s, box.free = "", 6, 999
    box.updater.step()
    assert "no room" in box.state.trouble
    box.free, box.now_s = 1000, 60
    box.updater.step()
    assert box.state.trial.version == NEW


def test_a_way_back_does_not_wait_for_the_disk_for_ever(box, monkeypatch):
    change(box.folder, lambda _: State(current=NEW, previous=""))
    install(box.folder, NEW, program(NEW, "runs", box.data))
    note_order(box.folder, ReleaseOrder(order_id=f"{ORDER}3", version=BASE))
    box.statuses["cam-a"]["events"] = {"disk_trouble": "cannot write evidence: TypeError"}
    updater = box.version_that_runs(NEW)
    monkeypatch.setattr(Updater, "_self_test", lambda _self, _version: 0.1)
    updater.step()
    assert box.state.trial is None
    box.now_s = 901
    updater.step()
    assert (box.state.trial.version, box.made_way) == ("", [True])


@pytest.mark.parametrize("moment", ["free_bytes", "pids"])
def test_an_order_that_is_withdrawn_meanwhile_is_not_begun(box, moment):
    box.order()
    asked = getattr(box.updater, moment)

    def withdrawn(*words):
        note_order(box.folder, ReleaseOrder(order_id=f"{ORDER}2", version=BASE))
        return asked(*words)

    setattr(box.updater, moment, withdrawn)
    box.updater.step()
    assert (box.state.trial, box.state.failure, box.state.phase, box.made_way) == (None, None, "idle", [])


def test_an_order_is_written_once_and_a_silent_backend_changes_nothing(box):
    box.order()
    written = (box.folder / "order.json").stat().st_mtime_ns
    note_order(box.folder, box.told)
    note_order(box.folder, None)
    assert (box.folder / "order.json").stat().st_mtime_ns == written
    assert read_order(box.folder) == box.told


def test_the_contract_is_what_this_version_speaks():
    from edge.release.contract import SPOKEN as SPEAKS

    assert isinstance(SPEAKS, Contract)
    assert SPEAKS == SPOKEN
