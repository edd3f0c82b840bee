"""The shipped content is whole: enough phrasings, enough cases, a way to every entry."""

from collections import Counter

import pytest

from faq.case import Case, from_folder
from faq.check import LANGUAGES, outsiders, unfinished
from faq.entry import Content
from faq.leave_out import held_out, misplaced
from faq.loader import load
from tests.support.figures import PROOF

CASES = {"nl": 4, "fr": 2, "de": 2, "en": 2}
"""Of each entry, at least."""


@pytest.fixture(scope="module")
def shipped() -> Content:
    return load()


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return from_folder()


def test_phrasings_are_enough_and_varied_and_every_entry_is_linked(shipped: Content) -> None:
    assert [str(problem) for problem in unfinished(shipped)] == []


def test_every_entry_is_asked_in_every_language(shipped: Content, cases: list[Case]) -> None:
    counted = Counter((case.expected, case.language) for case in cases)
    lacking = [
        f"{entry.id} {tag}: {counted[entry.id, tag]} of {least}"
        for entry in shipped.entries
        for tag, least in CASES.items()
        if counted[entry.id, tag] < least and tag in entry.languages
    ]

    assert lacking == []


def test_what_we_should_not_answer_is_asked_enough(cases: list[Case]) -> None:
    outside = [case for case in cases if not case.expected]
    human = [case for case in outside if case.human]
    fixed = [case for case in cases if case.expected.startswith(("route:", "action:"))]

    assert len(outside) - len(human) >= 150
    assert len(human) >= 40
    assert len(fixed) >= 60
    assert {case.language for case in outside} >= set(LANGUAGES)


def test_no_question_is_asked_twice(cases: list[Case]) -> None:
    """Unless it holds two questions, and stands under the entry of each."""
    counted = Counter((c.question, c.language, c.context, c.expected) for c in cases)

    assert [question for question, times in counted.items() if times > 1] == []


def test_no_case_is_a_phrasing(shipped: Content, cases: list[Case]) -> None:
    """A case that stands among the phrasings is answered without being understood."""
    known = {
        (phrasing.casefold(), tag)
        for entry in shipped.entries
        for tag, text in entry.languages.items()
        for phrasing in text.phrasings
    }
    copied = [case.question for case in cases if (case.question.casefold(), case.language) in known]

    assert len(copied) <= len(cases) / 100, copied


if PROOF:
    # Five builds of the index: a minute or two.
    def test_no_phrasing_stands_under_the_wrong_entry(shipped: Content) -> None:
        found = misplaced(shipped, held_out(shipped))

        assert [str(problem) for problem in outsiders(shipped, found)] == []
