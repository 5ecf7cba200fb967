"""A camera for tests: an RTSP server that plays a few pictures over its TCP line and then hangs up."""

from __future__ import annotations

import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Literal

import av
import numpy as np

SDP = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=test\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:track0\r\n"
)


Mood = Literal["well", "frozen", "silent", "cut"]


class RtspCamera(threading.Thread):
    """Plays `pictures` pictures stamped at `fps` to each caller, `interval_s` apart, then hangs up.

    `mood` may be changed while it plays: one picture again and again, nothing at all, or hanging up at once.
    """

    def __init__(
        self,
        *,
        pictures: int,
        fps: int = 25,
        interval_s: float = 0.02,
        spoil: Callable[[int, bytes], bytes] | None = None,
    ) -> None:
        """`spoil` sees each unit of each picture, by its number, before it is sent.

        Then only each fifth is a key picture; else all are, as no picture is like the one before.
        """
        super().__init__(daemon=True)
        self._server = socket.create_server(("127.0.0.1", 0))
        self._pictures, self._fps, self._interval_s = pictures, fps, interval_s
        self._spoil = spoil
        self.address = f"rtsp://127.0.0.1:{self._server.getsockname()[1]}/live"
        self.calls = 0
        self.mood: Mood = "well"

    def run(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            self.calls += 1
            with line:
                try:
                    self._serve(line)
                except OSError:
                    continue

    def close(self) -> None:
        self._server.close()

    def _serve(self, line: socket.socket) -> None:
        waiting = b""
        while True:
            while b"\r\n\r\n" not in waiting:
                received = line.recv(4096)
                if not received:
                    return
                waiting += received
            request, _, waiting = waiting.partition(b"\r\n\r\n")
            if self._answer(line, request.decode()):
                self._play(line)
                return

    def _answer(self, line: socket.socket, request: str) -> bool:
        """Answer one request; whether it asked to play."""
        method = request.split(maxsplit=1)[0]
        number = re.search(r"CSeq: *(\d+)", request, re.IGNORECASE)
        head = f"RTSP/1.0 200 OK\r\nCSeq: {number.group(1) if number else 0}\r\n"
        replies: dict[str, Callable[[], str]] = {
            "OPTIONS": lambda: "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n\r\n",
            "DESCRIBE": lambda: f"Content-Type: application/sdp\r\nContent-Length: {len(SDP)}\r\n\r\n{SDP}",
            "SETUP": lambda: "Session: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n",
        }
        line.sendall((head + replies.get(method, lambda: "Session: 1\r\n\r\n")()).encode())
        return method == "PLAY"

    def _play(self, line: socket.socket) -> None:
        coder = av.CodecContext.create("libx264", "w")
        coder.width, coder.height, coder.pix_fmt = 96, 64, "yuv420p"
        coder.time_base = Fraction(1, self._fps)
        coder.options = {"tune": "zerolatency", "g": "5", "x264-params": "repeat-headers=1"}
        if self._spoil is not None:
            coder.options |= {"sc_threshold": "0"}
        sequence = shown = 0
        for index in range(self._pictures):
            if self.mood == "cut":
                return
            if self.mood == "silent":
                time.sleep(self._interval_s)
                continue
            shown = shown if self.mood == "frozen" else index
            frame = av.VideoFrame.from_ndarray(
                np.full((64, 96, 3), 60 + shown % 100, np.uint8), format="bgr24"
            )
            frame.pts, frame.time_base = index, coder.time_base
            for packet in coder.encode(frame):
                parts = [part for part in re.split(rb"\x00\x00\x00?\x01", bytes(packet)) if part]
                for place, part in enumerate(parts):
                    last = place == len(parts) - 1
                    sent = self._spoil(index, part) if self._spoil else part
                    self._send(line, sent, sequence, index * 90_000 // self._fps, last=last)
                    sequence += 1
            time.sleep(self._interval_s)

    @staticmethod
    def _send(line: socket.socket, part: bytes, sequence: int, stamp: int, *, last: bool) -> None:
        head = struct.pack(">BBHII", 0x80, 96 | (0x80 if last else 0), sequence & 0xFFFF, stamp, 7)
        line.sendall(b"$\x00" + struct.pack(">H", len(head) + len(part)) + head + part)
