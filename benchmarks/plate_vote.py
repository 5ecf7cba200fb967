"""What a vote over the looks of a track is worth against the best single look.

    python -m benchmarks.plate_vote [--tracks 200] [--fonts FOLDER] [--json]

Tracks are drawn: one plate each, three to twelve looks that grow, with blur, light and noise of their own.
Their fonts should be ones that the reader was not trained on (FOLDER); without a folder the system's are
used. A single look is the one with the highest confidence, or the nearest one. To be accepted, a single look
must be legal and sure in every character, the vote as `edge.detector.plates.combine` demands.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from edge.detector.plate_grammar import canonical, is_legal
from edge.detector.plate_reader import PlateReader
from edge.detector.plates import CHARACTER_FLOOR, combine
from edge.detector.registry import default_models
from edge.detector.training.drawn_tracks import DrawnTrack, drawn_tracks
from edge.detector.training.synthetic_plates import font_files
from edge.detector.types import Box, PlateRead

SEED: Final = 2026


@dataclass(frozen=True, slots=True)
class VoteScore:
    """Counts over tracks: right texts, accepted ones, and those accepted that are wrong."""

    light: str
    tracks: int
    looks: int
    any_look_right: int
    nearest_right: int
    single_right: int
    single_accepted: int
    single_wrong: int
    vote_right: int
    vote_accepted: int
    vote_wrong: int


def score(light: str, tracks: Sequence[tuple[str, list[PlateRead]]]) -> VoteScore:
    """Count what single looks and votes make of `tracks`: true text and looks."""
    singles = [(text, max(reads, key=lambda read: read.confidence)) for text, reads in tracks]
    votes = [(text, combine(reads)) for text, reads in tracks]
    sure = [(text, one) for text, one in singles if one.confidence >= CHARACTER_FLOOR and is_legal(one.text)]
    accepted = [(text, vote) for text, vote in votes if vote.accepted]
    return VoteScore(
        light=light,
        tracks=len(tracks),
        looks=sum(len(reads) for _, reads in tracks),
        any_look_right=sum(any(_same(text, read.text) for read in reads) for text, reads in tracks),
        nearest_right=sum(_same(text, reads[-1].text) for text, reads in tracks),
        single_right=sum(_same(text, one.text) for text, one in singles),
        single_accepted=len(sure),
        single_wrong=sum(not _same(text, one.text) for text, one in sure),
        vote_right=sum(_same(text, vote.text) for text, vote in votes),
        vote_accepted=len(accepted),
        vote_wrong=sum(not _same(text, vote.text) for text, vote in accepted),
    )


def look_at(reader: PlateReader, track: DrawnTrack) -> tuple[str, list[PlateRead]]:
    """The true text of a track and what the reader makes of each look."""
    reads = [
        reader.read_plate(crop, Box(0, 0, crop.shape[1], crop.shape[0]).expanded(-0.03))
        for crop in track.crops
    ]
    return track.plate.text, reads


def _same(true: str, said: str | None) -> bool:
    return said is not None and canonical(said) == canonical(true)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--tracks", type=int, default=200)
    parser.add_argument("--fonts", type=Path)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    models = default_models()
    reader = PlateReader(models.plate_finder.path, models.plate_reader.path)
    fonts = font_files(chosen.fonts)[len(font_files()) if chosen.fonts else 0 :]
    scores = [
        score(
            light,
            [
                look_at(reader, track)
                for track in drawn_tracks(fonts, SEED, chosen.tracks, dark=light == "night")
            ],
        )
        for light in ("mixed", "night")
    ]
    if chosen.json:
        print(json.dumps([asdict(one) for one in scores]))
    else:
        _print(scores)


def _print(scores: Sequence[VoteScore]) -> None:
    heads = ("nearest look right", "surest look right", "vote right", "vote accepted", "accepted and wrong")
    table = Table("light", "tracks", *heads)
    for one in scores:
        shares = (one.nearest_right, one.single_right, one.vote_right, one.vote_accepted)
        wrong = f"{one.vote_wrong} (single look: {one.single_wrong} of {one.single_accepted})"
        table.add_row(
            one.light, str(one.tracks), *(f"{hits / max(one.tracks, 1):.1%}" for hits in shares), wrong
        )
    Console().print(table)


if __name__ == "__main__":
    main()
