"""Colleagues, their roles, and the audit trail."""

import sqlalchemy as sa
from alembic import op

from bot.storage import columns

revision = "0002"
down_revision = "0001"

ROLES = (
    "role IN ('coordinator', 'contact_point', 'ambassador', 'session_lead', 'editor',"
    " 'technical', 'dpo')"
)

SQLITE = (
    """\
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END""",
    """\
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
WHEN NOT EXISTS (SELECT 1 FROM audit_checkpoints WHERE purged AND last_id >= OLD.id)
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END""",
    """\
CREATE TRIGGER audit_checkpoints_no_update BEFORE UPDATE ON audit_checkpoints
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END""",
    """\
CREATE TRIGGER audit_checkpoints_no_delete BEFORE DELETE ON audit_checkpoints
WHEN NOT EXISTS (SELECT 1 FROM audit_checkpoints WHERE purged AND last_id > OLD.last_id)
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END""",
    """\
CREATE TRIGGER staff_roles_last_coordinator BEFORE UPDATE ON staff_roles
WHEN OLD.role = 'coordinator' AND OLD.ended_at IS NULL AND OLD.ends_on IS NULL
 AND (NEW.role <> 'coordinator' OR NEW.ended_at IS NOT NULL OR NEW.ends_on IS NOT NULL)
 AND NOT EXISTS (
  SELECT 1 FROM staff_roles WHERE id <> OLD.id AND person_id <> OLD.person_id
  AND role = 'coordinator' AND ended_at IS NULL AND ends_on IS NULL)
BEGIN
  SELECT RAISE(ABORT, 'the last coordinator cannot be removed');
END""",
)

POSTGRESQL = (
    """\
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF EXISTS (SELECT 1 FROM audit_checkpoints WHERE purged AND last_id >= OLD.id) THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'check_violation';
END $$""",
    """\
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit
FOR EACH ROW EXECUTE FUNCTION audit_append_only()""",
    """\
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()""",
    """\
CREATE FUNCTION audit_checkpoints_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF EXISTS (SELECT 1 FROM audit_checkpoints WHERE purged AND last_id > OLD.last_id) THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'check_violation';
END $$""",
    """\
CREATE TRIGGER audit_checkpoints_stay BEFORE UPDATE OR DELETE ON audit_checkpoints
FOR EACH ROW EXECUTE FUNCTION audit_checkpoints_stay()""",
    """\
CREATE TRIGGER audit_checkpoints_no_truncate BEFORE TRUNCATE ON audit_checkpoints
FOR EACH STATEMENT EXECUTE FUNCTION audit_checkpoints_stay()""",
    """\
CREATE FUNCTION staff_roles_last_coordinator() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.role = 'coordinator' AND OLD.ended_at IS NULL AND OLD.ends_on IS NULL
   AND (NEW.role <> 'coordinator' OR NEW.ended_at IS NOT NULL OR NEW.ends_on IS NOT NULL) THEN
    PERFORM pg_advisory_xact_lock(7305112020);
    IF NOT EXISTS (
     SELECT 1 FROM staff_roles WHERE id <> OLD.id AND person_id <> OLD.person_id
     AND role = 'coordinator' AND ended_at IS NULL AND ends_on IS NULL) THEN
      RAISE EXCEPTION 'the last coordinator cannot be removed'
       USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$""",
    """\
CREATE TRIGGER staff_roles_last_coordinator BEFORE UPDATE ON staff_roles
FOR EACH ROW EXECUTE FUNCTION staff_roles_last_coordinator()""",
)


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.Column("actor", sa.String(length=32), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("about", sa.String(length=32), nullable=True),
        sa.Column("object", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_about", "audit", ["about"], unique=False)
    op.create_index("ix_audit_actor", "audit", ["actor", "action", "at"], unique=False)
    op.create_table(
        "audit_checkpoints",
        sa.Column("id", columns.RowId, nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("last_hash", sa.String(length=64), nullable=False),
        sa.Column("purged", sa.Boolean(), nullable=False),
        sa.Column("made_at", columns.Moment(), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_checkpoints")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "audit_head",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("last_hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "audit_keys",
        sa.Column("person_id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("made_at", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_audit_keys_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_audit_keys")),
    )
    op.create_table(
        "staff",
        sa.Column("person_id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("display_name", sa.String(length=40), nullable=False),
        sa.Column("service", sa.String(length=60), nullable=True),
        sa.Column("languages", columns.JsonText(), nullable=True),
        sa.Column("since", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_staff_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_staff")),
    )
    op.create_table(
        "staff_absences",
        sa.Column("id", columns.RowId, nullable=False),
        sa.Column("person_id", columns.RowId, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("handed_over_at", columns.Moment(), nullable=True),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_staff_absences_ends_later")),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_staff_absences_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_absences")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_staff_absences_person_id"), "staff_absences", ["person_id"], unique=False
    )
    op.create_table(
        "staff_invitations",
        sa.Column("id", columns.RowId, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("inviter_id", columns.RowId, nullable=True),
        sa.Column("redeemer_id", columns.RowId, nullable=True),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.Column("expires_at", columns.Moment(), nullable=False),
        sa.CheckConstraint(
            ROLES,
            name=op.f("ck_staff_invitations_role_known"),
        ),
        sa.CheckConstraint(
            "stage <> 'open' OR redeemer_id IS NULL",
            name=op.f("ck_staff_invitations_open_is_nobodys"),
        ),
        sa.CheckConstraint(
            "stage IN ('open', 'redeemed', 'confirmed', 'accepted', 'declined', 'withdrawn')",
            name=op.f("ck_staff_invitations_stage_known"),
        ),
        sa.ForeignKeyConstraint(
            ["inviter_id"],
            ["people.id"],
            name=op.f("fk_staff_invitations_inviter_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["redeemer_id"],
            ["people.id"],
            name=op.f("fk_staff_invitations_redeemer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_invitations")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_staff_invitations_code_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_staff_invitations_inviter_id"), "staff_invitations", ["inviter_id"], unique=False
    )
    op.create_index(
        op.f("ix_staff_invitations_redeemer_id"), "staff_invitations", ["redeemer_id"], unique=False
    )
    op.create_table(
        "staff_roles",
        sa.Column("id", columns.RowId, nullable=False),
        sa.Column("person_id", columns.RowId, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("ended_at", columns.Moment(), nullable=True),
        sa.CheckConstraint(
            ROLES,
            name=op.f("ck_staff_roles_role_known"),
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_staff_roles_ends_later")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_staff_roles_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_roles")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_staff_roles_open",
        "staff_roles",
        ["person_id", "role"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "staff_wrong_codes",
        sa.Column("id", columns.RowId, nullable=False),
        sa.Column("person_id", columns.RowId, nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_staff_wrong_codes_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_wrong_codes")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_staff_wrong_codes_of", "staff_wrong_codes", ["person_id", "at"], unique=False
    )
    op.create_table(
        "staff_consents",
        sa.Column("person_id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("field", sa.String(length=16), nullable=False),
        sa.Column("given_at", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["staff.person_id"],
            name=op.f("fk_staff_consents_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", "field", name=op.f("pk_staff_consents")),
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
