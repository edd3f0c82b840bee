"""Which language a message is in: only words that show it count."""

import pytest

from bot.questions.vocabulary import Vocabulary
from tests.conversations.conftest import small_content


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary(small_content()[0])


@pytest.mark.parametrize(
    ("text", "guessed", "own", "spoken"),
    [
        pytest.param("hoe oud moet ik zijn", "nl", "fr", "nl", id="a sentence"),
        pytest.param("diploma?", "en", "nl", "nl", id="a word of both"),
        pytest.param("x x x x", "fr", "nl", "nl", id="single letters"),
        pytest.param("nachtshiften", "de", "nl", "nl", id="a word of neither"),
        pytest.param("", "de", "nl", "nl", id="nothing"),
    ],
)
def test_f1_spoken(vocabulary: Vocabulary, text: str, guessed: str, own: str, spoken: str) -> None:
    assert vocabulary.spoken(text, guessed, own) == spoken
