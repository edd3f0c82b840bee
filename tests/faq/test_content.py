"""The shipped content: nothing wrong with it, and the cases beside it."""

import json
from datetime import date
from pathlib import Path

import pytest

from faq import evaluate
from faq.case import Case, from_folder
from faq.check import check, crossings
from faq.entry import Content
from faq.evaluate import asked, goals, misspelled, summary
from faq.loader import load
from faq.match import Match
from faq.matcher import Matcher
from tests.support.figures import figure
from tests.support.index import shipped_matcher

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def shipped() -> Content:
    return load()


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return shipped_matcher()


@pytest.fixture(scope="module")
def results(matcher: Matcher) -> list[tuple[Case, Match]]:
    return asked(matcher, from_folder())


def test_nothing_is_wrong_with_the_content(shipped: Content) -> None:
    findings = check(shipped, TODAY)

    assert [str(problem) for problem in findings.problems] == []
    assert [str(problem) for problem in findings.expired] == []


def test_f7_every_phrasing_goes_to_its_own_entry(shipped: Content, matcher: Matcher) -> None:
    assert [str(problem) for problem in crossings(shipped, matcher)] == []


def test_cases_name_what_exists(shipped: Content) -> None:
    known = {""} | set(shipped.by_id)
    known |= {f"route:{route.id}" for route in shipped.routes}
    known |= {f"action:{action.id}" for action in shipped.actions}

    assert {case.expected for case in from_folder()} <= known


def test_known_failures_fail(results: list[tuple[Case, Match]]) -> None:
    mended = [case for case, match in results if case.known_failure and case.passes(match)]

    assert mended == []


def test_cases_pass(results: list[tuple[Case, Match]]) -> None:
    failed = [
        (case.language, case.question, case.expected, match.outcome.value, match.best)
        for case, match in results
        if not case.known_failure and not case.passes(match)
    ]

    assert failed == []


def test_f3_the_figures_that_answers_must_reach(
    shipped: Content, matcher: Matcher, results: list[tuple[Case, Match]]
) -> None:
    """Every day one case in four is also asked with typing errors; emergencies always are."""
    some = results[:: figure(1, 4)]
    some += [(c, m) for c, m in results if c.expected == "route:emergency" and (c, m) not in some]
    noisy = asked(matcher, misspelled(case for case, _ in some))

    for goal in goals(summary(results, shipped)):
        assert goal.reached, goal
    for goal in goals(summary(some, shipped), summary(noisy, shipped)):
        if "typing" in goal.what:
            assert goal.reached, goal


def test_f4_no_emergency_is_missed(results: list[tuple[Case, Match]]) -> None:
    for route in ("emergency", "self-harm"):
        missed = [
            (case.language, case.question)
            for case, match in results
            if case.expected == f"route:{route}" and match.route != route
        ]

        assert missed == []


def test_f4_one_false_alarm_in_a_hundred_at_most(results: list[tuple[Case, Match]]) -> None:
    ordinary = [(c, m) for c, m in results if not c.expected.startswith("route:")]
    alarms = [c.question for c, m in ordinary if m.route in ("emergency", "self-harm")]

    assert len(alarms) <= len(ordinary) / 100


def test_routes_actions_and_small_talk_have_candidates_too(
    shipped: Content, matcher: Matcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluate, "matcher_for", lambda folder: (shipped, matcher))
    questions, out = tmp_path / "questions.csv", tmp_path / "out.json"
    questions.write_text(
        "question,lang,expected,context\n"
        "er staat een man met een mes aan mijn deur,nl,route:emergency,\n"
        "ik wil een mens spreken,nl,action:human,\n"
        "dank je wel,nl,,\n"
        "en voor burgerpersoneel?,nl,civilian-jobs-conditions,minimum-age\n"
    )

    assert evaluate.main([str(questions), "--json", str(out)]) == 0
    rows = json.loads(out.read_text(encoding="utf-8"))["rows"]

    assert [(row["outcome"], row["route"], row["action"]) for row in rows[:3]] == [
        ("route", "emergency", None),
        ("action", None, "human"),
        ("none", None, None),
    ]
    assert [len(row["candidates"]) for row in rows] == [5, 5, 5, 5]
