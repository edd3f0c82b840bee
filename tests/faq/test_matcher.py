"""What a message is taken for."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from faq.entry import Content, Elsewhere, Route
from faq.match import Match, Outcome
from faq.matcher import Matcher
from faq.normalise import words as words_of
from faq.thresholds import Thresholds
from tests.faq.builders import QUESTIONS, content

THRESHOLDS = Thresholds(sure=0.5, unsure=0.4)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher.build(content(), thresholds=THRESHOLDS)


MATCHER = Matcher.build(content(), thresholds=THRESHOLDS)
"""For the property tests, which cannot take a fixture."""


def best(match: Match) -> str:
    return match.candidates[0].id


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        pytest.param("Hoe oud moet ik zijn?", "minimum-age", id="a phrasing"),
        pytest.param("HOE ÓUD moet ik zijn!!!", "minimum-age", id="case, accents, punctuation"),
        pytest.param("hoe oud moe ik zin", "minimum-age", id="letters lost"),
        pytest.param("is een rijbeiwjs nodig", "driving-licence", id="letters swapped"),
        pytest.param("minimumleeftijden?", "minimum-age", id="a compound"),
        pytest.param("quel age minimum faut il", "minimum-age", id="French"),
    ],
)
def test_questions_find_their_entry(matcher: Matcher, question: str, entry: str) -> None:
    match = matcher.ask(question)

    assert match.outcome is Outcome.SURE
    assert best(match) == entry


def test_a_phrasing_wins_outright(matcher: Matcher) -> None:
    for id_, phrasings in QUESTIONS.items():
        for phrasing in phrasings:
            match = matcher.ask(f"{phrasing.capitalize()}?")

            assert (best(match), match.candidates[0].score) == (id_, 1.0)


def test_five_best_whatever_the_outcome(matcher: Matcher) -> None:
    for question in ("hoe oud", "zxcv", "", "stuur politie", "hallo", "ik wil iemand spreken"):
        match = matcher.ask(question)

        scores = [candidate.score for candidate in match.candidates]
        assert len(match.candidates) == 5
        assert len({candidate.id for candidate in match.candidates}) == 5
        assert scores == sorted(scores, reverse=True)


def test_what_nobody_wrote_about_is_not_answered(matcher: Matcher) -> None:
    assert matcher.ask("regent het buiten").outcome is Outcome.NONE
    assert matcher.ask("qwrtz pfgh").outcome is Outcome.NONE
    assert matcher.ask("").outcome is Outcome.NONE


@pytest.mark.parametrize(
    ("message", "route"),
    [
        pytest.param("er zit een inbreker in ons huis", "emergency", id="two groups"),
        pytest.param("in mijn huis een inbrekr!!", "emergency", id="mistyped, other order"),
        pytest.param("NOODGEVALL", "emergency", id="mistyped, alone"),
        pytest.param("stuurpolitie nu", "emergency", id="written together"),
        pytest.param("nood geval", "emergency", id="written apart"),
        pytest.param("dag, hoe oud moet ik zijn? help snel", "emergency", id="amid a question"),
        pytest.param("noodstop bij de sportproef, help snel?", None, id="taken away"),
        pytest.param("welk huis", None, id="one group of two"),
        pytest.param("hoe oud moet ik zijn", None, id="an ordinary question"),
    ],
)
def test_f4_danger_comes_before_everything(
    matcher: Matcher, message: str, route: str | None
) -> None:
    match = matcher.ask(message)

    assert match.route == route
    assert (match.outcome is Outcome.ROUTE) == (route is not None)


HINTS = """
id: emergency
languages:
  nl:
    phrasings: [kom snel mijn vader ademt niet]
    hints: ["papa / mama / mijn oma & hartaanval / krijgt geen lucht"]
    calm: [testen, vorig jaar]
    unless: [noodstop]
