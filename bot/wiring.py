"""The composition root: opens the parts in order, lets them work, and closes them in reverse.

What is opened first is closed last, so nothing that still works loses what it stands on: we stop
asking for updates, finish what people wait for, stop sending, and let go of the database.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from sqlalchemy import text
from telegram.error import InvalidToken, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot import health as health_check
from bot import logs
from bot.audit import Audit
from bot.clock import utc_now
from bot.config import Settings
from bot.config.settings import Listen
from bot.exits import Exit, Stopped
from bot.health import Health
from bot.inbox import Inbox
from bot.info_sessions.door import Door
from bot.info_sessions.papers import Papers
from bot.info_sessions.planning import Planning
from bot.info_sessions.service import InfoSessions
from bot.info_sessions.timers import InfoSessionTimers
from bot.loading import Loaded
from bot.notifications.delivery import Delivery
from bot.notifications.pacing import Pacer
from bot.notifications.removal import Removal
from bot.people.service import People
from bot.presses import Presses
from bot.privacy import Privacy
from bot.questions.expiry import reminding
from bot.questions.service import Questions
from bot.services import Services
from bot.staff import Staff
from bot.storage.backup import BackupTrouble, backup, drop_old
from bot.storage.database import Database
from bot.storage.ledger import Ledger
from bot.storage.statements import prepared
from bot.timers import Job, Ticker
from handlers import application, profile
from handlers.flood import Flood
from handlers.messenger import Messenger
from handlers.notices import Notices
from handlers.processor import Processor
from handlers.receive import Poller, Reception, announce_polling, announce_webhook
from handlers.transport import AiohttpRequest, TokenRefused

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

log = logs.get(__name__)

API_TRIES: Final = (0.0, 1.0, 3.0)
"""Seconds before each attempt to reach the Bot API at start."""

PROFILE_AFTER: Final = 1.0
"""Seconds; whoever is waiting for an answer comes first."""

COMMANDS_EVERY: Final = timedelta(seconds=10)
"""How soon the chat of a new colleague lists their commands, and that of a former one no more."""

INBOX_LIMIT: Final = timedelta(minutes=2)
OUTBOX_LIMIT: Final = timedelta(minutes=10)
"""From this age of the oldest one the health check is red."""

_TOUCH = prepared(text("UPDATE alembic_version SET version_num = version_num"))


@dataclass
class Parts:
    """What runs, and how new content is taken."""

    tasks: list[asyncio.Task[Any]]
    """None of these ends by itself."""
    services: Services
    bot: ExtBot[None]
    _publishing: set[asyncio.Task[int]] = field(default_factory=set)

    def adopt(self, loaded: Loaded) -> None:
        """Answer and speak from *loaded* from the next update on."""
        services = self.services
        services.texts.adopt(loaded.texts)
        services.zone = loaded.zone
        services.papers.zone = loaded.zone
        services.people.languages = loaded.zone.languages
        services.questions.replace(loaded.content, loaded.matcher, loaded.zone)
        self.publish()

    def publish(self) -> None:
        """Have Telegram show our commands and descriptions, in the background."""
        task = asyncio.create_task(profile.publish(self.bot, self.services), name="profile")
        self._publishing.add(task)
        task.add_done_callback(self._published)

    def _published(self, task: asyncio.Task[int]) -> None:
        self._publishing.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("profile not set", error=task.exception())

    async def close(self) -> None:
        for task in self._publishing:
            task.cancel()
        await asyncio.gather(*self._publishing, return_exceptions=True)


@asynccontextmanager
async def wired(settings: Settings, database: Database, loaded: Loaded) -> AsyncIterator[Parts]:
    """Contactpunt at work inside the block.

    Raises:
        Stopped: the Bot API cannot be reached, refuses the token, or a port is in use.
        StorageTrouble: what an earlier run left cannot be read.
    """
    health = Health("polling" if settings.webhook_url is None else "webhook")
    async with AsyncExitStack() as opened:
        bot = await open_bot(settings, opened)
        services = _services(settings, database, loaded)
        pacer = Pacer()
        messenger = Messenger(bot, pacer, health=health)
        opened.push_async_callback(messenger.close)
        notices = Notices(
            messenger, lambda key, language: services.texts(key, services.enabled(language))
        )
        opened.push_async_callback(notices.close)
        inbox = Inbox(database, health=health, on_parked=services.staff.parked)
        delivery = Delivery(
            database,
            messenger,
            pacer,
            services.texts,
            language_of=services.enabled,
            health=health,
            documents=services.papers.documents,
        )
        removal = Removal(database, messenger)
        flood = Flood(settings.flood_limit) if settings.flood_limit else None
        app = application.build(bot, services, messenger, flood=flood, health=health)
        await _spoken_to(settings.bot_api, app.initialize)
        opened.push_async_callback(app.shutdown)
        processor = Processor(
            app, inbox, notices=notices, unreachable=services.people.unreachable, health=health
        )
        reception = Reception(inbox, processor, notices)
        _watched(health, inbox, delivery, processor)

        parts = Parts([], services, bot)
        opened.push_async_callback(parts.close)
        await reception.resume()
        jobs = _jobs(settings, database, services, delivery, health)
        to_colleagues = partial(profile.publish_to_colleagues, bot, services)
        jobs.append(Job(name="commands", work=to_colleagues, every=COMMANDS_EVERY))
        jobs.append(Job(name="removal", work=removal.remove_due, every=timedelta(minutes=1)))
        ticker = Ticker(jobs)
        await opened.enter_async_context(
            _running(parts, ticker.run(), "the ticker", delivery.close)
        )
        await opened.enter_async_context(
            _running(parts, processor.run(), "the processor", processor.stop, stop_first=True)
        )
        await _receiving(settings, bot, reception, health, parts, opened)
        later = asyncio.get_running_loop().call_later(PROFILE_AFTER, parts.publish)
        opened.callback(later.cancel)
        yield parts


async def open_bot(settings: Settings, opened: AsyncExitStack) -> ExtBot[None]:
    """The bot, once the Bot API has told who it is.

    Raises:
        Stopped: the Bot API cannot be reached, or refuses the token.
    """
    requests = AiohttpRequest(), AiohttpRequest(connections=4)
    for request in requests:
        opened.push_async_callback(request.shutdown)
    bot: ExtBot[None] = ExtBot(
        settings.token,
        base_url=f"{settings.bot_api}/bot",
        base_file_url=f"{settings.bot_api}/file/bot",
        request=requests[0],
        get_updates_request=requests[1],
    )
    await _spoken_to(settings.bot_api, bot.initialize)
    return bot


def _services(settings: Settings, database: Database, loaded: Loaded) -> Services:
    presses = Presses(database, utc_now)
    staff = Staff(database)
    privacy = Privacy(database, Ledger(settings.data))
    info_sessions, planning = InfoSessions(database), Planning(database, staff)
    privacy.before_erasure += [staff.leaving, info_sessions.forget]
    staff.on_leaving.append(planning.left)
    papers = Papers(database, staff, loaded.texts)
    papers.zone = loaded.zone
    staff.on_leaving.append(papers.left)
    return Services(
        people=People(database, languages=loaded.zone.languages),
        questions=Questions(
            database, presses, loaded.zone, loaded.content, loaded.matcher, utc_now
        ),
        privacy=privacy,
        presses=presses,
        staff=staff,
        audit=Audit(database, settings.data),
        info_sessions=info_sessions,
        planning=planning,
        door=Door(database, staff),
        papers=papers,
        texts=loaded.texts,
        zone=loaded.zone,
    )


async def _spoken_to(api: str, call: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Make a first call to the Bot API; a short trouble of the network is sat out."""
    trouble: TelegramError | None = None
    for pause in API_TRIES:
        await asyncio.sleep(pause)
        try:
            await call()
        except (InvalidToken, TokenRefused):
            raise Stopped(
                Exit.TOKEN_REFUSED,
                f"The Bot API at {api} refuses the token: check CONTACTPUNT_BOT_TOKEN.",
            ) from None
        except RetryAfter as patience:
            trouble = patience
            await asyncio.sleep(patience._retry_after.total_seconds())
        except TelegramError as fault:
            trouble = fault
        else:
            return
    raise Stopped(
        Exit.API_UNREACHABLE,
        f"The Bot API at {api} cannot be reached ({trouble}). What people write waits there.",
    ) from None


