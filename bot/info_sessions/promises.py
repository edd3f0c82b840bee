"""What people hear about their info sessions when they are not the one who is talking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.info_sessions.model import InfoSession, InfoSessionId, SignUp, SignUpId
from bot.info_sessions.times import CONFIRM_BEFORE, Reminder, waking_hours
from bot.notifications.outbox import Promise, PromisedButton
from bot.people.model import PersonId


def offered_key(sign_up: SignUp) -> str:
    """One for each turn: who let one pass has a new place, so the next is a new promise."""
    return f"info_sessions.offered:{sign_up.id}:{sign_up.place}"


def offered(
    info_session: InfoSession,
    sign_up: SignUp,
    person: PersonId,
    *,
    sent_at: datetime,
    until: datetime,
) -> Promise:
    return Promise(
        key=offered_key(sign_up),
        person=person,
        text_key="info_sessions.offered",
        parameters=_about(info_session) | {"until": until},
        buttons=(
            (_tap("info_sessions.button_accept", "accept", sign_up.id),),
            (_tap("info_sessions.button_pass", "pass", sign_up.id),),
            (_tap("info_sessions.button_refuse", "refuse", sign_up.id),),
        ),
        not_before=sent_at,
    )


def offered_by_name(
    info_session: InfoSession,
    sign_up: SignUp,
    lead: PersonId,
    *,
    sent_at: datetime,
    until: datetime,
) -> Promise:
    """Somebody who was registered by name cannot be written to: a colleague calls."""
    return Promise(
        key=f"info_sessions.call:{sign_up.id}:{sign_up.place}:{lead}",
        person=lead,
        text_key="info_sessions.call",
        parameters=_about(info_session) | {"until": until},
        buttons=((PromisedButton("door.button_note_answer", f"door.person:{sign_up.id}"),),),
        not_before=sent_at,
    )


def to_call(
    info_session: InfoSession, colleague: PersonId, people: int, sequence: int | None, at: datetime
) -> Promise:
    """So many were registered by name and hear of a change (*sequence*) or of the end only when a
    colleague calls them; who they are stands behind the button."""
    change = "cancelled" if sequence is None else f"changed_{sequence}"
    where = f"info_sessions.people:{info_session.id}"
    if sequence is None:
        where = f"door.gone:{info_session.id}/0"
    return Promise(
        key=f"info_sessions.to_call:{info_session.id}:{change}:{colleague}",
        person=colleague,
        text_key=f"info_sessions.to_call_{'cancelled' if sequence is None else 'changed'}",
        parameters=_about(info_session) | {"count": people},
        buttons=((PromisedButton("info_sessions.button_participants", where),),),
        not_before=at,
    )


def expired(info_session: InfoSession, sign_up: SignUp, person: PersonId, at: datetime) -> Promise:
    """The offer ended without an answer; one tap puts them on the list again."""
    return Promise(
        key=f"info_sessions.expired:{sign_up.id}",
        person=person,
        text_key="info_sessions.expired",
        parameters=_about(info_session),
        buttons=(
            (_tap("info_sessions.button_again", "show", info_session.id),),
            (PromisedButton("info_sessions.button_others", "info_sessions.list"),),
        ),
        not_before=at,
    )


_REMINDERS: Final = {
    Reminder.WEEK: "info_sessions.reminder_week",
    Reminder.DAY: "info_sessions.reminder_day",
    Reminder.MORNING: "info_sessions.reminder_morning",
}


def reminder_key(info_session: InfoSession, sign_up: SignUpId, which: Reminder) -> str:
    """It names the date too: after a change of date each stage comes anew."""
    starts_at = info_session.starts_at.strftime("%Y%m%d%H%M")
    return f"info_sessions.reminder:{sign_up}:{which.value}:{starts_at}"


def reminder(
    info_session: InfoSession,
    sign_up: SignUpId,
    person: PersonId,
    which: Reminder,
    *,
    must_confirm: bool = False,
) -> Promise:
    text_key = _REMINDERS[which]
    if must_confirm and which is Reminder.WEEK:
        text_key = "info_sessions.reminder_confirm"
    return Promise(
        key=reminder_key(info_session, sign_up, which),
        person=person,
        text_key=text_key,
        parameters=_about(info_session) | {"until": info_session.starts_at - CONFIRM_BEFORE},
        buttons=(
            (
                _tap("info_sessions.button_coming", "coming", sign_up),
                _tap("info_sessions.button_not_coming", "notcoming", sign_up),
            ),
            (_tap("info_sessions.button_show", "show", info_session.id),),
        ),
    )


def not_confirmed(
    info_session: InfoSession, sign_up: SignUpId, person: PersonId, at: datetime
) -> Promise:
    """Their seat went to somebody who waited, because they did not say that they come."""
    return Promise(
        key=f"info_sessions.not_confirmed:{sign_up}",
        person=person,
        text_key="info_sessions.not_confirmed",
        parameters=_about(info_session),
        buttons=(
            (_tap("info_sessions.button_again", "show", info_session.id),),
            (PromisedButton("info_sessions.button_others", "info_sessions.list"),),
        ),
        not_before=at,
    )


def no_seat(
    info_session: InfoSession, sign_up: SignUpId, person: PersonId, at: datetime
) -> Promise:
    """Signing up has ended and no seat came free for them."""
    return Promise(
        key=f"info_sessions.no_seat:{sign_up}",
        person=person,
        text_key="info_sessions.no_seat",
        parameters=_about(info_session),
        buttons=_WAYS_ON,
        not_before=at,
    )


def cancelled(
    info_session: InfoSession, sign_up: SignUpId, person: PersonId, at: datetime
) -> Promise:
    return Promise(
        key=f"info_sessions.cancelled:{sign_up}",
        person=person,
        text_key="info_sessions.cancelled",
        parameters=_about(info_session),
        buttons=((_calendar(info_session),), *_WAYS_ON),
        not_before=at,
    )


def changed(
    info_session: InfoSession,
    sign_up: SignUpId,
    person: PersonId,
    sequence: int,
    at: datetime,
) -> Promise:
    """Another date or place: can they still come?"""
    return Promise(
        key=f"info_sessions.changed:{sign_up}:{sequence}",
        person=person,
        text_key="info_sessions.changed",
        parameters=_about(info_session),
        buttons=(
            (
                _tap("info_sessions.button_coming", "coming", sign_up),
                _tap("info_sessions.button_not_coming", "notcoming", sign_up),
            ),
            (_calendar(info_session),),
            (_tap("info_sessions.button_show", "show", info_session.id),),
        ),
        not_before=at,
    )


def removed(
    info_session: InfoSession, sign_up: SignUpId, person: PersonId, at: datetime
) -> Promise:
    """A colleague took them off, at their own request on the telephone as a rule."""
    return Promise(
        key=f"info_sessions.removed:{sign_up}",
        person=person,
        text_key="info_sessions.removed",
        parameters=_about(info_session),
        buttons=_WAYS_ON,
        not_before=at,
    )


def let_in(
    info_session: InfoSession,
    person: PersonId,
    from_at: datetime,
) -> Promise:
    """The next date is known, and they go before the others."""
    return Promise(
        key=f"info_sessions.let_in:{info_session.id}:{person}",
        person=person,
        text_key="info_sessions.let_in",
        parameters=_about(info_session) | {"opens": info_session.opens_at},
        buttons=(
            (_tap("info_sessions.button_show", "show", info_session.id),),
            (PromisedButton("info_sessions.button_not_interested", "info_sessions.uninterested"),),
        ),
        not_before=from_at,
    )


def let_in_to(info_sessions: Sequence[InfoSession], person: PersonId, from_at: datetime) -> Promise:
    """As `let_in`; several sessions of one day are one message."""
    first = min(info_sessions, key=lambda each: each.starts_at)
    if len(info_sessions) == 1:
        return let_in(first, person, from_at)
    return Promise(
        key=f"info_sessions.let_in:{first.id}:{person}",
        person=person,
        text_key="planning.let_in_day",
        parameters=_about(first) | {"count": len(info_sessions), "opens": first.opens_at},
        buttons=(
            *(
                (
                    PromisedButton(
                        "planning.button_this_one",
                        f"info_sessions.show:{each.id}",
                        parameters={"starts": each.starts_at},
                    ),
                )
                for each in sorted(info_sessions, key=lambda each: each.starts_at)
            ),
            (PromisedButton("info_sessions.button_not_interested", "info_sessions.uninterested"),),
        ),
        not_before=from_at,
    )


def still_interested(interest: int, person: PersonId, now: datetime) -> Promise:
    """Half a year on the interest list: no answer ends it."""
    return Promise(
        key=f"info_sessions.still_interested:{interest}:{now:%Y%m%d}",
        person=person,
        text_key="info_sessions.still_interested",
        buttons=(
            (PromisedButton("info_sessions.button_interested", "info_sessions.interested"),),
            (PromisedButton("info_sessions.button_not_interested", "info_sessions.uninterested"),),
        ),
        not_before=waking_hours(now),
    )


def thanks(info_session: InfoSession, sign_up: SignUpId, person: PersonId, at: datetime) -> Promise:
    return Promise(
        key=f"info_sessions.thanks:{sign_up}",
        person=person,
        text_key="info_sessions.thanks",
        parameters=_about(info_session),
        buttons=(
            (
                _tap("info_sessions.button_good", "good", info_session.id),
                _tap("info_sessions.button_fair", "fair", info_session.id),
                _tap("info_sessions.button_poor", "poor", info_session.id),
            ),
            (PromisedButton("info_sessions.button_next", "info_sessions.next"),),
        ),
        not_before=at,
    )


def _about(info_session: InfoSession) -> dict[str, object]:
    return {
        "title": info_session.title,
        "starts": info_session.starts_at,
        "place": info_session.place,
    }


def _tap(text_key: str, action: str, id_: SignUpId | InfoSessionId) -> PromisedButton:
    return PromisedButton(text_key, f"info_sessions.{action}:{id_}")


def _calendar(info_session: InfoSession) -> PromisedButton:
    """The newest entry: it changes, or takes away, the one they have."""
    return _tap("info_sessions.button_calendar_new", "calendar", info_session.id)


_WAYS_ON: Final = (
    (PromisedButton("info_sessions.button_others", "info_sessions.list"),),
    (PromisedButton("info_sessions.button_interested", "info_sessions.interested"),),
)