"""


@pytest.mark.parametrize(
    ("message", "route"),
    [
        pytest.param("help mn papa een hartaanval", "emergency", id="one wording of each group"),
        pytest.param("mijn oma krijgt geen lucht", "emergency", id="wordings of several words"),
        pytest.param("mamaaaa hartaanvallll", "emergency", id="drawn out"),
        pytest.param("papa hatraanval", "emergency", id="mistyped"),
        pytest.param("oma zegt hartaanval", None, id="half of a wording"),
        pytest.param("papa had vorig jaar een hartaanval", None, id="a calm word"),
        pytest.param("papa hartaanval testten", "emergency", id="a calm word mistyped"),
        pytest.param("kom snel mijn vader ademt niet", "emergency", id="a phrasing"),
        pytest.param("kom snel mijn vader ademt niet bij de testen", None, id="likeness, calm"),
        pytest.param("kom snel mijn vader ademt niet, noodstop", None, id="likeness, unless"),
    ],
)
def test_f4_hints_are_heard_where_nothing_is_calm(message: str, route: str | None) -> None:
    told = content(routes=(Route.model_validate(yaml.safe_load(HINTS)),))
    matcher = Matcher.build(told, thresholds=THRESHOLDS)

    assert matcher.ask(message).route == route


def test_a_real_word_is_no_typing_error_of_danger() -> None:
    words = {"mondmaskers": ["moet ik een mondmasker dragen"], "noord": ["waar is noord of noord"]}
    entries = content().entries
    extra = tuple(
        entry.model_copy(update={"id": id_})
        for id_, phrasings in words.items()
        for entry in [
            type(entries[0]).model_validate(
                {"id": id_, "languages": {"nl": {"phrasings": phrasings}}}
            )
        ]
    )
    matcher = Matcher.build(content(entries=(*entries, *extra)), thresholds=THRESHOLDS)

    assert matcher.ask("waar is noord").route is None


@pytest.mark.parametrize(
    ("message", "action"),
    [
        ("ik wil iemand spreken", "human"),
        ("kan ik iemant spreken aub", "human"),
        ("verwijder al mijn gegevens", "delete"),
        ("mijn gegevens, verwijder ze", "delete"),
    ],
)
def test_actions_typed_in_words(matcher: Matcher, message: str, action: str) -> None:
    match = matcher.ask(message)

    assert (match.outcome, match.action) == (Outcome.ACTION, action)


@pytest.mark.parametrize(
    ("message", "kind"),
    [("Dag!", "greeting"), ("hallo, goeie morgen", "greeting"), ("dag, bedankt", "thanks")],
)
def test_small_talk_is_a_message_of_nothing_else(matcher: Matcher, message: str, kind: str) -> None:
    match = matcher.ask(message)

    assert (match.outcome, match.smalltalk) == (Outcome.SMALLTALK, kind)


def test_a_greeting_before_a_question_is_a_question(matcher: Matcher) -> None:
    match = matcher.ask("dag, hoe oud moet ik zijn? dank u")

    assert (match.outcome, best(match)) == (Outcome.SURE, "minimum-age")


def test_two_questions_in_one_message_are_both_answered(matcher: Matcher) -> None:
    for message in (
        "Hoe oud moet ik zijn? Hoe lang duurt de opleiding?",
        "hoe oud moet ik zijn en hoe lang duurt de opleiding",
    ):
        match = matcher.ask(message)

        assert match.outcome is Outcome.SURE
        assert [best(part) for part in match.parts] == ["minimum-age", "training"]
        assert [c.id for c in match.candidates[:2]] == ["minimum-age", "training"]


def test_one_question_with_and_in_it_stays_one(matcher: Matcher) -> None:
    assert matcher.ask("is een rijbewijs b verplicht en nodig om te rijden").parts == ()


def test_f5_a_follow_up_leans_on_what_was_answered(matcher: Matcher) -> None:
    match = matcher.ask("en voor burgerpersoneel?", context="pay")

    assert best(match) == "pay-civilian"


def test_a_whole_question_needs_no_context(matcher: Matcher) -> None:
    question = "hoe lang duurt de opleiding"

    assert matcher.ask(question, context="pay") == matcher.ask(question)
    assert matcher.ask("en nu?", context="no-such-entry") == matcher.ask("en nu?")


def test_the_language_is_that_of_the_message(matcher: Matcher) -> None:
    assert matcher.ask("quel est le salaire d'un inspecteur", language="nl").language == "fr"
    assert matcher.ask("welke wedde krijg ik", language="fr").language == "nl"
    assert matcher.ask("zz?", language="fr").language == "fr"
    assert matcher.ask("zz?", language="nl").language == "nl"


def test_the_same_question_gets_the_same_scores(matcher: Matcher) -> None:
    again = Matcher.build(content(), thresholds=THRESHOLDS)
    for question in ("hoe oud", "loon van een burger", "sportproef zwaar", "wat een gedoe"):
        assert matcher.ask(question) == matcher.ask(question) == again.ask(question)


def test_the_explanation_adds_up(matcher: Matcher) -> None:
    explanation = matcher.explain("welke leeftijt mag ik beginnen")

    assert explanation.repaired == (("leeftijt", "leeftijd"),)
    assert explanation.phrasing == "vanaf welke leeftijd mag ik beginnen"
    score = explanation.match.candidates[0].score
    assert sum(amount for _, amount in explanation.parts) == pytest.approx(score, abs=1e-5)
    read = explanation.asked.split()
    index = matcher.index
    scores = index.scores(read)
    column = next(at for at, c in enumerate(index.classes) if c.id == "minimum-age")
    evidence = scores.likeness @ index.weights
    assert sum(share.amount for share in explanation.words) == pytest.approx(
        evidence[column] - evidence.mean(), abs=1e-3
    )
    assert explanation.runner_up == explanation.match.candidates[1]
    assert "leeftijt read as leeftijd" in str(explanation)


def test_the_explanation_of_a_route_names_the_signal(matcher: Matcher) -> None:
    explanation = matcher.explain("inbreker in huis")

    assert explanation.fired == "inbreker & huis"
    assert "route emergency" in str(explanation)


ELSEWHERE = """
id: getting-a-licence
languages:
  nl:
    - wat kost een rijbewijs
    - waar kan ik mijn rijbewijs vernieuwen
    - hoeveel rijlessen heb ik nodig
    - welke rijschool is goed
