"""What colleagues do for people: register by name, receive them on the day, look things up."""

from bot.info_sessions.crewing import Crewing
from bot.info_sessions.door_views import HOSTS
from bot.info_sessions.entrance import NotTheDay
from bot.info_sessions.lookups import LETTERS, Lookups
from bot.info_sessions.receiving import Receiving
from bot.info_sessions.registering import Channel, NoSeatAtTheDoor, Registering
from bot.info_sessions.today import DOOR_OPENS

__all__ = ["DOOR_OPENS", "HOSTS", "LETTERS", "Channel", "Door", "NoSeatAtTheDoor", "NotTheDay"]


class Door(Registering, Receiving, Lookups, Crewing):
    """See the parents for each kind."""
