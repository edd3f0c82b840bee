"""Numbers and dates of an answer, in a form that is the same in every language."""

import re

from faq.markup import plain

_MONTHS = {
    1: "januari janvier januar jänner january",
    2: "februari février fevrier februar february",
    3: "maart mars märz march",
    4: "april avril",
    5: "mei mai may",
    6: "juni juin june",
    7: "juli juillet july",
    8: "augustus août aout august",
    9: "september septembre",
    10: "oktober octobre october",
    11: "november novembre",
    12: "december décembre decembre dezember",
}
_MONTH_OF = {name: month for month, names in _MONTHS.items() for name in names.split()}
_MONTH = "|".join(sorted(_MONTH_OF, key=len, reverse=True))
_DAY_MONTH = re.compile(rf"\b(\d{{1,2}})(?:er|\.|st|nd|rd|th)?(?: of)? ({_MONTH})\b", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"\b({_MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?\b", re.IGNORECASE)
_MONTH_YEAR = re.compile(rf"\b({_MONTH}) (?=\d{{4}}\b)", re.IGNORECASE)
_SLASHED = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_LONG = re.compile(r"\b\d{1,3}(?:[.,   ]\d{3})+(?![\d.,]\d|\d)")
_PAIR = re.compile(r"\b(\d+)(?:[.,:]| ?[hu] ?)(\d{1,2})(?!\d)")
_AFTERNOON = re.compile(r"\b(1[0-2]|[1-9])(?:[.:](\d\d))? ?([ap])\.?m\b\.?", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def figures(answer: str) -> frozenset[str]:
    """Every number in digits: 14 september 2021 and 14/09/2021 give 14, m9 and 2021."""
    text = plain(answer)
    months = set()

    def month(number: str | int) -> str:
        months.add(f"m{int(number)}")
        return " "

    text = _SLASHED.sub(lambda m: f"{int(m[1])} {month(m[2])} {m[3]}", text)
    text = _DAY_MONTH.sub(lambda m: f"{m[1]} {month(_MONTH_OF[m[2].casefold()])}", text)
    text = _MONTH_YEAR.sub(lambda m: month(_MONTH_OF[m[1].casefold()]), text)
    text = _MONTH_DAY.sub(lambda m: f"{m[2]} {month(_MONTH_OF[m[1].casefold()])}", text)
    text = _AFTERNOON.sub(_on_24_hours, text)
    text = _LONG.sub(lambda m: re.sub(r"\D", "", m[0]), text)
    text = _PAIR.sub(lambda m: f"{m[1]}.{m[2]}", text)
    found = {re.sub(r"\.0+$", "", number) for number in _NUMBER.findall(text)}
    return frozenset(found | months)


def _on_24_hours(found: re.Match[str]) -> str:
    hour = int(found[1]) % 12 + (12 if found[3].casefold() == "p" else 0)
    return f"{hour}.{found[2]}" if found[2] else str(hour)
