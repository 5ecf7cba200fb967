"""Which rendered scenes are never trained on."""

from typing import Final

RENDERS_HELD_OUT: Final[tuple[str, ...]] = ("test_",)
"""Beginnings of the file names."""
