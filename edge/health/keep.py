"""The reference pictures of a camera on disk, so that a camera moved while the box was off is noticed."""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from edge.durable import replace_file
from edge.health.reference import Reference, reference_of

log = logging.getLogger(__name__)


class ReferenceFile:
    """One file for one camera file: marked points that changed mean a new view, and new references."""

    def __init__(self, path: Path, camera_file_sha256: str) -> None:
        self._path = path
        self._view = camera_file_sha256

    def load(self) -> list[Reference]:
        """The references of this view; none where there are none, or they cannot be read."""
        try:
            with np.load(self._path, allow_pickle=False) as kept:
                if str(kept["view"]) != self._view:
                    return []
                return [
                    reference_of(np.asarray(kept[f"luma_{place}"], np.uint8), float(sharpness))
                    for place, sharpness in enumerate(kept["sharpness"])
                ]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            log.warning(
                "reference pictures cannot be read; new ones are learnt", extra={"data": {"why": str(error)}}
            )
            return []

    def save(self, references: Sequence[Reference]) -> None:
        """Keep these. A disk that refuses costs only the comparison after the next start."""
        buffer = io.BytesIO()
        arrays: dict[str, Any] = {f"luma_{place}": one.luma for place, one in enumerate(references)}
        arrays["sharpness"] = np.array([one.sharpness for one in references])
        np.savez_compressed(buffer, view=np.array(self._view), **arrays)
        try:
            replace_file(self._path, buffer.getvalue())
        except OSError as error:
            log.warning("reference pictures cannot be kept", extra={"data": {"why": str(error)}})
