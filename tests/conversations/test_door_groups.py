"""S14: tour groups that stay as they were told, guides with their own list, and who leads."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.info_sessions.plan import Group
from bot.staff import Role
from tests.conversations.doors import (
    STARTS,
    TOUR,
    Delivered,
    Evening,
    Hired,
    Transcript,
    comes_back,
    delivered,
    evening,
    hired,
)

__all__ = ["delivered", "evening", "hired"]

Making = Callable[..., Awaitable[Evening]]
BOTH = pytest.mark.parametrize("language", ["nl", "fr"])


async def groups_of(night: Evening) -> dict[str | None, int | None]:
    everybody = await night.services.door.participants(night.boss, night.info_session)
    return {each.name: each.group for each in everybody}


@BOTH
async def test_s14_the_lead_divides_and_who_comes_later_finds_a_place(
    evening: Making, transcript: Transcript, language: str
) -> None:
    """Nobody who has a group is moved; the lead may move somebody."""
    night = await evening(language, groups=TOUR, early=True)
    lena, say = night.lena, night.say
    await night.opens(lena)
    await lena.taps(say("button_groups"))
    await lena.taps(say("button_divide"))
    first = await groups_of(night)
    await night.guest(9, "Zoë")
    await lena.taps(say("staff.back"))
    await lena.taps(say("button_groups"))
    await lena.taps(say("button_divide"))
    later = await groups_of(night)
    await lena.taps(say("button_group", number=1))
    member = next(each for each in lena.labels if "Bo De Smet" in each)
    await lena.taps(member)
    await lena.taps(say("button_regroup"))
    await lena.taps(next(each for each in lena.labels if "2 (" in each))

    assert set(first.values()) == {1, 2}
    assert {name: group for name, group in later.items() if name != "Zoë"} == first
    assert later["Zoë"] is not None
    assert (await groups_of(night))["Bo De Smet"] == 2
    assert comes_back(lena)
    transcript(f"door_groups_{language}", lena)


@BOTH
async def test_s14_a_guide_hears_of_it_and_sees_the_own_group_and_no_other(
    evening: Making,
    hired: Hired,
    delivered: Delivered,
    transcript: Transcript,
    language: str,
) -> None:
    night = await evening(language, groups=TOUR, early=True)
    gus = await hired(5, Role.AMBASSADOR, language=language, name="Gus")
    await night.services.door.divide(night.boss, night.info_session)
    say = night.say
    await night.opens(night.sofie)
    await night.sofie.taps(say("button_groups"))
    await night.sofie.taps(say("button_guides"))
    await night.sofie.taps(say("button_guide", number=2, name=say("no_guide")))
    await night.sofie.taps(next(each for each in night.sofie.labels if each.startswith("Gus")))
    await delivered()
    night.clock.set(STARTS - timedelta(minutes=30))
    await gus.taps(say("info_sessions.button_participants"))
    screen = list(gus.labels)
    await gus.taps(say("button_my_group", number=2))
    names = "".join(gus.labels)
    await gus.taps(gus.labels[0])
    await gus.types("j")
    transcript(f"door_guide_{language}_gus", gus)
    before = len(gus.screen.events)
    for data in ("all/0", "g1/0", "wait/0"):
        await gus.presses(gus.last.number, f"door.list:{night.info_session}/{data}")
    seen = "".join(gus.screen.events[before:])

    groups = await groups_of(night)
    for name, group in groups.items():
        assert name is not None
        assert (name in names) == (group == 2), name
        assert group == 2 or name not in seen
    assert say("button_pdf") in screen
    assert say("button_gone") not in screen
    assert len(await night.inside()) == 1
    transcript(f"door_guide_{language}_sofie", night.sofie)


async def test_s14_a_guide_may_not_lead(evening: Making, hired: Hired) -> None:
    night = await evening(groups=TOUR, early=True)
    gus = await hired(5, Role.AMBASSADOR, name="Gus")
    await night.services.door.set_guide(night.boss, night.info_session, 1, await night.person(gus))
    number = await night.guest(9, "Zoë")
    await gus.types("/beheer")
    id_ = night.info_session
    for data in (
        f"door.gone:{id_}/0",
        f"door.divide:{id_}",
        f"door.missed:{id_}",
        f"door.into:{number}/1",
        f"door.removed:{number}",
        f"door.leads:{id_}/0",
    ):
        night.clock.advance(timedelta(seconds=1))
        await gus.presses(gus.last.number, data)
        assert "verlopen" in gus.text, data
    assert (await groups_of(night))["Zoë"] is None


async def test_s14_twelve_groups_fit_a_phone(evening: Making) -> None:
    groups = tuple(Group(2, f"punt {number}") for number in range(1, 13))
    night = await evening(groups=groups, early=True)
    await night.opens(night.sofie)
    await night.sofie.taps(night.say("button_groups"))
    assert len(night.sofie.last.buttons) <= 8
    await night.sofie.taps(night.say("button_divide"))
    assert len(night.sofie.last.buttons) <= 8
    await night.sofie.taps(next(each for each in night.sofie.labels if each.startswith("▶")))
    assert night.say("button_group", number=12) in night.sofie.labels
    await night.sofie.taps(night.say("button_guides"))

    assert comes_back(night.sofie)


@BOTH
async def test_the_coordinator_says_who_leads_and_they_hear_of_it(
    evening: Making,
    hired: Hired,
    delivered: Delivered,
    transcript: Transcript,
    language: str,
) -> None:
    night = await evening(language, early=True)
    bram = await hired(5, Role.CONTACT_POINT, language=language, name="Bram")
    await hired(6, Role.EDITOR, language=language, name="Ed")
    sofie, say = night.sofie, night.say
    await night.opens(sofie)
    await sofie.taps(say("button_leads"))
    offered = "".join(sofie.labels)
    await sofie.taps(next(each for each in sofie.labels if each.startswith("Bram")))
    await sofie.taps(next(each for each in sofie.labels if each.startswith("✓ Lena")))
    await delivered()
    await bram.taps(say("info_sessions.button_participants"))
    await night.lena.types({"nl": "/beheer", "fr": "/gestion"}[language])
    await night.lena.taps(say("button_day"))

    assert "Ed" not in offered
    assert say("button_names") in bram.labels
    assert night.lena.labels == [say("staff.back")]
    transcript(f"door_leads_{language}_sofie", sofie)
    transcript(f"door_leads_{language}_bram", bram)
