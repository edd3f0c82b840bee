"""Locks, container, service: read and held to what they promise, because no engine runs here."""

import configparser
import re
import shlex
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.config.settings import Settings, variable
from bot.exits import Exit

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = ("requirements.lock", "requirements-dev.lock")


def pinned(lock: str) -> dict[str, str]:
    found = re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE)
    return dict(found)


def plain(requirement: str) -> str:
    return re.split(r"[<>=\[; ]", requirement)[0].lower().replace("_", "-")


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_has_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    blocks = re.split(r"\n(?=\S)", text.strip())

    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|--(?!hash=)\S+)", text, re.MULTILINE)


def test_locks_hold_what_the_project_asks_for() -> None:
    project = PROJECT["project"]
    extras = project["optional-dependencies"]
    product = [*project["dependencies"], *extras["postgres"], *extras["build"]]

    assert {plain(each) for each in product} <= set(pinned("requirements.lock"))
    assert {plain(each) for each in extras["dev"]} <= set(pinned("requirements-dev.lock"))


def test_what_we_test_with_is_what_we_ship() -> None:
    product, development = pinned("requirements.lock"), pinned("requirements-dev.lock")

    assert {name: development.get(name) for name in product} == product


def test_no_dependency_without_a_use() -> None:
    """Every direct dependency of the product is imported somewhere, or works behind another."""
    imported_as = {
        "fpdf2": "fpdf",
        "pyyaml": "yaml",
        "python-telegram-bot": "telegram",
        "prometheus-client": "prometheus_client",
        "pydantic-settings": "pydantic_settings",
    }
    behind_another = {"tzdata"}  # zoneinfo reads it where the system has no time zones
    code = "\n".join(
        path.read_text()
        for name in ("bot", "faq", "handlers")
        for path in (ROOT / name).rglob("*.py")
    )
    names = {plain(each) for each in PROJECT["project"]["dependencies"]} - behind_another
    unused = {
        name
        for name in names
        if not re.search(rf"^\s*(from|import) {imported_as.get(name, name)}\b", code, re.MULTILINE)
    }

    assert unused == set()


def test_wheel_holds_every_file_that_is_read_at_run_time() -> None:
    """The patterns of package data, against what is tracked."""
    tracked = subprocess.run(
        ["git", "ls-files", "bot", "faq", "handlers"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["*"]
    forgotten = [
        name
        for name in tracked
        if not name.endswith((".py", ".png"))
        and not any(Path(name).match(pattern) for pattern in patterns)
    ]

    assert forgotten == []


@pytest.fixture(scope="module")
def dockerfile() -> list[tuple[str, str]]:
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines]


def test_dockerfile_does_not_run_as_root(dockerfile: list[tuple[str, str]]) -> None:
    last_stage = dockerfile[max(i for i, (word, _) in enumerate(dockerfile) if word == "FROM") :]
    words = [word for word, _ in last_stage]
    (user,) = [rest for word, rest in last_stage if word == "USER"]

    assert user.isdigit()
    assert int(user) > 0
    assert words.index("USER") < words.index("ENTRYPOINT")
    assert "RUN" not in words[words.index("USER") :]
    assert ("VOLUME", "/data") in last_stage
    assert ("ENTRYPOINT", '["contactpunt"]') in last_stage


def test_dockerfile_installs_from_the_lock(dockerfile: list[tuple[str, str]]) -> None:
    installs = [rest for word, rest in dockerfile if word == "RUN" and "pip install" in rest]

    assert "--require-hashes -r requirements.lock" in installs[0]
    assert "--no-index --no-deps --no-build-isolation" in installs[1]


def test_dockerfile_copies_what_exists_and_is_let_in(dockerfile: list[tuple[str, str]]) -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    sources = [
        source
        for word, rest in dockerfile
        if word == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    ]

    assert ignored[0] == "*"
    for source in sources:
        assert (ROOT / source).exists()
        assert f"!{source}" in ignored
    assert "!.env" not in ignored


def test_no_secret_in_the_image(dockerfile: list[tuple[str, str]]) -> None:
    text = "\n".join(rest for _, rest in dockerfile)

    assert not re.search(r"TOKEN|SECRET|PASSWORD|_KEY", text)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return loaded


def test_t29_container_can_write_only_to_its_data(compose: dict[str, Any]) -> None:
    bot = compose["services"]["bot"]

    assert bot["read_only"] is True
    assert bot["volumes"] == ["data:/data"]
    assert bot["environment"]["CONTACTPUNT_DATA"] == "/data"
    assert bot["cap_drop"] == ["ALL"]
    assert bot["security_opt"] == ["no-new-privileges:true"]
    assert bot["user"] == "10001"
    assert int(str(bot["stop_grace_period"]).rstrip("s")) >= 30


def test_compose_is_whole(compose: dict[str, Any]) -> None:
    bot, database = compose["services"]["bot"], compose["services"]["database"]
    volumes = {each.split(":")[0] for each in (*bot["volumes"], *database["volumes"])}

    assert volumes == set(compose["volumes"])
    assert bot["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert "ports" not in bot
    assert "ports" not in database
    for name in bot["environment"]:
        assert name in {variable(field) for field in Settings.model_fields}


def test_environment_example_names_only_what_exists() -> None:
    text = (ROOT / ".env.example").read_text()
    named = re.findall(r"^#?([A-Z_]+)=", text, re.MULTILINE)
    known = {variable(field) for field in Settings.model_fields}

    assert {name.removesuffix("_FILE") for name in named} - {"POSTGRES_PASSWORD"} <= known
    assert re.findall(r"^CONTACTPUNT_BOT_TOKEN=(.*)$", text, re.MULTILINE) == [""]


@pytest.fixture(scope="module")
def unit() -> configparser.ConfigParser:
    class Repeating(dict[str, str]):
        """systemd lets a key stand more than once; all of them count."""

        def __setitem__(self, key: str, value: Any) -> None:
            if key in self and isinstance(value, list):
                self[key].extend(value)  # type: ignore[attr-defined]
            else:
                super().__setitem__(key, value)

    parser = configparser.ConfigParser(strict=False, interpolation=None, dict_type=Repeating)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(ROOT / "deploy" / "contactpunt.service")
    return parser


def test_service_unit(unit: configparser.ConfigParser) -> None:
    service = unit["Service"]
    commands = [service[name] for name in ("ExecStartPre", "ExecStart", "ExecReload")]

    assert [shlex.split(each)[1] for each in commands] == ["check", "run", "reload"]
    assert service["User"] == "contactpunt"
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == "yes"
    assert service["StateDirectory"] == "contactpunt"
    assert int(service["TimeoutStopSec"]) >= 30
    for_good = {Exit.WRONG_CONFIGURATION, Exit.TOKEN_REFUSED, Exit.NEWER_DATABASE}
    assert {int(code) for code in service["RestartPreventExitStatus"].split()} == for_good


def test_ci_is_a_program_that_bash_can_read() -> None:
    script = ROOT / ".ci" / "run"

    assert script.stat().st_mode & 0o111
    subprocess.run(["bash", "-n", script], check=True)
    assert "make test" in script.read_text()
