"""What a button may carry."""

import pytest
from markupsafe import Markup

from bot.notifications.message import Button, Message


def test_b15_button_data_counts_bytes_not_characters():
    assert Button("Ja", "a.b:" + "é" * 30).data == "a.b:" + "é" * 30
    with pytest.raises(ValueError, match="64 bytes"):
        Button("Ja", "a.b:" + "é" * 31)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"label": " ", "data": "a.b"}, id="no label"),
        pytest.param({"label": "Ja"}, id="leads nowhere"),
        pytest.param({"label": "Ja", "data": ""}, id="empty data"),
        pytest.param({"label": "Ja", "data": "a.b", "url": "https://x.be"}, id="both"),
    ],
)
def test_a_button_is_whole(wrong: dict[str, str]):
    with pytest.raises(ValueError, match="button"):
        Button(**wrong)


def test_a_message_needs_no_buttons():
    assert Message(Markup("Dag")).buttons == ()
