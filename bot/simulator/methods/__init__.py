"""The methods of the Bot API that the simulator knows."""

from bot.simulator.methods import (  # noqa: F401 - importing registers them
    chats,
    editing,
    profile,
    receiving,
    sending,
)
from bot.simulator.methods.registry import METHODS, Call

__all__ = ["METHODS", "Call"]
