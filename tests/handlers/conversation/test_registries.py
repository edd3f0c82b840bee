"""Buttons, commands and start payloads belong to exactly one handler."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.staff import Role
from handlers import buttons, commands, payloads, typed
from handlers.application import FEATURES
from handlers.audience import ANYBODY, Audience, only
from handlers.buttons import LONGEST_LABEL, Pressed, button, link, tap


async def nobody(*_: object) -> None:
    """Never called."""


async def nothing(*_: object) -> None:
    """Never called either."""


DECLARING: dict[str, Callable[..., Any]] = {
    "button": button,
    "command": commands.command,
    "typed answer": typed.typed,
    "start payload": payloads.opening,
}
"""Everything through which somebody can reach a handler."""


@pytest.mark.parametrize("kind", DECLARING)
def test_t06_a_handler_that_does_not_say_who_it_is_for_stops_start_up(kind: str) -> None:
    declare = DECLARING[kind]

    with pytest.raises(TypeError):
        declare("nowhere.yet")
    for wrong in (None, Role.EDITOR, ()):
        with pytest.raises(TypeError, match="does not say who"):
            declare("nowhere.yet", for_=wrong)(nobody)
    with pytest.raises(ValueError, match="ANYBODY"):
        only()
    assert "nowhere.yet" not in {*buttons.CLAIMS, *typed.CLAIMS, *payloads.CLAIMS}


def test_t06_everything_that_can_be_reached_says_who_it_is_for() -> None:
    claims: list[Any] = [
        *buttons.CLAIMS.values(),
        *commands.CLAIMS.values(),
        *typed.CLAIMS.values(),
        *payloads.CLAIMS.values(),
    ]

    assert len(claims) > 60
    assert all(isinstance(claim.for_, Audience) for claim in claims)


def test_a_button_has_one_handler() -> None:
    assert FEATURES

    with pytest.raises(ValueError, match=r"menu\.show"):
        button("menu.show", for_=ANYBODY)(nobody)


def test_a_command_has_one_handler_and_each_has_one() -> None:
    assert set(commands.CLAIMS) == {*commands.NAMES, *commands.STAFF_NAMES}

    with pytest.raises(ValueError, match="help"):
        commands.command("help", for_=ANYBODY)(nobody)
    with pytest.raises(ValueError, match="dance"):
        commands.command("dance", for_=ANYBODY)(nobody)
    with pytest.raises(ValueError, match="staff"):
        commands.command("staff", for_=ANYBODY)(nobody)


@pytest.mark.parametrize("prefix", ["faq_", "faq_x", "f", ""])
def test_a_payload_has_one_owner(prefix: str) -> None:
    with pytest.raises(ValueError, match="belongs"):
        payloads.opening(prefix, for_=ANYBODY)(nothing)


@given(st.text(max_size=80))
def test_any_data_can_be_taken_apart(data: str) -> None:
    pressed = Pressed.read(data)

    assert ":" not in pressed.action


@pytest.mark.parametrize(
    "pressed",
    [
        Pressed("menu.show"),
        Pressed("questions.show", "minimum-age"),
        Pressed("questions.show", "minimum-age", "fr"),
        Pressed("browse.topic", "uniform/tests/2", "de"),
    ],
)
def test_data_is_read_as_it_was_made(pressed: Pressed) -> None:
    assert Pressed.read(pressed.data) == pressed


def test_the_longest_entry_fits_every_button() -> None:
    longest = "x" * 45

    for action in buttons.CLAIMS:
        if action.startswith("questions."):
            tap("x", Pressed(action, longest, "fr"))


def test_long_labels_are_cut() -> None:
    assert len(tap("x" * 100, Pressed("menu.show")).label) == LONGEST_LABEL
    assert link("korter", "https://x.be").label == "korter"
