"""Marks read off the stills of the BrnoCompSpeed sessions, px: what the given road distances leave open.

The dashes of one lane line are equally long, and so are the gaps between them; how long is not used. Edge
lines are straight. Both tell how the lens bends.
"""

from __future__ import annotations

from typing import Final

DASHES_PX: Final[dict[str, tuple[tuple[float, float], ...]]] = {
    "session1_center": ((1092, 3.7), (1076, 138.5), (1063, 252), (1018, 605.3), (972, 1005.3)),
}
"""Ends of dashes along one lane line, the far one first; it begins with a gap."""

EDGES_PX: Final[dict[str, tuple[tuple[tuple[float, float], ...], ...]]] = {
    "session1_center": (
        (
            (923.1, 20), (896.4, 80), (869.7, 140), (843.1, 200), (816.6, 260), (790.2, 320), (763.5, 380),
            (736.9, 440), (710.7, 500), (684.5, 560), (658.4, 620), (632.4, 680), (606.3, 740), (580.4, 800),
            (554.4, 860), (528.2, 920),
        ),
        (
            (1261.3, 20), (1273.9, 80), (1286.9, 140), (1299.8, 200), (1312.2, 260), (1324.3, 320),
            (1336.3, 380), (1348.2, 440), (1360.6, 500), (1372.8, 560), (1385.2, 620), (1397.4, 680),
            (1409.6, 740), (1421.7, 800), (1433.7, 860),
        ),
    ),
}  # fmt: skip
"""Middles of painted edge lines, a row each 60 px; those of session 2 are too worn to be followed."""
