"""The settings of one installation, from variables of the environment that begin with CONTACTPUNT_.

A secret may also be in a file: `CONTACTPUNT_BOT_TOKEN_FILE=/run/secrets/token`.
"""

import os
import re
import secrets
import stat
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.config.problems import WrongConfiguration, WrongSetting

PREFIX: Final = "CONTACTPUNT_"
TELEGRAM: Final = "https://api.telegram.org"
SECRETS: Final = ("bot_token", "database", "webhook_secret", "backup_key")
"""May come as `…_FILE` too: the name of a file that holds the value."""

_WEBHOOK_PORTS: Final = (443, 80, 88, 8443)
_TOO_WELL_KNOWN: Final = {"secret", "changeme", "change-me", "password", "geheim", "contactpunt"}


class Listen(str):
    """`host:port` to listen on."""

    @property
    def host(self) -> str:
        return self.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.rpartition(":")[2])


def _token(value: object) -> object:
    text = str(value).strip()
    if not re.fullmatch(r"\d{1,20}:[A-Za-z0-9_-]{3,128}", text):
        raise ValueError("is not a token of BotFather: number, colon, letters and digits")
    return text


def _api(value: object) -> object:
    text = str(value).strip().rstrip("/")
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
        raise ValueError("is not the root of a Bot API, such as https://api.telegram.org")
    return text


def _database(value: object) -> object:
    text = str(value).strip()
    scheme = text.partition("://")[0].partition("+")[0]
    if "://" not in text or scheme not in {"sqlite", "postgresql", "postgres"}:
        raise ValueError("is not a URL that begins with sqlite:/// or postgresql://")
    return text


def _webhook_url(value: object) -> object:
    text = str(value).strip()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("is not a web address") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("is not a web address that begins with https://")
    if parts.query or parts.fragment:
        raise ValueError("must end with its path, without ? or #")
    if len(parts.path) < 2:
        raise ValueError("needs a path that nobody guesses, such as https://host/some-long-word")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("must be https; http is only for this machine itself (127.0.0.1)")
    if not is_loopback(parts.hostname) and port not in (None, *_WEBHOOK_PORTS):
        raise ValueError("has a port Telegram does not call: use 443, 80, 88 or 8443")
    return text


def _listen(value: object) -> object:
    text = str(value).strip()
    host, colon, port = text.rpartition(":")
    if not colon or not host or not re.fullmatch(r"\d{1,5}", port) or int(port) > 65535:
        raise ValueError("is not host:port, such as 127.0.0.1:8080")
    return Listen(text)


def _webhook_secret(value: object) -> object:
    text = str(value).strip()
    if text.lower() in _TOO_WELL_KNOWN:
        raise ValueError("is a word everybody tries first; leave it out and one is made")
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", text):
        raise ValueError("must be 16 to 256 characters of A-Z a-z 0-9 _ -")
    return text


def _backup_key(value: object) -> object:
    text = str(value).strip()
    if text.lower() in _TOO_WELL_KNOWN or len(text) < 16:
        raise ValueError("must have at least 16 characters that nobody guesses")
    return text


