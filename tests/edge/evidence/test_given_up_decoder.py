"""A decoder that is given up half way ends, however busy its threads are."""

from __future__ import annotations

import multiprocessing
from fractions import Fraction

import av
import numpy as np

from edge.capture.coded import Coding, Packet
from edge.evidence.gop import Decoder

SIZE_PX = 1280, 720
TIMES, WITHIN_S = 8, 60


def noise(pictures: int) -> list[Packet]:
    """Pictures that take long to decode."""
    width, height = SIZE_PX
    coder = av.CodecContext.create("libx264", "w")
    coder.width, coder.height, coder.pix_fmt, coder.time_base = width, height, "yuv420p", Fraction(1, 25)
    coder.options = {"preset": "ultrafast", "crf": "10"}
    dice = np.random.default_rng(1)
    coded = []
    for at in range(pictures):
        image = dice.integers(0, 255, (height * 3 // 2, width), dtype=np.uint8)
        frame = av.VideoFrame.from_ndarray(image, format="yuv420p")
        frame.pts = at
        coded += coder.encode(frame)
    coded += coder.encode(None)
    return [Packet(at, bytes(one), one.pts, one.dts, 1, one.is_keyframe) for at, one in enumerate(coded)]


def give_up_half_way() -> None:
    packets = noise(6)
    coding = Coding("h264", "High", "yuv420p", SIZE_PX, Fraction(1, 25), b"")
    for _ in range(TIMES):
        decoder = Decoder(coding, threads=2)
        for packet in packets[:4]:
            decoder.feed(packet)
        del decoder


def test_a_decoder_given_up_half_way_does_not_stop_the_process():
    """Its threads gave lent bytes back to an interpreter that waited for them: nothing ran any more."""
    process = multiprocessing.get_context("spawn").Process(target=give_up_half_way, daemon=True)
    process.start()
    process.join(WITHIN_S)
    if process.is_alive():
        process.kill()
        process.join()
    assert process.exitcode == 0
