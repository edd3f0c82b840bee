"""An info session in words: what everybody reads about it, before and after signing up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from babel import Locale
from markupsafe import Markup, escape

from bot.clock import spoken, spoken_span, spoken_time
from bot.info_sessions.model import Availability, InfoSession, PoolKind, SeatsShown, Track
from bot.info_sessions.plan import Part, Plan
from bot.info_sessions.views import TourGroup
from handlers.context import Context

LONGEST: Final = 3300
"""Characters of a card; the rest of the message is ours."""


def card_text(
    context: Context, plan: Plan, *, group: TourGroup | None = None, party: int = 1
) -> Markup:
    """Everything about an info session, as a candidate reads it.

    A very long programme stands apart: see `is_cut` and `programme_text`.

    Args:
        group: their own group on the tour, once there is one.
        party: how many come together, when they have signed up.
    """
    is_whole = not is_cut(context, plan)
    sections = (
        _facts(context, plan, party),
        _programme(context, plan) if is_whole else None,
        _tour(context, plan, group, with_stops=is_whole),
        *_notes(context, plan),
    )
    return _joined(sections, "\n\n")


def is_cut(context: Context, plan: Plan) -> bool:
    """Whether the programme and the stops of the tour do not fit on the card."""
    sections = (
        _facts(context, plan, 1),
        _programme(context, plan),
        _tour(context, plan, None),
        *_notes(context, plan),
    )
    return sum(len(section.striptags()) for section in sections if section) > LONGEST


def programme_text(context: Context, plan: Plan, group: TourGroup | None = None) -> Markup:
    """What a card left out."""
    title = context.text("info_sessions.card_title", title=plan.title)
    return _joined((title, _programme(context, plan), _tour(context, plan, group)), "\n\n")


def _facts(context: Context, plan: Plan, party: int) -> Markup:
    text = context.text
    when = spoken_span(plan.starts_at, plan.ends_at, context.language)
    return _joined(
        (
            text("info_sessions.card_title", title=plan.title),
            text("info_sessions.card_when", when=when),
            text("info_sessions.card_room", place=plan.place, room=plan.room)
            if plan.room
            else text("info_sessions.card_place", place=plan.place),
            text(
                "info_sessions.card_about",
                spoken=sentence(in_language(context, plan.language)),
                track=track_said(context, plan.track),
            ),
            text("info_sessions.card_party", count=party) if party > 1 else None,
            text("info_sessions.card_bring", what=plan.bring) if plan.bring else None,
        )
    )


def _programme(context: Context, plan: Plan) -> Markup | None:
    if not plan.parts:
        return None
    head = context.text("info_sessions.card_programme")
    return _joined((head, *_timed(context, plan.parts, plan.starts_at)))


def _notes(context: Context, plan: Plan) -> Iterator[Markup]:
    if plan.accessibility:
        yield context.text("info_sessions.card_accessibility", what=plan.accessibility)
    if plan.house_rules:
        yield context.text("info_sessions.card_rules", what=plan.house_rules)


def _timed(context: Context, parts: Sequence[Part], at: datetime) -> Iterator[Markup]:
    """Each part of the programme with the time at which it begins."""
    for part in parts:
        yield context.text(
            "info_sessions.card_part",
            time=spoken_time(at, context.language),
            title=part.title,
        )
        at += timedelta(minutes=part.minutes)


def _tour(
    context: Context, plan: Plan, group: TourGroup | None, *, with_stops: bool = True
) -> Markup | None:
    if not plan.stops and not plan.groups:
        return None
    text = context.text
    lines = [text("info_sessions.card_tour")]
    if plan.stops and with_stops:
        stops = " → ".join(stop.title for stop in plan.stops)
        lines.append(text("info_sessions.card_stops", stops=stops))
    if group is not None:
        lines.append(
            text("info_sessions.card_group", number=group.number, where=group.meeting_point)
        )
    elif plan.groups:
        lines.append(text("info_sessions.card_group_later"))
    return _joined(lines)


def open_said(
    context: Context, info_session: InfoSession, seen: Availability, now: datetime
) -> str:
    """In a few words for a list: whether signing up goes on, and whether there is room."""
    if not info_session.is_open(now):
        return context.label("info_sessions.seats_over")
    if now < info_session.opens_at:
        opens = spoken(info_session.opens_at, context.language)
        return context.label("info_sessions.seats_later", opens=opens)
    return seats_said(context, seen, info_session.seats_shown)


def open_briefly(
    context: Context, info_session: InfoSession, seen: Availability, now: datetime
) -> str:
    """As `open_said`, as short as a button on a phone needs it."""
    if not info_session.is_open(now):
        return context.label("info_sessions.briefly_over")
    if now < info_session.opens_at:
        return context.label("info_sessions.briefly_later")
    if seen.full:
        return context.label("info_sessions.seats_full")
    if seen.free is not None:
        return context.label("info_sessions.briefly_free", count=seen.free)
    return seats_said(context, seen, info_session.seats_shown)


def seats_said(context: Context, seen: Availability, shown: SeatsShown) -> str:
    """Honestly, in a few words, whether there is room."""
    if seen.full and seen.waiting:
        return context.label("info_sessions.seats_waiting", count=seen.waiting)
    if seen.full:
        return context.label("info_sessions.seats_full")
    if seen.free is not None:
        return context.label("info_sessions.seats_free", count=seen.free)
    if seen.few:
        return context.label("info_sessions.seats_few")
    if shown is SeatsShown.HIDDEN:
        return context.label("info_sessions.seats_hidden")
    return context.label("info_sessions.seats_some")


def track_said(context: Context, track: Track) -> str:
    return context.label(f"info_sessions.track_{track}")


def kind_said(context: Context, kind: PoolKind) -> str:
    return context.label(f"info_sessions.kind_{kind}")


def in_language(context: Context, code: str) -> str:
    """«in het Frans», said to whoever reads it."""
    return context.label("info_sessions.in_language", spoken=_named(code, context.language))


@lru_cache(maxsize=64)
def _named(code: str, language: str) -> str:
    name = Locale.parse(code).get_display_name(language)
    return name or code


def sentence(text: str) -> str:
    """*text* as the beginning of a line."""
    return text[:1].upper() + text[1:]


def _joined(parts: Iterable[Markup | None], between: str = "\n") -> Markup:
    return escape(between).join(part for part in parts if part)
