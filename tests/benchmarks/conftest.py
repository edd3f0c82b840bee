"""Says at the end of the report which of the benchmarks needs what is not shipped."""

import os

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not os.environ.get("CONTACTPUNT_MATCHING_DATA"):
        terminalreporter.write_line(
            "matching: public sets are asked where CONTACTPUNT_MATCHING_DATA names their folder"
        )
