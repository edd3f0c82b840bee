"""Database addresses: whichever driver a URL names, we choose our own."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError


@dataclass(frozen=True)
class Location:
    url: URL

    @classmethod
    def parse(cls, text: str) -> "Location":
        """Read a URL.

        Raises:
            ValueError: not a URL, or of a database we do not support.
        """
        try:
            url = make_url(text)
        except ArgumentError:
            raise ValueError("the database URL cannot be read") from None  # may hold a password
        backend = "postgresql" if url.drivername == "postgres" else url.get_backend_name()
        if backend not in ("sqlite", "postgresql"):
            raise ValueError(f"no support for {backend} databases; use sqlite or postgresql")
        if backend == "sqlite" and (url.database in (None, "", ":memory:")):
            raise ValueError("SQLite needs a file: an address like sqlite:////data/contactpunt.db")
        return cls(url.set(drivername=backend))

    @property
    def dialect(self) -> str:
        return self.url.drivername

    @property
    def path(self) -> Path:
        """The file of an SQLite database."""
        assert self.url.database is not None
        return Path(self.url.database)

    @property
    def dsn(self) -> str:
        """The address of a PostgreSQL database as asyncpg and libpq read it, password included."""
        return self.url.render_as_string(hide_password=False)

    def __repr__(self) -> str:
        return f"Location({self.url.render_as_string(hide_password=True)})"

    __str__ = __repr__
