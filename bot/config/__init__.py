"""Settings from the environment and the zone's own file; every wrong one is named at once."""

from bot.config.problems import AnyProblem, Problem, WrongConfiguration, WrongSetting
from bot.config.settings import Settings, load_settings, read_settings
from bot.config.zone import EXAMPLE_ZONE, Contact, Links, RouteOverride, Zone, load_zone

__all__ = [
    "EXAMPLE_ZONE",
    "AnyProblem",
    "Contact",
    "Links",
    "Problem",
    "RouteOverride",
    "Settings",
    "WrongConfiguration",
    "WrongSetting",
    "Zone",
    "load_settings",
    "load_zone",
    "read_settings",
]
