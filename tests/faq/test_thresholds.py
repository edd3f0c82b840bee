"""Thresholds follow from what was measured."""

from pathlib import Path

from faq.loader import load
from faq.match import Outcome
from faq.thresholds import REFUSED, Measured, Thresholds, main, measurable, measured
from faq.yaml_reader import read_yaml
from tests.faq.builders import QUESTIONS, content, entry


def test_three_outcomes() -> None:
    thresholds = Thresholds(sure=0.6, unsure=0.3)

    assert [thresholds.outcome(score) for score in (0.6, 0.59, 0.3, 0.29)] == [
        *(Outcome.SURE, Outcome.UNSURE, Outcome.UNSURE, Outcome.NONE)
    ]


def test_sure_is_the_lowest_score_that_is_precise_enough() -> None:
    right = [(0.9, True, True)] * 80 + [(0.5, True, True)] * 20
    wrong = [(0.5, False, True)] * 20
    found = Measured(inside=right + wrong, outside=[0.2] * 50)

    thresholds = found.thresholds()

    assert 0.5 < thresholds.sure <= 0.51
    assert 0.2 < thresholds.unsure <= 0.5
    assert found.figures(thresholds)["precision"] == 1.0
    assert found.figures(thresholds)["answered"] == 0.667


def test_what_nobody_wrote_about_raises_the_threshold() -> None:
    inside = [(0.9, True, True)] * 50 + [(0.6, True, True)] * 50
    calm = Measured(inside=inside, outside=[0.1] * 50).thresholds()
    noisy = Measured(inside=inside, outside=[0.7] * 50).thresholds()

    assert calm.sure < 0.6 < noisy.sure


def test_nothing_precise_means_never_sure() -> None:
    assert Measured(inside=[(0.995, False, False)] * 9, outside=[0.5]).thresholds().sure == 0.99


def test_few_phrasings_cannot_be_measured() -> None:
    assert not measurable(content())
    many = tuple(entry(f"e{n}", [f"{n} {word}" for word in "abcde"]) for n in range(10))
    assert measurable(content(entries=many))


def test_cross_validation_asks_each_phrasing_and_each_left_out_entry_once() -> None:
    found = measured(content())

    phrasings = sum(len(text.phrasings) for e in content().entries for text in e.languages.values())
    assert len(found.outside) == phrasings
    assert 0 < len(found.inside) < phrasings
    assert measured(content()) == found


def test_the_command_writes_what_it_measured(tmp_path: Path) -> None:
    rows = "".join(
        f"- id: {id_}\n  languages:\n    nl:\n      phrasings: {phrasings}\n"
        for id_, phrasings in QUESTIONS.items()
    )
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "a.yaml").write_text(rows)
    out = tmp_path / "thresholds.yaml"

    assert main([str(tmp_path), "--out", str(out)]) == 0
    data = read_yaml(out).data
    assert 0 < data["unsure"] <= data["sure"] < 1
    assert data["measured"]["content"] == load(tmp_path, strict=False).digest


def test_the_shipped_thresholds_carry_their_figures() -> None:
    data = read_yaml(Path("faq/thresholds.yaml")).data

    assert data["sure"] == Thresholds.shipped().sure
    assert data["measured"]["precision"] >= 0.95
    assert data["measured"]["without_answer_not_answered"] >= REFUSED
