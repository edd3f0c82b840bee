"""One police zone: how it is reached, when, in which languages, and what it wants said otherwise.

The file may be incomplete. What is not filled in is left out of what candidates see; what is filled
in wrongly is a problem with its file and line.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, ValidationError

from bot.config.hours import DAYS, ClosingDays, OpeningHours, Period
from bot.config.problems import Problem, WrongConfiguration
from faq.yaml_reader import Located, YamlProblem, read_yaml

EXAMPLE_ZONE: Final = Path(__file__).parent.parent / "zones" / "aalst.yaml"
TO_FILL_IN: Final = re.compile(r"\s*TO FILL IN\b", re.IGNORECASE)
ROUTES: Final = (
    "emergency",
    "self-harm",
    "report-crime",
    "fine",
    "lost-document",
    "complaint",
    "own-application",
)

_EMERGENCY_NUMBERS: Final = {"100", "101", "105", "112", "116000", "1813", "106", "107"}


def _empty_when_unfilled(value: object) -> object:
    if value is None or (isinstance(value, str) and (not value.strip() or TO_FILL_IN.match(value))):
        return None
    return value.strip() if isinstance(value, str) else value


def _phone(value: object) -> object:
    value = _empty_when_unfilled(value)
    if value is None or str(value) in _EMERGENCY_NUMBERS:
        return None if value is None else str(value)

    import phonenumbers

    try:
        number = phonenumbers.parse(str(value), "BE")
    except phonenumbers.NumberParseException:
        raise ValueError("is not a telephone number") from None
    if not phonenumbers.is_possible_number(number):
        raise ValueError("is not a telephone number")
    return str(value)


def _mail(value: object) -> object:
    value = _empty_when_unfilled(value)
    if value is not None and not re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", str(value)):
        raise ValueError("is not a mail address")
    return value


def _page(value: object) -> object:
    value = _empty_when_unfilled(value)
    if value is None:
        return None
    parts = urlsplit(str(value))
    if parts.scheme != "https" or not parts.hostname or "." not in parts.hostname:
        raise ValueError("is not a web address that begins with https://")
    if re.search(r"[\s\"'<>]", str(value)):
        raise ValueError("holds a character that a web address cannot have")
    return value


Text = Annotated[str | None, BeforeValidator(_empty_when_unfilled)]
Phone = Annotated[str | None, BeforeValidator(_phone)]
Mail = Annotated[str | None, BeforeValidator(_mail)]
Page = Annotated[str | None, BeforeValidator(_page)]


def _period(value: object) -> object:
    return value if isinstance(value, Period) else Period.read(str(value))


def _closing_days(value: object) -> object:
    return value if isinstance(value, ClosingDays) else ClosingDays.read(str(value))


def _day(value: object) -> object:
    if value not in DAYS:
        raise ValueError(f"is not a day of the week: {', '.join(DAYS)}")
    return value


def _language(value: object) -> object:
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?", str(value)):
        raise ValueError("is not a language code such as nl")
    return value


def _route(value: object) -> object:
    if value not in ROUTES:
        raise ValueError(f"is not a fixed route: {', '.join(ROUTES)}")
    return value


def _week(value: object) -> object:
    """A day that is empty or still to be filled in counts as unknown, which is shown as closed."""
    if _empty_when_unfilled(value) is None:
        return {}
    if not isinstance(value, Mapping):
        return value
    return {
        day: [period for period in periods if _empty_when_unfilled(period) is not None]
        if isinstance(periods, list)
        else ([] if _empty_when_unfilled(periods) is None else [periods])
        for day, periods in value.items()
    }


def _no_duplicates(value: object) -> object:
    if isinstance(value, list) and len(set(map(str, value))) != len(value):
        raise ValueError("names a language twice")
    return value


def _none_as_empty(value: object) -> object:
    return {} if _empty_when_unfilled(value) is None else value


def _none_as_nothing(value: object) -> object:
    return [] if _empty_when_unfilled(value) is None else value


def _needed_page(value: object) -> object:
    page = _page(value)
    if page is None:
        raise ValueError("needs a web address that begins with https://")
    return page


def _label(value: object) -> object:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("needs words for a button")
    return value.strip()


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Contact(_Part):
    """The ways to reach a person of the zone."""

    phone: Phone = None
    mail: Mail = None
    page: Page = None
    desk: Text = None
    """The address of the front desk, on one line."""


class Links(_Part):
    """Official pages. `sessions_page` and `appointment_page` serve until the bot has its own."""

    sessions_page: Page = None
    appointment_page: Page = None
    jobpol: Page = None
    privacy_page: Page = None


class Material(_Part):
    """A page for who was at an info session: a presentation, a video, the tests to practise."""

    page: Annotated[str, BeforeValidator(_needed_page)]
    title: dict[
        Annotated[str, BeforeValidator(_language)], Annotated[str, BeforeValidator(_label)]
    ] = Field(min_length=1)
    """What the button says, by language."""

    def called(self, language: str) -> str:
        """Its title in *language*, else in the first one given."""
        return self.title.get(language) or next(iter(self.title.values()))


class RouteOverride(_Part):
    """The zone's own number or page on a fixed route, such as its own mail for complaints."""

    phone: Phone = None
    mail: Mail = None
    page: Page = None


