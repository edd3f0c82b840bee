"""Telegram's HTML mode: what is allowed, how offsets count, and how a refusal is worded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from bot.simulator.entities import Entity, formatted, parse_html, url_problem, utf16_length
from bot.simulator.refusals import Refused


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        pytest.param("Dag", "Dag", [], id="plain"),
        pytest.param("<b>Dag</b>", "Dag", [("bold", 0, 3)], id="bold"),
        pytest.param("<B>Dag</B>", "Dag", [("bold", 0, 3)], id="upper case"),
        pytest.param("👮 <i>x</i>", "👮 x", [("italic", 3, 1)], id="emoji counts two units"),
        pytest.param("&lt;b&gt; &amp; &quot;", '<b> & "', [], id="named characters"),
        pytest.param("&#8364; &#x20ac;", "€ €", [], id="numbered characters"),
        pytest.param("&nbsp; a & b", "&nbsp; a & b", [], id="unknown ones stay"),
        pytest.param(
            "<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)], id="one in another"
        ),
        pytest.param("<b></b>leeg", "leeg", [], id="empty tag leaves nothing"),
        pytest.param("<b>x</>", "x", [("bold", 0, 1)], id="nameless end tag"),
        pytest.param(
            '<span class="tg-spoiler">x</span>', "x", [("spoiler", 0, 1)], id="spoiler span"
        ),
        pytest.param(
            "<blockquote expandable>x</blockquote>",
            "x",
            [("expandable_blockquote", 0, 1)],
            id="expandable",
        ),
        pytest.param('<a href="tel:112">x</a>', "x", [], id="a telephone link is dropped"),
    ],
)
def test_html_is_read_as_telegram_reads_it(
    html: str, text: str, entities: list[tuple[str, int, int]]
) -> None:
    plain, found = parse_html(html)

    assert plain == text
    assert [(one["type"], one["offset"], one["length"]) for one in found] == entities


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("é <x>", 'Unsupported start tag "x" at byte offset 3'),
        ("<br>", 'Unsupported start tag "br" at byte offset 0'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        (
            "<b><i>x</b></i>",
            'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"',
        ),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<a href="x>y', 'Unclosed start tag "a" at byte offset 0'),
        ('<a ="x">y</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=a/b>y</a>", "Unexpected end of name token at byte offset 8"),
    ],
)
def test_a_wrong_text_is_refused_in_telegrams_words(html: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_html(html)

    assert refused.value.code == 400
    assert refused.value.description == f"Bad Request: can't parse entities: {reason}"


@given(st.text())
def test_escaped_text_comes_back_as_it_was(text: str) -> None:
    text = text.replace("\x00", "")

    plain, entities = parse_html(f"<b>{escape(text)}</b>")

    assert plain == text
    assert entities == ([{"type": "bold", "offset": 0, "length": utf16_length(text)}] * bool(text))


@given(st.text("<>&/abpi \"'=#;0xé👮", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    plain, reason = "", ""
    entities: list[Entity] = []
    try:
        plain, entities = parse_html(text)
    except Refused as refused:
        reason = refused.description

    length = utf16_length(plain)
    assert reason == "" or reason.startswith("Bad Request: can't parse entities: ")
    assert all(0 <= one["offset"] < one["offset"] + one["length"] <= length for one in entities)


def test_surrounding_space_is_cut_and_offsets_follow() -> None:
    plain, entities = formatted("\n  <b> Dag </b> jij \n", "HTML")

    assert plain == "Dag  jij"
    assert entities == [{"type": "bold", "offset": 0, "length": 4}]


def test_commands_links_and_mail_are_found() -> None:
    text = "/start x www.jobpol.be, jobs@politie.be @iemand 1/2"

    _, entities = formatted(text, None)

    assert [
        (one["type"], text[one["offset"] : one["offset"] + one["length"]]) for one in entities
    ] == [
        ("bot_command", "/start"),
        ("url", "www.jobpol.be"),
        ("email", "jobs@politie.be"),
        ("mention", "@iemand"),
    ]


def test_more_than_a_hundred_entities_are_ignored() -> None:
    _, entities = formatted("<b>x</b> " * 130, "HTML")

    assert len(entities) == 100


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://www.jobpol.be/nl", None),
        ("jobpol.be", None),
        ("tg://user?id=1", None),
        ("http://localhost:8000", "Wrong HTTP URL"),
        ("https://een zin.be", "Wrong HTTP URL"),
        ("tel:+3253000000", "Unsupported URL protocol"),
        ("mailto:jobs@politie.be", "Unsupported URL protocol"),
        ("", "URL host is empty"),
    ],
)
def test_links_that_telegram_takes(url: str, problem: str | None) -> None:
    assert url_problem(url) == problem
