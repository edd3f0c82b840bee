"""Commands about colleagues and the audit trail."""

import asyncio
import re
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import app
from bot.people.model import PersonId
from bot.people.service import People
from bot.staff import Role, Staff
from bot.storage.database import Database
from tests.support.simulator import running_simulator

TOKEN = "123456:" + "A" * 35


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("CONTACTPUNT_DATA", str(folder))
    return folder


def contactpunt(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def accept(data: Path, printed: str, account: int = 1) -> PersonId:
    """Send the bot what was printed."""
    found = re.search(r"staff_([a-z2-7]{26})\n", printed)
    assert found is not None

    async def redeem() -> PersonId:
        database = await Database.open(f"sqlite:///{data / 'contactpunt.sqlite'}")
        try:
            person = await People(database).arrived(account, "nl")
            await Staff(database).redeem(person.id, found[1])
            return person.id
        finally:
            await database.close()

    return asyncio.run(redeem())


def test_t1_the_first_coordinator(data: Path) -> None:
    nobody = contactpunt("staff", "list")
    invited = contactpunt("staff", "invite", "--role", "coordinator", "--name", "Sofie")
    sofie = accept(data, invited.stdout)
    listed = contactpunt("staff", "list")
    stays = contactpunt("staff", "revoke", str(sofie))

    assert nobody.exit_code == 1
    assert invited.stdout.startswith("Sofie becomes coordinator by sending this to the bot, once")
    assert re.search(rf"{sofie} +Sofie +coordinator", listed.stdout)
    assert "invite another one first" in stays.stderr
    assert stays.exit_code == 1


def test_t1_a_role_with_an_end_and_its_end(data: Path) -> None:
    options = ("--role", "session-lead", "--name", "Bram", "--ends", "2099-01-01")
    bram = accept(data, contactpunt("staff", "invite", *options).stdout)
    listed = contactpunt("staff", "list").stdout
    ended = [contactpunt("staff", "revoke", str(bram), "--role", "session_lead") for _ in "ab"]

    assert "session_lead (until 2099-01-01)" in listed
    assert ended[0].stdout == "It has ended.\n"
    assert ended[1].stderr == "Nothing was changed: they have no such role.\n"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        pytest.param(("--role", "boss"), f"the roles are {', '.join(Role)}.", id="no such role"),
        pytest.param(("--role", "editor", "--name", "1"), "at least one letter.", id="no name"),
        pytest.param(("--role", "editor", "--ends", "2020-01-01"), "in the future.", id="over"),
        pytest.param(
            ("--role", "coordinator", "--ends", "2099-01-01"), "on that day.", id="the first ends"
        ),
    ],
)
def test_t1_what_makes_no_sense_is_refused(
    data: Path, options: tuple[str, ...], reason: str
) -> None:
    refused = contactpunt("staff", "invite", *options)

    assert refused.stderr.startswith("Nobody was invited: ")
    assert refused.stderr.strip().endswith(reason)
    assert refused.exit_code == 1


async def test_t1_with_a_token_the_link_is_complete(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_simulator(enforce_limits=False) as simulator:
        monkeypatch.setenv("CONTACTPUNT_BOT_TOKEN", TOKEN)
        monkeypatch.setenv("CONTACTPUNT_BOT_API", simulator.address)
        invited = await asyncio.to_thread(contactpunt, "staff", "invite", "--role", "editor")

    assert re.search(r"\nhttps://t\.me/\w+\?start=staff_[a-z2-7]{26}\n$", invited.stdout)


def test_t1_a_bot_api_that_is_away_is_no_obstacle(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.wiring.API_TRIES", (0.0,))
    monkeypatch.setenv("CONTACTPUNT_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("CONTACTPUNT_BOT_API", "http://127.0.0.1:1")
    invited = contactpunt("staff", "invite", "--role", "editor")

    assert re.search(r"\n/start staff_[a-z2-7]{26}\n$", invited.stdout)


def test_t4_the_trail_can_be_shown_and_verified(data: Path) -> None:
    contactpunt("staff", "invite", "--role", "coordinator")
    shown = [contactpunt("audit", "show", "--last", "1").stdout for _ in "ab"]
    whole = contactpunt("audit", "verify")
    with sqlite3.connect(data / "contactpunt.sqlite") as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("UPDATE audit SET role = 'coordinator' WHERE id = 2")
    connection.close()
    broken = contactpunt("audit", "verify")

    assert "staff.invited" in shown[0]
    assert "audit.read" in shown[1]
    assert (whole.stdout, whole.exit_code) == ("The audit trail is whole.\n", 0)
    assert (broken.stderr, broken.exit_code) == ("Entry 2 is not as it was written.\n", 1)
