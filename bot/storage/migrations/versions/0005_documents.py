"""Files through the outbox, the evening list, how info sessions fill, and those from a file."""

import sqlalchemy as sa
from alembic import op

from bot.storage import columns

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    for column in (
        sa.Column("document", sa.String(length=64), nullable=True),
        sa.Column("kept_minutes", sa.Integer(), nullable=True),
        sa.Column("expires_at", columns.Moment(), nullable=True),
        sa.Column("remove_at", columns.Moment(), nullable=True),
        sa.Column("removed_at", columns.Moment(), nullable=True),
    ):
        op.add_column("outbox", column)
    to_remove = sa.text("remove_at IS NOT NULL AND removed_at IS NULL")
    op.create_index(
        "ix_outbox_to_remove",
        "outbox",
        ["remove_at"],
        sqlite_where=to_remove,
        postgresql_where=to_remove,
    )
    for column in (
        sa.Column("lists_for", columns.Moment(), nullable=True),
        sa.Column("called_for", columns.Moment(), nullable=True),
        sa.Column("imported_as", sa.String(length=80), nullable=True),
    ):
        op.add_column("info_sessions", column)
    op.create_index("uq_info_sessions_imported_as", "info_sessions", ["imported_as"], unique=True)
    op.create_table(
        "info_session_fill",
        sa.Column("info_session_id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["info_session_id"],
            ["info_sessions.id"],
            name=op.f("fk_info_session_fill_info_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("info_session_id", "at", name=op.f("pk_info_session_fill")),
    )
