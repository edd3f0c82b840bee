"""Owners are reminded of what expires, on an injected day."""

from datetime import date

import structlog
from structlog.testing import capture_logs

from bot.questions import expiry
from faq.entry import Content, Entry
from tests.support.clock import FakeClock

TODAY = date(2026, 11, 22)


def lasting(**days: str) -> Content:
    """Entries by the day until which they are valid."""
    return Content(
        entries=tuple(
            Entry.model_validate(
                {"id": id_, "owner": "recruitment", "valid_until": day, "languages": {}}
            )
            for id_, day in days.items()
        )
    )


def test_f6_owners_are_reminded_14_and_3_days_ahead(monkeypatch) -> None:
    content = lasting(
        hidden="2026-11-21", today="2026-11-22", three="2026-11-25", four="2026-11-26",
        fourteen="2026-12-06", fifteen="2026-12-07",
    )  # fmt: skip
    monkeypatch.setattr(expiry, "log", structlog.get_logger())

    with capture_logs() as logged:
        expiry.tell(content, TODAY)

    told = {line["event"]: [said.split(",")[0] for said in line["entries"]] for line in logged}
    assert told == {
        "answers have expired and are hidden": ["hidden"],
        "answers expire within 3 days": ["today", "three"],
        "answers expire within 14 days": ["four", "fourteen"],
    }
    assert logged[0]["entries"] == ["hidden, of recruitment: hidden, it was valid until 2026-11-21"]


async def test_f6_the_day_and_the_content_are_those_of_the_moment(
    monkeypatch, clock: FakeClock
) -> None:
    monkeypatch.setattr(expiry, "log", structlog.get_logger())
    held = [lasting(pay="2030-01-01")]
    remind = expiry.reminding(lambda: held[0], clock)

    with capture_logs() as logged:
        await remind()
        held[0] = lasting(pay=clock().date().isoformat())
        await remind()

    assert [line["event"] for line in logged] == ["answers expire within 3 days"]
