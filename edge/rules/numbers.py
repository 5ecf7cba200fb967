"""Figures in the sentences that people read."""

from __future__ import annotations


def vi(value: float, digits: int = 1) -> str:
    """As Vietnamese writes it, with a decimal comma: 1.74 is "1,7"."""
    return f"{value:.{digits}f}".replace(".", ",")
