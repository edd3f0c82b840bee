"""The rules behind a conversation."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from bot.questions.delicate import is_delicate
from bot.questions.model import (
    PAGE,
    Clarify,
    Dialogue,
    DidYouMean,
    EntryId,
    Human,
    Step,
    Title,
    Topic,
    filled,
    next_step,
)
from bot.questions.unanswered import Theme, as_cases
from faq.match import Outcome
from faq.yaml_reader import parse_yaml

ASKED_BACK = Dialogue(clarified=True)


@pytest.mark.parametrize(
    ("outcome", "dialogue", "step"),
    [
        pytest.param(Outcome.SURE, Dialogue(), Step.ANSWER, id="sure"),
        pytest.param(Outcome.SURE, ASKED_BACK, Step.ANSWER, id="sure after asking back"),
        pytest.param(Outcome.UNSURE, Dialogue(), Step.OFFER, id="unsure"),
        pytest.param(Outcome.UNSURE, ASKED_BACK, Step.HUMAN, id="unsure after asking back"),
        pytest.param(Outcome.NONE, Dialogue(), Step.CLARIFY, id="nothing fits"),
        pytest.param(Outcome.NONE, ASKED_BACK, Step.HUMAN, id="nothing fits after asking back"),
    ],
)
def test_f2_next_step(outcome: Outcome, dialogue: Dialogue, step: Step) -> None:
    assert next_step(outcome, dialogue) is step


@given(st.lists(st.sampled_from([Outcome.SURE, Outcome.UNSURE, Outcome.NONE]), max_size=30))
def test_f2_no_two_clarifications_in_a_row_whatever_is_asked(outcomes: list[Outcome]) -> None:
    dialogue, steps = Dialogue(), []
    replies = {
        Step.OFFER: DidYouMean("nl", ()),
        Step.CLARIFY: Clarify("nl"),
        Step.HUMAN: Human("nl"),
    }
    for outcome in outcomes:
        steps.append(next_step(outcome, dialogue))
        reply = replies.get(steps[-1])
        dialogue = dialogue.after(reply) if reply else Dialogue(EntryId("x"))

    asked_back = [step in (Step.OFFER, Step.CLARIFY) for step in steps]
    assert not any(one and other for one, other in pairwise(asked_back))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Bel {zone.phone}.", "Bel 053."),
        ("Eerst.\n\nBel {zone.mail}.\n\nDan.", "Eerst.\n\nDan."),
        ("{zone.phone} of {zone.mail}", ""),
        ("{zone.name}", "A &amp; B"),
        ("zonder plaats <b>vet</b>", "zonder plaats <b>vet</b>"),
    ],
)
def test_filled(text: str, shown: str) -> None:
    facts = {"phone": "053", "mail": None, "name": "A & B"}

    assert filled(text, facts.__getitem__) == Markup(shown)


@pytest.mark.parametrize("count", [0, 1, PAGE, PAGE + 1, 3 * PAGE])
def test_pages_hold_every_entry_once(count: int) -> None:
    entries = tuple(Title(EntryId(str(number)), "?") for number in range(count))
    topic = Topic("x", "X", entries)

    pages = [topic.page(number) for number in range(1, topic.pages + 1)]

    assert tuple(title for page in pages for title in page) == entries
    assert topic.page(0) == topic.page(topic.pages + 1) == topic.page(-1) == ()


@pytest.mark.parametrize(
    "text",
    [
        *("ik heb diabetes", "mijn strafblad", "je suis enceinte", "eine Vorstrafe"),
        *("a trade union", "he has asthma", "ik heb ASTMA", "j'ai des allergies", "ik ben ziek"),
        *("ich bin vorbestraft", "in een rolstoel", "I had surgery"),
    ],
)
def test_p05_delicate(text: str) -> None:
    assert is_delicate(text)


@pytest.mark.parametrize(
    "text", ["hoe oud moet ik zijn", "ziekenhuis in de buurt", "is het muziekkorps er ook"]
)
def test_p05_not_delicate(text: str) -> None:
    assert not is_delicate(text)


def test_f9_themes_become_cases_that_can_be_read_again() -> None:
    theme = Theme("nl", None, ('zegt hij "ja"', "met \\ erin"), date(2026, 11, 21))

    written = as_cases([theme, Theme("fr", EntryId("pay"), ("combien ?",), date(2026, 11, 20))])

    assert parse_yaml(written).data == [
        {"entry": None, "asked": ['zegt hij "ja"', "met \\ erin"]},
        {"entry": "pay", "asked": ["combien ?"]},
    ]
