from pathlib import Path

import pytest
from markupsafe import Markup

from bot import texts as module
from bot.config import WrongConfiguration, Zone
from bot.texts import Texts

NL = """\
greeting.hello: "Dag <b>{name}</b> &amp; co"
greeting.seats: {one: "{count} plaats", other: "{count} plaatsen"}
greeting.only_dutch: "Enkel hier"
"""
FR = """\
greeting.hello: "Bonjour <b>{name}</b>"
greeting.seats: {one: "{count} place", other: "{count} places"}
"""


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shipped"
    monkeypatch.setattr(module, "SHIPPED", folder)
    write(folder, "nl", NL)
    write(folder, "fr", FR)
    return folder


def write(folder: Path, language: str, text: str, feature: str = "greeting") -> Path:
    file = folder / language / f"{feature}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def problems(overlay: Path | None = None, zone: Zone | None = None) -> list[str]:
    with pytest.raises(WrongConfiguration) as refused:
        Texts.load(overlay, zone)
    return [str(problem) for problem in refused.value.problems]


@pytest.mark.usefixtures("shipped")
def test_values_are_escaped_and_markup_is_kept() -> None:
    texts = Texts.load()

    assert texts("greeting.hello", "nl", name="<i>An</i>") == Markup(
        "Dag <b>&lt;i&gt;An&lt;/i&gt;</b> &amp; co"
    )
    assert texts("greeting.hello", "fr", name=Markup("<i>An</i>")) == Markup(
        "Bonjour <b><i>An</i></b>"
    )


@pytest.mark.usefixtures("shipped")
def test_plain_has_no_markup() -> None:
    texts = Texts.load()

    assert texts.plain("greeting.hello", "nl", name="<An>") == "Dag <An> & co"


@pytest.mark.usefixtures("shipped")
def test_dutch_stands_in() -> None:
    texts = Texts.load()

    assert texts("greeting.only_dutch", "fr") == "Enkel hier"
    assert texts("greeting.hello", "it", name="An") == "Dag <b>An</b> &amp; co"
    assert texts.missing(["nl", "fr"]) == [("fr", "greeting.only_dutch")]
    assert (texts.has("greeting.only_dutch", "nl"), texts.has("greeting.only_dutch", "fr")) == (
        True,
        False,
    )


@pytest.mark.usefixtures("shipped")
def test_unknown_sentence_or_missing_value_is_a_bug() -> None:
    texts = Texts.load()

    with pytest.raises(KeyError):
        texts("greeting.bye", "nl")
    with pytest.raises(KeyError):
        texts("greeting.hello", "nl")


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        pytest.param("nl", 0, "0 plaatsen", id="Dutch: none is plural"),
        pytest.param("nl", 1, "1 plaats", id="Dutch: one"),
        pytest.param("fr", 0, "0 place", id="French: none is singular"),
        pytest.param("fr", 2, "2 places", id="French: two"),
    ],
)
@pytest.mark.usefixtures("shipped")
def test_plural_forms(language: str, count: int, said: str) -> None:
    assert Texts.load()("greeting.seats", language, count=count) == said


@pytest.mark.usefixtures("shipped")
def test_overlay_and_then_the_zone_win(tmp_path: Path) -> None:
    overlay = tmp_path / "overlay"
    write(overlay, "nl", 'greeting.hello: "Hallo {name}"\ngreeting.only_dutch: "Hier"\n')
    zone = Zone(name="Zone", texts={"greeting.hello": {"nl": "Welkom {name}"}})

    texts = Texts.load(overlay, zone)

    assert texts("greeting.hello", "nl", name="An") == "Welkom An"
    assert texts("greeting.only_dutch", "nl") == "Hier"
    assert texts("greeting.hello", "fr", name="An") == "Bonjour <b>An</b>"


@pytest.mark.parametrize(
    ("sentence", "message"),
    [
        pytest.param('"<h1>x</h1>"', "<h1>", id="a tag Telegram does not know"),
        pytest.param('"<b>x"', "does not close <b>", id="a tag that stays open"),
        pytest.param('"x</b>"', "closes </b>", id="a tag that was not open"),
        pytest.param('"<b><i>x</b></i>"', "closes </b>", id="tags that cross"),
        pytest.param('"1 < 2"', "&lt;", id="a bare <"),
        pytest.param('"<br/>"', "<br/>", id="an empty tag"),
        pytest.param('\'<a href="x" onclick="y">z</a>\'', "<a>", id="a strange attribute"),
        pytest.param('"{name"', "closed", id="a brace that stays open"),
        pytest.param('"{name.secret}"', "placeholder", id="a look inside a value"),
        pytest.param('"{0}"', "placeholder", id="a number as placeholder"),
        pytest.param('"{name!r}"', "placeholder", id="a conversion"),
        pytest.param('"{who}"', "no placeholder {who}", id="a placeholder Dutch does not have"),
        pytest.param('"  "', "empty", id="nothing"),
        pytest.param("[a]", "sentence", id="a list"),
        pytest.param('{one: "x"}', "other", id="plural forms without `other`"),
        pytest.param('{other: "x", more: "y"}', "plural", id="an unknown plural form"),
    ],
)
@pytest.mark.usefixtures("shipped")
def test_wrong_sentences_are_named(tmp_path: Path, sentence: str, message: str) -> None:
    file = write(tmp_path / "overlay", "fr", f"\ngreeting.hello: {sentence}\n")

    (problem,) = problems(tmp_path / "overlay")

    assert problem.startswith(f"{file}:2: greeting.hello: ")
    assert message in problem


def test_o5_all_problems_at_once(shipped: Path, tmp_path: Path) -> None:
    first = write(shipped, "nl", 'greeting.bad: "<b>"\nother.key: "x"\n', "greeting")
    second = write(tmp_path / "overlay", "fr", 'greeting.unknown: "x"\n')
    third = write(tmp_path / "overlay", "de", "a: [", "later")

    found = problems(tmp_path / "overlay", Zone(name="Zone", texts={"x.y": {"nl": "z"}}))

    for place in (
        f"{third}:1: ",
        f"{second}:1: greeting.unknown: ",
        f"{first}:1: greeting.bad: ",
        f"{first}:2: other.key: ",
        "zone:1: texts.x.y.nl: ",
    ):
        assert any(problem.startswith(place) for problem in found), place


@pytest.mark.usefixtures("shipped")
def test_adopted_texts_serve_everybody_who_holds_them(tmp_path: Path) -> None:
    held = Texts.load()
    write(tmp_path / "overlay", "nl", 'greeting.only_dutch: "Nieuw"\n')

    held.adopt(Texts.load(tmp_path / "overlay"))

    assert held("greeting.only_dutch", "nl") == "Nieuw"


@pytest.mark.usefixtures("shipped")
def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", "nl", 'greeting.hello: "Weg {name}"\n')
    overlay = tmp_path / "overlay" / "nl"
    overlay.mkdir(parents=True)
    (overlay / "greeting.yaml").symlink_to(outside)

    assert (
        Texts.load(tmp_path / "overlay").plain("greeting.hello", "nl", name="An") == "Dag An & co"
    )
