"""What may stand under a message: inline buttons, reply keyboards, and their limits."""

from __future__ import annotations

from typing import Any

from bot.simulator.entities import url_problem
from bot.simulator.parameters import Parameters
from bot.simulator.refusals import bad_request

MAX_DATA_BYTES = 64
MAX_PER_ROW = 8
MAX_PER_MESSAGE = 100
"""The app shows no more (unofficial); refused here, so that it is noticed before it is live."""

_ACTIONS = (
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "copy_text",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "callback_game",
    "pay",
)
_OTHERS = ("keyboard", "remove_keyboard", "force_reply")

Rows = list[list[dict[str, Any]]]


def markup_of(parameters: Parameters, *, inline_only: bool = False) -> dict[str, Any] | None:
    """The checked reply_markup of a call; None when there is none."""
    markup = parameters.json("reply_markup", "reply keyboard markup")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        rows = _checked_rows(markup["inline_keyboard"])
        return {"inline_keyboard": rows} if rows else None
    if inline_only and markup:
        raise bad_request("inline keyboard expected")
    if "keyboard" in markup:
        _check_reply_keyboard(markup["keyboard"])
    return markup if any(name in markup for name in _OTHERS) else None


def _checked_rows(rows: Any) -> Rows:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" must be an Array of Arrays')
    checked = [[_checked_button(button) for button in row] for row in rows if row]
    if any(len(row) > MAX_PER_ROW for row in checked) or (
        sum(len(row) for row in checked) > MAX_PER_MESSAGE
    ):
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return checked


def _checked_button(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: expected an Object")
    text = button.get("text")
    if not isinstance(text, str):
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    if not text.strip():
        raise bad_request("BUTTON_TEXT_EMPTY")
    actions = [name for name in _ACTIONS if name in button]
    if not actions:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if len(actions) > 1:
        raise bad_request("BUTTON_TYPE_INVALID")
    if actions == ["callback_data"]:
        data = button["callback_data"]
        if not isinstance(data, str) or not 1 <= len(data.encode()) <= MAX_DATA_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
    elif actions == ["url"]:
        url = button["url"]
        problem = url_problem(url) if isinstance(url, str) else "URL host is empty"
        if problem is not None:
            raise bad_request(f"inline keyboard button URL '{url}' is invalid: {problem}")
    return {name: button[name] for name in ("text", *actions)}


def _check_reply_keyboard(rows: Any) -> None:
    if not isinstance(rows, list) or not rows:
        raise bad_request("reply keyboard is empty")
    for row in rows:
        if not isinstance(row, list):
            raise bad_request('field "keyboard" must be an Array of Arrays')
        for button in row:
            text = button.get("text") if isinstance(button, dict) else button
            if not isinstance(text, str) or not text.strip():
                raise bad_request("reply keyboard button text must be non-empty")
