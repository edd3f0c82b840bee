"""The tables of appointments.

What must never happen is refused by the database too: a trigger lets no two appointments that
count (held ones as well) share a minute of a colleague, the minutes around them included, and no
candidate be in two at once. On PostgreSQL it takes a lock for each of the two people first, so that
what it then sees is what is kept. The decisions are in `slots`; this is the guard behind them.
"""

from datetime import timedelta

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, literal_column

from bot.appointments.model import (
    KEPT,
    LONGEST_ABOUT,
    Ending,
    Kind,
    Outcome,
    State,
    Track,
    Why,
)
from bot.storage.columns import JsonText, Moment, RowId
from bot.storage.inventory import About, impersonal, personal, table
from bot.storage.triggers import guarded

UNDO_FOR = timedelta(hours=24)
"""How long changed hours can be put back as they were."""


def _one_of(column: str, kinds: type, *, optional: bool = False) -> CheckConstraint:
    values = ", ".join(f"'{kind}'" for kind in kinds)  # type: ignore[attr-defined]
    empty = f"{column} IS NULL OR " if optional else ""
    return CheckConstraint(f"{empty}{column} IN ({values})", name=f"{column}_known")


rosters = table(
    "rosters",
    Column("id", RowId, primary_key=True, info=impersonal("number of the row")),
    Column(
        "colleague_id",
        RowId,
        ForeignKey("people.id", ondelete="CASCADE"),
        nullable=False,
        info=personal("which colleague", export=False),
    ),
    Column("content", JsonText, nullable=False, info=personal("when they receive people")),
    Column("since", Moment, nullable=False, info=personal("from when on it counted")),
    Column("replaced_at", Moment, info=personal("when another one took its place")),
    about=About(
        purpose="candidates are only offered times at which a colleague receives people",
        person="colleague_id",
        keep=UNDO_FOR,
        counted_from="replaced_at",
    ),
)
_is_current = rosters.c.replaced_at.is_(None)
Index(
    "uq_rosters_current",
    rosters.c.colleague_id,
    unique=True,
    sqlite_where=_is_current,
    postgresql_where=_is_current,
)
Index("ix_rosters_replaced", rosters.c.colleague_id, rosters.c.replaced_at)

appointments = table(
    "appointments",
    Column("id", RowId, primary_key=True, info=impersonal("number of the row")),
    Column("state", String(12), nullable=False, info=impersonal("held, confirmed …")),
    Column(
        "person_id",
        RowId,
        ForeignKey("people.id", ondelete="CASCADE"),
        nullable=False,
        info=personal("the candidate", export=False),
    ),
    Column(
        "colleague_id",
        RowId,
        ForeignKey("people.id", ondelete="CASCADE"),
        nullable=False,
        info=personal("the colleague they talk with", export=False),
    ),
    Column("kind", String(8), nullable=False, info=personal("at a place, by phone, by video")),
    Column("topic", String(24), nullable=False, info=personal("the subject they chose")),
    Column("track", String(12), nullable=False, info=personal("for which kind of job")),
    Column("language", String(8), nullable=False, info=personal("in which language")),
    Column("starts_at", Moment, nullable=False, info=personal("when it starts")),
    Column("ends_at", Moment, nullable=False, info=personal("when it ends; starts the term")),
    Column("busy_from", Moment, nullable=False, info=impersonal("when the colleague is taken")),
    Column("busy_until", Moment, nullable=False, info=impersonal("until when they are")),
    Column("hold_until", Moment, info=impersonal("until when it can be answered")),
    Column("about", String(LONGEST_ABOUT), info=personal("what it is about, if they told")),
    Column("uid", String(32), nullable=False, unique=True, info=impersonal("its calendar entry")),
    Column(
        "sequence",
        Integer,
        nullable=False,
        server_default="0",
        info=impersonal("how often the calendar entry changed"),
    ),
    Column("why", String(12), nullable=False, info=impersonal("why this colleague")),
    Column(
        "reminded",
        Integer,
        nullable=False,
        server_default="0",
        info=impersonal("how far the reminders are"),
    ),
    Column("outcome", String(16), info=personal("whether both sides were there")),
    Column("created_at", Moment, nullable=False, info=personal("when they chose it")),
    Column("ended_at", Moment, info=impersonal("since when it counts no more")),
    Column("ended_how", String(16), info=impersonal("why it counts no more")),
    _one_of("state", State),
    _one_of("kind", Kind),
    _one_of("track", Track),
    _one_of("why", Why),
    _one_of("outcome", Outcome, optional=True),
    _one_of("ended_how", Ending, optional=True),
    CheckConstraint(
        "busy_from <= starts_at AND starts_at < ends_at AND ends_at <= busy_until",
        name="times_in_order",
    ),
    CheckConstraint("(state IN ('held', 'proposed')) = (hold_until IS NOT NULL)", name="holds_end"),
    CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended_when"),
    CheckConstraint("(ended_at IS NULL) = (ended_how IS NULL)", name="ended_why"),
    CheckConstraint("outcome IS NULL OR state = 'confirmed'", name="outcome_of_a_talk"),
    about=About(
        purpose="a talk between a candidate and a contact point, at one time",
        person="person_id",
        keep=KEPT,
        counted_from="ends_at",
    ),
)
# Written out, because SQLite uses a partial index only where it can read that it applies.
counts = appointments.c.state != literal_column(f"'{State.ENDED}'")
"""It keeps the colleague's time occupied."""
is_held = appointments.c.state == literal_column(f"'{State.HELD}'")
_waits = appointments.c.hold_until.is_not(None)
Index(
    "ix_appointments_colleague",
    appointments.c.colleague_id,
    appointments.c.busy_until,
    sqlite_where=counts,
    postgresql_where=counts,
)
Index("ix_appointments_person", appointments.c.person_id, appointments.c.ends_at)
Index(
    "uq_appointments_held",
    appointments.c.person_id,
    unique=True,
    sqlite_where=is_held,
    postgresql_where=is_held,
)
Index(
    "ix_appointments_waiting",
    appointments.c.hold_until,
    sqlite_where=_waits,
    postgresql_where=_waits,
)
Index("ix_appointments_starts_at", appointments.c.starts_at)
Index(
    "ix_appointments_ends_at",
    appointments.c.ends_at,
    appointments.c.colleague_id,
    appointments.c.state,
    appointments.c.hold_until,
)

