"""Run what begins an event loop of its own, also where the calling thread has one already."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def apart(work: Callable[[], T]) -> T:
    """The work's result, from a thread of its own."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()
