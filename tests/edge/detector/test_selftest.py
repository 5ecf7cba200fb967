import time

import numpy as np
import pytest

from edge.detector.selftest import BOX_LIMIT_PX, Apart, agree, difference, picture_for, run_trials

COLUMNS = np.zeros((1, 10, 84), np.float32)


def moved(*, box_px: float = 0.0, score: float = 0.0) -> np.ndarray:
    columns = COLUMNS.copy()
    columns[0, 4, 7] = 0.9  # the foremost box is number 7
    columns[0, 2, 7] += box_px
    columns[0, 5, 7] += score
    return columns


class Answer:
    """A network with one answer, that takes its time."""

    def __init__(self, *answer: np.ndarray, shape=(None, 3, 64, 96)) -> None:
        self.input_shape, self.metadata, self.answer, self.seen = shape, {}, list(answer), []

    def __call__(self, batch):
        self.seen.append(batch)
        return self.answer


@pytest.mark.parametrize(
    ("theirs", "fits"),
    [
        ([moved()], True),
        ([moved(box_px=0.4)], True),
        ([moved(box_px=0.6)], False),
        ([moved(score=0.005)], True),
        ([moved(score=0.02)], False),
        ([moved()[:, :, :80]], False),
        ([moved() * np.nan], False),
        ([moved(), moved()], False),
    ],
)
def test_engines_agree_within_half_a_pixel_and_a_hundredth(theirs, fits):
    assert agree(difference([moved()], theirs)) is fits


def test_boxes_that_nobody_believes_in_may_differ():
    ours, theirs = moved(), moved()
    ours[0, 4, 60] = theirs[0, 4, 60] = 0.3  # a third of the best score
    theirs[0, 0, 60] += 5
    assert difference([ours], [theirs]).box_px == 0
    ours[0, 4, 60] = theirs[0, 4, 60] = 0.5
    assert difference([ours], [theirs]).box_px == 5


def test_other_outputs_differ_relative_to_their_size():
    ours = np.array([[10.0, -20.0]], np.float32)
    assert difference([ours], [ours + 0.1]).value == pytest.approx(0.005, rel=1e-3)


def test_the_first_network_is_the_reference_and_all_see_the_same_picture():
    one, two = Answer(moved()), Answer(moved(box_px=3))
    trials = run_trials({"one": one, "two": two})
    assert [trial.apart for trial in trials] == [Apart(), Apart(pytest.approx(3.0), 0.0)]
    assert all(0 < trial.time_s < 1 for trial in trials)
    assert all(np.array_equal(one.seen[0], batch) for batch in one.seen + two.seen)
    assert trials[1].apart.box_px > BOX_LIMIT_PX


class ByArea(Answer):
    """Takes as long for the whole as another, and so long for a part."""

    def __init__(self, *, part_s: float, **kwargs) -> None:
        super().__init__(moved(), **kwargs)
        self.part_s = part_s

    def __call__(self, batch):
        time.sleep(0.004 if batch.shape[2] > 256 else self.part_s)
        return super().__call__(batch)


def test_a_network_of_any_size_is_timed_on_parts_too():
    """As a live camera is looked at: who is as quick with the whole and slow with parts loses."""
    quick, slow = (ByArea(part_s=part_s, shape=(None, 3, None, None)) for part_s in (0.001, 0.012))
    first, second = run_trials({"slow": slow, "quick": quick})
    assert first.time_s > second.time_s + 0.015
    assert {batch.shape[2:] for batch in quick.seen} == {(384, 640), (224, 320), (128, 192)}


@pytest.mark.parametrize(
    ("shape", "made"),
    [((None, 3, None, None), (1, 3, 384, 640)), ((1, 3, 48, 128), (1, 3, 48, 128))],
)
def test_the_picture_has_the_networks_size_and_full_range(shape, made):
    picture = picture_for(shape)
    assert picture.shape == made
    assert picture.dtype == np.float32
    assert 0 <= picture.min() < 0.2
    assert 0.8 < picture.max() <= 1
