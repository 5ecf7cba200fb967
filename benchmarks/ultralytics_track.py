"""One row of `edge_throughput`: Ultralytics' own `model.track`, run by a Python that has it.

    python ultralytics_track.py WEIGHTS VIDEO THREADS

Prints one line of JSON: frames, seconds of wall and of processor, without the time to load and warm up.
"""

from __future__ import annotations

import json
import os
import sys
import time

_WARM_UP = 5


def main(weights: str, video: str, threads: str) -> None:
    """Track the whole video with Ultralytics' defaults, at the size the weights were trained for.

    It is kept to as many cores as threads: ONNX Runtime, as Ultralytics opens it, takes all it may.
    """
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(threads)])
    os.environ["OMP_NUM_THREADS"] = threads
    import ultralytics  # noqa: PLC0415 - only after the number of threads is set

    model = ultralytics.YOLO(weights, task="detect")
    count, wall_s, cpu_s = 0, 0.0, 0.0
    results = model.track(source=video, stream=True, imgsz=(384, 640), conf=0.2, verbose=False)
    for count, _ in enumerate(results, start=1):
        if count == _WARM_UP:
            wall_s, cpu_s = time.perf_counter(), time.process_time()
    measured = {
        "frames": count - _WARM_UP,
        "wall_s": time.perf_counter() - wall_s,
        "cpu_s": time.process_time() - cpu_s,
        "version": ultralytics.__version__,
    }
    print(json.dumps(measured))


if __name__ == "__main__":
    main(*sys.argv[1:])
