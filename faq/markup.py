"""The part of Telegram's HTML that answers may use, and the places a zone fills in."""

import re
from html.parser import HTMLParser

from faq.entry import ZONE_PLACES

LONGEST_MESSAGE = 4096
"""UTF-16 units after the markup is taken out (Bot API, sendMessage)."""

_PLACE = re.compile(r"\{([^{}]*)\}")
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_TAGS = {"b": (), "i": (), "a": ("href",)}
_LINK = re.compile(r"https?://|tel:|mailto:|tg://|\{zone\.")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            self.wrong.append(f"<{tag}> is not allowed, only <b>, <i> and <a href>")
            return
        names = [name for name, _ in attrs]
        if sorted(names) != sorted(_TAGS[tag]):
            self.wrong.append(f"<{tag}> has wrong attributes")
        for name, value in attrs:
            if name == "href" and not _LINK.match(value or ""):
                self.wrong.append(f"{value!r} is not a link")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _TAGS:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes nothing that is open")

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.wrong.append("comments are not allowed")


def faults(text: str) -> list[str]:
    """What Telegram, or the filling in of places, would refuse."""
    reader = _read(text)
    wrong = list(reader.wrong)
    wrong += [f"<{tag}> is not closed" for tag in reader.open]
    if "&" in _ENTITY.sub("", text):
        wrong.append("& is written as &amp;")
    if re.search(r"<(?!/?[a-z])", text):
        wrong.append("< is written as &lt;")
    for name in _PLACE.findall(text):
        if not (name.startswith("zone.") and name.removeprefix("zone.") in ZONE_PLACES):
            wrong.append(f"{{{name}}} is not a place we can fill in")
    if _PLACE.sub("", text).count("{") or _PLACE.sub("", text).count("}"):
        wrong.append("a brace stands alone")
    return wrong


def plain(text: str) -> str:
    """The words without markup."""
    return "".join(_read(text).text)


def length(text: str) -> int:
    """As Telegram counts: UTF-16 units without markup."""
    return len(plain(text).encode("utf-16-le", "surrogatepass")) // 2


def _read(text: str) -> _Reader:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader
