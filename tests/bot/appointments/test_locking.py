"""R-04: nothing takes or moves a colleague's time but the book, with the people locked."""

import ast
from pathlib import Path

import bot.appointments

FOLDER = Path(bot.appointments.__file__).parent
TAKES = {"add", "move", "settle", "end"}
"""Functions of `store` that take a time, move it or give it back."""

LOCKED = {"take", "move", "settle"}
"""What of the book needs everybody concerned to be locked: all but giving back."""

ASKS = {"why_not", "_checked", "_taken_over"}
"""What looks, under that lock, whether the time can be taken."""


def functions(file: Path) -> list[ast.AsyncFunctionDef]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef)]


def calls(function: ast.AST, owner: str) -> set[str]:
    return {
        call.func.attr
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == owner
    }


def test_r04_only_the_book_writes_times() -> None:
    found = [
        (file.name, name)
        for file in sorted(FOLDER.glob("*.py"))
        if file.stem not in ("book", "store")
        for node in functions(file)
        for name in calls(node, "store") & TAKES
    ]
    there = {node.name for node in functions(FOLDER / "store.py")}

    assert found == []
    assert there >= TAKES


def test_r04_who_takes_or_moves_a_time_has_the_people_locked() -> None:
    """The use case opens the book itself, or is given one that is open."""
    unlocked = []
    for file in sorted(FOLDER.glob("*.py")):
        for node in functions(file):
            if file.stem == "book" or not calls(node, "book") & LOCKED:
                continue
            given = {argument.arg for argument in node.args.args} & {"book"}
            opened = calls(node, "Book") & {"opened"} or calls(node, "self") & {"_on_own"}
            if not given and not opened:
                unlocked.append((file.name, node.name))

    assert unlocked == []


def test_a2_a_time_is_taken_or_moved_only_after_the_rule_was_asked() -> None:
    unasked = []
    for file in sorted(FOLDER.glob("*.py")):
        for node in functions(file):
            if file.stem == "book" or not calls(node, "book") & {"take", "move"}:
                continue
            if not (calls(node, "book") | calls(node, "self")) & ASKS:
                unasked.append((file.name, node.name))

    assert unasked == []
