"""`python -m bot.simulator`: only the simulator and its page, for a bot started by hand."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys

from bot.simulator.running import running
from bot.simulator.server import create


async def serve(port: int, token: str | None, *, enforce_limits: bool) -> None:
    async with running(create(token, enforce_limits=enforce_limits), port) as address:
        sys.stdout.write(f"{address}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bot.simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=8081, help="0 takes any free one")
    parser.add_argument("--token", help="answer 401 to every other token")
    parser.add_argument("--no-limits", action="store_true", help="switch the flood limits off")
    options = parser.parse_args()
    try:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(serve(options.port, options.token, enforce_limits=not options.no_limits))
    except OSError as problem:
        sys.stderr.write(f"Port {options.port} cannot be used: {problem.strerror}.\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
