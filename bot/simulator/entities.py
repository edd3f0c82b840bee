"""Text as Telegram reads it: HTML mode, entities counted in UTF-16 units, found links and commands.

The parser follows the order of checks of Telegram's own one, so that a wrong text is refused with
the same words and the same byte offset.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from bot.simulator.refusals import bad_request

Entity = dict[str, Any]

MAX_ENTITIES = 100
"""Telegram ignores what comes after the hundredth (unofficial)."""

_KIND_OF_TAG = {
    "a": "text_link",
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_NAMED_CHARACTERS = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"'}
_SPACES = b" \t\r\n\x00\x0b"
_CHARACTER = re.compile(rb"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z]+));?")
_FOUND = re.compile(
    r"(?P<bot_command>(?<![\w/@>])/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]{3,32})?(?![\w/]))"
    r"|(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,})"
    r"|(?P<url>(?:https?://|www\.)[^\s<>\"']+[^\s<>\"'.,:;!?)\]])"
    r"|(?P<mention>(?<!\w)@[A-Za-z]\w{3,31})"
)


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass
class _Open:
    tag: str
    argument: str
    offset: int
    start: int


def parse_html(text: str) -> tuple[str, list[Entity]]:
    """Take the tags out of *text*; raises Telegram's "can't parse entities: …"."""
    plain, entities = _Parser(text).parse()
    return plain, sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


class _Parser:
    def __init__(self, text: str) -> None:
        # The closing zero byte is what Telegram's parser stops at.
        self.source = text.encode("utf-8", "replace").replace(b"\x00", b" ") + b"\x00"
        self.end = len(self.source) - 1
        self.at = 0
        self.pieces: list[str] = []
        self.offset = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def parse(self) -> tuple[str, list[Entity]]:
        while self.at < self.end:
            if self.source[self.at] == ord("<"):
                if self.source[self.at + 1] == ord("/"):
                    self._end_tag()
                else:
                    self._start_tag()
            elif self.source[self.at] == ord("&"):
                self._put(self._character())
            else:
                self._put(self._run())
        if self.open:
            tag = self.open[-1].tag
            raise _cannot(f'Can\'t find end tag corresponding to start tag "{tag}"')
        return "".join(self.pieces), self.entities

    def _put(self, text: str) -> None:
        self.pieces.append(text)
        self.offset += utf16_length(text)

    def _run(self) -> str:
        start = self.at
        while self.at < self.end and self.source[self.at] not in b"<&":
            self.at += 1
        return self.source[start : self.at].decode()

    def _character(self) -> str:
        found = _CHARACTER.match(self.source, self.at)
        character = _decoded(found) if found else None
        if found is None or character is None:
            self.at += 1
            return "&"
        self.at = found.end()
        return character

    def _start_tag(self) -> None:
        begin = self.at
        self.at += 1
        while self.source[self.at] not in _SPACES + b">":
            self.at += 1
        if self.at == self.end:
            raise _cannot(f"Unclosed start tag at byte offset {begin}")
        tag = self.source[begin + 1 : self.at].decode("utf-8", "replace").lower()
        if tag not in _KIND_OF_TAG:
            raise _cannot(f'Unsupported start tag "{tag}" at byte offset {begin}')
        argument = self._attributes(tag, begin)
        if tag == "span" and argument != "tg-spoiler":
            raise _cannot(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        self.open.append(_Open(tag, argument, self.offset, len(self.pieces)))

    def _attributes(self, tag: str, begin: int) -> str:
        wanted = {"a": "href", "span": "class", "tg-emoji": "emoji-id", "code": "class"}
        argument = ""
        while True:
            self._skip_spaces()
            if self.source[self.at] == ord(">"):
                self.at += 1
                return argument
            name_from = self.at
            while self.source[self.at] not in _SPACES + b"=>":
                self.at += 1
            name = self.source[name_from : self.at].decode("utf-8", "replace").lower()
            if self.at == self.end:
                raise _cannot(f'Unclosed start tag "{tag}" at byte offset {begin}')
            if not name:
                raise _cannot(f'Empty attribute name in the tag "{tag}" at byte offset {begin}')
            self._skip_spaces()
            if self.source[self.at] != ord("="):
                if tag == "blockquote" and name == "expandable":
                    argument = "expandable"
                    continue
                raise _cannot(
                    "Expected equal sign in declaration of an attribute of the tag "
                    f'"{tag}" at byte offset {begin}'
                )
            self.at += 1
            self._skip_spaces()
            value = self._attribute_value()
            if self.at == self.end:
                raise _cannot(f'Unclosed start tag "{tag}" at byte offset {begin}')
            if wanted.get(tag) == name:
                argument = value

    def _attribute_value(self) -> str:
        start = self.at
        quote = self.source[self.at]
        if quote not in b"\"'":
            while chr(self.source[self.at]).isalnum() or self.source[self.at] in b".-":
                self.at += 1
            if self.source[self.at] not in _SPACES + b">":
                raise _cannot(f"Unexpected end of name token at byte offset {start}")
            return self.source[start : self.at].decode("utf-8", "replace").lower()
        self.at += 1
        pieces: list[bytes] = []
        while self.at < self.end and self.source[self.at] != quote:
            if self.source[self.at] == ord("&"):
                pieces.append(self._character().encode())
            else:
                pieces.append(self.source[self.at : self.at + 1])
                self.at += 1
        if self.at < self.end:
            self.at += 1
        return b"".join(pieces).decode("utf-8", "replace")

    def _end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise _cannot(f"Unexpected end tag at byte offset {begin}")
        self.at += 2
        while self.source[self.at] not in _SPACES + b">":
            self.at += 1
        name = self.source[begin + 2 : self.at].decode("utf-8", "replace").lower()
        self._skip_spaces()
        if self.source[self.at] != ord(">"):
            raise _cannot(f"Unclosed end tag at byte offset {begin}")
        self.at += 1
        opened = self.open[-1]
        if name and name != opened.tag:
            raise _cannot(
                f"Unmatched end tag at byte offset {begin}, "
                f'expected "</{opened.tag}>", found "</{name}>"'
            )
        self.open.pop()
        if self.offset > opened.offset:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        entity: Entity = {
            "type": _KIND_OF_TAG[opened.tag],
            "offset": opened.offset,
            "length": self.offset - opened.offset,
        }
        if opened.tag == "a":
            url = opened.argument or "".join(self.pieces[opened.start :])
            if url_problem(url) is not None:
                return  # Telegram keeps the words and silently drops such a link
            entity["url"] = with_scheme(url)
        elif opened.tag == "blockquote" and opened.argument:
            entity["type"] = "expandable_blockquote"
        elif opened.tag == "tg-emoji":
            entity["custom_emoji_id"] = opened.argument
        self.entities.append(entity)

    def _skip_spaces(self) -> None:
        while self.at < self.end and self.source[self.at] in _SPACES:
            self.at += 1


def _decoded(found: re.Match[bytes]) -> str | None:
    decimal, hexadecimal, name = found.groups()
    if name is not None:
        return _NAMED_CHARACTERS.get(name)
    code = int(decimal) if decimal is not None else int(hexadecimal, 16)
    if code == 0 or code >= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return None
    return chr(code)


def _cannot(reason: str) -> Exception:
    return bad_request(f"can't parse entities: {reason}")


def url_problem(url: str) -> str | None:
    """Say in Telegram's words why *url* cannot stand in a link or button; None when it can.

    Telephone and mail links are refused: they are the classic mistake.
    """
    if re.match(r"(tg|ton)://\S", url, re.IGNORECASE):
        return None
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+-]*):", url)
    if scheme and scheme[1].lower() not in ("http", "https"):
        return "Unsupported URL protocol"
    host = re.match(r"(?:https?://)?(?:[^/@\s?#]*@)?([^/:?#\s]+)", url, re.IGNORECASE)
    if not url or host is None:
        return "URL host is empty"
    if re.search(r"\s", url) or "." not in host[1].strip("."):
        return "Wrong HTTP URL"
    return None


