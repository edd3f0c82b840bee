"""Ask anything: what a question leads to, from the approved content only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

from bot.clock import BRUSSELS, Now
from bot.config import Zone
from bot.people.model import Person
from bot.presses import Presses
from bot.questions import store
from bot.questions.answers import Answers, UnknownEntry
from bot.questions.delicate import is_delicate
from bot.questions.model import (
    MOST_TITLES,
    Answer,
    Both,
    Clarify,
    Dialogue,
    DidYouMean,
    EntryId,
    FixedRoute,
    Human,
    Reply,
    Step,
    TopicNamed,
    Verdict,
    Wanted,
    next_step,
)
from bot.questions.unanswered import Theme, Unanswered, same, themes
from bot.questions.vocabulary import Vocabulary, plain
from bot.redaction import scrub
from bot.storage.database import Database
from faq.entry import Content
from faq.match import Match, Outcome

if TYPE_CHECKING:
    from faq.features import Floats

KEPT = timedelta(days=90)


class Matching(Protocol):
    """The part of `faq.matcher.Matcher` that is used here."""

    def ask(
        self, text: str, *, language: str | None = None, context: str | None = None
    ) -> Match: ...

    def likeness(self, texts: Sequence[str]) -> Floats: ...


class Questions:
    """Answers questions; remembers only the last entry and whether we just asked back."""

    def __init__(
        self,
        database: Database,
        presses: Presses,
        zone: Zone,
        content: Content,
        matcher: Matching,
        now: Now,
    ) -> None:
        self.database = database
        self.presses = presses
        self.now = now
        self.zone = zone
        self.replace(content, matcher)

    def replace(self, content: Content, matcher: Matching, zone: Zone | None = None) -> None:
        """Answer from *content* from now on; both were made and checked before."""
        self.zone = zone or self.zone
        self.answers = Answers(content, self.zone, self.now)
        self.matcher = matcher
        self._topics_by_name = {
            plain(name): topic.id for topic in content.topics for name in topic.languages.values()
        }
        self._vocabulary = Vocabulary(content)

    async def ask(self, person: Person, text: str, update_id: int) -> Reply:
        """Reply to what *person* wrote. The same update gets the same reply again."""
        topic = self._topics_by_name.get(plain(text))
        if topic is not None:
            return TopicNamed(topic, self._enabled(person.language))

        async with self.database.reading() as reader:
            before = await store.dialogue(reader, person.id, update_id)
        match = self.matcher.ask(
            text, language=self._enabled(person.language), context=before.last_entry
        )
        language = self._spoken(match, text, person.language)
        reply = self._reply(match, before, language, is_delicate(text))
        after = before.after(reply)
        if after != before:
            await self._remember(person, before, after, update_id, self._kept(match, reply, text))
        return reply

    def route(self, text: str, language: str | None) -> FixedRoute | None:
        """The fixed route that *text* calls for: before everything, even without a database."""
        match = self.matcher.ask(text, language=self._enabled(language))
        if match.outcome is not Outcome.ROUTE:
            return None
        return self.answers.route(match.route or "", self._spoken(match, text, language))

    async def opened(self, person: Person, entry: EntryId, update_id: int) -> None:
        """*person* opened an answer with a button: follow-ups are about it."""
        async with self.database.reading() as reader:
            before = await store.dialogue(reader, person.id, update_id)
        after = Dialogue(entry)
        if after != before:
            await self._remember(person, before, after, update_id, None)

    async def gave_up(self, person: Person, update_id: int) -> None:
        """*person* tapped «something else»: a person is offered, we do not ask back again."""
        async with self.database.reading() as reader:
            before = await store.dialogue(reader, person.id, update_id)
        if before.clarified:
            await self._remember(person, before, Dialogue(before.last_entry), update_id, None)

    async def start_over(self, person: Person) -> None:
        """Forget what the conversation was about."""
        async with self.database.reading() as reader:
            known = await store.is_known(reader, person.id)
        if known:
            async with self.database.transaction() as tx:
                await store.forget(tx, person.id)

    async def judge(
        self,
        person: Person,
        message_id: int,
        entry: EntryId,
        language: str,
        verdict: Verdict,
        update_id: int,
    ) -> bool:
        """Count what a reader thinks, once per answer shown; only the count is kept.

        Returns False when this reader said so before.
        """
        if self.answers.content.entry_of(entry) is None:
            raise UnknownEntry(entry)
        async with self.database.transaction() as tx:
            subject = f"judged.{'why' if verdict not in (Verdict.GOOD, Verdict.BAD) else 'thumb'}"
            if not await self.presses.claim(tx, person.id, message_id, subject, update_id):
                return False
            await store.count(tx, entry, language, verdict)
            return True

    async def verdicts(self) -> dict[tuple[EntryId, str, Verdict], int]:
        async with self.database.reading() as reader:
            return await store.counts(reader)

    async def unanswered(self) -> Sequence[Theme]:
        """What we could not answer in the last 90 days, alike ones together, most asked first."""
        found = themes(await self.kept(), self.matcher.likeness)
        return [replace(theme, nearest=self._nearest(theme)) for theme in found]

    async def kept(self) -> Sequence[Unanswered]:
        """Each question we could not answer, in the order in which they came."""
        async with self.database.reading() as reader:
            return await store.kept_since(reader, self._today() - KEPT)

    async def take_out(
        self, text: str, language: str, write: Callable[[Sequence[Unanswered]], None]
    ) -> None:
        """Take a question off the list, however often it was asked.

        *write* keeps it elsewhere: both happen, or neither.
        """
        async with self.database.transaction() as tx:
            kept = await store.kept_since(tx, self._today() - KEPT)
            found = same(kept, text, language)
            if found:
                await store.take_out(tx, [question.number for question in found])
            write(found)

    async def put_back(self, question: Unanswered, times: int, write: Callable[[], None]) -> None:
        """The opposite of `take_out`."""
        async with self.database.transaction() as tx:
            for _ in range(times):
                await store.keep(tx, question)
            write()

    def _nearest(self, theme: Theme) -> tuple[tuple[EntryId, float], ...]:
        match = self.matcher.ask(theme.texts[0], language=theme.language)
        return tuple((EntryId(c.id), c.score) for c in match.candidates[:MOST_TITLES])

    def _reply(self, match: Match, dialogue: Dialogue, language: str, careful: bool) -> Reply:
        if match.outcome is Outcome.ROUTE:
            return self.answers.route(match.route or "", language)
        if match.outcome is Outcome.ACTION and match.action:
            return Wanted(match.action, language)
        if match.outcome is Outcome.SMALLTALK and match.smalltalk:
            return self.answers.chat(match.smalltalk, language) or Clarify(language)
        if match.parts:
            return self._two(match.parts, dialogue, language, careful)
        return self._one(match, dialogue, language, careful)

    def _one(self, match: Match, dialogue: Dialogue, language: str, careful: bool) -> Reply:
        step = next_step(match.outcome, dialogue)
        if step is Step.ANSWER and match.best is not None:
            try:
                return self.answers.show(EntryId(match.best.id), language)
            except UnknownEntry:
                step = next_step(Outcome.UNSURE, dialogue)
        titles = self.answers.titles((c.id for c in match.candidates[:MOST_TITLES]), language)
        if step is Step.OFFER and titles:
            return DidYouMean(language, titles, careful)
        if step is Step.HUMAN:
            close = titles if match.outcome is Outcome.UNSURE else ()
            return Human(language, close, careful)
        return Clarify(language, careful)

    def _two(
        self, matches: Sequence[Match], dialogue: Dialogue, language: str, careful: bool
    ) -> Reply:
        """Both answered, or both offered."""
        fresh = Dialogue(dialogue.last_entry)
        replies = [self._reply(match, fresh, language, careful) for match in matches]
        route = next((reply for reply in replies if isinstance(reply, FixedRoute)), None)
        if route is not None:
            return route
        sure = tuple(reply for reply in replies if isinstance(reply, Answer | Wanted))
        if len(sure) == len(replies):
            distinct = tuple({_subject(reply): reply for reply in sure}.values())
            return Both(distinct, language) if len(distinct) > 1 else distinct[0]
        first = [match.candidates[0].id for match in matches if match.candidates]
        second = [candidate.id for match in matches for candidate in match.candidates[1:2]]
        titles = self.answers.titles((*first, *second), language)[:MOST_TITLES]
        if not titles or dialogue.clarified:
            return Human(language, titles, careful)
        return DidYouMean(language, titles, careful)

    def _kept(self, match: Match, reply: Reply, text: str) -> Unanswered | None:
        """What the editor may read of it later; never what touches health, record or belief."""
        if not isinstance(reply, DidYouMean | Clarify | Human) or is_delicate(text):
            return None
        scrubbed = scrub(text, self._vocabulary.everything)
        if not scrubbed:
            return None
        best = EntryId(match.best.id) if match.best else None
        return Unanswered(scrubbed, reply.language, best, self._today())

    async def _remember(
        self,
        person: Person,
        before: Dialogue,
        after: Dialogue,
        update_id: int,
        question: Unanswered | None,
    ) -> None:
        async with self.database.transaction() as tx:
            repeated = question is not None and await store.is_handled(tx, person.id, update_id)
            await store.remember(tx, person.id, before, after, update_id, self.now())
            if question is not None and not repeated:
                await store.keep(tx, question)

    def _spoken(self, match: Match, text: str, language: str | None) -> str:
        """The language a message is written in, when the zone speaks it; else the person's."""
        own = self._enabled(language)
        if match.language not in self.zone.languages:
            return own
        return self._vocabulary.spoken(text, match.language, own)

    def _enabled(self, language: str | None) -> str:
        languages = self.zone.languages
        return language if language in languages else languages[0]

    def _today(self) -> date:
        return self.now().astimezone(BRUSSELS).date()


def _subject(reply: Answer | Wanted) -> str:
    return reply.entry if isinstance(reply, Answer) else f"action:{reply.action}"
