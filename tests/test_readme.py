"""README.md says what is true: its commands, settings, paths and its complete entry."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import typer

from bot.__main__ import app
from bot.config import Settings
from bot.config.settings import SECRETS, variable
from bot.exits import Exit
from faq.loader import load
from faq.matcher import Matcher

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def settings_table() -> str:
    """The rows of the table; `python -m tests.test_readme` prints them."""
    rows = []
    for name, field in Settings.model_fields.items():
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        default = extra.get("default_shown") or (
            "must be set" if name == "bot_token" else f"`{field.default}`"
        )
        rows.append(f"| `{variable(name)}` | {field.description} | {default} |")
    return "\n".join(rows) + "\n"


def commands() -> dict[str, object]:
    """`run`, `db upgrade` …, as typer knows them."""
    group = typer.main.get_command(app)
    found: dict[str, object] = {}
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        if hasattr(command, "commands"):
            if command.invoke_without_command:
                found[name] = command
            found |= {f"{name} {below}": each for below, each in command.commands.items()}
        else:
            found[name] = command
    return found


def written_commands(program: str) -> set[str]:
    """Everything after *program* in code spans and console blocks."""
    spans = re.findall(r"`([^`\n]+)`", README)
    lines = re.findall(r"^[$#] (.+)$", README, re.MULTILINE)
    calls = [call for text in (*spans, *lines) for call in text.split("&&")]
    return {call.strip() for call in calls if call.strip().startswith(f"{program} ")}


def test_settings_table_is_what_the_settings_are() -> None:
    assert settings_table() in README


def test_secrets_may_be_files_as_the_readme_says() -> None:
    assert SECRETS == ("bot_token", "database", "webhook_secret", "backup_key")


def test_every_contactpunt_command_exists() -> None:
    known = commands()
    named = set()
    for call in written_commands("contactpunt"):
        words = shlex.split(call)[1:]
        name = " ".join(words[:2]) if " ".join(words[:2]) in known else words[0]
        assert name in known, call
        named.add(name)
        options = {
            option
            for parameter in known[name].params  # type: ignore[attr-defined]
            for option in parameter.opts
        }
        assert {word for word in words if word.startswith("--")} <= options, call

    assert {"check", "reload", "ask", "unanswered", "backup", "restore", "db upgrade"} <= named
    assert {"privacy inventory", "faq site", "unanswered accept", "unanswered undo"} <= named


def test_every_make_target_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
    named = {call.split()[1] for call in written_commands("make")}

    assert {"demo", "test", "run", "proof", "bench", "help"} <= targets
    assert named <= targets


def test_make_help_lists_the_targets() -> None:
    said = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    for target in ("demo", "run", "test", "proof", "bench", "format", "lock", "help"):
        assert f"make {target}" in said


def test_python_modules_exist() -> None:
    for module in re.findall(r"`python -m ([\w.]+)", README):
        assert (ROOT / f"{module.replace('.', '/')}.py").exists(), module


def test_paths_exist() -> None:
    spans = re.findall(r"`([a-z]+/[\w./-]+)`", README)
    own = [span for span in spans if not span.startswith(("data/", "."))]
    assert own
    for span in own:
        assert (ROOT / span).exists(), span
    for target in re.findall(r"\]\(([^):]+)\)", README):
        assert (ROOT / target).exists(), target


def test_map_names_what_exists() -> None:
    block = README.split("## The map")[1].split("```")[1]
    folder = ""
    for line in block.splitlines()[1:]:
        name = line.split()[0] if line.split() else ""
        if not line.startswith(" "):
            folder = name
        path = ROOT / (name if name == folder else f"{folder}{name}")
        assert path.exists(), line


def test_exit_codes() -> None:
    table = README.split("| exit code |")[1]
    written = {int(code) for code in re.findall(r"^\| (\d) \|", table, re.MULTILINE)}

    assert written == {int(code) for code in Exit if code is not Exit.PROBLEMS}


@pytest.fixture(scope="module")
def entry() -> str:
    (block,) = re.findall(r"```yaml\n(- id: .*?)```", README, re.DOTALL)
    return str(block)


def test_complete_entry_is_taken_as_it_stands(entry: str, tmp_path: Path) -> None:
    content = tmp_path / "content"
    content.mkdir()
    (content / "own.yaml").write_text(entry, encoding="utf-8")

    loaded = load(overlay=tmp_path)

    own = loaded.entry_of("bring-a-friend")
    assert own is not None
    assert set(own.languages) == {"nl", "fr", "de", "en"}
    assert len(own.languages["nl"].phrasings) >= 6
    assert all(len(text.phrasings) >= 4 for text in own.languages.values())


def test_complete_entry_can_be_asked(entry: str, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(entry, encoding="utf-8")

    match = Matcher.build(load(tmp_path, strict=False)).ask("mag mijn mama mee", language="nl")

    assert match.best is not None
    assert match.best.id == "bring-a-friend"


if __name__ == "__main__":
    print(settings_table(), end="")
