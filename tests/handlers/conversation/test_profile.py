"""Commands, descriptions and menu button are set per language, and only when they changed."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from telegram.ext import ExtBot

from bot.config import Zone
from bot.people.model import Person
from bot.people.service import People
from bot.services import Services
from bot.staff import Role, Staff
from bot.storage.database import Database
from bot.texts import Texts
from handlers import profile
from handlers.commands import NAMES, STAFF_NAMES
from tests.support.clock import FakeClock
from tests.support.telephone import Telephone

TOKEN = "123456:" + "A" * 35


class Profile(Telephone):
    """A Bot API that remembers what is shown around the chat."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: dict[tuple[str, str], Any] = {}
        self.in_chats: dict[int, Any] = {}
        self.button: Any = {"type": "default"}

    def _deleteMyCommands(self, given: Any, _: Any) -> bool:  # noqa: N802
        self.in_chats.pop(given["scope"]["chat_id"], None)
        return True

    def _getMyCommands(self, given: Any, _: Any) -> Any:  # noqa: N802
        return self.shown.get(("commands", given.get("language_code", "")), [])

    def _setMyCommands(self, given: Any, _: Any) -> bool:  # noqa: N802
        if "scope" in given:
            self.in_chats[given["scope"]["chat_id"]] = given["commands"]
        else:
            self.shown["commands", given.get("language_code", "")] = given["commands"]
        return True

    def _getMyDescription(self, given: Any, _: Any) -> Any:  # noqa: N802
        return {"description": self.shown.get(("long", given.get("language_code", "")), "")}

    def _setMyDescription(self, given: Any, _: Any) -> bool:  # noqa: N802
        self.shown["long", given.get("language_code", "")] = given["description"]
        return True

    def _getMyShortDescription(self, given: Any, _: Any) -> Any:  # noqa: N802
        return {"short_description": self.shown.get(("short", given.get("language_code", "")), "")}

    def _setMyShortDescription(self, given: Any, _: Any) -> bool:  # noqa: N802
        self.shown["short", given.get("language_code", "")] = given["short_description"]
        return True

    def _getChatMenuButton(self, *_: Any) -> Any:  # noqa: N802
        return self.button

    def _setChatMenuButton(self, given: Any, _: Any) -> bool:  # noqa: N802
        self.button = given["menu_button"]
        return True


