"""Is Contactpunt well? `/healthz` for the supervisor, `/metrics` for Prometheus.

The other parts tell what happened (`polled`, `storage_failed` …); what must be asked (how old is
the oldest message that waits?) is a probe that the composition root hands in. Red means: restart
or look, because people do not get answers.
"""

import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from starlette.routing import Route

DEAF_AFTER: Final = timedelta(seconds=50)
"""A long poll ends within 30 s; R-23 wants a deaf bot to be noticed within 60 s."""

PROBE_LIMIT: Final = timedelta(seconds=3)

Probe = Callable[[], Awaitable[timedelta | None]]
"""How long the oldest waiting thing is overdue; None when nothing waits."""

_COUNTED: Final = {
    "updates_received": "Updates stored in the inbox.",
    "updates_repeated": "Updates that came again and were already known.",
    "updates_finished": "Updates whose answer was accepted.",
    "updates_retried": "Updates put back after a fault.",
    "updates_parked": "Updates given up after three tries.",
    "poll_failures": "Requests for updates that failed.",
    "poll_conflicts": "Requests for updates refused because somebody else polls with this token.",
    "webhooks_refused": "Webhook calls refused (secret, size or form).",
    "storage_failures": "Times the database could not be used.",
    "messages_sent": "Messages from the outbox that Telegram accepted.",
    "messages_dropped": "Messages from the outbox that could not be delivered for good.",
    "messages_delayed": "Messages from the outbox put back for later.",
    "sender_stops": "Times Telegram asked to stop sending for a while.",
    "answers_sure": "Questions answered.",
    "answers_unsure": "Questions answered with a choice of titles.",
    "answers_none": "Questions without an answer.",
    "answers_route": "Messages sent to another service at once.",
    "attempts_refused": "Attempts at something that only colleagues may do.",
    "backups": "Backups made.",
    "backup_failures": "Backups that could not be made.",
}


