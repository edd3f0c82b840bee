import stat
from pathlib import Path

import pytest

from bot.config import WrongConfiguration, load_settings, read_settings
from bot.config.settings import Settings, unknown_variables

TOKEN = "123456:" + "A" * 35
GOOD = {"CONTACTPUNT_BOT_TOKEN": TOKEN}


def wrong(environment: dict[str, str]) -> list[str]:
    with pytest.raises(WrongConfiguration) as refused:
        load_settings(environment)
    return [str(problem) for problem in refused.value.problems]


def test_token_alone_is_enough() -> None:
    settings = load_settings(GOOD)

    assert settings.token == TOKEN
    assert settings.bot_api == "https://api.telegram.org"
    assert settings.database_url == f"sqlite:///{Path('data').absolute()}/contactpunt.sqlite"
    assert (settings.zone, settings.webhook_url, settings.http_listen) == (None, None, None)
    assert settings.webhook_listen == "127.0.0.1:8080"


def test_o5_every_wrong_setting_is_named_at_once() -> None:
    problems = wrong(
        {
            "CONTACTPUNT_BOT_TOKEN": "not a token",
            "CONTACTPUNT_BOT_API": "telegram",
            "CONTACTPUNT_DATABASE": "mysql://x",
            "CONTACTPUNT_WEBHOOK_URL": "http://politie.example/x",
            "CONTACTPUNT_WEBHOOK_LISTEN": "8080",
            "CONTACTPUNT_WEBHOOK_SECRET": "changeme",
            "CONTACTPUNT_HTTP_LISTEN": "localhost:99999",
            "CONTACTPUNT_BACKUP_HOURS": "often",
            "CONTACTPUNT_LOG_LEVEL": "debug",
        }
    )

    assert [problem.partition(":")[0] for problem in problems] == [
        "CONTACTPUNT_BACKUP_HOURS",
        "CONTACTPUNT_BOT_API",
        "CONTACTPUNT_BOT_TOKEN",
        "CONTACTPUNT_DATABASE",
        "CONTACTPUNT_HTTP_LISTEN",
        "CONTACTPUNT_LOG_LEVEL",
        "CONTACTPUNT_WEBHOOK_LISTEN",
        "CONTACTPUNT_WEBHOOK_SECRET",
        "CONTACTPUNT_WEBHOOK_URL",
    ]


def test_values_are_not_repeated_in_problems_nor_shown_in_the_settings() -> None:
    text = "123456:" + "?" * 35

    assert text not in str(wrong({"CONTACTPUNT_BOT_TOKEN": text}))
    assert TOKEN not in repr(load_settings(GOOD))


@pytest.mark.parametrize(
    ("url", "right"),
    [
        pytest.param("https://bot.politie.example/word", True, id="https with a path"),
        pytest.param("https://bot.politie.example:8443/word", True, id="a port Telegram calls"),
        pytest.param("http://127.0.0.1:8080/word", True, id="http on this machine"),
        pytest.param("http://localhost:8080/word", True, id="http on this machine, by name"),
        pytest.param("http://[::1]:8080/word", True, id="http on this machine, IPv6"),
        pytest.param("http://bot.politie.example/word", False, id="http elsewhere"),
        pytest.param("http://127.0.0.1.example/word", False, id="looks like this machine"),
        pytest.param("https://bot.politie.example", False, id="no path"),
        pytest.param("https://bot.politie.example/", False, id="an empty path"),
        pytest.param("https://bot.politie.example:9999/word", False, id="another port"),
        pytest.param("https://bot.politie.example:99999/word", False, id="no port at all"),
        pytest.param("https://bot.politie.example/word?x=1", False, id="with a query"),
        pytest.param("word", False, id="no address"),
    ],
)
def test_webhook_url(url: str, right: bool) -> None:
    settings, problems = read_settings({**GOOD, "CONTACTPUNT_WEBHOOK_URL": url})

    assert (settings.webhook_url == url, problems == []) == (right, right)


@pytest.mark.parametrize(
    ("listen", "host", "port"),
    [("127.0.0.1:8080", "127.0.0.1", 8080), ("[::1]:80", "::1", 80), ("0.0.0.0:0", "0.0.0.0", 0)],
)
def test_listen(listen: str, host: str, port: int) -> None:
    settings = load_settings({**GOOD, "CONTACTPUNT_HTTP_LISTEN": listen})

    assert settings.http_listen is not None
    assert (settings.http_listen.host, settings.http_listen.port) == (host, port)


def test_secret_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")

    assert load_settings({"CONTACTPUNT_BOT_TOKEN_FILE": str(file)}).token == TOKEN


def test_secret_file_that_cannot_be_used(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()

    assert wrong({"CONTACTPUNT_BOT_TOKEN_FILE": str(tmp_path / "none")}) == [
        f"CONTACTPUNT_BOT_TOKEN_FILE: {tmp_path}/none cannot be read"
    ]
    assert wrong({"CONTACTPUNT_BOT_TOKEN_FILE": str(empty)}) == [
        f"CONTACTPUNT_BOT_TOKEN_FILE: {empty} is empty"
    ]
    assert wrong({**GOOD, "CONTACTPUNT_BOT_TOKEN_FILE": str(empty)}) == [
        "CONTACTPUNT_BOT_TOKEN_FILE: is set beside CONTACTPUNT_BOT_TOKEN: keep one"
    ]


def test_missing_token() -> None:
    assert wrong({"CONTACTPUNT_BOT_TOKEN": " "})[0].startswith("CONTACTPUNT_BOT_TOKEN: is missing")
    assert load_settings({}, token_needed=False).bot_token is None


def test_unknown_variable_is_a_warning() -> None:
    names = {"CONTACTPUNT_TOKEN": "x", "CONTACTPUNT_TEST_POSTGRES": "x", "PATH": "x", **GOOD}

    assert [warning.variable for warning in unknown_variables(names)] == ["CONTACTPUNT_TOKEN"]


def test_t25_data_folder_is_closed_to_others(tmp_path: Path) -> None:
    data = tmp_path / "deep" / "data"
    data.mkdir(parents=True, mode=0o755)
    settings = Settings(data=data)

    settings.made_data_folder()

    assert stat.S_IMODE(data.stat().st_mode) == 0o700


def test_data_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings = Settings(data=tmp_path / "file" / "data")

    with pytest.raises(WrongConfiguration, match="CONTACTPUNT_DATA"):
        settings.made_data_folder()


def test_webhook_secret_is_made_once_and_kept(tmp_path: Path) -> None:
    first = Settings(data=tmp_path).secret_of_webhook()
    kept = tmp_path / "webhook-secret"

    assert len(first) >= 43
    assert Settings(data=tmp_path).secret_of_webhook() == first
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600

    kept.write_text("")
    assert Settings(data=tmp_path).secret_of_webhook() not in {"", first}


def test_webhook_secret_of_the_environment_wins(tmp_path: Path) -> None:
    secret = "abcdefgh-ABCDEFGH_0123"
    settings = load_settings(
        {**GOOD, "CONTACTPUNT_DATA": str(tmp_path), "CONTACTPUNT_WEBHOOK_SECRET": secret}
    )

    assert settings.secret_of_webhook() == secret
    assert not (tmp_path / "webhook-secret").exists()
