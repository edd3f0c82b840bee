"""A test on PostgreSQL that cannot run is seen, and in CI it is a failure."""

import pytest

from tests.support.databases import POSTGRES_VARIABLE, postgres_url


def test_without_a_server_it_is_skipped_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(POSTGRES_VARIABLE, raising=False)
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(pytest.skip.Exception, match=POSTGRES_VARIABLE):
        postgres_url()


def test_in_ci_nothing_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(POSTGRES_VARIABLE, raising=False)
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match=POSTGRES_VARIABLE):
        postgres_url()
