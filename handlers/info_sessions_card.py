"""An info session in words: what everybody reads about it, before and after signing up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from babel import Locale
from markupsafe import Markup

from bot.clock import spoken, spoken_span, spoken_time
from bot.info_sessions.model import Availability, InfoSession, PoolKind, SeatsShown, Track
from bot.info_sessions.plan import Part, Plan
from bot.info_sessions.views import TourGroup
from handlers.context import Context

ON_A_CARD: Final = 400
"""Characters of one note of the zone; the whole of it stands behind «everything about it»."""

WHOLE: Final = 1000
"""Characters of one note where it is shown as a whole."""

LONGEST: Final = 3500
"""Characters of a card; the rest of the message is ours."""


def card_text(
    context: Context,
    plan: Plan,
    *,
    group: TourGroup | None = None,
    party: int = 1,
    whole: bool = False,
) -> Markup:
    """Everything about an info session, as a candidate reads it.

    Args:
        group: their own group on the tour, once there is one.
        party: how many come together, when they have signed up.
        whole: do not cut long notes short.
    """
    sections = _sections(context, plan, group, party, WHOLE if whole else ON_A_CARD)
    fitting: list[Markup] = []
    for section in sections:
        if sum(map(len, fitting)) + len(section) > LONGEST:
            break
        fitting.append(section)
    return Markup("\n\n").join(fitting)


def is_cut(plan: Plan) -> bool:
    """Whether a card leaves something out."""
    notes = (plan.bring, plan.accessibility, plan.house_rules)
    return any(len(note or "") > ON_A_CARD for note in notes)


def _sections(
    context: Context, plan: Plan, group: TourGroup | None, party: int, most: int
) -> Iterator[Markup]:
    text, language = context.text, context.language
    lines = [
        text("info_sessions.card_title", title=plan.title),
        text(
            "info_sessions.card_when",
            when=spoken_span(plan.starts_at, plan.ends_at, language),
        ),
        text("info_sessions.card_room", place=plan.place, room=plan.room)
        if plan.room
        else text("info_sessions.card_place", place=plan.place),
        text(
            "info_sessions.card_about",
            spoken=sentence(in_language(context, plan.language)),
            track=track_said(context, plan.track),
        ),
    ]
    if party > 1:
        lines.append(text("info_sessions.card_party", count=party))
    if plan.bring:
        lines.append(text("info_sessions.card_bring", what=_cut(plan.bring, most)))
    yield _lines(lines)
    if plan.parts:
        yield _lines(
            [text("info_sessions.card_programme"), *_timed(context, plan.parts, plan.starts_at)]
        )
    if plan.stops or plan.groups:
        yield _lines(_tour(context, plan, group))
    if plan.accessibility:
        yield text("info_sessions.card_accessibility", what=_cut(plan.accessibility, most))
    if plan.house_rules:
        yield text("info_sessions.card_rules", what=_cut(plan.house_rules, most))


def _timed(context: Context, parts: Sequence[Part], at: datetime) -> Iterator[Markup]:
    """Each part of the programme with the time at which it begins."""
    for part in parts:
        yield context.text(
            "info_sessions.card_part",
            time=spoken_time(at, context.language),
            title=part.title,
        )
        at += timedelta(minutes=part.minutes)


def _tour(context: Context, plan: Plan, group: TourGroup | None) -> list[Markup]:
    lines = [context.text("info_sessions.card_tour")]
    if plan.stops:
        stops = " → ".join(stop.title for stop in plan.stops)
        lines.append(context.text("info_sessions.card_stops", stops=stops))
    if group is not None:
        lines.append(
            context.text("info_sessions.card_group", number=group.number, where=group.meeting_point)
        )
    elif plan.groups:
        lines.append(context.text("info_sessions.card_group_later"))
    return lines


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


def _cut(text: str, most: int) -> str:
    text = text.strip()
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def sentence(text: str) -> str:
    """*text* as the beginning of a line."""
    return text[:1].upper() + text[1:]


def _lines(lines: Sequence[Markup]) -> Markup:
    return Markup("\n").join(lines)
