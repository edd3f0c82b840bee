"""A clock that goes when it is told to."""

from datetime import UTC, datetime, timedelta


class FakeClock:
    """Stands in for `bot.clock.utc_now`; aware UTC, stands still until moved."""

    def __init__(self, moment: datetime = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)) -> None:
        self._moment = moment

    def __call__(self) -> datetime:
        return self._moment

    def advance(self, by: timedelta) -> datetime:
        self._moment += by
        return self._moment

    def set(self, moment: datetime) -> datetime:
        if moment.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        self._moment = moment.astimezone(UTC)
        return self._moment