"""


@pytest.fixture(scope="module")
def bounded() -> Matcher:
    subject = Elsewhere.model_validate(yaml.safe_load(ELSEWHERE))
    return Matcher.build(content(elsewhere=(subject,)), thresholds=THRESHOLDS)


def test_what_is_not_ours_is_declined_and_never_offered(bounded: Matcher) -> None:
    for question in ("wat kost een rijbewijs", "waar mijn rijbewijs vernieuwen", "goede rijschool"):
        explanation = bounded.explain(question)

        assert explanation.match.outcome is Outcome.NONE
        assert explanation.fired.startswith("elsewhere getting-a-licence")
        assert "getting-a-licence" not in [c.id for c in explanation.match.candidates]


def test_what_comes_near_to_it_is_less_sure(matcher: Matcher, bounded: Matcher) -> None:
    question = "heb ik rijbewijs b nodig"
    explanation = bounded.explain(question)

    assert best(explanation.match) == "driving-licence"
    assert explanation.match.confidence < matcher.ask(question).confidence
    assert dict(explanation.confidence)["not ours"] < 0
    assert explanation.match.confidence == pytest.approx(
        sum(amount for _, amount in explanation.confidence), abs=1e-5
    )


def test_phrasings_of_ours_are_not_taken_by_it(bounded: Matcher) -> None:
    assert bounded.taker_of("heb ik een rijbewijs nodig", "driving-licence") is None
    assert (
        bounded.taker_of("wat kost een rijbewijs", "driving-licence")
        == "elsewhere getting-a-licence"
    )


def test_the_classifier_tells_what_cannot_become_sure(bounded: Matcher) -> None:
    index = bounded.index
    for question in ("hoe oud", "en hoe oud moet ik zijn", "loon van een burger", "wat een gedoe"):
        words = words_of(question)
        total = index.scores(words).total
        reached = max(
            sum(share for _, share in index.confidence(words, place, total))
            for place, class_ in enumerate(index.classes)
            if class_.kind == "entry"
        )

        assert index.could_reach(reached, words, index.classified(words)[1])


def test_an_empty_content_answers_nothing() -> None:
    matcher = Matcher.build(Content(), thresholds=THRESHOLDS)

    assert matcher.ask("hallo") == Match(Outcome.NONE, (), "")
    assert str(matcher.explain("hallo")).startswith("none")


ANY = st.text(max_size=600) | st.text(alphabet="hoe oud moet ik zijn?!.,;\n enéß123", max_size=600)


@settings(max_examples=150, deadline=None)
@given(ANY)
def test_whatever_is_typed_gets_the_same_answer_twice(text: str) -> None:
    first = MATCHER.ask(text, context="pay")

    assert first == MATCHER.ask(text, context="pay")
    assert all(0 <= candidate.score <= 1 for candidate in first.candidates)
