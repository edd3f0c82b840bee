"""Keys that are made once and lie in the data folder, away from the database and its backups."""

import os
import secrets
from pathlib import Path


def key_at(path: Path) -> bytes:
    """The key in the file *path*, made the first time; of two who make it, both get the same.

    Raises:
        OSError: it can be neither read nor written.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        handle = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            os.write(handle, secrets.token_bytes(32))
            os.fsync(handle)
        finally:
            os.close(handle)
        try:
            os.link(fresh, path)  # never over one that another process just made
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes()
