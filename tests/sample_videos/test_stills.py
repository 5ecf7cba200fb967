"""Packing rendered pictures with their truth."""

import json

from sample_videos.render import stills


def test_pack_keeps_pictures_with_their_truth(tmp_path):
    source, target = tmp_path / "from", tmp_path / "to"
    for name in ("images", "json"):
        (source / name).mkdir(parents=True)
    for name, condition in (("b", "rain"), ("a", "day"), ("lost", "day")):
        note = {"condition": condition, "objects": [{"text": "Đ"}], "signals": []}
        (source / "json" / f"{name}.json").write_text(json.dumps(note), encoding="utf-8")
    for name in ("a", "b"):
        (source / "images" / f"{name}.jpg").write_bytes(name.encode())
    assert stills.main([str(source), str(target)]) == 0
    truth = json.loads((target / "truth.json").read_text(encoding="utf-8"))
    assert [row["image"] for row in truth["pictures"]] == ["a.jpg", "b.jpg"]
    assert truth["conditions"] == {"day": 1, "rain": 1}
    assert truth["pictures"][1]["objects"] == [{"text": "Đ"}]
    assert (target / "b.jpg").read_bytes() == b"b"
    assert not (target / "lost.jpg").exists()


def test_nothing_to_pack_is_no_success(tmp_path):
    (tmp_path / "json").mkdir()
    assert stills.main([str(tmp_path), str(tmp_path / "to")]) == 1