guarded(
    appointments,
    sqlite=[
        """\
CREATE TRIGGER appointments_once_added BEFORE INSERT ON appointments
WHEN NEW.state <> 'ended' AND (EXISTS (
  SELECT 1 FROM appointments WHERE colleague_id = NEW.colleague_id AND state <> 'ended'
  AND busy_until > NEW.busy_from AND busy_from < NEW.busy_until)
 OR EXISTS (
  SELECT 1 FROM appointments WHERE person_id = NEW.person_id AND state <> 'ended'
  AND ends_at > NEW.starts_at AND starts_at < NEW.ends_at))
BEGIN
  SELECT RAISE(ABORT, 'somebody would be in two appointments at once');
END""",
        """\
CREATE TRIGGER appointments_once_changed BEFORE UPDATE
OF state, person_id, colleague_id, starts_at, ends_at, busy_from, busy_until ON appointments
WHEN NEW.state <> 'ended' AND (EXISTS (
  SELECT 1 FROM appointments WHERE colleague_id = NEW.colleague_id AND state <> 'ended'
  AND id <> NEW.id AND busy_until > NEW.busy_from AND busy_from < NEW.busy_until)
 OR EXISTS (
  SELECT 1 FROM appointments WHERE person_id = NEW.person_id AND state <> 'ended'
  AND id <> NEW.id AND ends_at > NEW.starts_at AND starts_at < NEW.ends_at))
BEGIN
  SELECT RAISE(ABORT, 'somebody would be in two appointments at once');
END""",
    ],
    postgresql=[
        """\
CREATE FUNCTION appointments_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> 'ended' THEN
    PERFORM pg_advisory_xact_lock(730511, LEAST(NEW.colleague_id, NEW.person_id)::int);
    PERFORM pg_advisory_xact_lock(730511, GREATEST(NEW.colleague_id, NEW.person_id)::int);
    IF EXISTS (
      SELECT 1 FROM appointments WHERE colleague_id = NEW.colleague_id AND state <> 'ended'
      AND id <> NEW.id AND busy_until > NEW.busy_from AND busy_from < NEW.busy_until)
     OR EXISTS (
      SELECT 1 FROM appointments WHERE person_id = NEW.person_id AND state <> 'ended'
      AND id <> NEW.id AND ends_at > NEW.starts_at AND starts_at < NEW.ends_at) THEN
      RAISE EXCEPTION 'somebody would be in two appointments at once'
       USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$""",
        """\
CREATE TRIGGER appointments_once BEFORE INSERT OR UPDATE
OF state, person_id, colleague_id, starts_at, ends_at, busy_from, busy_until ON appointments
FOR EACH ROW EXECUTE FUNCTION appointments_once()""",
    ],
)
