"""Danger is heard as it is written: dialect, typing errors, without punctuation; calm talk is not.

None of these sentences stands among the phrasings or the cases.
"""

import pytest

from faq.entry import Route
from faq.loader import load
from faq.normalise import words
from faq.signals import Fired, Signals

DANGER = ("emergency", "self-harm")


@pytest.fixture(scope="module")
def routes() -> Signals:
    return Signals({route.id: route.languages for route in load(strict=False).routes})


def owner(routes: Signals, text: str) -> str | None:
    fired = routes.fired(words(text))
    return fired.owner if fired else None


@pytest.mark.parametrize(
    "text",
    [
        "mijn nonkel zwaait hier met een bijl",
        "de gast van hiernaast is zijn lief aan t kloppen",
        "kweet ni wa doen ons moeder asemt ni goe meer",
        "er zit iemand in onze kelder",
        "hij wilt mij doodslaan hij staat aan de deur",
        "der ligt ne man op de stoep vol bloed",
        "ons zoontje is al een uur kwijt op de markt",
        "stuur rap een ziekenwagen",
        "de flat hierboven staat in brand",
        "er is een auto in de vaart gereden",
        "iemnad breekt in bij de buren",
        "mijn vriend wrgt mij en ik ben bang hij slaat me",
        "un homme avec une machette devant l'ecole",
        "mon voisin frappe sa femme",
        "ma voisine ne respire plus",
        "quelqu'un force la porte de ma maison",
        "mein nachbar schlägt seine kinder",
        "jemand mit einer pistole im supermarkt",
        "meine oma reagiert nicht mehr",
        "die küche brennt",
        "my uncle is beating my mum",
        "a man with an axe at my door",
        "my grandma is not breathing",
        "someone is breaking into the flat next door",
        "mijn nonkel zit met zijn hand vast in de machine",
        "de stal brandt hierachter",
        "mon frère m'a poussée dans la cage d'escalier",
        "mein onkel hat mich die treppe runtergestoßen",
        "someone climbed through the bathroom window",
        "kocam beni dövüyor",
        "у него нож",
        "hay un hombre con un cuchillo",
        "ratunku, on ma nóż",
    ],
)
def test_t20_an_emergency_is_heard(routes: Signals, text: str) -> None:
    assert owner(routes, text) == "emergency"


@pytest.mark.parametrize(
    "text",
    [
        "ik wil er niet meer zijn",
        "kzie tleven ni meer zitten, kwil dood",
        "ik denk elke dag aan zelfmoord",
        "je n'ai plus envie de vivre",
        "ich bringe mich um",
        "i just want to die",
        "chcę umrzeć",
    ],
)
def test_t20_who_wants_to_die_is_heard(routes: Signals, text: str) -> None:
    assert owner(routes, text) == "self-harm"


def test_who_will_jump_before_our_eyes_is_an_emergency(routes: Signals) -> None:
    somebody = "er staat een vrouw op de brug ze gaat springen"
    writer = "ik sta op een brug en ik ga springen"

    assert (owner(routes, somebody), owner(routes, writer)) == ("emergency", "self-harm")


@pytest.mark.parametrize(
    "text",
    [
        "wat doe je als agent als iemand een mes trekt",
        "noodstop bij de sportproef",
        "leer je reanimeren in de opleiding",
        "mijn vader had vorig jaar een hartaanval, telt dat mee",
        "mijn broer is veroordeeld voor een overval",
        "ik zag in een film een gijzeling, wie doet dat echt",
        "zijn er veel steekpartijen in jullie zone",
        "ik sterf van de zenuwen voor mijn interview",
        "ik had als tiener zelfmoordgedachten, kan ik nog solliciteren",
        "que fait un policier quand quelqu'un a un couteau",
        "mon frère est en prison pour meurtre",
        "was macht ein polizist bei einem überfall",
        "wie oft werden polizisten angegriffen",
        "do you learn to shoot in training",
        "i had a heart attack last year, can i apply",
    ],
)
def test_calm_talk_about_danger_is_none(routes: Signals, text: str) -> None:
    assert owner(routes, text) not in DANGER


def test_words_written_together_part_no_phrase() -> None:
    heard = signals(hints=["achter mij aan", "m ij"])

    assert heard.fired(words("hij loopt achter mij aan")) is not None
    assert heard.fired(["achtermijaan"]) is not None


def test_a_slip_in_a_short_word_is_heard_in_company() -> None:
    heard = signals(signals=["ruik & gas", "mes"])

    assert heard.fired(words("ik ruik gsa")) is not None
    assert heard.fired(words("ems")) is None


def signals(**text: object) -> Signals:
    route = Route.model_validate({"id": "alarm", "languages": {"nl": text}})
    return Signals({route.id: route.languages})


def test_a_name_stands_for_its_wordings() -> None:
    heard = signals(groups={"wie": "papa / mama"}, signals=["$wie & slaat", "bel $wie"])

    assert heard.fired(["mama", "slaat"]) == Fired("alarm", "$wie & slaat")
    assert heard.fired(["bel", "papa"]) == Fired("alarm", "bel $wie")
    assert heard.fired(["oma", "slaat"]) is None


def test_what_happens_now_beats_what_is_calm() -> None:
    heard = signals(hints=["overval"], calm=["proef"], now=["hier bezig"])

    assert heard.fired(["overval"]) is not None
    assert heard.fired(["overval", "tijdens", "proef"]) is None
    assert heard.fired(["overval", "hier", "bezig", "tijdens", "proef"]) is not None


def test_a_calm_word_of_another_language_leaves_a_hint_alone() -> None:
    route = Route.model_validate(
        {
            "id": "alarm",
            "languages": {
                "nl": {"hints": ["brand"]},
                "fr": {"hints": ["incendie"], "calm": ["hier", "il y a un an"]},
            },
        }
    )
    heard = Signals({route.id: route.languages})

    assert heard.fired(words("brand hier")) is not None
    assert heard.fired(words("incendie hier")) is None
    assert heard.fired(words("brand il y a un an")) is None
