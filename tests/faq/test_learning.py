"""Questions that become phrasings: what changes elsewhere is known before."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from faq.case import Case, from_folder
from faq.check import check
from faq.entry import Content, Learned
from faq.learning import BATCH, Kept, School, objection, outcome
from faq.loader import load
from faq.match import Match, Outcome
from faq.matcher import Matcher
from faq.thresholds import Thresholds
from tests.faq.builders import content
from tests.support.figures import PROOF, figure

TODAY = date(2026, 11, 22)
THRESHOLDS = Thresholds(0.5, 0.3)


def question(phrasing: str, entry: str, number: int = 1, language: str = "nl") -> Learned:
    return Learned(
        id=str(number), entry=entry, language=language, phrasing=phrasing, accepted_on=TODAY
    )


def school(cases: Sequence[Case] = (), kept: Sequence[Kept] = ()) -> School:
    made = content()
    return School(made, Matcher.build(made, thresholds=THRESHOLDS), cases, kept)


def test_a_question_is_answered_once_it_is_taken_in() -> None:
    asked = "brengt dat goed geld in het laatje"
    taught = school([Case("hoe oud moet ik zijn", "nl", "minimum-age")], [Kept(asked, "nl")])
    before = taught.matcher.ask(asked)

    lesson, effects = taught.try_out([question(asked, "pay")])

    assert before.outcome is not Outcome.SURE
    assert outcome(lesson.matcher.ask(asked)) == "answers pay"
    assert effects.harm == ()
    (change,) = effects.unanswered
    assert (change.question, change.after) == (asked, "answers pay")
    assert taught.matcher.ask(asked) == before, "nothing is taken in before it is said"


def test_cases_that_get_better_are_named() -> None:
    case = Case("moet ik heel ver kunnen lopen", "nl", "sports-test")
    taught = school([case])

    _, effects = taught.try_out([question("moet ik ver kunnen lopen", "sports-test")])

    assert [(c.question, c.wanted) for c in effects.better] == [(case.question, "sports-test")]


def test_what_is_not_like_a_learned_question_scores_as_before() -> None:
    taught = school()
    lesson, _ = taught.try_out([question("brengt dat goed geld in het laatje", "pay")])

    for text in ("hoe oud moet ik zijn", "wat is de school", "zwemmen", ""):
        assert lesson.matcher.ask(text) == taught.matcher.ask(text)


@pytest.mark.parametrize(
    ("phrasing", "entry", "kind"),
    [
        pytest.param("hoeveel maanden op school zitten", "pay", "worse", id="a case fails"),
        pytest.param("er is een noodgeval bij de sport", "pay", "in_vain", id="a route first"),
    ],
)
def test_harm_is_seen(phrasing: str, entry: str, kind: str) -> None:
    taught = school([Case("hoeveel maanden zitten op school", "nl", "training")])

    _, effects = taught.try_out([question(phrasing, entry)])

    assert [change.wanted for change in getattr(effects, kind)] != []
    assert effects.harm


def test_a_phrasing_of_another_entry_that_would_be_taken_is_harm() -> None:
    taught = school()
    wrong = [
        question(f"hoeveel maanden zit ik {word} op school", "minimum-age", number)
        for number, word in enumerate(("nu", "de", "dan", "hier", "toch", "al"))
    ]

    _, effects = taught.try_out(wrong)

    assert ("hoeveel maanden zit ik op school", "entry minimum-age", "training") in {
        (change.question, change.after, change.wanted) for change in effects.taken
    }


@pytest.mark.parametrize(
    ("learned", "why"),
    [
        (question("loon", "nothing"), "there is no entry nothing"),
        (question("loon", "training", language="fr"), "training has no text in 'fr'"),
        (question("?!", "pay"), "it has no words"),
        (question("Hoe oud moet ik zijn??", "pay"), "it is a phrasing of minimum-age already"),
        (question("loon dan", "pay"), None),
    ],
)
def test_what_cannot_be_taken_in_at_all(learned: Learned, why: str | None) -> None:
    assert objection(content(), learned) == why


def test_a_batch_with_one_harmful_question_loses_only_that_one() -> None:
    taught = school([Case("hoeveel maanden zitten op school", "nl", "training")])
    harmless = [
        question("brengt dat goed geld in het laatje", "pay", 1),
        question("mag ik starten op mijn zestiende", "minimum-age", 2),
        question("moet ik ver kunnen lopen", "sports-test", 3),
    ]
    harmful = question("hoeveel maanden op school zitten", "pay", 4)
    known = question("hoe oud moet ik zijn", "pay", 5)
    tried: list[int] = []
    try_out = taught.try_out
    taught.try_out = lambda batch: (tried.append(len(batch)), try_out(batch))[1]  # type: ignore[method-assign]

    taken, refused = taught.take_in([*harmless, harmful, known])

    assert sorted(taken, key=lambda one: one.id) == harmless
    assert refused == [harmful, known]
    assert tried[0] == 4, "all at once first"
    assert set(taught.content.learned) == set(harmless)


def test_learned_stands_in_an_overlay_and_needs_no_new_index(tmp_path: Path) -> None:
    shipped, overlay = tmp_path / "shipped", tmp_path / "overlay"
    for folder in (shipped / "content", overlay):
        folder.mkdir(parents=True)
    (shipped / "content" / "a.yaml").write_text(
        "- id: pay\n  languages:\n    nl: {phrasings: [loon, wedde]}\n"
        "- id: age\n  languages:\n    nl: {phrasings: [hoe oud, leeftijd]}\n"
    )
    (overlay / "learned.yaml").write_text(
        '- {id: 1, entry: pay, language: nl, phrasing: "pree", accepted_on: 2026-11-22}\n'
        '- {id: 2, entry: pay, language: nl, phrasing: "Leeftijd?", accepted_on: 2026-11-22}\n'
        '- {id: 3, entry: gone, language: nl, phrasing: "x", accepted_on: 2026-11-22}\n'
    )

    plain = load(shipped, strict=False)
    made = load(shipped, overlay, strict=False)
    matcher = Matcher.build(made, thresholds=THRESHOLDS)

    assert [one.id for one in made.learned] == ["1", "2", "3"]
    assert made.entries == plain.entries
    assert made.digest == plain.digest
    assert outcome(matcher.ask("Pree!")) == "answers pay"
    assert outcome(matcher.ask("leeftijd")) == "answers age", "what an editor wrote comes first"
    assert f"{overlay}/learned.yaml:3: 3.entry: there is no gone in 'nl' to learn this for" in {
        str(problem) for problem in check(made, TODAY).problems
    }


def cut(content: Content, most: int) -> Content:
    """So many entries, in Dutch."""
    step = max(1, len(content.entries) // most)
    entries = tuple(
        entry.model_copy(update={"languages": {"nl": entry.languages["nl"]}})
        for entry in content.entries[::step]
    )
    return replace(content, entries=entries, digest="")


ACCEPTED = figure(200, 4)


def test_accepted_questions_make_no_case_worse() -> None:
    """Every other case plays a question that nobody answered; the rest says what gets worse."""
    made = load() if PROOF else cut(load(), 10)
    matcher = Matcher.build(made)
    tags = {tag for entry in made.entries for tag in entry.languages}
    known = {"", *made.by_id, *(f"route:{route.id}" for route in made.routes)}
    cases = [case for case in from_folder() if case.expected in known and case.language in tags]
    asked = Counter((case.question, case.language) for case in cases)
    waiting, others = [], []
    for number, case in enumerate(cases):
        single = asked[case.question, case.language] == 1  # not two questions in one message
        open_ = case.expected in made.by_id and not case.context and single and number % 2
        if open_ and _asked(case, matcher).outcome in (Outcome.UNSURE, Outcome.NONE):
            waiting.append(question(case.question, case.expected, number, case.language))
        else:
            others.append(case)
    passed = [case for case in others if case.passes(_asked(case, matcher))]
    taught = School(made, matcher, others)

    taken: list[Learned] = []
    while len(taken) < ACCEPTED and waiting:
        taken += taught.take_in(waiting[:BATCH])[0]
        del waiting[:BATCH]

    after = taught.matcher
    assert len(taken) >= ACCEPTED
    assert [case for case in passed if not case.passes(_asked(case, after))] == []
    assert {outcome(after.ask(one.phrasing, language=one.language)) for one in taken} == {
        f"answers {one.entry}" for one in taken
    }


def test_a_harmful_question_is_refused_in_the_shipped_content_too() -> None:
    """The control: were nothing refused, the test above would say nothing."""
    made = cut(load(), 10)
    matcher = Matcher.build(made)
    one, other = made.entries[:2]
    phrasing = other.languages["nl"].phrasings[0]
    case = Case(f"{phrasing} a.u.b. ?", "nl", other.id)
    assert case.passes(matcher.ask(case.question))

    wrong = question(f"{phrasing} a.u.b.", one.id)
    taken, refused = School(made, matcher, [case]).take_in([wrong])

    assert (taken, refused) == ([], [wrong])


def _asked(case: Case, matcher: Matcher) -> Match:
    return matcher.ask(case.question, language=case.language, context=case.context or None)
