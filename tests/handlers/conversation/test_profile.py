"""Commands, descriptions and menu button are set per language, and only when they changed."""

from typing import Any

import pytest
from telegram.ext import ExtBot

from bot.config import Zone
from bot.services import Services
from bot.texts import Texts
from handlers import profile
from handlers.commands import NAMES
from tests.support.telephone import Telephone

TOKEN = "123456:" + "A" * 35


class Profile(Telephone):
    """A Bot API that remembers what is shown around the chat."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: dict[tuple[str, str], Any] = {}
        self.button: Any = {"type": "default"}

    def _getMyCommands(self, given: Any, _: Any) -> Any:  # noqa: N802
        return self.shown.get(("commands", given.get("language_code", "")), [])

    def _setMyCommands(self, given: Any, _: Any) -> bool:  # noqa: N802
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
    return Services(*[nothing] * 6, Texts.load(), zone)


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
