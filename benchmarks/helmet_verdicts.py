"""Whom the helmet rule would accuse on labelled pictures, were every look of a track like this one.

    python -m benchmarks.helmet_verdicts FIELD

FIELD is the folder of the labelled pictures (docs/models/heads.md). The looks of a track are wrong
in the same way again; so each picture is taken for a whole track of looks like it, which is the worst case.
The limits were chosen on the first two sets (never trained on); those of the other cameras only tell.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from benchmarks.riders import held_out
from edge.detector.errors import DetectorError
from edge.detector.images import read_image
from edge.detector.look import open_riders
from edge.detector.registry import default_models
from edge.detector.rider_look import RiderLook
from edge.detector.training.head_data import RiderCrop
from edge.rules.rider_evidence import FEWEST_LOOKS, RiderCase, all_bare, bareness, rider_case, share_measure
from edge.rules.types import RiderSighting

_BARE: Final = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One picture: what it truly shows and whether the rule would accuse its rider."""

    crop: RiderCrop
    case: RiderCase | None

    @property
    def accused(self) -> bool:
        """Whether the rider would be accused of riding without."""
        case = self.case
        return case is not None and case.people is not None and bareness(all_bare(case)) == "bare"

    @property
    def rider_may_be_covered(self) -> bool:
        """Whether somebody on it wears a helmet, as far as the labels tell."""
        labels = {head.label for head in self.crop.heads}
        return self.crop.verdict == "helmet" or (bool(labels) and labels != {_BARE})


def row_of(crop: RiderCrop, look: RiderLook) -> Row:
    """What the rule makes of a track whose every look is this one."""
    looks = [RiderSighting(index, index / 2, look) for index in range(FEWEST_LOOKS)]
    return Row(crop, rider_case(looks))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line a set; the exit status is 1 where there is nothing to measure with."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("field", type=Path)
    options = parser.parse_args(arguments)
    try:
        riders = open_riders(default_models(), engine="onnxruntime")
        if riders is None:
            print("there is no heads.onnx among the models", file=sys.stderr)
            return 1
        table = Table("set", "covered", "near", "accused", "bare", "near", "accused", title="riders")
        for source, crops in held_out(options.field).items():
            judged = [one for one in crops if one.verdict != "unknown"]
            rows = [row_of(one, riders.look(read_image(one.picture), one.motorbike)) for one in judged]
            table.add_row(source, *_counts(rows))
        Console().print(table)
    except DetectorError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _counts(rows: Sequence[Row]) -> list[str]:
    cells = []
    for wanted in (True, False):
        those = [one for one in rows if one.rider_may_be_covered is wanted]
        accused = sum(one.accused for one in those)
        share = share_measure("accused", accused, len(those)) if those else None
        bound = f" ({share.lower_95:.1f} to {share.upper_95:.1f} %)" if share else ""
        near = sum(one.case is not None for one in those)
        cells += [str(len(those)), str(near), f"{accused}{bound}"]
    return cells


if __name__ == "__main__":
    sys.exit(main())
