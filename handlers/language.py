"""Choosing a language: with a button, with /taal fr, or by typing «Français»."""

from __future__ import annotations

from typing import Final

from babel import Locale
from telegram import Update

from bot.notifications.message import Message
from handlers import menu
from handlers.audience import ANYBODY
from handlers.buttons import Expired, button
from handlers.commands import command
from handlers.context import Context

NAMES: Final = {
    "nl": ("Nederlands", "vlaams", "dutch", "néerlandais", "niederländisch"),
    "fr": ("Français", "frans", "french", "französisch", "francais"),
    "de": ("Deutsch", "duits", "german", "allemand"),
    "en": ("English", "engels", "anglais", "englisch"),
}
"""How a language calls itself, and what others call it."""


def named(text: str, languages: tuple[str, ...]) -> str | None:
    """The language that *text* names, by code or name, when it is one of *languages*."""
    word = text.strip(" .!").casefold()
    for language in languages:
        names = (language, *NAMES.get(language, (own_name(language),)))
        if word in (name.casefold() for name in names):
            return language
    return None


def own_name(language: str) -> str:
    if language in NAMES:
        return NAMES[language][0]
    return str(Locale.parse(language).get_display_name(language) or language).capitalize()


def choices(context: Context) -> Message:
    rows = tuple(
        (context.tap(own_name(language), "language.set", language),)
        for language in context.services.languages
    )
    return Message(context.text("language.choose"), (*rows, menu.back(context)))


async def choose(context: Context, language: str) -> None:
    """From now on speak *language*; texts after this are in it."""
    await context.services.people.choose_language(context.person.id, language)
    context.person = await context.services.people.get(context.person.id)


@button("language.choose", for_=ANYBODY)
@command("language", for_=ANYBODY)
async def ask(_: Update, context: Context) -> None:
    """/taal shows the languages; /taal fr chooses at once."""
    language = named(" ".join(context.args or ()), context.services.languages)
    if language is None:
        await context.show(choices(context))
        return
    await choose(context, language)
    await context.say(menu.message(context, "language.chosen"))


@button("language.set", for_=ANYBODY)
async def set_(_: Update, context: Context) -> None:
    await choose(context, _offered(context))
    await context.show(menu.message(context, "language.chosen"))


@button("language.keep", for_=ANYBODY)
async def keep(_: Update, context: Context) -> None:
    """Under an answer in another language: the answer stays, the menu comes below it."""
    await choose(context, _offered(context))
    await context.say(menu.message(context, "language.chosen"))


def _offered(context: Context) -> str:
    language = context.button.id
    if language not in context.services.languages:
        raise Expired
    return language
