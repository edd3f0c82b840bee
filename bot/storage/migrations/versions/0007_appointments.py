"""Appointments: the hours of colleagues, and talks that are booked once."""

import sqlalchemy as sa
from alembic import op

from bot.storage import columns

revision = "0007"
down_revision = "0006"

SQLITE = (
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
)

POSTGRESQL = (
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
)


def upgrade() -> None:
    op.create_table(
        "rosters",
        sa.Column("id", columns.RowId, nullable=False),
        sa.Column("colleague_id", columns.RowId, nullable=False),
        sa.Column("content", columns.JsonText(), nullable=False),
        sa.Column("since", columns.Moment(), nullable=False),
        sa.Column("replaced_at", columns.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["colleague_id"],
            ["people.id"],
            name=op.f("fk_rosters_colleague_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rosters")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rosters_replaced", "rosters", ["colleague_id", "replaced_at"], unique=False)
    op.create_index(
        "uq_rosters_current",
        "rosters",
        ["colleague_id"],
        unique=True,
        sqlite_where=sa.text("replaced_at IS NULL"),
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "appointments",
        sa.Column("id", columns.RowId, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("person_id", columns.RowId, nullable=False),
        sa.Column("colleague_id", columns.RowId, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("topic", sa.String(length=24), nullable=False),
        sa.Column("track", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("starts_at", columns.Moment(), nullable=False),
        sa.Column("ends_at", columns.Moment(), nullable=False),
        sa.Column("busy_from", columns.Moment(), nullable=False),
        sa.Column("busy_until", columns.Moment(), nullable=False),
        sa.Column("hold_until", columns.Moment(), nullable=True),
        sa.Column("about", sa.String(length=120), nullable=True),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("why", sa.String(length=12), nullable=False),
        sa.Column("reminded", sa.Integer(), server_default="0", nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.Column("ended_at", columns.Moment(), nullable=True),
        sa.Column("ended_how", sa.String(length=16), nullable=True),
        sa.CheckConstraint(
            "(state = 'ended') = (ended_at IS NOT NULL)", name=op.f("ck_appointments_ended_when")
        ),
        sa.CheckConstraint(
            "(state IN ('held', 'proposed')) = (hold_until IS NOT NULL)",
            name=op.f("ck_appointments_holds_end"),
        ),
        sa.CheckConstraint(
            "ended_how IS NULL OR ended_how IN"
            " ('released', 'expired', 'cancelled', 'cancelled_by_us', 'erased')",
            name=op.f("ck_appointments_ended_how_known"),
        ),
        sa.CheckConstraint(
            "kind IN ('place', 'phone', 'video')", name=op.f("ck_appointments_kind_known")
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('came', 'did_not_come', 'we_were_absent')",
            name=op.f("ck_appointments_outcome_known"),
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR state = 'confirmed'", name=op.f("ck_appointments_outcome_of_a_talk")
        ),
        sa.CheckConstraint(
            "state IN ('held', 'requested', 'proposed', 'confirmed', 'ended')",
            name=op.f("ck_appointments_state_known"),
        ),
        sa.CheckConstraint(
            "track IN ('uniform', 'civilian')", name=op.f("ck_appointments_track_known")
        ),
        sa.CheckConstraint(
            "why IN ('only_one', 'fewest', 'chosen', 'same', 'taken_over')",
            name=op.f("ck_appointments_why_known"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_how IS NULL)", name=op.f("ck_appointments_ended_why")
        ),
        sa.CheckConstraint(
            "busy_from <= starts_at AND starts_at < ends_at AND ends_at <= busy_until",
            name=op.f("ck_appointments_times_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["colleague_id"],
            ["people.id"],
            name=op.f("fk_appointments_colleague_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_appointments_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
        sa.UniqueConstraint("uid", name=op.f("uq_appointments_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_appointments_colleague",
        "appointments",
        ["colleague_id", "busy_until"],
        unique=False,
        sqlite_where=sa.text("state != 'ended'"),
        postgresql_where=sa.text("state != 'ended'"),
    )
    op.create_index(
        "ix_appointments_ends_at",
        "appointments",
        ["ends_at", "colleague_id", "state", "hold_until"],
        unique=False,
    )
    op.create_index(
        "ix_appointments_person", "appointments", ["person_id", "ends_at"], unique=False
    )
    op.create_index("ix_appointments_starts_at", "appointments", ["starts_at"], unique=False)
    op.create_index(
        "ix_appointments_waiting",
        "appointments",
        ["hold_until"],
        unique=False,
        sqlite_where=sa.text("hold_until IS NOT NULL"),
        postgresql_where=sa.text("hold_until IS NOT NULL"),
    )
    op.create_index(
        "uq_appointments_held",
        "appointments",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    statements = POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE
    for statement in statements:
        op.execute(statement)
