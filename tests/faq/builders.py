"""Small contents: only what a test is about."""

from typing import Any

from faq.entry import Action, Content, Entry, Route, Smalltalk

QUESTIONS = {
    "minimum-age": [
        "hoe oud moet ik zijn",
        "vanaf welke leeftijd mag ik beginnen",
        "wat is de minimumleeftijd",
        "kan ik al solliciteren als ik zeventien ben",
    ],
    "driving-licence": [
        "heb ik een rijbewijs nodig",
        "moet ik met de auto kunnen rijden",
        "is een rijbewijs b verplicht",
        "mag ik zonder rijbewijs beginnen",
    ],
    "pay": [
        "hoeveel verdien ik",
        "wat is het loon van een inspecteur",
        "welke wedde krijg ik per maand",
        "is het een goed betaalde job",
    ],
    "pay-civilian": [
        "hoeveel verdient burgerpersoneel",
        "wat is het loon van een burger bij de politie",
        "welke wedde krijgt administratief personeel",
        "verdient een calog medewerker goed",
    ],
    "sports-test": [
        "wat moet ik doen bij de sportproef",
        "hoe ziet de fysieke test eruit",
        "waar bestaat het functioneel parcours uit",
        "is de sporttest zwaar",
    ],
    "training": [
        "hoe lang duurt de opleiding",
        "hoeveel maanden zit ik op school",
        "wanneer ben ik klaar met de politieschool",
        "duurt de basisopleiding een jaar",
    ],
}

FRENCH = {
    "minimum-age": [
        "quel age faut il avoir",
        "a partir de quel age puis je commencer",
        "quel est l'age minimum",
    ],
    "pay": ["combien vais je gagner", "quel est le salaire d'un inspecteur", "est ce bien paye"],
}


def entry(id_: str, nl: list[str], fr: list[str] | None = None, **fields: Any) -> Entry:
    languages: dict[str, Any] = {"nl": {"phrasings": nl}}
    if fr:
        languages["fr"] = {"phrasings": fr}
    return Entry.model_validate({"id": id_, "languages": languages, **fields})


def content(**changes: Any) -> Content:
    """Six entries (two in French too), one route, two actions and two kinds of small talk."""
    entries = tuple(
        entry(id_, nl, FRENCH.get(id_), related=["pay-civilian"] if id_ == "pay" else [])
        for id_, nl in QUESTIONS.items()
    )
    emergency = {
        "signals": ["inbreker & huis", "noodgeval", "stuur politie", "moord", "help & snel"],
        "unless": ["sportproef", "operator", "noodstop"],
        "phrasings": ["er staat een inbreker in mijn huis"],
        "answer": "Bel 112.",
    }
    fields: dict[str, Any] = {
        "entries": entries,
        "routes": (Route.model_validate({"id": "emergency", "languages": {"nl": emergency}}),),
        "actions": (
            Action.model_validate(
                {
                    "id": "human",
                    "languages": {"nl": {"signals": ["iemand spreken"], "phrasings": ["een mens"]}},
                }
            ),
            Action.model_validate(
                {"id": "delete", "languages": {"nl": {"signals": ["verwijder & gegevens"]}}}
            ),
        ),
        "smalltalk": (
            Smalltalk.model_validate(
                {
                    "id": "greeting",
                    "languages": {
                        "nl": {"phrasings": ["dag", "hallo", "goeie morgen"], "answer": "Dag!"},
                        "fr": {"phrasings": ["bonjour"], "answer": "Bonjour !"},
                    },
                }
            ),
            Smalltalk.model_validate(
                {
                    "id": "thanks",
                    "languages": {"nl": {"phrasings": ["bedankt", "dank u"], "answer": "Graag."}},
                }
            ),
        ),
        "digest": "test",
    }
    return Content(**(fields | changes))
