"""How much is tried: a share in `make test`, the promised figures in `make proof`."""

import os

PROOF = os.environ.get("CONTACTPUNT_PROOF") == "1"


def figure(promised: int, everyday: int) -> int:
    """*promised* under `make proof`, *everyday* otherwise: the same code, another count."""
    return promised if PROOF else everyday
