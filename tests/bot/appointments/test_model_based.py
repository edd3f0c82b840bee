"""Any order of holding, confirming, moving, cancelling, passing on, absence and expiry, with
restarts and updates that come twice: what is stored is what a table of slots would say."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from bot.appointments.desk import AppointmentDesk
from bot.appointments.model import (
    HELD_FOR,
    Appointment,
    AppointmentId,
    HaveOneAlready,
    NotAnAppointment,
    TimeTaken,
)
from bot.appointments.service import Appointments
from bot.appointments.timers import AppointmentTimers
from bot.clock import brussels
from bot.errors import Conflict
from bot.people.model import PersonId
from bot.staff import Staff
from bot.storage.database import Database
from tests.support.appointments import (
    OFFICE,
    TALK,
    contact_points,
    everything,
    wrong_with,
)
from tests.support.clock import FakeClock
from tests.support.databases import Templates
from tests.support.figures import figure
from tests.support.info_sessions import somebodies

TIMES = [brussels(2026, 11, 23, 9), brussels(2026, 11, 23, 9, 30), brussels(2026, 11, 24, 9)]
times = st.sampled_from(TIMES)
who = st.integers(0, 3)
which = st.integers(0, 1)


class AnAgenda(RuleBasedStateMachine):
    templates: ClassVar[Templates]
    folder: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = FakeClock()
        self.path = self.folder / f"{uuid4().hex}.db"
        self.url = self.templates.sqlite(self.path)
        self.run(self._open())
        self.people = self.run(somebodies(self.database, 4))
        self.colleagues = self.run(contact_points(self.database, 2, OFFICE))
        self.holds: dict[PersonId, tuple[AppointmentId, PersonId, datetime, datetime]] = {}
        """The time somebody holds: with whom, when, until when."""
        self.talks: dict[PersonId, tuple[AppointmentId, PersonId, datetime]] = {}
        self.away: set[PersonId] = set()
        """Who is away on Monday."""
        self.last: Callable[[], Awaitable[object]] | None = None

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    async def _open(self) -> None:
        self.database = await Database.open(self.url, pool=1)
        engine: Any = self.database._engine
        engine._writer.raw.execute("PRAGMA synchronous=OFF")  # nobody pulls the plug here
        self.booking = Appointments(self.database, now=self.clock)
        self.timers = AppointmentTimers(self.database, self.clock)
        self.staff = Staff(self.database, self.clock)
        self.desk = AppointmentDesk(self.staff, self.database, now=self.clock)

    def teardown(self) -> None:
        self.run(self.database.close())
        self.loop.close()
        self.path.unlink()

    def does(self, work: Callable[[], Awaitable[Any]]) -> Any:
        """What comes of it; None for a refusal."""
        self.last = work
        try:
            return self.run(work())
        except (TimeTaken, HaveOneAlready, NotAnAppointment):
            return None

    def forget_overdue(self) -> None:
        now = self.clock()
        self.holds = {person: hold for person, hold in self.holds.items() if hold[3] > now}

    def is_free(self, colleague: PersonId, at: datetime, for_: PersonId) -> bool:
        """Whether *for_* could have it, the talk they have left out."""
        if colleague in self.away and at != TIMES[2]:
            return False
        held = [hold[1:3] for person, hold in self.holds.items() if person != for_]
        agreed = [talk[1:] for person, talk in self.talks.items() if person != for_]
        return (colleague, at) not in held + agreed

    @rule(person=who, at=times, colleague=st.one_of(st.none(), which))
    def hold(self, person: int, at: datetime, colleague: int | None) -> None:
        self.forget_overdue()
        an = self.people[person]
        with_ = None if colleague is None else self.colleagues[colleague]
        before = self.holds.get(an)
        found = self.does(lambda: self.booking.hold(an, TALK, at, with_))
        wished = self.colleagues if with_ is None else [with_]
        free = [each for each in wished if self.is_free(each, at, an)]
        if an in self.talks or not free:
            assert found is None
            return
        assert isinstance(found, Appointment)
        assert found.colleague_id in free
        if before is not None and before[0] == found.id:
            assert before[1:3] == (found.colleague_id, at)
            return
        assert found.hold_until == self.clock() + HELD_FOR
        self.holds[an] = (found.id, found.colleague_id, at, found.hold_until)

    @rule(person=who)
    def confirm(self, person: int) -> None:
        an = self.people[person]
        hold = self.holds.get(an)
        if hold is None:
            return
        found = self.does(lambda: self.booking.confirm(an, hold[0]))
        gone = hold[1] in self.away and hold[2] != TIMES[2]
        if hold[3] <= self.clock() or gone:
            assert found is None
            return
        assert isinstance(found, Appointment)
        del self.holds[an]
        self.talks[an] = hold[:3]

    @rule(person=who)
    def release(self, person: int) -> None:
        an = self.people[person]
        hold = self.holds.pop(an, None)
        if hold is not None:
            self.does(lambda: self.booking.release(an, hold[0]))

    @rule(person=who, at=times, colleague=st.one_of(st.none(), which))
    def move(self, person: int, at: datetime, colleague: int | None) -> None:
        self.forget_overdue()
        an = self.people[person]
        talk = self.talks.get(an)
        if talk is None:
            return
        to = None if colleague is None else self.colleagues[colleague]
        found = self.does(lambda: self.booking.reschedule(an, talk[0], at, to))
        if talk[1:] == ((to or talk[1]), at):
            assert isinstance(found, Appointment)
            return
        assert (found is not None) == self.is_free(to or talk[1], at, an)
        if found is not None:
            self.talks[an] = (talk[0], found.colleague_id, at)

    @rule(person=who)
    def cancel(self, person: int) -> None:
        an = self.people[person]
        talk = self.talks.pop(an, None)
        if talk is not None:
            assert self.does(lambda: self.booking.cancel(an, talk[0])) is True

    @rule(person=who)
    def pass_on(self, person: int) -> None:
        self.forget_overdue()
        an = self.people[person]
        talk = self.talks.get(an)
        if talk is None:
            return
        (other,) = [each for each in self.colleagues if each != talk[1]]
        found = self.does(lambda: self.desk.pass_on(talk[1], talk[0]))
        assert (found is not None) == self.is_free(other, talk[2], an)
        if found is not None:
            self.talks[an] = (talk[0], other, talk[2])
            self.last = None  # twice: it is not theirs to pass on any more

    @rule(colleague=which)
    def absent_on_monday(self, colleague: int) -> None:
        self.forget_overdue()
        away = self.colleagues[colleague]
        if away in self.away:
            return
        monday = date(2026, 11, 23)
        self.run(self.staff.absent(away, monday, monday))
        self.away.add(away)
        self.run(self.desk.rearrange(away))
        for an, talk in list(self.talks.items()):
            if talk[1] != away or talk[2] == TIMES[2]:
                continue
            (other,) = [each for each in self.colleagues if each != away]
            if self.is_free(other, talk[2], an):
                self.talks[an] = (talk[0], other, talk[2])
            else:
                del self.talks[an]
        self.holds = {
            an: hold for an, hold in self.holds.items() if hold[1] != away or hold[2] == TIMES[2]
        }

    @rule(colleague=which)
    def back(self, colleague: int) -> None:
        person = self.colleagues[colleague]
        for absence in self.run(self.staff.absences(person)):
            self.run(self.staff.call_off(person, absence.id))
        self.away.discard(person)

    @rule(minutes=st.sampled_from([1, 3, 5]))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))

    @rule()
    def the_clock_ticks(self) -> None:
        self.run(self.timers.tick())
        self.forget_overdue()

    @rule()
    def the_same_update_again(self) -> None:
        before = self.run(everything(self.database))
        if self.last is not None:
            self.does(self.last)
            after = self.run(everything(self.database))
            ours = [each["id"] for each in before]
            assert [each["id"] for each in after][: len(ours)] == ours

    @rule()
    def restart(self) -> None:
        self.run(self.database.close())
        self.run(self._open())
        self.last = None

    @invariant()
    def what_is_stored_is_what_was_said(self) -> None:
        rows = self.run(everything(self.database))
        agreed = {
            row["person_id"]: (row["id"], row["colleague_id"], row["starts_at"])
            for row in rows
            if row["state"] == "confirmed"
        }
        held = {row["person_id"] for row in rows if row["state"] == "held"}
        assert agreed == self.talks
        assert {an for an, hold in self.holds.items() if hold[3] > self.clock()} <= held
        assert self.run(self._wrong()) == []

    async def _wrong(self) -> list[str]:
        async with self.database.reading() as reader:
            return await wrong_with(reader)


def test_a1_the_agenda_is_what_a_table_of_slots_would_say(
    templates: Templates, tmp_path: Path
) -> None:
    AnAgenda.templates, AnAgenda.folder = templates, tmp_path
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        AnAgenda,
        settings=settings(
            max_examples=figure(300, 6),
            stateful_step_count=figure(60, 25),
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a1_a_planted_fault_is_found(
    templates: Templates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deciding that forgets to look whether the time is free."""
    AnAgenda.templates, AnAgenda.folder = templates, tmp_path
    from bot.appointments.book import Book

    async def anything_goes(*_: object, **__: object) -> None:
        return None

    monkeypatch.setattr(Book, "why_not", anything_goes)
    with pytest.raises((AssertionError, Conflict)):  # the model's, or the table's: either
        run_state_machine_as_test(  # type: ignore[no-untyped-call]
            AnAgenda,
            settings=settings(
                max_examples=20,
                stateful_step_count=30,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                report_multiple_bugs=False,
                phases=[Phase.generate],
            ),
        )
