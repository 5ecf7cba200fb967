"""Why a roll-out was stopped is said in the reader's language, from a code and its numbers."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import get_args

import pytest
from pydantic import ValidationError

from backend.cameras.why import Code, Why, not_kept, why_of, words
from backend.operations.words import CONDITION_NAMES
from edge.release.reasons import Reason
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


def test_a_code_of_a_newer_release_is_told_by_its_words():
    failure = told_by_box("it melted", Reason("melted", times=2))
    assert not_kept(failure) == Why(code="not_kept", said="it melted")
    assert not_kept(told_by_box("no", Reason("operator"))).code == "not_kept"  # not a box's to say
