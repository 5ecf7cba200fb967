"""Real RTSP servers for tests, where they are installed, and a wire between that can be cut or held."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

SERVER = Path(__file__).with_name("gst_server.py")
NEEDS = (
    "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import Gst, GstRtspServer; "
    "Gst.init(None); need = {words!r}.split(); raise SystemExit(not all(map(Gst.ElementFactory.find, need)))"
)
ELEMENTS = {"h264": "x264enc rtph264pay videotestsrc", "h265": "x265enc h265parse rtph265pay videotestsrc"}
PACKAGES = (
    "python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good "
    "gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly"
)


@lru_cache
def system_python(coder: str) -> str | None:
    """A Python that has GStreamer's RTSP server and what this coder needs; None where there is none."""
    for candidate in ("/usr/bin/python3", shutil.which("python3") or ""):
        words = [candidate, "-W", "ignore", "-c", NEEDS.format(words=ELEMENTS[coder])]
        if candidate and subprocess.run(words, check=False, capture_output=True).returncode == 0:
            return candidate
    return None


class Server:
    """One server; `say` a command of `gst_server.py` to it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.port = int(process.stdout.readline())

    @property
    def address(self) -> str:
        return f"rtsp://127.0.0.1:{self.port}/live"

    def say(self, words: str) -> None:
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()


@contextmanager
def serving(coder: str, *more: str) -> Iterator[Server]:
    """A server that plays a test picture in this coding."""
    python = system_python(coder)
    assert python is not None
    process = subprocess.Popen(
        [python, "-W", "ignore", str(SERVER), coder, *more],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield Server(process)
    finally:
        process.kill()
        process.wait()


class Wire:
    """Passes bytes between a caller and a server's port. `cut` breaks all lines, `held` passes nothing on."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self._lines: list[socket.socket] = []
        self._flows = threading.Event()
        self._flows.set()
        self.calls = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        return f"rtsp://127.0.0.1:{self._server.getsockname()[1]}/live"

    def hold(self) -> None:
        self._flows.clear()

    def let_go(self) -> None:
        self._flows.set()

    def cut(self) -> None:
        lines, self._lines = self._lines, []
        for line in lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()

    def close(self) -> None:
        self._server.close()
        self.let_go()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._server.accept()
                far = socket.create_connection(("127.0.0.1", self._port))
            except OSError:
                return
            self.calls += 1
            self._lines += [near, far]
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(source, target), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while content := source.recv(65536):
                self._flows.wait()
                target.sendall(content)
        except OSError:
            pass
        for line in (source, target):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
