"""Packs rendered pictures into one folder with one truth.json (no Blender).

    python -m sample_videos.render.stills FROM TO

FROM is what `sample_videos.render.training` wrote. The pictures are copied as they are.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any


def pack(source: Path, target: Path) -> dict[str, Any]:
    """Copy the pictures of ``source`` to ``target`` with their truth, one row a picture; return the truth."""
    rows = []
    target.mkdir(parents=True, exist_ok=True)
    for note in sorted((source / "json").glob("*.json")):
        image = source / "images" / f"{note.stem}.jpg"
        if image.is_file():
            shutil.copyfile(image, target / image.name)
            rows.append({"image": image.name, **json.loads(note.read_text(encoding="utf-8"))})
    truth = {"conditions": dict(Counter(row["condition"] for row in rows)), "pictures": rows}
    text = json.dumps(truth, ensure_ascii=False, separators=(",", ":"))
    (target / "truth.json").write_text(text.replace('{"image"', '\n{"image"') + "\n", encoding="utf-8")
    return truth


def main(argv: list[str] | None = None) -> int:
    """Run the command."""
    p = argparse.ArgumentParser(prog="python -m sample_videos.render.stills", description=__doc__)
    p.add_argument("source", type=Path)
    p.add_argument("target", type=Path)
    args = p.parse_args(argv)
    truth = pack(args.source, args.target)
    print(f"{len(truth['pictures'])} pictures: {truth['conditions']}")
    return 0 if truth["pictures"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
