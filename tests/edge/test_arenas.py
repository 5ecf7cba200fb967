"""A worker's memory does not grow with the number of threads it has ever had."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COUNT = """
    import ctypes, os, re, sys, tempfile, threading
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "malloc_info"):
        sys.exit(77)

    def arenas():
        '''How many arenas glibc has, by its own word (malloc_info(3)).'''
        libc.fdopen.restype = ctypes.c_void_p
        with tempfile.TemporaryFile() as file:
            stream = ctypes.c_void_p(libc.fdopen(os.dup(file.fileno()), b"w"))
            libc.malloc_info(0, stream)
            libc.fclose(stream)
            file.seek(0)
            return len(re.findall(r"<heap nr=", file.read().decode()))

    def at_once(number):
        '''Threads that all live together, each with memory of its own.'''
        everybody = threading.Barrier(number)
        def hold():
            everybody.wait()
            held = [bytes(2000 + size) for size in range(200)]
            everybody.wait()
        threads = [threading.Thread(target=hold) for _ in range(number)]
        [one.start() for one in threads]
        [one.join() for one in threads]
"""
WORKER = """
    from pathlib import Path
    from edge.settings import StoreSettings, WorkerSettings
    from edge.worker import Job, run_worker
    from tests.edge.box_kit import SCENE, ScriptedWatcher
    settings = WorkerSettings(
        data_folder=Path(sys.argv[1]), backend_url="http://127.0.0.1:9", drain_deadline_s=0, stop_deadline_s=1
    )
    store = StoreSettings(endpoint="127.0.0.1:9", access_key="a", secret_key="b")
    run_worker(Job("/no/film.mp4", SCENE, "once", lambda: ScriptedWatcher([])), settings, store)
"""


def arenas(folder: Path, *before: str) -> int:
    words = [textwrap.dedent(part) for part in (COUNT, *before, "at_once(8)\nprint(arenas())")]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(words), str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 77:
        pytest.skip("not glibc")
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split()[-1])


def test_a_workers_threads_share_two_arenas(tmp_path):
    assert arenas(tmp_path) > 2, "eight threads of any other program have more"
    assert arenas(tmp_path, WORKER) <= 2
