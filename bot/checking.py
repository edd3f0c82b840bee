"""`contactpunt check`: everything that is wrong or missing, at once, with its place."""

import sys
from datetime import datetime

from bot.clock import BRUSSELS
from bot.config import read_settings
from bot.config.settings import MISSING_TOKEN, unknown_variables
from bot.exits import Exit
from bot.loading import examine


def main(*, quiet: bool = False) -> int:
    """Problems on stdout, one a line, then the warnings; 1 when there is a problem."""
    settings, wrong = read_settings()
    if settings.bot_token is None and not any("BOT_TOKEN" in each.variable for each in wrong):
        wrong.append(MISSING_TOKEN)
    examined = examine(settings, datetime.now(BRUSSELS).date())
    problems = [str(problem) for problem in (*sorted(wrong), *examined.problems)]
    warnings = [str(warning) for warning in (*unknown_variables(), *examined.warnings)]
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    if not quiet:
        for warning in warnings:
            sys.stdout.write(f"warning: {warning}\n")
    sys.stdout.write(f"{len(problems)} problems, {len(warnings)} warnings\n")
    return Exit.PROBLEMS if problems else Exit.FINE
