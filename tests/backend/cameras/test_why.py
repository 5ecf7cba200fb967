"""Why a roll-out was stopped is said in the reader's language, from a code and its numbers."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import get_args

import pytest
from pydantic import ValidationError

from backend.cameras.why import Code, Why, not_a_release, not_kept, why_of, words
from backend.operations.words import CONDITION_NAMES
from edge.release_reasons import WORDS as WORDS_OF_BOXES
from edge.release_reasons import Reason
from edge.upkeep import ReleaseFailure

SAID = (
    (
        Why(code="condition", subject="pnt-01", condition="silent", after_s=26),
        "pnt-01: mất liên lạc, 26 giây sau khi nhận",
        "pnt-01: silent, 26 s after taking it over",
    ),
    (
        Why(code="not_taken", subject="pnt-01", within_s=120),
        "pnt-01: không nhận trong 120 giây",
        "pnt-01: not taken over within 120 s",
    ),
    (Why(code="refused", subject="pnt-01"), "pnt-01: hộp từ chối", "pnt-01: refused by the box"),
    (
        Why(code="refused", subject="pnt-01", said="camera.toml:3: road: no {braces}"),
        "pnt-01: hộp từ chối. Hộp báo: “camera.toml:3: road: no {braces}”",
        "pnt-01: refused by the box. The box says: “camera.toml:3: road: no {braces}”",
    ),
    (
        Why(code="not_kept", subject="box-a", said="ended with code 1", after_s=12),
        "box-a: hộp không giữ bản mới, 12 giây sau khi nhận. Hộp báo: “ended with code 1”",
        "box-a: the box did not keep it, 12 s after taking it over. The box says: “ended with code 1”",
    ),
    (
        Why(code="slow", subject="box-a", camera="cam-a", now=3.14, before=12.5, after_s=40),
        "box-a: cam-a: 3.1 hình mỗi giây, trước đó 12.5, 40 giây sau khi nhận",
        "box-a: cam-a: 3.1 pictures a second, 12.5 before, 40 s after taking it over",
    ),
    (
        Why(code="reports_wait", subject="box-a", now=180, before=3),
        "box-a: 180 báo cáo chưa gửi được, trước đó 3",
        "box-a: 180 reports wait, 3 before",
    ),
    (
        Why(code="other_version", subject="box-a", version="0.1.0", after_s=31),
        "box-a: đang chạy 0.1.0, 31 giây sau khi nhận",
        "box-a: runs 0.1.0, 31 s after taking it over",
    ),
    (
        Why(code="no_version", subject="box-a"),
        "box-a: không cho biết đang chạy phiên bản nào",
        "box-a: says nothing of its version",
    ),
    (
        Why(code="not_confirmed", subject="box-a", within_s=300, said="cam-a: was alive and is dark"),
        "box-a: không được xác nhận trong 300 giây. Hộp báo: “cam-a: was alive and is dark”",
        "box-a: not confirmed within 300 s. The box says: “cam-a: was alive and is dark”",
    ),
    (
        Why(code="ended_early", subject="box-a", exit_code=1, ran_s=2),
        "box-a: tự dừng với mã 1 sau 2 giây, trước khi được xác nhận",
        "box-a: ended with code 1 after 2 s, before it was confirmed",
    ),
    (
        Why(code="ended_often", times=5, within_s=60, exit_code=-9),
        "tự dừng 5 lần trong vòng 60 giây sau khi khởi động, mã -9",
        "ended 5 times within 60 s of its start, code -9",
    ),
    (
        Why(code="begun_often", times=3),
        "khởi động 3 lần mà chưa được xác nhận: có thể do mất điện",
        "begun 3 times and never confirmed: was the power cut?",
    ),
    (Why(code="files_gone"), "tệp không còn trên đĩa", "its files are gone from the disk"),
    (
        Why(code="not_begun"),
        "không khởi động được: tệp không còn, hoặc đĩa đầy",
        "it could not be begun: its files are gone, or the disk was full",
    ),
    (
        Why(code="self_test_failed", exit_code=3, said="no vehicle is found"),
        "tự kiểm tra không đạt, mã 3. Hộp báo: “no vehicle is found”",
        "its self-test failed with code 3. The box says: “no vehicle is found”",
    ),
    (
        Why(code="self_test_slow", within_s=600),
        "tự kiểm tra không xong trong 600 giây",
        "its self-test did not end within 600 s",
    ),
    (
        Why(code="not_here", subject="box-a", wanted="9.0.0"),
        "box-a: 9.0.0 không còn trên hộp, và không có gì để tải về",
        "box-a: 9.0.0 is not on this box any more, and nothing is known to fetch",
    ),
    (
        Why(code="older", wanted="0.0.9", found="0.1.0"),
        "0.0.9 cũ hơn 0.1.0, bản được cài sẵn trên hộp",
        "0.0.9 is older than 0.1.0, which this box was installed with",
    ),
    (
        Why(code="other_release", wanted="9.0.0", found="9.0.1"),
        "tệp nhận được là bản 9.0.1, bản được yêu cầu là 9.0.0",
        "the bundle is 9.0.1, ordered was 9.0.0",
    ),
    (
        Why(code="other_outbox", wanted="2", found="1"),
        "hàng chờ gửi của bản này có dạng 2, trên hộp là 1: báo cáo sẽ mất",
        "its outbox has format 2, the one here 1: reports would be lost",
    ),
    (
        Why(code="needs_python", wanted="3.14", found="3.12.1"),
        "bản này cần Python 3.14, hộp có 3.12.1",
        "it needs Python 3.14, this box has 3.12.1",
    ),
    (
        Why(code="calls_itself", wanted="9.0.0", found="[]"),
        "bản này tự xưng là [], bản được yêu cầu là 9.0.0",
        "it calls itself [], ordered was 9.0.0",
    ),
    (
        Why(code="not_a_bundle"),
        "tệp này không phải là bản phát hành (zip có manifest.json)",
        "this file is no release (a zip with a manifest.json)",
    ),
    (
        Why(code="part_missing", name="manifest.sig"),
        "tệp này không phải là bản phát hành: thiếu manifest.sig",
        "this file is no release: manifest.sig is missing",
    ),
    (
        Why(code="bad_signature"),
        "chữ ký của bản phát hành không đúng, hoặc khóa ký không được tin cậy ở đây",
        "the release is not signed by a key that is trusted here",
    ),
    (
        Why(code="wrong_manifest", times=2),
        "chương trình này không đọc được bản kê: 2 lỗi",
        "the manifest cannot be read by this program: 2 faults",
    ),
    (
        Why(code="other_files"),
        "bản phát hành bị hỏng hoặc bị sửa: có tệp ngoài bản kê hoặc thiếu tệp",
        "the release is damaged or was changed: its files are not those that its manifest names",
    ),
    (
        Why(code="part_changed", name="edge/{cli}.py"),
        "bản phát hành bị hỏng hoặc bị sửa: edge/{cli}.py không đúng như khi ký",
        "the release is damaged or was changed: edge/{cli}.py is not what was signed",
    ),
    (
        Why(code="part_unreadable", name="edge/cli.py", said="Bad CRC-32"),
        "bản phát hành bị hỏng hoặc bị sửa: không đọc được edge/cli.py. Hộp báo: “Bad CRC-32”",
        "the release is damaged or was changed: edge/cli.py cannot be read. The box says: “Bad CRC-32”",
    ),
    (
        Why(code="part_too_large", name="manifest.json"),
        "bản phát hành bị hỏng hoặc bị sửa: manifest.json quá lớn",
        "the release is damaged or was changed: manifest.json is too large",
    ),
    (
        Why(code="part_misplaced", name="'../x'"),
        "bản phát hành bị hỏng hoặc bị sửa: '../x' không phải là chỗ trong app/",
        "the release is damaged or was changed: '../x' is no place under app/",
    ),
    (
        Why(code="too_many_files", times=20_003),
        "bản phát hành bị hỏng hoặc bị sửa: 20003 tệp là quá nhiều",
        "the release is damaged or was changed: 20003 files are too many",
    ),
    (
        Why(code="odd_packing"),
        "bản phát hành bị hỏng hoặc bị sửa: nén theo cách mà bản phát hành không dùng",
        "the release is damaged or was changed: packed in a way that releases are not",
    ),
    (Why(code="operator"), "Người vận hành dừng", "Stopped by an operator"),
    (Why(code="sentence", said="cam-a: {} no", said_vi="cam-a: không"), "cam-a: không", "cam-a: {} no"),
    (Why(code="sentence", said="cam-a: no"), "cam-a: no", "cam-a: no"),
)


@pytest.mark.parametrize(("why", "vietnamese", "english"), SAID, ids=lambda one: getattr(one, "code", ""))
def test_a_code_is_told_in_both_languages_and_kept_whole(why, vietnamese, english):
    assert words(why) == (vietnamese, english)
    assert why_of(why.stored) == why


def test_every_code_has_words():
    assert {why.code for why, _, _ in SAID} == set(get_args(Code))


@pytest.mark.parametrize("condition", [*CONDITION_NAMES, "unheard"])
def test_every_condition_has_words(condition):
    vi, en = words(Why(code="condition", condition=condition))
    assert vi
    assert en
    assert condition == "unheard" or vi != en


def test_nothing_is_no_reason_and_an_unknown_code_is_refused():
    assert why_of(None) is None
    assert words(None) == ("", "")
    with pytest.raises(ValidationError):
        why_of({"code": "whatever"})


def told_by_box(why: str, reason: Reason | None) -> ReleaseFailure:
    return ReleaseFailure.model_validate(
        {
            "version": "9.0.0",
            "order_id": None,
            "at": datetime(2026, 11, 28, tzinfo=UTC),
            "why": why,
            "reason": asdict(reason) if reason else None,
        }
    )


def test_a_box_says_a_code_and_one_of_an_older_release_a_sentence():
    early = Reason("ended_early", exit_code=1, ran_s=2)
    assert not_kept(told_by_box(early.words, early)) == Why(code="ended_early", exit_code=1, ran_s=2)
    assert words(not_kept(told_by_box(early.words, early)))[1] == early.words
    assert not_kept(told_by_box(early.words, None)) == Why(code="not_kept", said=early.words)


@pytest.mark.parametrize("code", WORDS_OF_BOXES)
def test_what_a_box_has_a_code_for_the_server_tells_in_the_same_english(code):
    numbers = {"exit_code": 1, "within_s": 60, "ran_s": 2, "times": 3}
    reason = Reason(code, **numbers, wanted="9.0.0", found="0.1.0", name="edge/cli.py")
    why = not_kept(told_by_box(reason.words, reason))
    assert why.code == code
    assert words(why)[1] == reason.words


def test_a_file_that_the_server_refuses_is_told_without_a_box_that_says_it():
    why = not_a_release(Reason("part_unreadable", name="edge/cli.py", said="Bad CRC-32"))
    assert words(why)[1] == "the release is damaged or was changed: edge/cli.py cannot be read"


def test_a_code_of_a_newer_release_is_told_by_its_words():
    failure = told_by_box("it melted", Reason("melted", times=2))
    assert not_kept(failure) == Why(code="not_kept", said="it melted")
    assert not_kept(told_by_box("no", Reason("operator"))).code == "not_kept"  # not a box's to say
