"""Buttons, commands and start payloads belong to exactly one handler."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import buttons, commands, payloads
from handlers.application import FEATURES
from handlers.buttons import LONGEST_LABEL, Pressed, button, link, tap


async def nobody(*_: object) -> None:
    """Never called."""


def test_a_button_has_one_handler() -> None:
    assert FEATURES

    with pytest.raises(ValueError, match=r"menu\.show"):
        button("menu.show")(nobody)


def test_a_command_has_one_handler_and_each_has_one() -> None:
    assert set(commands.HANDLERS) == set(commands.NAMES)

    with pytest.raises(ValueError, match="help"):
        commands.command("help")(nobody)
    with pytest.raises(ValueError, match="dance"):
        commands.command("dance")(nobody)


@pytest.mark.parametrize("prefix", ["faq_", "faq_x", "f", ""])
def test_a_payload_has_one_owner(prefix: str) -> None:
    with pytest.raises(ValueError, match="belongs"):
        payloads.opening(prefix)(lambda *_: None)


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
