"""From files to content: all problems at once, and what an overlay may change."""

from pathlib import Path

import pytest

from faq.loader import ContentProblems, load

ENTRY = """\
- id: minimum-age
  topic: conditions
  tracks: [uniform]
  owner: recruitment
  related: []
  sources:
    - url: https://www.jobpol.be/nl
      checked_on: 2026-11-21
      facts: [F024]
  languages:
    nl:
      question: Hoe oud moet ik zijn?
      phrasings: [vanaf welke leeftijd, 112]
      answer: Je bent 17.
    fr:
      question: Quel âge ?
      phrasings: [à quel âge]
      answer: Tu as 17 ans.
"""
TOPICS = "- id: conditions\n  languages: {nl: Voorwaarden}\n"
FACTS = "- id: F024\n  statement: From 17.\n  mark: solid\n  source: https://www.jobpol.be/nl\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shipped = tmp_path / "shipped"
    (shipped / "content").mkdir(parents=True)
    (shipped / "content" / "conditions.yaml").write_text(ENTRY)
    (shipped / "topics.yaml").write_text(TOPICS)
    (shipped / "facts.yaml").write_text(FACTS)
    return shipped


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    made = tmp_path / "overlay"
    (made / "content").mkdir(parents=True)
    return made


def problems(folder: Path, overlay: Path | None = None) -> list[str]:
    with pytest.raises(ContentProblems) as refused:
        load(folder, overlay)
    return [str(problem).replace(f"{folder}/", "") for problem in refused.value.problems]


def test_a_whole_entry(folder: Path) -> None:
    content = load(folder)

    (entry,) = content.entries
    assert entry.languages["nl"].phrasings == ("vanaf welke leeftijd", "112")
    assert entry.sources[0].checked_on.isoformat() == "2026-11-21"
    assert entry.checked_on is None
    assert content.topics[0].languages == {"nl": "Voorwaarden"}
    assert content.facts[0].source == ("https://www.jobpol.be/nl",)


def test_every_problem_is_named_with_file_line_and_field(folder: Path) -> None:
    (folder / "content" / "a.yaml").write_text(
        "- id: first\n  topik: x\n  languages:\n    nl:\n      question: true\n"
        "- topic: x\n- id: minimum-age\n  valid_until: no\n  languages: {}\n"
    )
    (folder / "content" / "b.yaml").write_text("a: [")
    (folder / "content" / "c.yaml").write_text("a: b")
    (folder / "topics.yaml").write_text("- id: Not An Id\n  languages: {nl: x}\n")

    found = problems(folder)

    assert "content/a.yaml:2: first.topik: is not a field we know" in found
    assert (
        "content/a.yaml:5: first.languages.nl.question: must be text; put it in quotes if it is"
        in (found)
    )
    assert "content/a.yaml:6: needs an id" in found
    assert (
        "content/a.yaml:8: minimum-age.valid_until: Value error, a day is written as 2026-11-21"
        in found
    )
    assert "content/conditions.yaml:1: minimum-age exists already, in" in "\n".join(found)
    assert any(line.startswith("content/b.yaml:1: ") for line in found)
    assert "content/c.yaml:1: must be a list: every item begins with '- id: …'" in found
    assert any(line.startswith("topics.yaml:1: Not An Id.id:") for line in found)


@pytest.mark.parametrize(
    "field", ["topic", "tracks", "owner", "languages.nl.question", "languages.fr.answer"]
)
def test_ours_must_be_complete(folder: Path, field: str) -> None:
    name = field.rpartition(".")[2]
    lines = ENTRY.splitlines(keepends=True)
    places = [at for at, line in enumerate(lines) if line.strip().startswith(f"{name}:")]
    del lines[places[-1 if ".fr." in field else 0]]
    (folder / "content" / "conditions.yaml").write_text("".join(lines))

    (found,) = problems(folder)

    assert found.endswith(f"minimum-age.{field}: is missing")


def test_foreign_content_needs_only_ids_and_phrasings(tmp_path: Path) -> None:
    (tmp_path / "set.yaml").write_text(
        '[{"id": "faq:1 X", "languages": {"xx": {"phrasings": ["a b"]}}}]'
    )

    content = load(tmp_path, strict=False)

    assert [entry.id for entry in content.entries] == ["faq:1 X"]
    assert content.routes == ()
    with pytest.raises(ContentProblems):
        load(tmp_path)


def test_foreign_content_may_be_large(tmp_path: Path) -> None:
    phrasing = "x" * 1000
    rows = "\n".join(f"    - {phrasing}{number}" for number in range(300))
    (tmp_path / "set.yaml").write_text(f"- id: a\n  languages:\n   nl:\n    phrasings:\n{rows}\n")

    assert len(load(tmp_path, strict=False).entries[0].languages["nl"].phrasings) == 300
    with pytest.raises(ContentProblems, match="larger than 256 kB"):
        load(tmp_path)


def test_an_overlay_changes_one_answer_and_nothing_else(folder: Path, overlay: Path) -> None:
    (overlay / "content" / "mine.yaml").write_text(
        "- id: minimum-age\n  languages:\n    nl:\n      answer: Bij ons ook 17.\n"
    )

    changed, plain = load(folder, overlay), load(folder)

    before, after = plain.entries[0].languages, changed.entries[0].languages
    assert after["nl"].answer == "Bij ons ook 17."
    assert after["nl"].phrasings == before["nl"].phrasings
    assert after["fr"] == before["fr"]
    assert changed.digest != plain.digest


def test_an_overlay_adds_an_entry_and_replaces_lists_whole(folder: Path, overlay: Path) -> None:
    (overlay / "content" / "mine.yaml").write_text(
        ENTRY.replace("minimum-age", "bike-patrol")
        + "- id: minimum-age\n  languages:\n    nl:\n      phrasings: [anders]\n"
    )

    content = load(folder, overlay)

    assert sorted(content.by_id) == ["bike-patrol", "minimum-age"]
    assert content.by_id["minimum-age"].languages["nl"].phrasings == ("anders",)


def test_problems_of_an_overlay_name_its_file(folder: Path, overlay: Path) -> None:
    (overlay / "content" / "mine.yaml").write_text(
        "- id: minimum-age\n  languages:\n    nl:\n      anwser: x\n"
    )

    (found,) = problems(folder, overlay)

    assert found == (
        f"{overlay}/content/mine.yaml:4: minimum-age.languages.nl.anwser: is not a field we know"
    )


def test_a_missing_overlay_changes_nothing(folder: Path, tmp_path: Path) -> None:
    assert load(folder, tmp_path / "none").digest == load(folder).digest


def test_t18_links_in_content_are_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text(ENTRY)
    (folder / "content" / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (folder / "routes.yaml").symlink_to(tmp_path / "secret.yaml")

    assert problems(folder) == [
        "content/link.yaml:1: is a link or leads out of its folder",
        "routes.yaml:1: is a link or leads out of its folder",
    ]
