"""The answers as web pages: the same anchors, the same words, nothing broken."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.config import Contact, Zone
from bot.questions.answers import Answers
from bot.site import build, paragraphs
from bot.texts import Texts
from faq.entry import Content
from faq.loader import load
from tests.support.clock import FakeClock

TEXTS = Texts.load()
LANGUAGES = ("nl", "fr", "de", "en")


class Page(HTMLParser):
    """What a page links to, and what it can be linked by."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.articles: list[str] = []
        self.text = path.read_text(encoding="utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if values.get("id"):
            self.ids.append(values["id"] or "")
        for name in ("href", "src"):
            if values.get(name):
                self.links.append(values[name] or "")
        if tag == "article":
            self.articles.append(values["id"] or "")


@pytest.fixture
def zone() -> Zone:
    return Zone(name="Zone <A> & Co", contact=Contact(phone="053 00 00 00"))


def made(folder: Path, content: Content, zone: Zone, clock: FakeClock, bot: str = "") -> list[Path]:
    return build(folder, Answers(content, zone, clock), TEXTS, clock, bot)


def test_f12_every_answer_has_the_anchor_of_its_deep_link_in_every_language(
    tmp_path: Path, zone: Zone, clock: FakeClock
) -> None:
    content = load(strict=False)

    made(tmp_path, content, zone, clock, "ExampleBot")

    for name in ("index.html", "fr.html", "de.html", "en.html"):
        page = Page(tmp_path / name)
        assert sorted(page.articles) == sorted(entry.id for entry in content.entries)
        for entry in content.entries:
            assert f"https://t.me/ExampleBot?start=faq_{entry.id}" in page.links


def test_f12_no_link_within_the_pages_is_dead_and_no_anchor_stands_twice(
    tmp_path: Path, zone: Zone, clock: FakeClock
) -> None:
    paths = made(tmp_path, load(strict=False), zone, clock)

    for path in paths:
        if path.suffix != ".html":
            continue
        page = Page(path)
        assert len(set(page.ids)) == len(page.ids)
        for link in page.links:
            if link.startswith("#"):
                assert link[1:] in page.ids, link
            elif not link.startswith(("https://", "http://", "tel:", "mailto:")):
                assert (tmp_path / link).is_file(), link
        assert "{zone" not in page.text
        assert "None" not in re.sub(r"data-words=\"[^\"]*\"", "", page.text)


def test_f12_a_zones_first_language_is_the_front_page(
    tmp_path: Path, zone: Zone, clock: FakeClock
) -> None:
    french_first = zone.model_copy(update={"languages": ["fr", "nl"]})

    paths = made(tmp_path, load(strict=False), french_first, clock)

    assert [path.name for path in paths] == ["index.html", "nl.html", "site.css", "search.js"]
    assert '<html lang="fr">' in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_f12_the_same_content_gives_the_same_bytes_over_those_of_before(
    tmp_path: Path, zone: Zone, clock: FakeClock
) -> None:
    content = load(strict=False)
    before = {path.name: path.read_bytes() for path in made(tmp_path, content, zone, clock)}

    after = {path.name: path.read_bytes() for path in made(tmp_path, content, zone, clock)}

    assert after == before
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(before)


def test_what_a_zone_is_called_is_never_markup(
    tmp_path: Path, zone: Zone, clock: FakeClock
) -> None:
    made(tmp_path, load(strict=False), zone, clock)

    text = (tmp_path / "index.html").read_text(encoding="utf-8")

    assert "Zone &lt;A&gt; &amp; Co" in text
    assert "<A>" not in text


def test_f6_an_answer_that_is_out_of_date_is_on_no_page(
    tmp_path: Path, zone: Zone, clock: FakeClock
) -> None:
    content = load(strict=False)
    first, *rest = content.entries
    yesterday: date = clock().date() - timedelta(days=1)
    gone = first.model_copy(update={"valid_until": yesterday})

    made(tmp_path, Content((gone, *rest), topics=content.topics), zone, clock)

    page = Page(tmp_path / "index.html")
    assert first.id not in page.articles
    assert f"#{first.id}" not in page.links


def test_lines_and_paragraphs_stay() -> None:
    from markupsafe import Markup

    assert paragraphs(Markup("Ja.\nEcht.\n\n<b>Nee</b>")) == (
        "<p>Ja.<br>\nEcht.</p>\n<p><b>Nee</b></p>"
    )
