"""How calibration and accepted reads are counted."""

import pytest

pytest.importorskip("PIL", reason="drawing plates needs Pillow (extra `train`)")

from benchmarks.plate_trust import Answer, calibration_error, trust


def answer(said: str, confidence: float, accepted: bool = False) -> Answer:
    return Answer("set", "29MĐ112345", said, confidence, accepted)


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([], 0.0),
        ([answer("29MĐ112345", 1.0)] * 4, 0.0),
        ([answer("29MD112345", 0.75)] * 4, 0.25),
        ([answer("29MĐ112345", 0.75)] * 3 + [answer("", 0.75)], 0.0),
        ([answer("29MĐ112345", 0.9), answer("59X112345", 0.5)], 0.3),
    ],
)
def test_calibration_error(answers: list[Answer], error: float) -> None:
    assert calibration_error(answers) == pytest.approx(error)


def test_the_bound_holds_only_where_nothing_was_wrong() -> None:
    right, wrong = answer("29MĐ112345", 0.9, accepted=True), answer("29MĐ112346", 0.9, accepted=True)
    clean, spoiled = trust("set", [right] * 30), trust("set", [right] * 30 + [wrong])
    assert (clean.wrong_accepted, clean.bound) == (0, 0.1)
    assert (spoiled.wrong_accepted, spoiled.bound, spoiled.right) == (1, 1.0, 30)
