"""What people hear about their appointments when they are not the one who is talking.

Keys carry the count of changes (`sequence`): each change is told once, however often it is tried.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.appointments.model import Appointment
from bot.appointments.times import Reminder, reminder_until, waking_hours
from bot.notifications.outbox import Promise, PromisedButton, Sentence
from bot.people.model import PersonId

AT_ONCE: Final = timedelta(hours=18)
"""What is cancelled so shortly before is told at night too."""


def booked(appointment: Appointment) -> Promise:
    """To the colleague: it is in the agenda."""
    return _told(appointment, appointment.colleague_id, "booked", _look(appointment))


def requested(appointment: Appointment) -> Promise:
    """To the colleague: say yes, propose another time, or pass it on."""
    return _told(
        appointment,
        appointment.colleague_id,
        "requested",
        (_tap("button_accept", "accept", appointment),),
        (_tap("button_propose", "propose", appointment),),
        (_tap("button_pass_on", "pass_on", appointment),),
    )


def booked_for(appointment: Appointment) -> Promise:
    """To the candidate: a colleague booked it for them."""
    return _told(appointment, appointment.person_id, "booked_for", _look(appointment))


def accepted(appointment: Appointment) -> Promise:
    """To the candidate."""
    return _told(appointment, appointment.person_id, "accepted", _look(appointment))


def proposed(appointment: Appointment) -> Promise:
    """To the candidate: does the other time suit you?"""
    return _told(
        appointment,
        appointment.person_id,
        "proposed",
        (_tap("button_agree", "agree", appointment),),
        (_tap("button_move", "move", appointment),),
        (_tap("button_cancel", "cancel", appointment),),
    )


def proposal_over(appointment: Appointment, at: datetime) -> Promise:
    """To the candidate: nobody answered, and the time went back."""
    again = PromisedButton("appointments.button_new", "appointments.new")
    return _told(appointment, appointment.person_id, "proposal_over", (again,), not_before=at)


def moved(appointment: Appointment, whom: PersonId) -> Promise:
    """With the button for the calendar entry that replaces the one they have."""
    return _told(
        appointment,
        whom,
        "moved",
        _look(appointment),
        (_tap("button_calendar", "calendar", appointment),),
    )


def taken_over(appointment: Appointment) -> Promise:
    """To the candidate: same time, another colleague."""
    return _told(appointment, appointment.person_id, "taken_over", _look(appointment))


def gone(appointment: Appointment, colleague: PersonId) -> Promise:
    """To a colleague who has it no more: it was cancelled, or somebody else has it now."""
    return _told(
        appointment, colleague, "gone", (_tap("button_calendar", "calendar", appointment),)
    )


def cancelled_by_us(appointment: Appointment, now: datetime) -> Promise:
    """To the candidate, with a way to another time."""
    return _told(
        appointment,
        appointment.person_id,
        "cancelled_by_us",
        (PromisedButton("appointments.button_new", "appointments.new"),),
        (_tap("button_calendar", "calendar", appointment),),
        not_before=waking_hours(now) if appointment.starts_at - now > AT_ONCE else None,
    )


def missed(appointment: Appointment, now: datetime) -> Promise:
    """To the candidate, afterwards: a new date? The same words whoever was not there."""
    return _told(
        appointment,
        appointment.person_id,
        "missed",
        (PromisedButton("appointments.button_new", "appointments.new"),),
        not_before=waking_hours(now),
    )


_REMINDERS: Final = {Reminder.DAY: "reminder_day", Reminder.HOURS: "reminder_hours"}


def reminder_prefix(appointment: Appointment) -> str:
    return f"appointments.reminder:{appointment.id}:"


def reminder(appointment: Appointment, which: Reminder) -> Promise:
    starts_at = appointment.starts_at
    return Promise(
        key=f"{reminder_prefix(appointment)}{which.value}:{starts_at:%Y%m%d%H%M}",
        person=appointment.person_id,
        text_key=f"appointments.{_REMINDERS[which]}",
        parameters=_about(appointment),
        buttons=((_tap("button_cannot", "cannot", appointment),), _look(appointment)),
        not_after=reminder_until(which, starts_at),
    )


def _told(
    appointment: Appointment,
    whom: PersonId,
    what: str,
    *buttons: tuple[PromisedButton, ...],
    not_before: datetime | None = None,
) -> Promise:
    return Promise(
        key=f"appointments.{what}:{appointment.id}:{appointment.sequence}:{whom}",
        person=whom,
        text_key=f"appointments.{what}",
        parameters=_about(appointment),
        buttons=buttons,
        not_before=not_before,
    )


def _about(appointment: Appointment) -> dict[str, object]:
    return {
        "starts": appointment.starts_at,
        "ends": appointment.ends_at,
        "kind": Sentence(f"appointments.kind_{appointment.kind}"),
    }


def _look(appointment: Appointment) -> tuple[PromisedButton, ...]:
    return (_tap("button_show", "show", appointment),)


def _tap(text_key: str, action: str, appointment: Appointment) -> PromisedButton:
    return PromisedButton(f"appointments.{text_key}", f"appointments.{action}:{appointment.id}")