def with_scheme(url: str) -> str:
    return url if re.match(r"[A-Za-z]+://", url) else f"http://{url}"


def found_in(text: str) -> list[Entity]:
    """The entities Telegram adds by itself: commands, links, mail addresses, mentions."""
    return [
        {
            "type": match.lastgroup,
            "offset": utf16_length(text[: match.start()]),
            "length": utf16_length(match.group()),
        }
        for match in _FOUND.finditer(text)
        if match.lastgroup
    ]


def formatted(text: str, parse_mode: str | None, given: Any = None) -> tuple[str, list[Entity]]:
    """What the Bot API makes of a text: parsed, trimmed, with the entities it finds itself."""
    if given is not None:
        plain, entities = text, list(given)
    elif parse_mode is None or parse_mode == "":
        plain, entities = text, []
    elif parse_mode.lower() == "html":
        plain, entities = parse_html(text)
    else:
        raise bad_request("unsupported parse_mode")
    plain, entities = _trimmed(plain, entities)
    for found in found_in(plain):
        if not any(_overlap(found, entity) for entity in entities):
            entities.append(found)
    entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return plain, entities[:MAX_ENTITIES]


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    shorter = text.lstrip(" \t\r\n\x0b")
    cut = utf16_length(text) - utf16_length(shorter)
    shorter = shorter.rstrip(" \t\r\n\x0b")
    length = utf16_length(shorter)
    kept: list[Entity] = []
    for entity in entities:
        start = max(entity["offset"] - cut, 0)
        end = min(entity["offset"] + entity["length"] - cut, length)
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return shorter, kept


def _overlap(one: Entity, other: Entity) -> bool:
    return bool(
        one["offset"] < other["offset"] + other["length"]
        and other["offset"] < one["offset"] + one["length"]
        and other["type"] in ("text_link", "code", "pre", one["type"])
    )
