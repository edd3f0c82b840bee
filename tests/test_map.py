"""The map of README.md: who may import whom."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
TOP_LEVEL = {
    *("bot", "faq", "handlers", "tests", "deploy", ".ci"),
    *("README.md", "CHANGELOG.md", "LICENSE", "Makefile", "pyproject.toml"),
    *("requirements.lock", "requirements-dev.lock", "Dockerfile", "compose.yaml"),
    *(".dockerignore", ".env.example", ".gitignore"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_import_contracts_are_kept() -> None:
    result = lint(ROOT)

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        pytest.param("bot/people/service.py", "import telegram", id="the bot knows Telegram"),
        pytest.param("bot/inbox.py", "import handlers.menu", id="the bot knows handlers"),
        pytest.param("handlers/menu.py", "import sqlalchemy", id="handlers know SQL"),
        pytest.param("handlers/menu.py", "import bot.people.store", id="handlers know a store"),
        pytest.param("faq/entry.py", "import bot.clock", id="faq knows the bot"),
        pytest.param("bot/people/model.py", "import bot.inbox", id="upwards"),
        pytest.param(
            "bot/inbox.py", "import bot.simulator.state", id="the bot knows the simulator"
        ),
        pytest.param("bot/simulator/state.py", "import bot.inbox", id="the simulator knows us"),
    ],
)
def test_contracts_catch_what_they_are_for(tmp_path: Path, module: str, forbidden: str) -> None:
    """Each of these would be a hole in the map; a contract that lets it pass is none."""
    for name in ("bot", "faq", "handlers", "pyproject.toml"):
        source, target = ROOT / name, tmp_path / name
        if source.is_dir():
            for file in source.rglob("*.py"):
                copy = target / file.relative_to(source)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(file.read_bytes())
        else:
            target.write_bytes(source.read_bytes())
    changed = tmp_path / module
    changed.write_text(f"{changed.read_text()}\n{forbidden}\n")

    assert lint(tmp_path).returncode == 1


def test_every_module_has_a_place_on_the_map() -> None:
    layers = next(each for each in CONTRACTS["contracts"] if each["type"] == "layers")["layers"]
    placed = {module.strip() for layer in layers for module in layer.split("|")}
    modules = {
        f"bot.{path.stem}"
        for path in (ROOT / "bot").iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()
    }

    assert modules - placed == {"bot.simulator"}


def test_top_level_holds_only_what_belongs_there() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()

    assert {Path(name).parts[0] for name in tracked} <= TOP_LEVEL