class Zone(_Part):
    """See `bot/zones/aalst.yaml` for every field with its meaning."""

    MUST_BE_FILLED: ClassVar[tuple[str, ...]] = (
        *("contact.phone", "contact.mail", "contact.page", "contact.desk"),
        *("controller", "dpo", "links.sessions_page", "links.appointment_page", "opening_hours"),
    )

    name: str = Field(min_length=2, max_length=80)
    number: int | None = Field(default=None, ge=1000, le=9999)
    languages: Annotated[
        tuple[Annotated[str, BeforeValidator(_language)], ...], BeforeValidator(_no_duplicates)
    ] = Field(default=("nl", "fr", "de", "en"), min_length=1)
    controller: Text = None
    dpo: Text = None
    contact: Annotated[Contact, BeforeValidator(_none_as_empty)] = Contact()
    links: Annotated[Links, BeforeValidator(_none_as_empty)] = Links()
    opening_hours: Annotated[
        dict[
            Annotated[str, BeforeValidator(_day)],
            list[Annotated[Period, BeforeValidator(_period)]],
        ],
        BeforeValidator(_week),
    ] = Field(default_factory=dict)
    materials: Annotated[tuple[Material, ...], BeforeValidator(_none_as_nothing)] = ()
    closing_days: Annotated[
        list[Annotated[ClosingDays, BeforeValidator(_closing_days)]],
        BeforeValidator(_none_as_nothing),
    ] = Field(default_factory=list)
    texts: Annotated[dict[str, dict[str, str]], BeforeValidator(_none_as_empty)] = Field(
        default_factory=dict
    )
    """The zone's own wording: key of the sentence, then language, then the sentence."""
    routes: Annotated[
        dict[Annotated[str, BeforeValidator(_route)], RouteOverride],
        BeforeValidator(_none_as_empty),
    ] = Field(default_factory=dict)

    _located: Located = PrivateAttr(default_factory=lambda: Located("zone", {}))

    @property
    def unfilled(self) -> list[str]:
        """The places that the zone still has to fill in, as they are called in its file."""
        open_some_day = any(self.opening_hours.values())
        return [
            place
            for place in self.MUST_BE_FILLED
            if not (open_some_day if place == "opening_hours" else self._at(place))
        ]

    def filled(self, name: str) -> str | None:
        """A fact: `phone`, `desk`, `name`, `dpo`, `sessions_page` …; None while it is unfilled.

        Raises:
            KeyError: there is no such fact.
        """
        for part in (self.contact, self.links, self):
            if name in type(part).model_fields:
                value = getattr(part, name)
                return None if value is None else str(value)
        raise KeyError(name)

    @cached_property
    def hours(self) -> OpeningHours:
        return OpeningHours(self.opening_hours, self.closing_days)

    def open_at(self, moment: datetime) -> bool:
        """Whether somebody is there; never while the hours are not filled in."""
        return self.hours.open_at(moment)

    def next_opening(self, moment: datetime) -> datetime | None:
        """The first opening after *moment*, in UTC; None while the hours are not filled in."""
        opening = self.hours.next_opening(moment)
        return None if opening is None else opening.astimezone(UTC)

    def problem(self, message: str, *steps: str) -> Problem:
        """A problem with a value of the zone's file that only others can judge."""
        return self._located.problem(message, steps)

    def _at(self, place: str) -> object:
        value: object = self
        for step in place.split("."):
            value = getattr(value, step)
        return value


def load_zone(path: Path | None = None) -> Zone:
    """Read the zone's file; without *path* the example zone.

    Raises:
        WrongConfiguration: with everything that is wrong in it.
    """
    file = path or EXAMPLE_ZONE
    try:
        located = read_yaml(file)
    except YamlProblem as trouble:
        raise WrongConfiguration([trouble.problem]) from None
    if not isinstance(located.data, dict):
        raise WrongConfiguration([located.problem("must be a list of `field: value`")])
    try:
        zone = Zone.model_validate(located.data)
    except ValidationError as invalid:
        problems = [
            _problem(located, error["loc"], error["type"], error["msg"])
            for error in invalid.errors(include_url=False, include_input=False)
        ]
        raise WrongConfiguration(sorted(problems)) from None
    zone._located = located
    return zone


def _problem(located: Located, loc: tuple[Any, ...], kind: str, message: str) -> Problem:
    steps = tuple(step for step in loc if step != "[key]")
    message = message.removeprefix("Value error, ")
    if kind == "extra_forbidden":
        message = "is not a field of a zone"
    elif kind == "missing":
        message = "is missing"
    return located.problem(message[:1].lower() + message[1:], steps)