def _watched(health: Health, inbox: Inbox, delivery: Delivery, processor: Processor) -> None:
    health.watch("inbox", inbox.waiting_for, INBOX_LIMIT)
    health.watch("outbox", delivery.waiting_for, OUTBOX_LIMIT)
    health.gauge(
        "updates_pending", "Updates waiting or being handled.", lambda: float(processor.pending)
    )


def _jobs(
    settings: Settings,
    database: Database,
    services: Services,
    delivery: Delivery,
    health: Health,
) -> list[Job]:
    async def backed_up() -> None:
        try:
            await backup(settings.database_url, settings.backups, settings.key_for_backups)
            await asyncio.to_thread(drop_old, settings.backups, utc_now())
        except BackupTrouble as trouble:
            log.error("no backup could be made", reason=str(trouble))
            health.count("backup_failures")
        else:
            health.count("backups")

    async def storage_tried() -> None:
        """Write something while the health check is red, so that it turns green by itself."""
        if health.storage_trouble:
            async with database.transaction() as tx:
                await tx.run(_TOUCH)
            health.storage_ok()

    info_sessions = InfoSessionTimers(database)
    jobs = [
        Job(name="deliver", work=delivery.deliver_due, every=timedelta(seconds=1)),
        Job(name="purge", work=services.privacy.purge, at=(3, 30), first=timedelta(minutes=5)),
        Job(name="audit", work=services.audit.nightly, at=(3, 40), first=timedelta(minutes=6)),
        Job(name="staff", work=services.staff.tidy, every=timedelta(minutes=5)),
        Job(name="info sessions", work=info_sessions.tick, every=timedelta(minutes=1)),
        Job(name="storage", work=storage_tried, every=timedelta(seconds=5)),
        Job(
            name="expiry",
            work=reminding(lambda: services.questions.answers.content, utc_now),
            at=(7, 0),
            first=timedelta(seconds=10),
        ),
    ]
    if settings.backup_hours:
        every = timedelta(hours=settings.backup_hours)
        jobs.append(Job(name="backup", work=backed_up, every=every, first=timedelta(minutes=1)))
    return jobs


