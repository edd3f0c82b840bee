"""How right the matcher is on public questions and answers, which are not shipped.

CONTACTPUNT_MATCHING_DATA names their folder; where it does not, they are not asked.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from faq.case import Case
from faq.evaluate import asked, matcher_for, row

FOLDER = os.environ.get("CONTACTPUNT_MATCHING_DATA", "")
REACHED = {
    "hint3_sofmattress": 0.794,
    "covidfaq_en_1": 0.754,
    "covidfaq_en_3": 0.761,
    "hwu64_5shot": 0.638,
    "hwu64_10shot": 0.705,
    "hass_nl": 0.741,
    "hass_fr": 0.825,
    "hass_en": 0.895,
    "xsid_nl": 0.912,
    "xsid_en": 0.911,
    "police_nl_selfmade": 0.741,
}
"""Top-1 of the prototype on each set."""

LIVE = "hint3_sofmattress"
"""Real questions, a third of them without an answer: precision is judged here."""
PRECISE = 0.92


def evaluated(name: str, folder: Path) -> dict[str, float]:
    """Convert one set to our formats (in *folder*), ask everything, and say how it went."""
    data = json.loads((Path(FOLDER) / f"{name}.json").read_text(encoding="utf-8"))
    tag = data["lang"]
    entries = [
        {"id": entry["id"], "languages": {tag: {"phrasings": entry["phrasings"]}}}
        for entry in data["entries"]
    ]
    (folder / "entries.yaml").write_text(json.dumps(entries), encoding="utf-8")
    _, matcher = matcher_for(folder)
    cases = [Case(test["q"], tag, test["expected"] or "") for test in data["test"]]
    rows = [row(case, match) for case, match in asked(matcher, cases)]
    inside = [r for r in rows if r["expected"]]
    outside = [r for r in rows if not r["expected"]]
    answered = [r for r in rows if r["outcome"] == "sure"]
    return {
        "top1": sum(map(_right, inside)) / len(inside),
        "precision": sum(map(_right, answered)) / max(1, len(answered)),
        "answered": len(answered) / len(rows),
        "refused": sum(r["outcome"] != "sure" for r in outside) / max(1, len(outside)),
    }


def _right(row: dict[str, Any]) -> bool:
    return bool(row["candidates"][0]["id"] == row["expected"])