def is_loopback(host: str) -> bool:
    """Whether *host* is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Settings(BaseSettings):
    """One field per variable: `bot_token` is CONTACTPUNT_BOT_TOKEN.

    The descriptions are the settings table of the README.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, validate_default=False
    )

    bot_token: Annotated[SecretStr | None, BeforeValidator(_token)] = Field(
        None, description="The bot's token, from BotFather. Needed to run."
    )
    bot_api: Annotated[str, BeforeValidator(_api)] = Field(
        TELEGRAM, description="Root address of the Bot API."
    )
    data: Path = Field(Path("data"), description="The data folder: database, backups, own content.")
    database: Annotated[SecretStr | None, BeforeValidator(_database)] = Field(
        None,
        description="Address of the database, sqlite:///… or postgresql://….",
        json_schema_extra={"default_shown": "an SQLite file in the data folder"},
    )
    zone: Path | None = Field(
        None,
        description="The zone's own file.",
        json_schema_extra={"default_shown": "the example zone"},
    )
    webhook_url: Annotated[str | None, BeforeValidator(_webhook_url)] = Field(
        None,
        description="Where Telegram delivers, with a path; http only on this machine.",
        json_schema_extra={"default_shown": "none: Contactpunt asks Telegram itself"},
    )
    webhook_listen: Annotated[Listen, BeforeValidator(_listen)] = Field(
        Listen("127.0.0.1:8080"), description="host:port on which webhooks are received."
    )
    webhook_secret: Annotated[SecretStr | None, BeforeValidator(_webhook_secret)] = Field(
        None,
        description="The word with which Telegram shows that it is Telegram.",
        json_schema_extra={"default_shown": "made at first start and kept in the data folder"},
    )
    http_listen: Annotated[Listen | None, BeforeValidator(_listen)] = Field(
        None,
        description="host:port for /healthz and /metrics.",
        json_schema_extra={"default_shown": "off"},
    )
    backup_hours: int = Field(
        0, ge=0, le=168, description="Make a backup every so many hours; 0 is never."
    )
    backup_key: Annotated[SecretStr | None, BeforeValidator(_backup_key)] = Field(
        None,
        description="Key that encrypts backups. Keep it elsewhere: without it they cannot be read.",
        json_schema_extra={"default_shown": "none: backups are not encrypted"},
    )
    flood_limit: int = Field(
        20, ge=0, description="Messages of one person handled in ten seconds; 0 is without limit."
    )
    log_level: Literal["info", "warning", "error"] = Field(
        "info", description="What is logged: info, warning or error."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)

    @property
    def token(self) -> str:
        if self.bot_token is None:
            raise WrongConfiguration([MISSING_TOKEN])
        return self.bot_token.get_secret_value()

    @property
    def database_url(self) -> str:
        if self.database is not None:
            return self.database.get_secret_value()
        return f"sqlite:///{self.data.absolute() / 'contactpunt.sqlite'}"

    @property
    def faq_overlay(self) -> Path:
        """The zone's own answers, laid out as the folder `faq`."""
        return self.data / "faq"

    @property
    def texts_overlay(self) -> Path:
        """The zone's own sentences, laid out as the folder `bot/texts`."""
        return self.data / "texts"

    @property
    def backups(self) -> Path:
        return self.data / "backups"

    @property
    def key_for_backups(self) -> str | None:
        return None if self.backup_key is None else self.backup_key.get_secret_value()

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be printed."""
        held = (self.bot_token, self.webhook_secret, self.backup_key)
        return tuple(value.get_secret_value() for value in held if value is not None)

    def made_data_folder(self) -> Path:
        """The data folder, made when it is not there, closed to other users.

        Raises:
            WrongConfiguration: it cannot be made, or not be written to.
        """
        try:
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            if stat.S_IMODE(self.data.stat().st_mode) & 0o077:
                self.data.chmod(0o700)
            probe = self.data / f".written-by-{os.getpid()}"
            probe.touch(mode=0o600)
            probe.unlink()
        except OSError as trouble:
            reason = trouble.strerror or "cannot be used"
            raise WrongConfiguration(
                [WrongSetting(f"{PREFIX}DATA", f"the folder {self.data} cannot be used: {reason}")]
            ) from trouble
        return self.data

    def kept_secret(self, name: str) -> str:
        """A random word of this installation, made at first use and kept in the data folder."""
        file = self.made_data_folder() / name
        try:
            return self._made_or_kept(file)
        except (OSError, UnicodeDecodeError) as trouble:
            raise WrongConfiguration(
                [WrongSetting(f"{PREFIX}DATA", f"{file} cannot be read or written")]
            ) from trouble

    @staticmethod
    def _made_or_kept(file: Path) -> str:
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            kept = file.read_text(encoding="ascii").strip()
            if kept:
                return kept
            handle = os.open(file, os.O_WRONLY | os.O_TRUNC, 0o600)
        made = secrets.token_urlsafe(32)
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(made + "\n")
            out.flush()
            os.fsync(out.fileno())
        return made

    def secret_of_webhook(self) -> str:
        if self.webhook_secret is not None:
            return self.webhook_secret.get_secret_value()
        return self.kept_secret("webhook-secret")


MISSING_TOKEN: Final = WrongSetting(
    f"{PREFIX}BOT_TOKEN",
    "is missing; ask BotFather for one, or try the demo, which needs none (make demo)",
)


def variable(name: str) -> str:
    """`bot_token` -> `CONTACTPUNT_BOT_TOKEN`."""
    return PREFIX + name.upper()


def read_settings(
    environment: Mapping[str, str] | None = None,
) -> tuple[Settings, list[WrongSetting]]:
    """The settings, with the default where one is wrong, and everything that is wrong.

    For those who want to go on looking (`contactpunt check`); others call `load_settings`.
    """
    values, problems = _values(os.environ if environment is None else environment)
    try:
        return Settings(**values), problems
    except ValidationError as invalid:
        for error in invalid.errors(include_url=False, include_input=False):
            name = str(error["loc"][0])
            problems.append(WrongSetting(variable(name), _message(error["msg"])))
            values.pop(name, None)
    return Settings(**values), problems


def load_settings(
    environment: Mapping[str, str] | None = None, *, token_needed: bool = True
) -> Settings:
    """The settings, all of them right.

    Raises:
        WrongConfiguration: with every variable that is missing or wrong.
    """
    settings, problems = read_settings(environment)
    missing = variable("bot_token")
    named = any(problem.variable.startswith(missing) for problem in problems)
    if token_needed and settings.bot_token is None and not named:
        problems.append(MISSING_TOKEN)
    if problems:
        raise WrongConfiguration(sorted(problems))
    return settings


def unknown_variables(environment: Mapping[str, str] | None = None) -> list[WrongSetting]:
    """Variables that look like ours and are not: usually a typing error, so a warning."""
    known = {variable(name) for name in Settings.model_fields}
    known |= {f"{variable(name)}_FILE" for name in SECRETS}
    found = (os.environ if environment is None else environment).keys()
    return [
        WrongSetting(name, "is not a setting of Contactpunt")
        for name in sorted(found)
        if name.startswith(PREFIX) and name not in known and not name.startswith(f"{PREFIX}TEST_")
    ]


def _values(environment: Mapping[str, str]) -> tuple[dict[str, Any], list[WrongSetting]]:
    values: dict[str, Any] = {}
    problems: list[WrongSetting] = []
    for name in Settings.model_fields:
        if text := environment.get(variable(name), "").strip():
            values[name] = text
        file = environment.get(f"{variable(name)}_FILE", "").strip()
        if not file or name not in SECRETS:
            continue
        if text:
            problems.append(
                WrongSetting(f"{variable(name)}_FILE", f"is set beside {variable(name)}: keep one")
            )
            continue
        try:
            content = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            problems.append(WrongSetting(f"{variable(name)}_FILE", f"{file} cannot be read"))
            continue
        if content:
            values[name] = content
        else:
            problems.append(WrongSetting(f"{variable(name)}_FILE", f"{file} is empty"))
    return values, problems


def _message(message: str) -> str:
    message = message.removeprefix("Value error, ")
    return message[:1].lower() + message[1:]
