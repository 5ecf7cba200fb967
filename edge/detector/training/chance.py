"""Tossing coins in augmentation."""

import numpy as np


def happens(random: np.random.Generator, share: float) -> bool:
    """True in `share` of the calls, 0 to 1."""
    return bool(random.random() < share)
