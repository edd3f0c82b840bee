"""One spelling for matching: case, accents and punctuation gone, length bounded."""

import re
import unicodedata

LONGEST = 512
"""Characters of a message that are looked at; more costs time and adds nothing (T-19)."""

_NOT_WORD = re.compile(r"[^\w]+|_+")
_SPELLED = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "’": "'", "ĳ": "ij"}
)


def normalised(text: str) -> str:
    """Casefolded words with single spaces: "Hóe oud,  moet ik zijn?" gives "hoe oud moet ik zijn".

    Doing it twice changes nothing.
    """
    folded = unicodedata.normalize("NFKC", text[:LONGEST]).casefold().translate(_SPELLED)
    bare = "".join(
        character
        for character in unicodedata.normalize("NFKD", folded)
        if not unicodedata.combining(character)
    )
    return " ".join(_NOT_WORD.sub(" ", bare.casefold()).split())[:LONGEST].strip()


def words(text: str) -> list[str]:
    return normalised(text).split()
