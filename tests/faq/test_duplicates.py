"""What counts as the same phrasing."""

import pytest

from faq.duplicates import near_duplicates, telling


@pytest.mark.parametrize(
    ("language", "one", "other", "same"),
    [
        pytest.param("nl", "hoe oud moet ik zijn", "Hoe oud moet je zijn?", True, id="filler"),
        pytest.param("nl", "te oud", "te oud voor de politie", False, id="before and for are one"),
        pytest.param("nl", "ben ik te oud", "te oud bij de politie", True, id="at the police"),
        pytest.param("nl", "thuis testen doen", "testen thuis doen", True, id="order"),
        pytest.param("nl", "mag een tattoo", "mogen tattoos", True, id="inflection"),
        pytest.param("nl", "met diploma", "zonder diploma", False, id="denied"),
        pytest.param("nl", "waar is de school", "wanneer is de school", False, id="what is asked"),
        pytest.param("nl", "loon agent", "loon inspecteur", False, id="another grade"),
        pytest.param("nl", "loon agent", "loon", False, id="less said"),
        pytest.param("nl", "gezakt 1 keer", "gezakt 2 keer", False, id="another number"),
        pytest.param("nl", "is het dat", "zijn we er", False, id="nothing but filler"),
        pytest.param(
            "nl",
            "na gefaalde sportproef hoelang wachten opnieuw",
            "na gefaalde sportproef hoelang juist wachten opnieuw proberen",
            True,
            id="a word in passing",
        ),
        pytest.param("fr", "un agent gagne combien", "combien gagne l'agent", True, id="French"),
        pytest.param("de", "bin ich zu alt", "zu alt bei der Polizei", True, id="German"),
        pytest.param("en", "is it long", "how long is it", False, id="how is not filler"),
        pytest.param("xx", "a b", "b a", True, id="a language without fillers"),
    ],
)
def test_near_duplicates(language: str, one: str, other: str, same: bool) -> None:
    found = [(pair.first, pair.second) for pair in near_duplicates([one, other], language)]

    assert found == ([(one, other)] if same else [])


def test_each_is_named_once_with_the_first_like_it() -> None:
    texts = ["hoe oud", "hoe oud ben ik", "hoe oud moet je zijn", "iets anders"]

    found = [(pair.first, pair.second) for pair in near_duplicates(texts, "nl")]

    assert found == [("hoe oud", "hoe oud ben ik"), ("hoe oud", "hoe oud moet je zijn")]


def test_what_is_only_filler_counts_whole() -> None:
    assert telling("Is dat zo?", "nl") == ["is", "dat", "zo"]
