"""People who type and tap, in front of the real assistant: only clock and transport are fake."""

from __future__ import annotations

import html
import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from telegram import Update
from telegram.ext import ExtBot

from bot.audit import Audit
from bot.config import Contact, Links, Zone
from bot.info_sessions.door import Door
from bot.info_sessions.papers import Papers
from bot.info_sessions.planning import Planning
from bot.info_sessions.service import InfoSessions
from bot.notifications.pacing import Pacer
from bot.people.service import People
from bot.presses import Presses
from bot.privacy import Privacy
from bot.questions.service import Questions
from bot.services import Services
from bot.staff import Staff
from bot.storage.database import Database
from bot.storage.ledger import Ledger
from bot.texts import Texts
from faq.entry import Content
from faq.loader import load
from faq.matcher import Matcher
from faq.thresholds import Thresholds
from handlers import application
from handlers.application import Contactpunt
from handlers.flood import Flood
from handlers.messenger import Messenger
from handlers.raw import arrival_of
from tests.support.clock import FakeClock
from tests.support.telephone import OnScreen, Screen, Telephone

TOKEN = "123456:" + "A" * 35
SMALL = Path(__file__).parent.parent / "support" / "small_content"
TRANSCRIPTS = Path(__file__).parent / "transcripts"

Json = dict[str, Any]


@cache
def small_content() -> tuple[Content, Matcher]:
    """A handful of answers that no editor changes, so that transcripts stay as they are."""
    content = load(SMALL)
    return content, Matcher.build(content, thresholds=Thresholds(sure=0.55, unsure=0.3))


@pytest.fixture
def zone() -> Zone:
    return Zone(
        name="Lokale Politie Aalst",
        contact=Contact(
            phone="053 00 00 00",
            mail="jobs@politie.example",
            page="https://www.politie.be/5440/jobs",
            desk="Markt 1, 9300 Aalst",
        ),
        links=Links(sessions_page="https://www.politie.be/5440/infosessies"),
        opening_hours={day: ["09:00-16:30"] for day in ("monday", "tuesday", "thursday")},
    )


@pytest.fixture
def answers() -> tuple[Content, Matcher]:
    return small_content()


@pytest.fixture
def services(
    sqlite_database: Database,
    clock: FakeClock,
    zone: Zone,
    answers: tuple[Content, Matcher],
    tmp_path: Path,
) -> Services:
    presses = Presses(sqlite_database, clock)
    staff = Staff(sqlite_database, clock)
    privacy = Privacy(sqlite_database, Ledger(tmp_path), clock)
    info_sessions = InfoSessions(sqlite_database, clock)
    planning = Planning(sqlite_database, staff, clock)
    privacy.before_erasure += [staff.leaving, info_sessions.forget]
    staff.on_leaving.append(planning.left)
    texts = Texts.load(None, zone)
    papers = Papers(sqlite_database, staff, texts, clock)
    papers.zone = zone
    staff.on_leaving.append(papers.left)
    return Services(
        people=People(sqlite_database, clock, zone.languages),
        questions=Questions(sqlite_database, presses, zone, *answers, clock),
        privacy=privacy,
        presses=presses,
        staff=staff,
        audit=Audit(sqlite_database, tmp_path, clock),
        info_sessions=info_sessions,
        planning=planning,
        door=Door(sqlite_database, staff, clock),
        papers=papers,
        texts=texts,
        zone=zone,
        now=clock,
    )


@pytest.fixture
def telephone() -> Telephone:
    return Telephone()


@pytest.fixture
async def messenger(telephone: Telephone) -> AsyncIterator[Messenger]:
    bot: ExtBot[None] = ExtBot(TOKEN, request=telephone, get_updates_request=telephone)
    made = Messenger(bot, Pacer())
    made.bot = bot  # type: ignore[attr-defined]
    yield made
    await made.close()


@pytest.fixture
async def assistant(services: Services, messenger: Messenger) -> AsyncIterator[Contactpunt]:
    made = application.build(messenger._bot, services, messenger, flood=Flood())
    await made.initialize()
    yield made
    await made.shutdown()


