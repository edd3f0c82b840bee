"""What `faq.check` finds in content that can be read."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from faq.check import (
    ENOUGH,
    ENOUGH_IN_OTHERS,
    advice,
    check,
    crossings,
    main,
    outsiders,
    unfinished,
)
from faq.entry import Content, Entry, Fact, Topic
from faq.facts import figures
from faq.leave_out import WOULD_ANSWER, held_out, held_out_alone, is_outside
from faq.loader import load
from faq.markup import faults, length
from faq.matcher import Matcher
from faq.readability import EASY_ENOUGH, reading_ease, syllables
from faq.thresholds import Thresholds
from tests.faq.builders import QUESTIONS, content, entry

TODAY = date(2026, 11, 21)
TEXT = {"question": "Hoe oud?", "phrasings": ["hoe oud"], "answer": "Je bent 17 jaar."}
WHOLE: dict[str, Any] = {
    "id": "minimum-age",
    "topic": "conditions",
    "tracks": ["uniform"],
    "owner": "recruitment",
    "sources": [{"url": "https://x.be", "checked_on": "2026-11-21", "facts": ["F024"]}],
    "languages": {
        "nl": TEXT,
        "fr": {"question": "Âge ?", "phrasings": ["quel age"], "answer": "Tu as 17 ans."},
        "de": {"question": "Alter?", "phrasings": ["wie alt"], "answer": "Du bist 17 Jahre."},
        "en": {"question": "Age?", "phrasings": ["how old"], "answer": "You are 17."},
    },
}


def found(
    *, today: date = TODAY, languages: dict[str, Any] | None = None, **changes: Any
) -> list[str]:
    fields = WHOLE | changes
    fields["languages"] = WHOLE["languages"] | (languages or {})
    made = Content(
        entries=(Entry.model_validate(fields),),
        topics=(Topic(id="conditions", languages={"nl": "Voorwaarden"}),),
        facts=(Fact(id="F024", statement="From 17.", mark="solid"),),
    )
    findings = check(made, today)
    return [f"{p.field}: {p.message}" for p in (*findings.problems, *findings.expired)]


def test_a_whole_entry_has_no_problems() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        pytest.param({"topic": "x"}, "minimum-age.topic: 'x' is not in topics.yaml", id="topic"),
        pytest.param(
            {"related": ["nowhere"]},
            "minimum-age.related: 'nowhere' is not another entry",
            id="dead link inside",
        ),
        pytest.param(
            {"sources": [{"url": "https://x", "checked_on": "2026-11-21", "facts": ["F999"]}]},
            "minimum-age.sources: fact F999 is not in facts.yaml",
            id="unknown fact",
        ),
        pytest.param(
            {"valid_until": "2026-11-20"},
            "minimum-age.valid_until: was valid until 2026-11-20",
            id="expired yesterday",
        ),
        pytest.param(
            {"languages": {"en": {**TEXT, "answer": "You are 18."}}},
            "minimum-age.languages.en.answer: other numbers than in nl: lacks 17; adds 18",
            id="another number",
        ),
        pytest.param(
            {"languages": {"fr": {**TEXT, "answer": "17 <u>ans</u>"}}},
            "minimum-age.languages.fr.answer: <u> is not allowed, only <b>, <i> and <a href>",
            id="tag",
        ),
        pytest.param(
            {"languages": {"fr": {**TEXT, "answer": "17 " + "x" * 4000}}},
            [
                "minimum-age.languages.fr.answer: has 4003 characters, more than 3196",
                "minimum-age.languages.fr.answer: has 4003 characters: "
                "what goes beyond 700 is for 'more'",
            ],
            id="too long",
        ),
        pytest.param(
            {"languages": {"fr": {**TEXT, "question": "x" * 46}}},
            "minimum-age.languages.fr.question: has more than 45 characters",
            id="long title",
        ),
    ],
)
def test_one_fault_gives_one_problem(changes: dict[str, Any], problem: str | list[str]) -> None:
    assert found(**changes) == ([problem] if isinstance(problem, str) else problem)


def test_valid_until_today_is_still_valid() -> None:
    assert found(valid_until="2026-11-21") == []


@pytest.mark.parametrize(
    ("last_day", "warned"),
    [
        pytest.param("2026-12-06", [], id="in fifteen days"),
        pytest.param("2026-12-05", ["is hidden after 2026-12-05, in 14 days"], id="fourteen"),
        pytest.param("2026-11-24", ["is hidden after 2026-11-24, in 3 days"], id="three"),
        pytest.param("2026-11-21", ["is hidden after 2026-11-21, in 0 days"], id="today"),
        pytest.param("2026-11-20", [], id="expired: no warning but a problem"),
    ],
)
def test_f6_what_expires_soon_is_a_warning(last_day: str, warned: list[str]) -> None:
    made = Content(entries=(Entry.model_validate(WHOLE | {"valid_until": last_day}),))

    messages = [problem.message for problem in check(made, TODAY).expiring]

    assert [message.partition(":")[0] for message in messages] == warned


def test_a_missing_language_needs_a_reason() -> None:
    fields = {**WHOLE, "languages": {k: v for k, v in WHOLE["languages"].items() if k != "de"}}
    lacking = Content(
        entries=(Entry.model_validate(fields),),
        facts=(Fact(id="F024", statement="x", mark="solid"),),
    )
    excused = Content(
        entries=(Entry.model_validate({**fields, "untranslated": {"de": "no translator yet"}}),),
        facts=lacking.facts,
    )

    assert [p.field for p in check(lacking, TODAY).problems] == ["minimum-age.languages.de"]
    assert check(excused, TODAY).problems == ()


@pytest.mark.parametrize("id_", ["x" * 46, "Minimum-Age", "a--b", "a_b", "a.b", "é" * 23])
def test_ids_that_do_not_fit_a_button(id_: str) -> None:
    assert any(".id: " in problem for problem in found(id=id_))


def test_hard_dutch_is_named_with_its_measure() -> None:
    hard = (
        "De administratieve ontvankelijkheidsvoorwaarden veronderstellen onontkoombaar "
        "voorafgaande gedocumenteerde meerderjarigheidsverificatie overeenkomstig regels 17."
    )

    (problem,) = found(languages={"nl": {**TEXT, "answer": hard}})

    assert "is hard to read" in problem


def test_a_phrasing_of_two_entries_is_named() -> None:
    made = content(entries=(entry("a", ["hoe oud"]), entry("b", ["Hoe oud?"])))

    messages = [problem.message for problem in check(made, TODAY).problems]

    assert "'Hoe oud?' is also a phrasing of a" in messages


def test_f7_a_phrasing_that_goes_elsewhere_is_named() -> None:
    made = content()
    thief = entry("thief", ["is er een inbreker in huis", "kan ik iemand spreken over de training"])
    made = content(entries=(*made.entries, thief))

    messages = [
        p.message for p in crossings(made, Matcher.build(made, thresholds=Thresholds(0.5, 0.3)))
    ]

    assert messages == [
        "'is er een inbreker in huis' is taken by route emergency (inbreker & huis)",
        "'kan ik iemand spreken over de training' is taken by action human (iemand spreken)",
    ]


def test_enough_phrasings_and_a_way_to_each_entry() -> None:
    different = ["loon", "wedde", "pree", "verdienste", "salaris", "inkomen"]
    made = content(
        entries=(
            entry("a", different, related=["b"]),
            entry("b", [f"vraag {word}" for word in different] * 4, ["combien"], related=["b"]),
        )
    )

    messages = {(p.field, p.message) for p in unfinished(made) if "same" not in p.message}

    assert messages == {
        ("a.id", "no other entry names it as related"),
        ("a.languages.nl.phrasings", f"has 6, fewer than {ENOUGH['nl']}"),
        ("b.languages.fr.phrasings", f"has 1, fewer than {ENOUGH_IN_OTHERS}"),
    }


def test_a_near_duplicate_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "- id: a\n  languages:\n    nl:\n      phrasings:\n"
        "        - hoe oud moet je zijn\n"
        "        - tot wanneer mag ik beginnen\n"
        "        - hoe oud moet ik zijn bij de politie\n"
    )

    found = [str(p) for p in unfinished(load(tmp_path, strict=False)) if "same" in p.message]

    assert found == [
        f"{tmp_path}/a.yaml:7: a.languages.nl.phrasings.2: "
        "'hoe oud moet ik zijn bij de politie' says the same as 'hoe oud moet je zijn'"
    ]


def test_what_stands_under_the_wrong_entry_is_found_without_it() -> None:
    made = content()
    lost = "hoeveel maanden duurt de opleiding op de politieschool"
    wrong = entry("pay", [*QUESTIONS["pay"], lost])
    made = content(entries=tuple(wrong if e.id == "pay" else e for e in made.entries))
    parts: list[int] = []

    found = held_out(made, parts.append)
    (held,) = [held for held in found if held.phrasing == lost]
    far = replace(held, place=4, taken=WOULD_ANSWER)
    (alone,) = held_out_alone(made, [far])
    (problem,) = outsiders(made, [alone])

    assert parts == [1, 2, 3, 4, 5]
    assert [held.phrasing for held in found if held.entry == "pay"] == [
        *QUESTIONS["pay"],
        lost,
    ]
    assert (held.taker.id, held.ahead > 0.2) == ("training", True)
    assert (alone.phrasing, alone.taker) == (lost, held.taker)
    near = [far, replace(far, place=3), replace(far, taken=0.59)]
    assert [is_outside(each) for each in near] == [True, False, False]
    assert f"{lost!r} is nearer to entry training" in problem.message
    assert problem.field == "pay.languages.nl.phrasings.4"


def test_advice_names_what_is_too_close_and_too_thin() -> None:
    made = content()

    lines = list(advice(made, held_out(made)))

    assert "   20% minimum-age nl: 4" in lines
    assert any(" pay and pay-civilian: " in line for line in lines)


def test_the_command_leaves_out_and_advises(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("faq.check.load", lambda *_: content())

    assert main(["--fast", "--leave-out", "--advice"]) == 1

    said = capsys.readouterr()
    assert "Entries too close to each other" in said.out
    assert "5 of 5 parts" in said.err


def test_the_command_names_everything_and_exits_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.yaml").write_text("- id: a\n  colour: red\n  languages: {}\n- oops\n")

    assert main([str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert f"{tmp_path}/a.yaml:2: a.colour: is not a field we know" in out
    assert f"{tmp_path}/a.yaml:4: needs an id" in out


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Vanaf 14 september 2021", {"14", "m9", "2021"}),
        ("on September 14, 2021", {"14", "m9", "2021"}),
        ("am 14. September 2021", {"14", "m9", "2021"}),
        ("le 1er août 2025, 14/09/2021", {"1", "m8", "2025", "14", "m9", "2021"}),
        ("1.200 euro / 1 200 euros / 1,200 euro", {"1200"}),
        ("1,5 keer of 1.5 fois", {"1.5"}),
        ("om 18.30 uur, à 18h30, at 6.30 pm", {"18.30"}),
        ('<a href="https://x.be/2024">17</a> jaar', {"17"}),
        ("geen", set()),
    ],
)
def test_figures_are_the_same_in_every_language(text: str, expected: set[str]) -> None:
    assert figures(text) == expected


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('<b>a</b> <i>b</i> <a href="https://x.be">c</a> &amp; &lt; {zone.phone}', 0),
        ('<a href="{zone.page}">x</a>', 0),
        ("<b>a", 1),
        ("<b><i>a</b></i>", 2),
        ("a & b", 1),
        ("a < b", 1),
        ('<a href="javascript:x">a</a>', 1),
        ("<a>a</a>", 1),
        ("{zone.secret}", 1),
        ("{phone}", 1),
        ("a } b", 1),
        ("<script>x</script>", 1),
        ("<!-- x -->", 1),
    ],
)
def test_markup_that_telegram_takes(text: str, wrong: int) -> None:
    assert bool(faults(text)) == bool(wrong)


def test_length_counts_as_telegram_does() -> None:
    assert length("<b>é</b>😀 &amp;") == 5


@pytest.mark.parametrize(
    ("word", "count"),
    [("je", 1), ("politie", 3), ("inschrijven", 3), ("opleiding", 3), ("bureau", 3), ("b", 1)],
)
def test_syllables_of_dutch_words(word: str, count: int) -> None:
    assert syllables(word) == count


def test_reading_ease_orders_texts_and_follows_the_formula() -> None:
    easy = "Je bent 17 jaar. Je mag beginnen."
    assert reading_ease("de kat zat op de mat.") == pytest.approx(206.84 - 77 - 0.93 * 6)
    assert reading_ease(easy) > EASY_ENOUGH
    assert reading_ease("persoonlijkheidsproef") < reading_ease(
        "persoonlijkheidsproef", frozenset({"persoonlijkheidsproef"})
    )
    assert reading_ease("") == 100.0
