"""The index on disk: used when right, rebuilt when not."""

from pathlib import Path

import numpy as np
import pytest

from faq import cache
from faq.index import Index, phrasings_of
from faq.matcher import Matcher
from faq.thresholds import Thresholds
from tests.faq.builders import content

THRESHOLDS = Thresholds(sure=0.5, unsure=0.25)
QUESTIONS = ("hoe oud", "wedde van een burger", "bonjour quel age", "zxcv")


def built(folder: Path) -> Matcher:
    return Matcher.build(content(), folder, thresholds=THRESHOLDS)


@pytest.fixture
def trainings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows with each training."""
    counted: list[int] = []
    train = Index.of

    def counting(*arguments: object) -> Index:
        counted.append(1)
        return train(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Index, "of", counting)
    return counted


def test_a_warm_start_answers_the_same(tmp_path: Path, trainings: list[int]) -> None:
    cold, warm = built(tmp_path), built(tmp_path)

    assert len(trainings) == 1
    assert [cold.ask(q) for q in QUESTIONS] == [warm.ask(q) for q in QUESTIONS]
    assert cold.explain("hoe oud") == warm.explain("hoe oud")


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda raw: b"", id="empty"),
        pytest.param(lambda raw: raw[: len(raw) // 2], id="half"),
        pytest.param(lambda raw: b"\x80\x04." + raw[3:], id="other head"),
        pytest.param(lambda raw: raw.replace(b"classes", b"klasses"), id="other words"),
        pytest.param(lambda raw: b"not an archive at all", id="text"),
    ],
)
def test_a_damaged_file_is_rebuilt(tmp_path: Path, trainings: list[int], damage: object) -> None:
    expected = [built(tmp_path).ask(q) for q in QUESTIONS]
    (path,) = tmp_path.iterdir()
    assert callable(damage)
    path.write_bytes(damage(path.read_bytes()))

    assert [built(tmp_path).ask(q) for q in QUESTIONS] == expected
    assert len(trainings) == 2
    built(tmp_path)
    assert len(trainings) == 2


def test_nothing_in_the_file_is_executed(tmp_path: Path) -> None:
    path = cache.path_of(tmp_path, "x")
    np.savez(path, described=np.array([{"a": 1}], dtype=object))

    assert cache.read(path) is None


def test_other_content_has_another_file_and_the_old_one_goes(tmp_path: Path) -> None:
    built(tmp_path)
    before = list(tmp_path.iterdir())
    Matcher.build(content(digest="other"), tmp_path, thresholds=THRESHOLDS)

    (after,) = tmp_path.iterdir()
    assert after not in before


def test_a_folder_that_cannot_be_written_is_no_reason_not_to_start(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")

    assert built(blocked / "cache").ask("hoe oud").candidates


def test_a_failed_write_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", fails)
    with pytest.raises(OSError, match="No space"):
        cache.save(Index.of(*phrasings_of(content())), cache.path_of(tmp_path, "x"))

    assert list(tmp_path.iterdir()) == []
