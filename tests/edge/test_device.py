from __future__ import annotations

import multiprocessing
import subprocess
import sys

import pytest

from edge.device import KEY_FILE, DeviceError, load_or_create, lock_folder


def test_the_key_is_made_once_and_only_its_owner_can_read_it(tmp_path):
    folder = tmp_path / "new" / "data"
    first = load_or_create(folder, "Hộp thử")
    assert (folder / KEY_FILE).stat().st_mode & 0o777 == 0o600
    again = load_or_create(folder, "Hộp thử")
    assert (first.device_id, first.public_key_b64) == (again.device_id, again.public_key_b64)
    assert first.device_id.startswith("box-")
    assert [path.name for path in folder.iterdir()] == [KEY_FILE]


def test_two_boxes_are_two_boxes(tmp_path):
    assert load_or_create(tmp_path / "a", "x").device_id != load_or_create(tmp_path / "b", "x").device_id


def _make(folder, answers):
    answers.put(load_or_create(folder, "x").device_id)


def test_processes_racing_for_the_first_start_agree_on_one_key(tmp_path):
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    racers = [context.Process(target=_make, args=(tmp_path, answers)) for _ in range(6)]
    for racer in racers:
        racer.start()
    ids = {answers.get(timeout=10) for _ in racers}
    for racer in racers:
        racer.join(10)
    assert len(ids) == 1


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.chmod(0o644), "chmod 600"),
        (lambda path: path.write_text("not a key"), "not a readable key"),
    ],
)
def test_an_unusable_key_is_said_in_words_and_never_replaced(tmp_path, spoil, words):
    load_or_create(tmp_path, "x")
    spoil(tmp_path / KEY_FILE)
    content = (tmp_path / KEY_FILE).read_bytes()
    with pytest.raises(DeviceError, match=words):
        load_or_create(tmp_path, "x")
    assert (tmp_path / KEY_FILE).read_bytes() == content


def test_one_worker_a_folder_and_the_lock_dies_with_its_process(tmp_path):
    code = (
        "import sys, time, pathlib; from edge.device import lock_folder;"
        "lock = lock_folder(pathlib.Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(DeviceError, match="another worker"):
        lock_folder(tmp_path)
    holder.kill()
    holder.wait()
    holder.stdout.close()
    lock_folder(tmp_path).close()
