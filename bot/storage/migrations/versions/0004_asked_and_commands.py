"""What somebody was asked to type, and whose chat shows the commands of colleagues."""

import sqlalchemy as sa
from alembic import op

from bot.storage import columns

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("people", sa.Column("asked", sa.String(length=64), nullable=True))
    op.add_column("people", sa.Column("asked_until", columns.Moment(), nullable=True))
    op.create_table(
        "chat_commands",
        sa.Column("person_id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("set_at", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_chat_commands_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_chat_commands")),
    )
