"""Dialogue state and what is kept for the editor, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.config import Zone
from bot.people.model import Person
from bot.people.service import People
from bot.presses import Presses
from bot.questions.answers import UnknownEntry
from bot.questions.model import Answer, Clarify, DidYouMean, EntryId, FixedRoute, Human, Verdict
from bot.questions.service import Questions
from bot.storage.database import Database
from tests.conversations.conftest import small_content
from tests.support.clock import FakeClock


@pytest.fixture
def questions(database: Database, clock: FakeClock) -> Questions:
    zone = Zone(name="Zone", languages=("nl", "fr"))
    return Questions(database, Presses(database, clock), zone, *small_content(), clock)


@pytest.fixture
async def an(database: Database, clock: FakeClock) -> Person:
    return await People(database, clock).arrived(1, "nl")


async def test_r09_the_same_update_twice_is_the_same_as_once(
    questions: Questions, an: Person
) -> None:
    first = await questions.ask(an, "wat eten we vanavond", 1)
    again = await questions.ask(an, "wat eten we vanavond", 1)
    second = await questions.ask(an, "blauwe bananen fietsen", 2)
    once_more = await questions.ask(an, "blauwe bananen fietsen", 2)

    assert isinstance(first, Clarify)
    assert isinstance(second, Human)
    assert (again, once_more) == (first, second)
    assert sum(theme.count for theme in await questions.unanswered()) == 2


async def test_f6_an_expired_entry_is_hidden_everywhere(
    questions: Questions, an: Person, clock: FakeClock
) -> None:
    content, matcher = small_content()
    entries = tuple(
        entry.model_copy(update={"valid_until": clock().date()})
        if entry.id == "minimum-age"
        else entry
        for entry in content.entries
    )
    questions.replace(replace(content, entries=entries), matcher)
    today = await questions.ask(an, "hoe oud moet ik zijn", 1)

    clock.advance(timedelta(days=1))
    tomorrow = await questions.ask(an, "hoe oud moet ik zijn", 2)

    assert isinstance(today, Answer)
    assert not isinstance(tomorrow, Answer)
    with pytest.raises(UnknownEntry):
        questions.answers.show(EntryId("minimum-age"), "nl")
    shown = {t.entry for topic in questions.answers.topics("uniform", "nl") for t in topic.entries}
    assert "minimum-age" not in shown
    assert "minimum-age" not in {
        t.entry for t in questions.answers.show(EntryId("maximum-age"), "nl").related
    }


async def test_a_language_the_zone_does_not_speak_is_answered_in_the_persons(
    questions: Questions, an: Person
) -> None:
    reply = await questions.ask(an, "how old must you be at least", 1)

    assert reply.language == "nl"


async def test_f4_a_route_needs_no_database(questions: Questions, database: Database) -> None:
    await database.close()

    route = questions.route("er staat een man met een mes aan mijn deur", None)

    assert isinstance(route, FixedRoute)
    assert route.name == "emergency"


async def test_f9_alike_questions_are_one_theme_most_asked_first(
    questions: Questions, an: Person
) -> None:
    for number, text in enumerate(
        [
            "parkeren in de buurt",
            "hoe zit het met sneeuw",
            "wat met sneeuw",
            "met sneeuw hoe zit het",
        ]
    ):
        await questions.ask(an, text, 10 * number)
        await questions.start_over(an)

    themes = await questions.unanswered()

    assert themes[0].count >= 2
    assert "sneeuw" in themes[0].texts[0]
    assert [theme.count for theme in themes] == sorted((t.count for t in themes), reverse=True)


async def test_f8_a_verdict_delivered_again_counts_once(questions: Questions, an: Person) -> None:
    entry = EntryId("pay")

    counted = [
        await questions.judge(an, 5, entry, "nl", Verdict.BAD, update_id=9),
        await questions.judge(an, 5, entry, "nl", Verdict.BAD, update_id=9),
        await questions.judge(an, 5, entry, "nl", Verdict.GOOD, update_id=10),
        await questions.judge(an, 6, entry, "nl", Verdict.BAD, update_id=11),
    ]

    assert counted == [True, False, False, True]
    assert await questions.verdicts() == {(entry, "nl", Verdict.BAD): 2}


async def test_did_you_mean_has_at_most_three_titles(questions: Questions, an: Person) -> None:
    reply = await questions.ask(an, "uitleg over test", 1)

    assert isinstance(reply, DidYouMean)
    assert len(reply.titles) == 3
