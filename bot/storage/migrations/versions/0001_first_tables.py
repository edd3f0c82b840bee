"""The first tables."""

import sqlalchemy as sa
from alembic import op

from bot.storage import columns

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "feedback",
        sa.Column("entry", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("entry", "language", "verdict", name=op.f("pk_feedback")),
    )
    op.create_table(
        "inbox",
        sa.Column("update_id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("order_key", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("received_at", columns.Moment(), nullable=False),
        sa.Column("finished_at", columns.Moment(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("maybe_answered", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("parked_at", columns.Moment(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("update_id", name=op.f("pk_inbox")),
    )
    op.create_index(
        "ix_inbox_open",
        "inbox",
        ["received_at"],
        unique=False,
        sqlite_where=sa.text("finished_at IS NULL AND parked_at IS NULL AND order_key IS NOT NULL"),
        postgresql_where=sa.text(
            "finished_at IS NULL AND parked_at IS NULL AND order_key IS NOT NULL"
        ),
    )
    op.create_table(
        "people",
        sa.Column("id", columns.RowId, nullable=False),
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("language_chosen", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=True),
        sa.Column("reachable", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("paused_at", columns.Moment(), nullable=True),
        sa.Column("stopped_at", columns.Moment(), nullable=True),
        sa.Column("last_seen_on", sa.Date(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.Column("first_update", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("account", name=op.f("uq_people_account")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_people_last_seen_on"), "people", ["last_seen_on"], unique=False)
    op.create_table(
        "unanswered",
        sa.Column("id", columns.RowId, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("best", sa.String(length=64), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unanswered")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "dialogues",
        sa.Column("person_id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("last_entry", sa.String(length=64), nullable=True),
        sa.Column("clarified", sa.Boolean(), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=False),
        sa.Column("previous", columns.JsonText(), nullable=True),
        sa.Column("changed_at", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_dialogues_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_dialogues")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", columns.RowId, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("person_id", columns.RowId, nullable=False),
        sa.Column("text_key", sa.String(length=100), nullable=False),
        sa.Column("parameters", columns.JsonText(), nullable=True),
        sa.Column("buttons", columns.JsonText(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("due_at", columns.Moment(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("maybe_sent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.Column("ended_at", columns.Moment(), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'leased', 'sent', 'dropped', 'dead')",
            name=op.f("ck_outbox_state_known"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_outbox_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_outbox_open",
        "outbox",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(op.f("ix_outbox_person_id"), "outbox", ["person_id"], unique=False)
    op.create_table(
        "pressed",
        sa.Column("person_id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("data", sa.String(length=64), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_pressed_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "message_id", "data", name=op.f("pk_pressed")),
    )
