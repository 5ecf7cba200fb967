from __future__ import annotations

from typing import get_args

from penalty.documents.forms import FORMS, of_measure
from penalty.enforcement import MeasureCode, measures


def test_each_measure_has_its_article_and_a_form_that_nobody_confirmed() -> None:
    found = measures()
    assert tuple(found) == get_args(MeasureCode)
    assert len({one.form for one in found.values()}) == len(found)
    for one in found.values():
        assert one.article.startswith("LHAV Art.86.2.")
        assert one.form in {f"MQĐ{number:02}" for number in range(7, 13)}  # those of enforcement, as read
        assert one.form_confidence == "unconfirmed"
        note = of_measure(one.form, one.form_confidence).note_vi
        assert note == f"Mẫu thử nghiệm, có thể là {one.form} (chờ xác nhận)"
    assert FORMS["CT"].number == "MQĐ07-MQĐ12"
