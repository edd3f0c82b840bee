"""The interest list: who wants to hear of a next date, of which jobs and in which language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from telegram import Update

from bot.info_sessions.model import Track
from bot.notifications.message import Button, Message
from handlers.audience import ANYBODY
from handlers.buttons import Expired, button
from handlers.context import Context
from handlers.info_sessions_card import in_language, sentence, track_said
from handlers.info_sessions_screen import Rows, paragraphs, ways

TRACKS: Final = (Track.UNIFORM, Track.CIVILIAN)
"""What one can choose; both is both of them."""


@button("info_sessions.interested", for_=ANYBODY)
async def interested(_: Update, context: Context) -> None:
    """With nothing chosen: look, and let what was wanted before count as said anew."""
    tracks, languages = await _chosen(context)
    chosen = context.button.id
    if chosen in TRACKS:
        tracks = [*tracks, Track(chosen)]
    elif chosen in context.services.languages:
        languages = [*languages, chosen]
    elif chosen:
        raise Expired
    await _keep(context, tracks, languages or [context.language])
    await context.show(await wishes(context))


@button("info_sessions.uninterested", for_=ANYBODY)
async def uninterested(_: Update, context: Context) -> None:
    """One kind of job or one language less; nothing chosen: nothing any more."""
    tracks, languages = await _chosen(context)
    chosen = context.button.id
    if chosen and chosen not in {*TRACKS, *context.services.languages}:
        raise Expired
    tracks = [track for track in tracks if track != chosen]
    languages = [language for language in languages if language != chosen]
    if chosen and tracks and languages:
        await _keep(context, tracks, languages)
        await context.show(await wishes(context))
        return
    await context.services.info_sessions.not_interested(context.person.id)
    await context.show(Message(context.text("info_sessions.interest_off"), (ways(context),)))


async def wishes(context: Context) -> Message:
    """What they are told about, each with one tap to have it or not."""
    tracks, languages = await _chosen(context)
    text = context.text
    jobs = tuple(_choice(context, track, track_said(context, track), tracks) for track in TRACKS)
    if not tracks:
        each = tuple((job,) for job in jobs)
        return Message(text("info_sessions.interest_ask"), (*each, ways(context)))
    spoken = [
        _choice(context, code, in_language(context, code), languages)
        for code in context.services.languages
    ]
    on = text(
        "info_sessions.interest_on",
        tracks=", ".join(track_said(context, track) for track in tracks),
        languages=sentence(", ".join(in_language(context, each) for each in languages)),
    )
    silent = None if context.person.wants_messages else text("info_sessions.cannot_tell_you")
    off = context.label("info_sessions.button_not_interested")
    rows: Rows = (
        jobs,
        *(tuple(spoken[at : at + 2]) for at in range(0, len(spoken), 2)),
        (context.tap(off, "info_sessions.uninterested"),),
        ways(context),
    )
    return Message(paragraphs((on, silent)), rows)


def _choice(context: Context, id_: str, label: str, chosen: Sequence[str]) -> Button:
    label = sentence(label)
    if id_ not in chosen:
        return context.tap(label, "info_sessions.interested", id_)
    marked = context.label("info_sessions.chosen", what=label)
    # The last language stays: without one there would be nothing to tell.
    only = len(chosen) == 1 and id_ not in TRACKS
    action = "interested" if only else "uninterested"
    return context.tap(marked, f"info_sessions.{action}", id_)


async def _chosen(context: Context) -> tuple[list[Track], list[str]]:
    known = await context.services.info_sessions.interests_of(context.person.id)
    tracks = {each for track, _ in known for each in _parts(track)}
    languages = {language for _, language in known}
    return (
        [track for track in TRACKS if track in tracks],
        [language for language in context.services.languages if language in languages],
    )


def _parts(track: Track) -> tuple[Track, ...]:
    return TRACKS if track is Track.BOTH else (track,)


async def _keep(context: Context, tracks: Sequence[Track], languages: Sequence[str]) -> None:
    wanted = {(track, language): None for language in languages for track in tracks}
    await context.services.info_sessions.interested_in(context.person.id, wanted)
