"""Words that mean the same."""

from pathlib import Path

import pytest

from faq.entry import Synonym
from faq.loader import load
from faq.match import Outcome
from faq.matcher import Matcher
from faq.normalise import normalised
from faq.synonyms import Said, Synonyms
from faq.thresholds import Thresholds
from tests.faq.builders import content

THRESHOLDS = Thresholds(sure=0.4, unsure=0.3)
GROUPS = (
    Synonym.model_validate(
        {"id": "pay", "languages": {"nl": ["loon", "pree", "wat schuift"], "fr": ["salaire"]}}
    ),
    Synonym.model_validate({"id": "nobody-says", "languages": {"nl": ["foo", "bar"]}}),
)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher.build(content(synonyms=GROUPS), thresholds=THRESHOLDS)


def test_the_longest_phrase_that_begins_at_a_word_counts() -> None:
    synonyms = Synonyms({"a": ["niet", "Geslaagd!"], "b": ["niet geslaagd"], "c": ["geslaagd"]})

    assert synonyms.said(["ik", "ben", "niet", "geslaagd"]) == [
        Said("b", 2, 4),
        Said("a", 3, 4),
        Said("c", 3, 4),
    ]
    assert synonyms.of("geslaagd") == ["a", "c"]


@pytest.mark.parametrize("question", ["de pree van een inspecteur?", "PRÉE inspecteur", "pree?"])
def test_a_word_of_a_group_is_read_like_the_others(matcher: Matcher, question: str) -> None:
    without = Matcher.build(content(), thresholds=THRESHOLDS).ask(question)
    match = matcher.ask(question)

    assert match.candidates[0].id == "pay"
    assert match.confidence > without.confidence


def test_several_words_can_be_one_of_a_group(matcher: Matcher) -> None:
    assert matcher.ask("wat schuift een inspecteur").candidates[0].id.startswith("pay")


def test_a_group_whose_words_nobody_wrote_changes_nothing(matcher: Matcher) -> None:
    alone = Matcher.build(content(synonyms=GROUPS[:1]), thresholds=THRESHOLDS)

    assert matcher.ask("foo inspecteur") == alone.ask("foo inspecteur")


def test_the_explanation_names_the_synonym_and_adds_up(matcher: Matcher) -> None:
    explanation = matcher.explain("pree voor een inspecteur")

    assert explanation.likened == (("pree", "loon"),)
    assert "pree read like loon" in str(explanation)
    index = matcher.index
    column = next(at for at, c in enumerate(index.classes) if c.id == "pay")
    evidence = index.scores(explanation.asked.split()).likeness @ index.weights
    assert sum(share.amount for share in explanation.words) == pytest.approx(
        evidence[column] - evidence.mean(), abs=1e-3
    )
    assert explanation.words[0].piece in ("pree", "inspecteur")
    said = explanation.match.candidates[0].score
    assert sum(amount for _, amount in explanation.parts) == pytest.approx(said, abs=1e-5)
    sure = sum(amount for _, amount in explanation.confidence)
    assert sure == pytest.approx(explanation.match.confidence, abs=1e-5)


def test_the_words_of_a_phrasing_are_not_likened(matcher: Matcher) -> None:
    assert matcher.explain("loon van een inspecteur").likened == ()


def test_a_mistyped_synonym_is_repaired_first() -> None:
    groups = (Synonym.model_validate({"id": "pay", "languages": {"nl": ["loon", "bezoldiging"]}}),)
    matcher = Matcher.build(content(synonyms=groups), thresholds=THRESHOLDS)

    explanation = matcher.explain("bezoldigin van een inspecteur")

    assert explanation.repaired == (("bezoldigin", "bezoldiging"),)
    assert explanation.likened == (("bezoldiging", "loon"),)


def test_a_warm_start_knows_them_too(tmp_path: Path) -> None:
    cold, warm = (
        Matcher.build(content(synonyms=GROUPS), tmp_path, thresholds=THRESHOLDS) for _ in range(2)
    )

    assert cold.explain("pree inspecteur") == warm.explain("pree inspecteur")


def test_a_zone_adds_groups_of_its_own(tmp_path: Path) -> None:
    rows = "- id: own\n  languages:\n    nl: [zonehuis, cop shop]\n"
    (tmp_path / "synonyms.yaml").write_text(rows, encoding="utf-8")

    known = {group.id for group in load(overlay=tmp_path, strict=False).synonyms}

    assert known == {"own"} | {group.id for group in load(strict=False).synonyms}


def test_shipped_groups_are_real_groups() -> None:
    shipped = load(strict=False).synonyms
    dutch = [group for group in shipped if "nl" in group.languages]

    assert len(dutch) >= 40
    for tag in ("fr", "de", "en"):
        assert sum(tag in group.languages for group in shipped) >= 20
    for group in shipped:
        words = [normalised(word) for words in group.languages.values() for word in words]
        assert len(set(words)) >= 2, group.id
        for tag, listed in group.languages.items():
            spelled = [normalised(word) for word in listed]
            assert len(spelled) == len(set(spelled)), (group.id, tag)


def test_outcome_of_a_known_phrasing_is_sure(matcher: Matcher) -> None:
    match = matcher.ask("hoeveel verdien ik")

    assert (match.outcome, match.confidence) == (Outcome.SURE, 1.0)
