"""R-04: nothing changes a seat or a place in the queue but under the lock of its info session."""

import ast
from pathlib import Path

import bot.info_sessions

FOLDER = Path(bot.info_sessions.__file__).parent
CHANGES_SEATS = {
    "store": {
        *("add", "take", "count", "offer", "confirm", "to_the_tail", "change_party", "end"),
        "resize",
    },
    "upkeep": {"release", "forget_names"},
    "records": {"cancel", "no_offer_after"},
}
"""By module, the functions that write seats, offers or the waiting list."""

CHANGES_NO_SEATS = {
    *("store.coming_still", "store.replaces", "store.call", "upkeep.reminded"),
    *("records.ask_again", "records.gave_feedback", "crew.divide", "crew.into_group"),
    *("plans.change", "plans._add_what_belongs"),  # a draft's, and a release moment
}
"""What else writes to the same tables."""

LOCKS = {"locked", "several", "lock", "_locked", "_offered", "_known"}
"""What takes the lock first."""


def calls(function: ast.AST) -> set[tuple[str, str]]:
    return {
        (call.func.value.id if isinstance(call.func.value, ast.Name) else "", call.func.attr)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
    }


def unlocked(folder: Path = FOLDER) -> list[str]:
    """Functions outside the hall that change seats without having locked the info session."""
    found = []
    for file in sorted(folder.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.AsyncFunctionDef) or file.stem == "hall":
                continue
            made = calls(node)
            changes = [
                f"{module}.{name}"
                for module, name in sorted(made)
                if name in CHANGES_SEATS.get(module, set())
            ]
            if changes and not LOCKS & {name for _, name in made}:
                found.append(f"{file.name}: {node.name} calls {', '.join(changes)}")
    return found


def test_r04_every_change_of_a_seat_is_made_under_the_lock() -> None:
    assert unlocked() == []


def test_r04_negative_control_a_change_without_the_lock_is_found(tmp_path: Path) -> None:
    (tmp_path / "hasty.py").write_text(
        "async def close_without_looking(tx, id_, now):\n"
        "    await records.no_offer_after(tx, id_, now)\n"
    )

    assert unlocked(tmp_path) == ["hasty.py: close_without_looking calls records.no_offer_after"]


def _is_a_change(node: ast.AST) -> bool:
    """A statement that writes to the sign-ups or to the seats."""
    return any(
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in ("update", "insert", "delete", "upsert")
        and isinstance(call.args[0], ast.Name)
        and call.args[0].id in ("sign_ups", "info_session_pools")
        for call in ast.walk(node)
        if getattr(call, "args", None)
    )


def writers() -> set[str]:
    """Every function that runs such a statement, its own or one of its module."""
    found = set()
    for file in sorted(FOLDER.glob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        statements = {
            target.id
            for node in tree.body
            if isinstance(node, ast.Assign) and _is_a_change(node.value)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.AsyncFunctionDef):
                named = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
                if named & statements or _is_a_change(node):
                    found.add(f"{file.stem}.{node.name}")
    return found


def test_r04_every_function_that_writes_to_those_tables_is_known_here() -> None:
    change = {f"{module}.{name}" for module, names in CHANGES_SEATS.items() for name in names}

    assert writers() - CHANGES_NO_SEATS == change - {"store.count"}  # that one is the session's row


def test_r04_what_is_said_to_lock_does() -> None:
    """Each helper of that name takes a lock itself, or calls one that does."""
    helpers = {name for name in LOCKS if name.startswith("_")}
    found = {
        (file.name, node.name): LOCKS & {name for _, name in calls(node)} - {node.name}
        for file in sorted(FOLDER.glob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.AsyncFunctionDef) and node.name in helpers
    }

    assert {name for _, name in found} == helpers
    assert [where for where, taken in found.items() if not taken] == []


def test_r04_the_functions_named_here_exist() -> None:
    for module, names in CHANGES_SEATS.items():
        source = ast.parse((FOLDER / f"{module}.py").read_text(encoding="utf-8"))
        there = {node.name for node in ast.walk(source) if isinstance(node, ast.AsyncFunctionDef)}
        assert names <= there


def test_r04_only_the_hall_moves_seats_one_by_one() -> None:
    """Elsewhere a use case opens a hall; it does not count for itself."""
    found = [
        (file.name, name)
        for file in sorted(FOLDER.glob("*.py"))
        if file.stem not in ("hall", "store")
        for module, name in calls(ast.parse(file.read_text(encoding="utf-8")))
        if module == "store" and name in CHANGES_SEATS["store"]
    ]
    assert found == []
