"""T-05, T-06, T-22, T-23: what anybody may press, type or open does nothing to what is not theirs.

Generated from what the handlers declare: every button, every typed question and every payload
for anybody, about things of somebody else and about things that do not exist.
"""

from datetime import timedelta

import pytest

from bot.services import Services
from bot.staff.model import OPENING
from bot.storage.database import Database
from handlers import buttons, commands, payloads, typed
from handlers.access import NOT_PEOPLE
from tests.handlers.roles.conftest import Member, Team
from tests.handlers.roles.objects import BUTTONS
from tests.handlers.roles.watching import FORGED, changed, said_to, state, typed_by
from tests.support.clock import FakeClock

ABOUT_ONESELF = frozenset({"privacy", "language", "staff"})
"""Whatever stands behind the colon, these are about who presses; nothing is anybody else's.

Of `staff`, using a code is for anybody, and each wrong one counts.
"""

FOR_ANYBODY = sorted(
    action
    for action, claim in buttons.CLAIMS.items()
    if claim.for_.is_everybody and action.partition(".")[0] not in ABOUT_ONESELF
)
TYPED_BY_ANYBODY = sorted(
    action for action, claim in typed.CLAIMS.items() if claim.for_.is_everybody
)

SHAPES = ("{}", "{}/2", "{}/601", "601/{}", "601/{}/1")
"""How a number can stand behind the colon; 601 is an info session that everybody may see."""

COORDINATORS_ACCOUNT = 1001


def wrong_and_missing(team: Team) -> list[tuple[int, int]]:
    """What is not theirs, each with a number of that kind that does not exist."""
    return [(team.sign_up, 991), (team.other_sign_up, 992), (team.draft, 799)]


def plain(said: list[str], number: int) -> list[str]:
    """What was said, without the number that was asked about."""
    return [each.replace(str(number), "…") for each in said]


async def test_t05_what_is_somebody_elses_looks_as_if_it_did_not_exist(
    team: Team, sqlite_database: Database, clock: FakeClock
) -> None:
    before = await state(sqlite_database)
    told_apart = []
    for action in FOR_ANYBODY:
        for wrong, missing in wrong_and_missing(team):
            for shape in SHAPES:
                data = f"{action}:{shape}"
                said = await said_to(team.candidate, data.format(wrong), clock)
                unknown = await said_to(team.candidate, data.format(missing), clock)
                if plain(said, wrong) != plain(unknown, missing):
                    told_apart.append(data.format(wrong))

    assert len(FOR_ANYBODY) > 40
    assert told_apart == []
    assert await changed(sqlite_database, before) == set()


@pytest.mark.parametrize("id_", FORGED)
async def test_t05_made_up_data_of_anybody_changes_nothing(
    team: Team, sqlite_database: Database, clock: FakeClock, id_: str
) -> None:
    before = await state(sqlite_database)
    for action in FOR_ANYBODY:
        await said_to(team.candidate, f"{action}:{id_}", clock)

    assert await changed(sqlite_database, before) <= {"unanswered"}


@pytest.mark.parametrize("action", TYPED_BY_ANYBODY)
async def test_t05_what_is_typed_about_things_of_others_changes_nothing(
    team: Team, services: Services, sqlite_database: Database, clock: FakeClock, action: str
) -> None:
    before = await state(sqlite_database)
    for wrong, missing in wrong_and_missing(team):
        for shape in SHAPES:
            said = []
            for number in (wrong, missing):
                await services.people.asked(
                    team.candidate.person, f"{action}:{shape.format(number)}"
                )
                said.append(plain(await typed_by(team.candidate, "4 personen", clock), number))
            assert said[0] == said[1], shape

    assert await changed(sqlite_database, before) <= {"unanswered"}


@pytest.mark.parametrize("who", ["candidate", "revoked", "editor", "dpo"])
async def test_t23_a_payload_about_what_is_not_theirs_looks_as_if_it_did_not_exist(
    team: Team, sqlite_database: Database, clock: FakeClock, who: str
) -> None:
    member: Member = getattr(team, who)
    before = await state(sqlite_database)
    told_apart = []
    for prefix in payloads.CLAIMS:
        if prefix == OPENING:
            continue  # every code gets the same question
        for wrong, missing in ((team.draft, 799), (team.code, team.code[::-1])):
            unknown = await typed_by(member, f"/start {prefix}{missing}", clock)
            if await typed_by(member, f"/start {prefix}{wrong}", clock) != unknown:
                told_apart.append(f"{prefix}{wrong}")

    assert told_apart == []
    assert await changed(sqlite_database, before) == set()


@pytest.mark.parametrize("who", ["candidate", "other_candidate", "revoked", "editor", "dpo"])
async def test_s9_a_personal_code_scanned_by_an_outsider_is_a_payload_like_any_other(
    team: Team, sqlite_database: Database, clock: FakeClock, who: str
) -> None:
    """Also by the person whose code it is, and by colleagues who are not there that day."""
    member: Member = getattr(team, who)
    before = await state(sqlite_database)
    unknown = await typed_by(member, "/start zomaar", clock)

    assert await typed_by(member, f"/start c_{team.code}", clock) == unknown
    assert await changed(sqlite_database, before) == set()


@pytest.mark.parametrize(
    ("account", "chat"),
    [(COORDINATORS_ACCOUNT, -1001)]
    + [(account, chat) for account in sorted(NOT_PEOPLE) for chat in (COORDINATORS_ACCOUNT, -1001)],
)
async def test_t06_t22_nobody_acts_as_an_anonymous_admin_or_in_a_group(
    team: Team, sqlite_database: Database, clock: FakeClock, account: int, chat: int
) -> None:
    """The coordinator too is only a coordinator in their own chat."""
    phone = team.coordinator.chat
    assert phone.account == COORDINATORS_ACCOUNT
    before = await state(sqlite_database)
    who = {"id": account, "is_bot": account in NOT_PEOPLE - {777000}, "first_name": "Group"}
    where = {"id": chat, "type": "private" if chat > 0 else "supergroup", "title": "Jobs"}
    there = {"message_id": 1, "date": 1_795_255_200, "chat": where, "from": who}

    async def arrives(**content: object) -> None:
        clock.advance(timedelta(seconds=1))
        await phone.line({"update_id": phone.telephone.next_number(), **content})

    for action, object_ in BUTTONS.items():
        query = {"id": f"q{phone.telephone.next_number()}", "from": who, "chat_instance": "1"}
        phone.telephone.unanswered_taps.add(query["id"])
        phone.telephone.tapper[query["id"]] = account
        data = f"{action}:{object_(team)}"
        await arrives(callback_query={**query, "data": data, "message": {**there, "text": "…"}})
    for name in commands.STAFF_NAMES:
        entity = {"type": "bot_command", "offset": 0, "length": len(name) + 1}
        await arrives(message={**there, "text": f"/{name}", "entities": [entity]})

    assert await state(sqlite_database) == before
    assert phone.screen.messages == []
    assert team.health.counts["attempts_refused"] == 0
