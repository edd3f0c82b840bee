"""How we show a name that somebody chose: free text, so possibly a trick."""

from __future__ import annotations

import unicodedata
from typing import Final

LONGEST: Final = 40
"""Characters; Telegram allows 64 and 64."""

RESERVED: Final = frozenset("🤖ℹ👤✅☑✔🔵🛡👮🚓🚨⚠")
"""Signs that only we put before a message: nobody's name may look like one of ours."""

_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MOST_ACCENTS: Final = 2


def shown(name: str | None) -> str:
    """*name* without control, bidi and format characters, badges and towers of accents; one line.

    Not escaped: that happens where it is put into a sentence. Empty when nothing is left.
    """
    kept: list[str] = []
    accents = 0
    for character in unicodedata.normalize("NFC", name or ""):
        category = unicodedata.category(character)
        if category in _HIDDEN and not character.isspace():
            continue
        accents = accents + 1 if category in ("Mn", "Me") else 0
        if character in RESERVED or accents > _MOST_ACCENTS:
            continue
        kept.append(" " if character.isspace() else character)
    text = " ".join("".join(kept).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"
