"""S6: the text that a coordinator pastes on the website and on Facebook."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.clock import brussels
from bot.info_sessions.announcement import LONGEST, Announced, Where, announcement
from bot.info_sessions.model import InfoSessionId, Track
from bot.info_sessions.plan import Part, Plan
from bot.texts import Texts

STARTS = brussels(2026, 12, 12, 10)
PLAN = Plan(
    title="Werken bij de politie",
    starts_at=STARTS,
    ends_at=STARTS + timedelta(hours=2),
    place="Politiehuis, Markt 1, Aalst",
    room="Zaal 1",
    seats=20,
    track=Track.UNIFORM,
    bring="Je identiteitskaart",
    accessibility="Er is een lift.",
    parts=(Part("Welkom", 15), Part("Vragen", 30)),
    stops=(Part("Meldkamer", 15), Part("Hondenbrigade", 15)),
)


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts.load()


def written(texts: Texts, where: Where, *plans: Plan, language: str = "nl") -> str:
    sessions = [Announced(InfoSessionId(17 + n), plan) for n, plan in enumerate(plans or (PLAN,))]
    return announcement(texts, language, where, "Lokale Politie Aalst", sessions, "AalstBot")


def test_s6_the_website_gets_everything(texts: Texts) -> None:
    assert (
        written(texts, Where.WEBSITE)
        == """\
Werken bij de politie

Denk je aan een job in uniform bij Lokale Politie Aalst? Kom kijken en stel je vragen. \
Deelnemen is gratis.

📅 zaterdag 12 december, 10:00–12:00
Inschrijven: https://t.me/AalstBot?start=s_17_website

📍 Politiehuis, Markt 1, Aalst, Zaal 1
💬 Taal: Nederlands

10:00 Welkom
10:15 Vragen

🚓 Met rondleiding: Meldkamer, Hondenbrigade

🎒 Breng mee: Je identiteitskaart

♿ Er is een lift.

Volzet? Zet je via dezelfde link op de wachtlijst, of laat je verwittigen bij een nieuwe datum."""
    )


def test_s6_facebook_gets_it_short(texts: Texts) -> None:
    text = written(texts, Where.FACEBOOK, language="fr")

    assert text.startswith("📣 Werken bij de politie")
    assert "Langue : néerlandais" in text
    assert "https://t.me/AalstBot?start=s_17_facebook" in text
    assert "Je identiteitskaart" not in text
    assert "Meldkamer" in text


def test_s6_a_day_is_one_text_with_a_link_for_each_session(texts: Texts) -> None:
    later = replace(
        PLAN, starts_at=STARTS + timedelta(hours=4), ends_at=STARTS + timedelta(hours=6)
    )
    text = written(texts, Where.WEBSITE, PLAN, later)

    assert text.count("📅") == 2
    assert "14:00–16:00\nInschrijven: https://t.me/AalstBot?start=s_18_website" in text
    assert text.count("Politiehuis") == 1


def test_without_a_waiting_list_nobody_is_sent_to_one(texts: Texts) -> None:
    text = written(texts, Where.WEBSITE, replace(PLAN, waiting_list=False))

    assert "wachtlijst" not in text


@pytest.mark.parametrize("where", Where)
@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_it_always_fits_one_message_with_the_links_and_the_place(
    texts: Texts, where: Where, language: str
) -> None:
    long = replace(
        PLAN,
        title="t" * 120,
        place="p" * 160,
        bring="b" * 500,
        accessibility="a" * 500,
        parts=(Part("x" * 120, 10),) * 12,
        stops=(Part("y" * 120, 10),) * 12,
    )
    text = written(texts, where, *[long] * 6, language=language)

    assert len(text) <= LONGEST
    assert text.count("?start=s_") == 6
    assert "p" * 160 in text
