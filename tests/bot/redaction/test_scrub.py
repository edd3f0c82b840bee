"""Questions kept for the editor hold no numbers, addresses or names."""

import pytest

from bot.redaction import LONGEST_KEPT, scrub

KNOWN = frozenset(
    ("politie", "aalst", "brussel", "inspecteur", "mijn", "naam", "is", "en", "ik", "wil")
)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param("mail mij op jan.peeters@x.be", "mail mij op [mail]", id="mail"),
        pytest.param("bel 0470/12.34.56 aub", "bel [telefoon] aub", id="phone"),
        pytest.param("bel +32 53 73 27 27", "bel [telefoon]", id="foreign spelling"),
        pytest.param("mijn nummer 85.07.30-033.28", "mijn nummer [nummer]", id="national number"),
        pytest.param("dossier 20261234", "dossier [nummer]", id="number"),
        pytest.param("ik ben 17", "ik ben 17", id="an age is no trace"),
        pytest.param("ik heet jan de smet en wil", "ik heet [naam] en wil", id="introduced"),
        pytest.param("je m'appelle chloé dupont", "je m'appelle [naam]", id="French"),
        pytest.param("ich heiße jürgen", "ich heiße [naam]", id="German"),
        pytest.param("my name is O'Neil", "my name is [naam]", id="English"),
        pytest.param("is agent Van Damme daar", "is agent [naam] daar", id="capitals"),
        pytest.param("zit @jan_p daar ook", "zit [naam] daar ook", id="handle"),
        pytest.param("zie https://x.be/a?b=c nu", "zie [link] nu", id="link"),
        pytest.param("bij Politie Aalst", "bij Politie Aalst", id="our own words"),
        pytest.param("waarom is PEETERS niet", "waarom is [naam] niet", id="shouted name"),
        pytest.param(
            "Hoe word ik agent", "Hoe word ik agent", id="the first word is capital anyway"
        ),
    ],
)
def test_f9_scrubbed(text: str, kept: str) -> None:
    assert scrub(text, KNOWN) == kept


def test_r20_half_a_character_is_no_obstacle() -> None:
    assert scrub("sneeuw \ud83d ruimen") == "sneeuw ? ruimen"


def test_f9_long_questions_are_cut() -> None:
    assert len(scrub("woord " * 1000)) <= LONGEST_KEPT
