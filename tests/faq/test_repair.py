"""What a mistyped word is read as."""

from collections import Counter

import pytest

from faq.repair import Repair, likely

KNOWN = Counter(
    {"politie": 9, "belg": 2, "hoe": 9, "vrouwen": 3, "gewist": 9, "gewicht": 2}
    | dict.fromkeys(("tot", "weken", "weekend", "boete", "boeken", "zetten", "zeggen", "oud"), 3)
)


@pytest.fixture
def repair() -> Repair:
    counts = {"nl": KNOWN, "de": Counter({"wochen": 2, "ich": 9})}
    return Repair(counts, frozenset({"tor"}), lambda one, two: (one, two) == ("uw", "boeken"))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        pytest.param("poltie", "politie", id="a letter lost"),
        pytest.param("eblg", "belg", id="the first two swapped"),
        pytest.param("olitie", "politie", id="the first lost"),
        pytest.param("ppolitie", "politie", id="the first doubled"),
        pytest.param("rvouwen", "vrouwen", id="swapped, and longer"),
        pytest.param("heo", "hoe", id="three letters, two swapped"),
        pytest.param("tott", "tot", id="four letters, one doubled"),
        pytest.param("huo", "huo", id="three letters, otherwise"),
        pytest.param("gewiht", "gewicht", id="a letter lost is likelier than a key far away"),
        pytest.param("wekend", "weekend", id="as likely: the one used most, or the first"),
        pytest.param("uw boeke", "uw boeken", id="what stands after this word"),
        pytest.param("tor", "tor", id="a word that we know"),
        pytest.param("ihc", "ihc", id="short slips in the person's own language only"),
        pytest.param("2021", "2021", id="no word"),
    ],
)
def test_slips(repair: Repair, typed: str, read: str) -> None:
    words, changed = repair.repaired(typed.split(), "nl")

    assert " ".join(words) == read
    assert (not changed) == (typed == read)


@pytest.mark.parametrize(
    ("typed", "meant", "expected"),
    [
        ("plitie", "politie", True),
        ("poliitie", "politie", True),
        ("poiltie", "politie", True),
        ("polutie", "politie", True),
        ("polizie", "politie", False),
        ("polixtie", "politie", False),
        ("politik", "politic", True),
    ],
)
def test_likely_slips(typed: str, meant: str, expected: bool) -> None:
    assert likely(typed, meant) is expected
