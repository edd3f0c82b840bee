"""Health, a criminal record, belief, union: what nobody should write to an assistant.

Articles 9 and 10 of the GDPR. Such a question is answered like any other, but never kept.
"""

from __future__ import annotations

import re
from typing import Final

_BEGINNINGS: Final = """
    adhd allergi anorex asthm autis burn-out burnout cancer cannabis depress diabetes epilep
    handicap lesbi psychiat trauma transgender

    strafblad veroordeel veroordeling gevangenis proces-verbaal drugs verslaafd verslaving
    ziekte kanker astma medicatie zwanger beperking slechthorend slechtziend rolstoel dyslexie
    hartprobleem hartziekte hartoperatie zelfmoordpoging
    gelovig moslim jood katholiek vakbond

    condamn prison drogue malade maladie épilep dépress médicament enceinte opéré malentendant
    malvoyant religion musulman juif syndicat

    vorstraf vorbestraft strafregister verurteil gefängnis drogen krank krebs schwanger behinder
    herzfehler rollstuhl schwerhörig gewerkschaft

    convict illness disease medication pregnan disab wheelchair surgery muslim jewish
""".split()  # noqa: SIM905 - sixty pairs of quotes would hide the words
_WORDS: Final = ("hiv", "homo", "ziek")
_GROUPS: Final = (
    *("mijn geloof", "operatie gehad", "casier judiciaire", "fauteuil roulant"),
    *("criminal record", "trade union", "hard of hearing", "heart condition"),
)

_DELICATE: Final = re.compile(
    "|".join(
        (
            *(re.escape(beginning) for beginning in (*_BEGINNINGS, *_GROUPS)),
            *(rf"\b{word}\b" for word in _WORDS),
        )
    ),
    re.IGNORECASE,
)


def is_delicate(text: str) -> bool:
    """Whether *text* touches any of it."""
    return _DELICATE.search(text) is not None
