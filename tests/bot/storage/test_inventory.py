"""P-04, P-18: every column says what it is for; nothing in the schema judges a person."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text

from bot.privacy import Privacy
from bot.storage.columns import metadata
from bot.storage.inventory import CLEAR, About, impersonal, personal, problems_of, table
from tests.support.databases import import_tables

import_tables()

JUDGING = re.compile(
    r"(^|_)(score|scores|rank|ranking|fit|fitness|rating|grade|suitab\w*|eligib\w*|priority|prio"
    r"|risk|profile|category|segment|quality|potential|match(ed|ing)?)(_|$)"
)
NEVER_KEPT = re.compile(
    r"(^|_)(national|nrn|rijksregister\w*|birth\w*|born\w*|age|nationality|origin|gender|religion"
    r"|health|photo|passport|username|phone|diploma)(_|$)"
)


@pytest.mark.parametrize("name", sorted(metadata.tables))
def test_p04_every_table_and_column_has_an_entry(name: str) -> None:
    assert problems_of(metadata.tables[name]) == []


@pytest.mark.parametrize("name", sorted(metadata.tables))
def test_p18_no_column_scores_ranks_or_filters_people(name: str) -> None:
    names = [name, *(column.name for column in metadata.tables[name].columns)]

    assert [each for each in names if JUDGING.search(each)] == []
    assert [each for each in names if NEVER_KEPT.search(each)] == []


@pytest.mark.parametrize("name", ["score", "fit_score", "match_rank", "priority"])
def test_p18_the_search_finds_what_it_looks_for(name: str) -> None:
    assert JUDGING.search(name)


def test_p22_the_register_lists_every_column() -> None:
    lines = {(line.table, line.column) for line in Privacy.inventory()}

    assert lines == {
        (each.name, column.name) for each in metadata.tables.values() for column in each.columns
    }
    assert all(line.why and line.purpose and line.kept for line in Privacy.inventory())


def about(**options: object) -> About:
    given = {"purpose": "a test", "kept_because": "goes with the test"} | options
    return About(**given)  # type: ignore[arg-type]


def test_a_column_without_an_entry_breaks_the_build() -> None:
    with pytest.raises(TypeError, match=r"things\.name: no inventory entry"):
        table(
            "things",
            Column("id", Integer, primary_key=True, info=impersonal("a number")),
            Column("name", Text),
            about=about(),
            metadata=MetaData(),
        )


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        pytest.param(about(), "whose row it is", id="nobody's personal column"),
        pytest.param(about(person="whom"), "which is no column", id="a column that is not there"),
        pytest.param(
            about(person="id", on_erasure=CLEAR), "cannot be empty", id="cannot be emptied"
        ),
        pytest.param(
            about(person="id", kept_because=None, keep=timedelta(1), counted_from="then"),
            "which is no column",
            id="a term that starts nowhere",
        ),
    ],
)
def test_an_entry_that_cannot_work_breaks_the_build(entry: About, problem: str) -> None:
    with pytest.raises(TypeError, match=problem):
        table(
            "things",
            Column("id", Integer, primary_key=True, info=personal("a number")),
            about=entry,
            metadata=MetaData(),
        )


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"kept_because": None}, id="neither term nor reason"),
        pytest.param({"keep": timedelta(1)}, id="both"),
        pytest.param({"kept_because": None, "keep": timedelta(1)}, id="counted from nothing"),
        pytest.param({"person": "a", "account": "b"}, id="two ways to say whose it is"),
    ],
)
def test_a_table_says_how_long_and_about_whom(options: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        about(**options)


def test_a_table_declared_without_the_inventory_is_found() -> None:
    assert problems_of(Table("loose", MetaData(), Column("id", Integer))) != []


def test_tables_are_declared_where_privacy_looks() -> None:
    from bot import privacy
    from tests.support.databases import TABLE_MODULES

    assert {module.__name__ for module in privacy.DECLARES_TABLES} == set(TABLE_MODULES)
