"""What the command line shows to editors and to the data protection officer."""

from rich.console import Console
from rich.table import Table

from bot.clock import utc_now
from bot.config import Settings
from bot.loading import Loaded
from bot.presses import Presses
from bot.privacy import Privacy
from bot.questions.model import filled
from bot.questions.service import Questions
from bot.questions.unanswered import as_cases
from bot.storage.database import Database
from bot.storage.migrate import upgrade


def explain(
    loaded: Loaded, question: str, language: str, context: str | None, *, why: bool
) -> None:
    """Print what a question leads to; with *why* the candidates, their scores and what matched."""
    console = _console()
    explanation = loaded.matcher.explain(question, language=language, context=context)
    match = explanation.match
    decided = match.route or match.action or match.smalltalk
    console.print(f"[bold]{match.outcome}[/bold]" + (f": {decided}" if decided else ""))

    candidates = Table("", "score", "entry", "question", box=None, pad_edge=False)
    for place, candidate in enumerate(match.candidates, start=1):
        entry = loaded.content.entry_of(candidate.id)
        texts = entry.languages if entry is not None else {}
        text = texts.get(match.language) or texts.get("nl")
        shown = text.question if text is not None else ""
        candidates.add_row(str(place), f"{candidate.score:.3f}", candidate.id, shown)
    console.print(candidates)
    if not why:
        return

    facts = Table(box=None, pad_edge=False, show_header=False)
    facts.add_row("language", match.language)
    facts.add_row("compared as", explanation.asked)
    facts.add_row("repaired", ", ".join(f"{a} → {b}" for a, b in explanation.repaired) or "nothing")
    if explanation.fired:
        facts.add_row("decided by", explanation.fired)
    facts.add_row("nearest phrasing", explanation.phrasing)
    facts.add_row("score", " + ".join(f"{part:.3f} {name}" for name, part in explanation.parts))
    facts.add_row("words", ", ".join(f"{w.piece} {w.amount:+.2f}" for w in explanation.words))
    runner_up = explanation.runner_up.id if explanation.runner_up else "nobody"
    facts.add_row("runner-up", f"{runner_up}, {explanation.margin:.3f} behind")
    facts.add_row("thresholds", ", ".join(f"{n} {v:.3f}" for n, v in explanation.thresholds))
    console.print(facts)
    if match.best is not None and match.outcome == "sure":
        entry = loaded.content.entry_of(match.best.id)
        text = entry.languages.get(match.language) if entry is not None else None
        if text is not None:
            console.print()
            console.print(filled(text.answer, loaded.zone.filled).striptags(), soft_wrap=True)


async def cases_of_unanswered(settings: Settings, loaded: Loaded) -> str:
    """The questions nobody answered, as YAML to paste into `faq/cases`; empty when none."""
    await upgrade(settings.database_url)
    database = await Database.open(settings.database_url, pool=1)
    try:
        questions = Questions(
            database,
            Presses(database, utc_now),
            loaded.zone,
            loaded.content,
            loaded.matcher,
            utc_now,
        )
        return as_cases(await questions.unanswered())
    finally:
        await database.close()


def inventory(console: Console | None = None) -> None:
    """Print the register of the data protection officer: every column of every table."""
    shown = Table("table", "column", "personal", "exported", "on erasure", "why", "kept", box=None)
    for line in Privacy.inventory():
        shown.add_row(
            line.table,
            line.column,
            "yes" if line.personal else "no",
            "yes" if line.exported else "no",
            line.on_erasure,
            line.why,
            line.kept,
        )
    (console or _console()).print(shown)


def _console() -> Console:
    """As wide as the terminal; wide enough for whole lines when it goes into a file."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=250)