class Nothing:
    """No use case is needed here."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)


@pytest.fixture
def services() -> Services:
    nothing: Any = Nothing()
    zone = Zone(name="Lokale Politie Aalst", languages=("nl", "fr"))
    return Services(*[nothing] * 10, Texts.load(), zone)


async def test_the_profile_is_set_once_per_language(services: Services) -> None:
    api = Profile()
    bot: ExtBot[None] = ExtBot(TOKEN, request=api, get_updates_request=api)
    await bot.initialize()

    first = await profile.publish(bot, services)
    before = len(api.calls)
    second = await profile.publish(bot, services)

    assert first == 3 * 3 + 1
    assert second == 0
    assert not [name for name, _ in api.calls[before:] if name.startswith("set")]
    names = {code: [c["command"] for c in api.shown["commands", code]] for code in ("", "nl", "fr")}
    assert names["nl"] == names[""] == [command["nl"] for command in NAMES.values()]
    assert names["fr"] == [command["fr"] for command in NAMES.values()]


async def test_a_bot_api_that_refuses_is_no_obstacle(services: Services) -> None:
    api = Telephone()
    bot: ExtBot[None] = ExtBot(TOKEN, request=api, get_updates_request=api)
    await bot.initialize()

    assert await profile.publish(bot, services) == 0


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_what_telegram_allows_is_kept(services: Services, language: str) -> None:
    texts = services.texts
    zone = "x" * 40

    for command in profile.listed(services, language):
        assert 1 <= len(command.command) <= 32
        assert 1 <= len(command.description) <= 256
    assert len(texts.plain("start.description", language, zone=zone)) <= profile.DESCRIPTION
    assert len(texts.plain("start.short_description", language, zone="x" * 25)) <= 120


@dataclass
class Office:
    """A zone with people in it, and the Bot API before it."""

    api: Profile
    bot: ExtBot[None]
    services: Services

    async def somebody(self, account: int, language: str = "nl") -> Person:
        return await self.services.people.arrived(account, language)

    async def hired(
        self, account: int, *, language: str = "nl", ends_on: date | None = None
    ) -> Person:
        person, staff = await self.somebody(account, language), self.services.staff
        role = Role.EDITOR if await staff.colleagues(None) else Role.COORDINATOR
        invited = await staff.invite(None, role, name="Sofie", ends_on=ends_on)
        await staff.redeem(person.id, invited.code)
        return person

    async def looks(self) -> int:
        return await profile.publish_to_colleagues(self.bot, self.services)

    def names(self, account: int) -> list[str]:
        return [each["command"] for each in self.api.in_chats.get(account, [])]


@pytest.fixture
async def office(database: Database, clock: FakeClock) -> Office:
    nothing: Any = Nothing()
    zone = Zone(name="Lokale Politie Aalst", languages=("nl", "fr"))
    services = Services(*[nothing] * 10, Texts.load(), zone)
    services.people = People(database, clock, ("nl", "fr"))
    services.staff = Staff(database, clock)
    api = Profile()
    bot: ExtBot[None] = ExtBot(TOKEN, request=api, get_updates_request=api)
    await bot.initialize()
    return Office(api, bot, services)


async def test_t08_staff_commands_stand_only_in_chats_of_colleagues(office: Office) -> None:
    await office.hired(1001)
    await office.hired(1002, language="fr")
    await office.somebody(1003)

    changed = [await office.looks(), await office.looks()]

    assert changed == [2, 0]
    assert set(office.api.in_chats) == {1001, 1002}
    assert office.names(1001)[0] == STAFF_NAMES["staff"]["nl"]
    assert office.names(1002)[0] == STAFF_NAMES["staff"]["fr"]
    assert office.names(1001)[1:] == [command["nl"] for command in NAMES.values()]
    listed = {each.command for each in profile.listed(office.services, "nl")}
    assert not listed & {name for names in STAFF_NAMES.values() for name in names.values()}


async def test_t08_they_are_taken_away_when_the_role_ends(office: Office) -> None:
    sofie = await office.hired(1001)
    bram = await office.hired(1002)
    await office.looks()
    await office.services.staff.revoke(sofie.id, bram.id)
    office.services.people = People(office.services.people.database)  # nothing is kept in memory

    assert await office.looks() == 1
    assert set(office.api.in_chats) == {1001}


async def test_t08_they_are_taken_away_on_the_day_the_role_ends(
    office: Office, clock: FakeClock
) -> None:
    await office.hired(1001)
    await office.hired(1002, ends_on=date(2026, 11, 23))
    await office.looks()
    clock.advance(timedelta(days=2))

    assert await office.looks() == 1
    assert set(office.api.in_chats) == {1001}


async def test_they_follow_the_language_that_was_chosen(office: Office) -> None:
    sofie = await office.hired(1001)
    await office.looks()
    await office.services.people.choose_language(sofie.id, "fr")

    assert await office.looks() == 1
    assert office.names(1001)[0] == STAFF_NAMES["staff"]["fr"]


async def test_r21_what_telegram_did_not_take_is_tried_again(office: Office) -> None:
    await office.hired(1001)
    office.api.refusals["setMyCommands"] = [(502, "Bad Gateway"), (429, "Too Many Requests")]

    changed = [await office.looks() for _ in range(4)]

    assert changed == [0, 0, 1, 0]
    assert set(office.api.in_chats) == {1001}


async def test_a_chat_that_is_gone_for_good_is_asked_once(office: Office) -> None:
    await office.hired(1001)
    office.api.refusals["setMyCommands"] = [(400, "Bad Request: chat not found")]

    changed = [await office.looks() for _ in range(2)]

    assert changed == [1, 0]
    assert len([name for name, _ in office.api.calls if name == "setMyCommands"]) == 1


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_staff_commands_are_what_telegram_allows(services: Services, language: str) -> None:
    for command in profile.listed_for_colleagues(services, language):
        assert 1 <= len(command.command) <= 32
        assert 1 <= len(command.description) <= 256
