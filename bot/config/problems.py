"""What can be wrong before start: a place in a file, or a variable of the environment."""

from collections.abc import Sequence
from dataclasses import dataclass

from faq.yaml_reader import Problem

__all__ = ["AnyProblem", "Problem", "WrongConfiguration", "WrongSetting"]


@dataclass(frozen=True, order=True)
class WrongSetting:
    """A variable of the environment that is missing or wrong. Its value is never repeated."""

    variable: str
    message: str

    def __str__(self) -> str:
        return f"{self.variable}: {self.message}"


AnyProblem = Problem | WrongSetting


class WrongConfiguration(Exception):
    """Contactpunt cannot start with this. Holds every problem that was found, not the first."""

    def __init__(self, problems: Sequence[AnyProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