@dataclass
class Health:
    """What the parts report, and the verdict on it.

    Ages use the monotonic clock: a clock that is set back hides nothing.
    """

    receiving: Literal["polling", "webhook", "nothing"] = "nothing"
    monotonic: Callable[[], float] = time.monotonic
    counts: Counter[str] = field(default_factory=Counter)
    _since: float = field(init=False)
    _received_at: float | None = field(default=None, init=False)
    _poll_trouble: str | None = field(default=None, init=False)
    _storage_trouble: str | None = field(default=None, init=False)
    _probes: dict[str, tuple[Probe, timedelta]] = field(default_factory=dict, init=False)
    _gauges: dict[str, tuple[str, Callable[[], float]]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._since = self.monotonic()

    def count(self, what: str, by: int = 1) -> None:
        """Add to a counter of `/metrics`. One that is not declared there is a KeyError."""
        if what not in _COUNTED:
            raise KeyError(what)
        self.counts[what] += by

    def polled(self) -> None:
        """A request for updates came back in order, with or without updates in it."""
        self._received_at = self.monotonic()
        self._poll_trouble = None

    def poll_failed(self, reason: str) -> None:
        self.count("poll_failures")
        self._poll_trouble = reason

    def conflict(self) -> None:
        """Somebody else polls with this token, or a webhook is set."""
        self.count("poll_conflicts")
        self._poll_trouble = "another poller or a webhook holds this token"

    def webhooked(self) -> None:
        self._received_at = self.monotonic()

    @property
    def storage_trouble(self) -> str | None:
        """Why the database could not be used the last time; None when it could."""
        return self._storage_trouble

    def storage_ok(self) -> None:
        self._storage_trouble = None

    def storage_failed(self, reason: str) -> None:
        self.count("storage_failures")
        self._storage_trouble = reason

    def received(self, updates: int, repeated: int = 0) -> None:
        self.count("updates_received", updates)
        self.count("updates_repeated", repeated)

    def finished(self, updates: int = 1) -> None:
        self.count("updates_finished", updates)

    def parked(self, updates: int = 1) -> None:
        self.count("updates_parked", updates)

    def watch(self, name: str, probe: Probe, limit: timedelta) -> None:
        """Ask *probe* at every check; red when it says more than *limit*, or cannot answer."""
        self._probes[name] = probe, limit

    def gauge(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """Show a number of this moment in `/metrics`."""
        self._gauges[name] = meaning, value

    async def report(self) -> dict[str, Any]:
        """The body of `/healthz`; `status` is "ok" or "failing", `troubles` says why in words."""
        ages, troubles = await self._asked()
        troubles = [*self._deaf(), *troubles]
        if self._storage_trouble:
            troubles.append(f"storage: {self._storage_trouble}")
        return {
            "status": "failing" if troubles else "ok",
            "troubles": troubles,
            "receiving": self.receiving,
            "last_received_at": self._last_received_at(),
            "seconds_since_received": self._seconds_since(self._received_at),
            "seconds_up": self._seconds_since(self._since),
            "oldest_seconds": ages,
            "parked": self.counts["updates_parked"],
        }

    async def metrics(self) -> str:
        """The text of `/metrics`."""
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

        report = await self.report()

        def families() -> Iterator[Metric]:
            for name, meaning in _COUNTED.items():
                yield CounterMetricFamily(f"contactpunt_{name}", meaning, value=self.counts[name])
            up = 1.0 if report["status"] == "ok" else 0.0
            yield GaugeMetricFamily("contactpunt_healthy", "1 when /healthz is green.", value=up)
            silence = report["seconds_since_received"]
            yield GaugeMetricFamily(
                "contactpunt_seconds_since_received",
                "Since the last request for updates or webhook that went well; -1 before it.",
                value=-1.0 if silence is None else silence,
            )
            oldest = GaugeMetricFamily(
                "contactpunt_oldest_seconds", "How long the oldest one waits.", labels=["queue"]
            )
            for queue, age in _ages(report):
                oldest.add_metric([queue], age)
            yield oldest
            for name, (meaning, value) in self._gauges.items():
                yield GaugeMetricFamily(f"contactpunt_{name}", meaning, value=value())

        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Collected(families))
        return generate_latest(registry).decode()

    def _deaf(self) -> list[str]:
        if self.receiving != "polling":
            return []
        last = self._since if self._received_at is None else self._received_at
        silent_for = self.monotonic() - last
        if silent_for <= DEAF_AFTER.total_seconds():
            return []
        reason = f": {self._poll_trouble}" if self._poll_trouble else ""
        return [f"no update could be asked for {silent_for:.0f} s{reason}"]

    async def _asked(self) -> tuple[dict[str, float | None], list[str]]:
        import asyncio

        ages: dict[str, float | None] = {}
        troubles: list[str] = []
        for name, (probe, limit) in self._probes.items():
            try:
                async with asyncio.timeout(PROBE_LIMIT.total_seconds()):
                    age = await probe()
            except Exception as error:
                ages[name] = None
                troubles.append(f"{name}: cannot be read ({type(error).__name__})")
                continue
            ages[name] = None if age is None else round(age.total_seconds(), 1)
            if age is not None and age > limit:
                troubles.append(f"{name}: the oldest waits for {age.total_seconds():.0f} s")
        return ages, troubles

    def _seconds_since(self, moment: float | None) -> float | None:
        return None if moment is None else round(self.monotonic() - moment, 1)

    def _last_received_at(self) -> str | None:
        since = self._seconds_since(self._received_at)
        if since is None:
            return None
        return (datetime.now(UTC) - timedelta(seconds=since)).isoformat(timespec="seconds")


@dataclass(frozen=True)
class _Collected:
    families: Callable[[], Iterator[Any]]

    def collect(self) -> Iterator[Any]:
        return self.families()


def _ages(report: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for queue, age in report["oldest_seconds"].items():
        if age is not None:
            yield queue, age


def routes(health: Health) -> list["Route"]:
    """`/healthz` (200 or 503, JSON) and `/metrics`, for a Starlette application."""
    from starlette.requests import Request
    from starlette.responses import JSONResponse, PlainTextResponse, Response
    from starlette.routing import Route

    async def healthz(_: Request) -> Response:
        report = await health.report()
        return JSONResponse(report, status_code=200 if report["status"] == "ok" else 503)

    async def metrics(_: Request) -> Response:
        return PlainTextResponse(
            await health.metrics(), media_type="text/plain; version=0.0.4; charset=utf-8"
        )

    return [Route("/healthz", healthz), Route("/metrics", metrics)]
