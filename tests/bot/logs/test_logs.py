import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot import logs

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1"


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(hide=["a-very-secret-word"], key=b"k" * 16, out=stream)
    yield stream
    root.handlers[:], level = before
    root.setLevel(level)
    structlog.reset_defaults()


def lines(out: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_o8_nothing_of_anybody_in_the_log(out: io.StringIO) -> None:
    log = logs.get("bot.test")
    log.info(
        f"polled https://api.telegram.org/bot{TOKEN}/getUpdates",
        text="ik ben Jan",
        first_name="Jan",
        url="postgresql://user:wachtwoord@host/db",
        nested={"phone": "x", "list": [TOKEN, "bel 0470 12 34 56", "of +32 53 73 27 27"]},
        mail_of="schrijf jan@voorbeeld.be",
        secret_in_value="x a-very-secret-word y",
    )
    logging.getLogger("telegram").warning("bad token %s", TOKEN)

    text = out.getvalue()
    for hidden in (TOKEN, "Jan", "wachtwoord", "0470", "53 73", "@voorbeeld", "very-secret"):
        assert hidden not in text
    assert [line["level"] for line in lines(out)] == ["info", "warning"]


@pytest.mark.parametrize("short", ["/bot1:abc/getMe", "/bot1:abc"])
def test_token_in_an_address_whatever_its_length(out: io.StringIO, short: str) -> None:
    logs.get("x").info(f"http://127.0.0.1:8081{short}")

    assert "1:abc" not in out.getvalue()


def test_numbers_and_moments_stay_readable(out: io.StringIO) -> None:
    logs.get("x").info(
        "done", count=3, at="2026-11-21T21:55:49Z", day="2026-11-21", update=12345678
    )

    (line,) = lines(out)
    assert (line["count"], line["at"], line["day"], line["update"]) == (
        3,
        "2026-11-21T21:55:49Z",
        "2026-11-21",
        12345678,
    )


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "a\x1b[31mb", "a\u2028b", "a\x00b", "a\u202eb"])
def test_t27_one_event_is_one_line(out: io.StringIO, text: str) -> None:
    logs.get("x").info(f"event {text}", value=text)
    logging.getLogger("x").warning("event %s", text)

    assert len(out.getvalue().splitlines()) == 2
    assert not any(letter in out.getvalue() for letter in "\x1b\u2028\x00\u202e")


def test_error_is_its_type_and_place_without_its_message(out: io.StringIO) -> None:
    def failing() -> None:
        try:
            int("wat ik schreef")
        except ValueError as error:
            raise RuntimeError("ook dat") from error

    for write in (logs.get("x").exception, logging.getLogger("telegram").exception):
        try:
            failing()
        except RuntimeError:
            write("handler failed")

    for line in lines(out):
        error = str(line["error"])
        assert error.startswith("RuntimeError at logs/test_logs.py:")
        assert "in failing < " in error
        assert "because of ValueError at logs/test_logs.py:" in error
    assert "schreef" not in out.getvalue()
    assert "ook dat" not in out.getvalue()


def test_t04_libraries_do_not_chatter(out: io.StringIO) -> None:
    for name in ("httpx", "telegram.ext.Application", "aiohttp.access", "uvicorn.access"):
        logging.getLogger(name).info("POST /bot…")

    assert out.getvalue() == ""


def test_person_is_a_pseudonym(out: io.StringIO) -> None:
    first = logs.person(4242)

    assert first == logs.person(4242)
    assert first != logs.person(4243)
    assert "4242" not in first
    logs.configure(key=b"another key of 16", out=out)
    assert first != logs.person(4242)
