"""Builds a large matcher, asks it questions, and prints as JSON what that cost this process:
`python -m tests.benchmarks.matching PER_LANGUAGE CACHE_FOLDER`."""

import json
import sys
import time
from pathlib import Path
from random import Random

import numpy as np

from faq.entry import Content, Entry
from faq.loader import load
from faq.matcher import Matcher

ENTRIES = 125
PER_LANGUAGE = 20
"""Phrasings of one entry, at the full figure."""

LANGUAGES = ("nl", "fr", "de", "en")


def large(per_language: int) -> Content:
    """Entries in four languages, made of the shipped phrasings' words."""
    shipped = load()
    random = Random(1)
    spoken = {
        tag: [w for e in shipped.entries for p in e.languages[tag].phrasings for w in p.split()]
        for tag in LANGUAGES
    }
    entries = []
    for number in range(ENTRIES):
        languages = {}
        for tag, words in spoken.items():
            about = random.choices(words, k=25)
            languages[tag] = {
                "phrasings": [
                    " ".join(random.choices(about + words[:10], k=random.randint(3, 12)))
                    for _ in range(per_language)
                ],
                "answer": " ".join(random.choices(about, k=80)),
            }
        entries.append(Entry.model_validate({"id": f"e{number}", "languages": languages}))
    return Content(
        tuple(entries), shipped.routes, shipped.actions, shipped.smalltalk, digest="large"
    )


def milliseconds(matcher: Matcher, question: str, tag: str) -> float:
    began = time.process_time()
    matcher.ask(question, language=tag)
    return 1000 * (time.process_time() - began)


def megabytes(line: str = "VmRSS") -> float:
    """Resident now; `VmHWM`: at most, of this process only (rusage begins with its parent's)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition(f"{line}:")[2].split()[0]) / 1024


def main() -> None:
    content = large(int(sys.argv[1]))
    before = megabytes()
    began = time.process_time()
    matcher = Matcher.build(content, Path(sys.argv[2]))
    build = time.process_time() - began
    peak = megabytes("VmHWM")

    random = Random(2)
    spent = []
    for entry in content.entries:
        for tag, text in entry.languages.items():
            letters = list(random.choice(text.phrasings))
            letters[random.randrange(len(letters))] = random.choice("aeinrst")
            spent.append(min(milliseconds(matcher, "".join(letters), tag) for _ in range(3)))
    figures = {
        "phrasings": len(matcher.index.phrasings),
        "build": build,
        "peak": peak - before,
        "memory": megabytes() - before,
        "p50": float(np.quantile(spent, 0.5)),
        "p99": float(np.quantile(spent, 0.99)),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
