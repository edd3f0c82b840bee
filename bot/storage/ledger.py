"""Who asked to be forgotten, as keyed hashes, so that a restored backup forgets them again.

It lies in the data folder, next to the database and not in it: a backup brings back the rows of
the day it was made, and only something that is not in the backup can know who left since. The
hash is keyed, so the list alone tells nobody who is on it.
"""

import hashlib
import hmac
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.errors import StorageTrouble
from bot.storage.keys import key_at

KEPT = timedelta(days=400)
"""Longer than any backup is kept; after that nothing is left to erase again."""


class Ledger:
    """Append-only; every entry is on disk before the method returns. Call it off the loop."""

    def __init__(self, folder: Path) -> None:
        self._entries = folder / "erasures.ledger"
        self._key = folder / "erasures.key"

    def record(self, account: int, at: datetime) -> None:
        """Raises:
        StorageTrouble: it cannot be written; then nothing may be erased either.
        """
        try:
            line = f"{self._hash(account)} {at.astimezone(UTC).isoformat()}\n"
            handle = os.open(self._entries, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
            try:
                os.write(handle, line.encode())
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise StorageTrouble(f"the erasure ledger: {error.strerror}") from error

    def erased_at(self, account: int) -> datetime | None:
        """When this account was forgotten last, or None."""
        mine = self._hash(account)
        return max((at for hash_, at in self._read() if hash_ == mine), default=None)

    def all(self) -> "Erased":
        """Everything at once, for many questions."""
        latest: dict[str, datetime] = {}
        for hash_, at in self._read():
            latest[hash_] = max(at, latest.get(hash_, at))
        return Erased(self, latest)

    def drop_old(self, now: datetime) -> int:
        """Remove what is older than any backup; return how many entries went."""
        entries = list(self._read())
        kept = [entry for entry in entries if entry[1] > now - KEPT]
        if len(kept) == len(entries):
            return 0
        fresh = self._entries.with_suffix(".new")
        handle = os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w") as file:
            file.writelines(f"{hash_} {at.isoformat()}\n" for hash_, at in kept)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._entries)
        return len(entries) - len(kept)

    def _read(self) -> Iterator[tuple[str, datetime]]:
        if not self._entries.exists():
            return
        for line in self._entries.read_text().splitlines():
            hash_, _, at = line.partition(" ")
            try:
                yield hash_, datetime.fromisoformat(at)
            except ValueError:
                continue  # the machine stopped in the middle of this line: it was not promised

    def _hash(self, account: int) -> str:
        return hmac.new(self._secret(), str(account).encode(), hashlib.sha256).hexdigest()

    def _secret(self) -> bytes:
        """The key, made the first time; without it the ledger is noise."""
        return key_at(self._key)


class Erased:
    def __init__(self, ledger: Ledger, latest: dict[str, datetime]) -> None:
        self._ledger = ledger
        self._latest = latest

    def __bool__(self) -> bool:
        return bool(self._latest)

    def at(self, account: int) -> datetime | None:
        return self._latest.get(self._ledger._hash(account))
