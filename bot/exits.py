"""Why the process ended, for the person and for the supervisor."""

from enum import IntEnum


class Exit(IntEnum):
    """What the supervisor is told. 2 is a mistake in the command itself."""

    FINE = 0
    PROBLEMS = 1
    WRONG_CONFIGURATION = 3
    TOKEN_REFUSED = 4
    NEWER_DATABASE = 5
    DATABASE_UNUSABLE = 6
    API_UNREACHABLE = 7
    PORT_IN_USE = 8
    BROKEN = 9
    """Something that should work for ever ended; a restart is what helps."""


class Stopped(Exception):
    """Contactpunt cannot start, or cannot go on: one sentence and the exit code."""

    def __init__(self, exit_: Exit, sentence: str) -> None:
        super().__init__(sentence)
        self.exit = exit_