@asynccontextmanager
async def _running(
    parts: Parts,
    work: Coroutine[Any, Any, None],
    name: str,
    stop: Callable[[], Coroutine[Any, Any, None]] | None = None,
    *,
    stop_first: bool = False,
) -> AsyncIterator[None]:
    """*work* goes on inside the block; then it is cancelled, before or after *stop*."""
    task = asyncio.create_task(work, name=name)
    parts.tasks.append(task)
    try:
        yield
    finally:
        if stop is not None and stop_first:
            await stop()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await task
        if stop is not None and not stop_first:
            await stop()


async def _receiving(
    settings: Settings,
    bot: ExtBot[None],
    reception: Reception,
    health: Health,
    parts: Parts,
    opened: AsyncExitStack,
) -> None:
    """Serve what is to be served, then let updates come."""
    sites: dict[Listen, list[BaseRoute]] = {}
    if settings.http_listen is not None:
        sites.setdefault(settings.http_listen, []).extend(health_check.routes(health))
    if settings.webhook_url is not None:
        # The web server is imported where there is something to serve: start-up time counts.
        from starlette.routing import Route

        from handlers.webhook import Webhook

        webhook = Webhook(reception, settings.secret_of_webhook(), health=health)
        path = urlsplit(settings.webhook_url).path
        sites.setdefault(settings.webhook_listen, []).append(
            Route(path, webhook.__call__, methods=["POST"])
        )
    for listen, routes in sites.items():
        await _served(listen, routes, parts, opened)

    request, base_url = bot.request, bot.base_url
    address = settings.webhook_url
    if address is None:
        await _spoken_to(settings.bot_api, lambda: announce_polling(request, base_url))
        poller = Poller(bot._request[0], base_url, reception, health=health)
        await opened.enter_async_context(_running(parts, poller.run(), "polling"))
    else:
        secret = settings.secret_of_webhook()
        await _spoken_to(
            settings.bot_api, lambda: announce_webhook(request, base_url, address, secret)
        )


async def _served(
    listen: Listen, routes: "list[BaseRoute]", parts: Parts, opened: AsyncExitStack
) -> None:
    from starlette.applications import Starlette

    from bot.serving import PortInUse, listening, serving

    try:
        socket = listening(listen.host, listen.port)
    except PortInUse:
        raise Stopped(
            Exit.PORT_IN_USE, f"Port {listen} is in use: stop who uses it or set another."
        ) from None
    except OSError as trouble:
        raise Stopped(
            Exit.WRONG_CONFIGURATION, f"Cannot listen on {listen}: {trouble.strerror}."
        ) from None
    task = await opened.enter_async_context(serving(Starlette(routes=routes), socket))
    parts.tasks.append(task)
