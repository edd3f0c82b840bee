"""When a role was looked at, which update asked for an invitation, the trail by kind."""

import sqlalchemy as sa
from alembic import op

from bot.storage import columns

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("staff_roles", sa.Column("reviewed_at", columns.Moment(), nullable=True))
    op.add_column("staff_invitations", sa.Column("asked_in", sa.BigInteger(), nullable=True))
    op.create_index("ix_audit_action", "audit", ["action", "at"], unique=False)