@dataclass
class Chat:
    """One person's phone."""

    account: int
    name: str
    language: str
    telephone: Telephone
    line: Callable[[Json], Any]
    updates: list[Json] = field(default_factory=list)
    seen: int = 0

    @property
    def screen(self) -> Screen:
        return self.telephone.screen(self.account)

    @property
    def last(self) -> OnScreen:
        """The newest message of the assistant."""
        return next(message for message in reversed(self.screen.messages) if not message.mine)

    @property
    def text(self) -> str:
        """The newest message without its formatting."""
        return html.unescape(re.sub(r"<[^>]+>", "", self.last.text))

    @property
    def labels(self) -> list[str]:
        return [button["text"] for row in self.last.buttons for button in row]

    async def types(self, text: str) -> None:
        self.screen.events.append(f"{self.name}: {text}")
        await self.sends(text=text, **_entities(text))

    async def sends(self, **content: Any) -> None:
        """A message of any kind."""
        number = self.telephone.next_number()
        if "text" not in content:
            self.screen.events.append(f"{self.name}: ({', '.join(content)})")
        self.screen.messages.append(OnScreen(number, True, content.get("text", "")))
        await self._arrives(message=self._message(number, **content))

    async def edits(self, text: str) -> None:
        number = next(m.number for m in reversed(self.screen.messages) if m.mine)
        message = self._message(number, text=text, **_entities(text))
        await self._arrives(edited_message={**message, "edit_date": message["date"]})

    async def taps(self, label: str) -> None:
        """Press the button *label*: it must be on the screen; the newest one counts."""
        for message in reversed(self.screen.messages):
            for button in (button for row in message.buttons for button in row):
                if button["text"] == label and "callback_data" in button:
                    await self.presses(message.number, button["callback_data"], label)
                    return
        raise AssertionError(f"no button {label!r} on the screen, only {self.labels}")

    async def presses(self, number: int, data: str, label: str | None = None) -> None:
        """Send the data of a button, whether or not it is there."""
        self.screen.events.append(f"{self.name}: → [{label or data}]")
        query = f"q{self.telephone.next_number()}"
        self.telephone.unanswered_taps.add(query)
        self.telephone.tapper[query] = self.account
        there = self._message(number, text="…")
        there["from"] = {"id": 99, "is_bot": True, "first_name": "Contactpunt"}
        await self._arrives(
            callback_query={
                "id": query,
                "from": self._user(),
                "chat_instance": "1",
                "data": data,
                "message": there,
            }
        )

    async def again(self) -> None:
        """The last update is delivered once more, as after a crash."""
        await self.line(dict(self.updates[-1]))

    async def blocks(self, status: str = "kicked") -> None:
        bot = {"id": 99, "is_bot": True, "first_name": "Contactpunt"}
        member = {"user": bot, "status": status}
        if status == "kicked":
            member["until_date"] = 0
        await self._arrives(
            my_chat_member={
                "chat": self._chat(),
                "from": self._user(),
                "date": 1_795_255_200,
                "old_chat_member": {"user": bot, "status": "member"},
                "new_chat_member": member,
            }
        )

    def listen(self) -> list[OnScreen]:
        """What the assistant wrote since the last time."""
        theirs = [message for message in self.screen.messages if not message.mine]
        fresh = [message for message in theirs if message.number > self.seen]
        self.seen = max([self.seen, *(message.number for message in theirs)])
        return fresh

    def _user(self) -> Json:
        return {
            "id": self.account,
            "is_bot": False,
            "first_name": self.name,
            "language_code": self.language,
        }

    def _chat(self) -> Json:
        return {"id": self.account, "type": "private", "first_name": self.name}

    def _message(self, number: int, **content: Any) -> Json:
        return {
            "message_id": number,
            "date": 1_795_255_200,
            "chat": self._chat(),
            "from": self._user(),
            **content,
        }

    async def _arrives(self, **content: Any) -> None:
        update = {"update_id": self.telephone.next_number(), **content}
        self.updates.append(update)
        await self.line(update)


def _entities(text: str) -> Json:
    command = re.match(r"/\w+(@\w+)?", text)
    if command is None:
        return {}
    return {"entities": [{"type": "bot_command", "offset": 0, "length": len(command.group())}]}


@pytest.fixture
def line(assistant: Contactpunt, messenger: Messenger) -> Callable[[Json], Any]:
    """Deliver one raw update, as the inbox would: numbers taken out, then to the handlers."""

    async def deliver(raw: Json) -> None:
        arrival = arrival_of(json.loads(json.dumps(raw)))
        update = Update.de_json(json.loads(arrival.body), assistant.bot)
        await assistant.process_update(update)
        await messenger.close()

    return deliver


@pytest.fixture
def chat_of(telephone: Telephone, line: Callable[[Json], Any]) -> Callable[..., Chat]:
    """`chat_of(1)` is the phone of person 1; their app speaks Dutch unless said otherwise."""
    names = {1: "An", 2: "Bo", 3: "Chloé", 4: "Dieter"}

    def make(number: int, language: str = "nl", name: str | None = None) -> Chat:
        return Chat(1000 + number, name or names.get(number, "Emma"), language, telephone, line)

    return make


@pytest.fixture
def transcript(request: pytest.FixtureRequest) -> Callable[[str, Chat], None]:
    """Compare what both sides said with the approved text; `pytest --accept` writes it anew."""

    def check(name: str, chat: Chat) -> None:
        said = "\n\n".join(chat.screen.events) + "\n"
        file = TRANSCRIPTS / f"{name}.txt"
        if request.config.getoption("--accept"):
            TRANSCRIPTS.mkdir(exist_ok=True)
            file.write_text(said, encoding="utf-8")
        approved = file.read_text(encoding="utf-8") if file.exists() else ""
        assert said == approved, f"read the difference; `pytest --accept` approves {file.name}"

    return check
