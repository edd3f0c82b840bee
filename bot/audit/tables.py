"""The tables of the audit trail.

That nothing in it is changed is held by the database: triggers refuse every change, and every
removal except of what a checkpoint says was purged.
"""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Index, String

from bot.storage.columns import Moment, RowId
from bot.storage.inventory import About, impersonal, personal, table
from bot.storage.triggers import guarded

_HASH = String(64)
_NAME = String(32)
_KEPT = "12 months; then `contactpunt` purges it and leaves a signed checkpoint"

audit = table(
    "audit",
    Column(
        "id",
        RowId,
        primary_key=True,
        autoincrement=False,
        info=impersonal("its place in the chain"),
    ),
    Column("at", Moment, nullable=False, info=impersonal("when it was done")),
    Column(
        "actor",
        _NAME,
        info=impersonal("who did it, as a keyed hash; erasing the person destroys the key"),
    ),
    Column("role", String(16), nullable=False, info=impersonal("the role it was done in")),
    Column("action", _HASH, nullable=False, info=impersonal("what was done or read")),
    Column(
        "about",
        _NAME,
        info=impersonal("about whom, as a keyed hash; erasing the person destroys the key"),
    ),
    Column("object", _HASH, nullable=False, info=impersonal("kind and number of a row; no text")),
    Column("hash", _HASH, nullable=False, info=impersonal("ties the entry to those before it")),
    about=About(
        purpose="who did or read what about whom, so that it can be accounted for",
        kept_because=_KEPT,
    ),
)
Index("ix_audit_actor", audit.c.actor, audit.c.action, audit.c.at)
Index("ix_audit_about", audit.c.about)
Index("ix_audit_action", audit.c.action, audit.c.at)

audit_head = table(
    "audit_head",
    Column(
        "id",
        RowId,
        primary_key=True,
        autoincrement=False,
        info=impersonal("there is one row; who locks it may add an entry"),
    ),
    Column("last_id", BigInteger, nullable=False, info=impersonal("number of the newest entry")),
    Column("last_hash", _HASH, nullable=False, info=impersonal("hash of the newest entry")),
    CheckConstraint("id = 1", name="one"),
    about=About(purpose="one entry of the audit trail after the other", kept_because="one row"),
)

audit_keys = table(
    "audit_keys",
    Column(
        "person_id",
        RowId,
        ForeignKey("people.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        info=personal("whose key", export=False),
    ),
    Column(
        "key",
        _HASH,
        nullable=False,
        info=personal("turns the number of a person into a name in the audit trail", export=False),
    ),
    Column("made_at", Moment, nullable=False, info=personal("when it was first needed")),
    about=About(
        purpose="naming a person in the audit trail; without the key the name points at nobody",
        person="person_id",
        kept_because="goes with the person",
    ),
)

audit_checkpoints = table(
    "audit_checkpoints",
    Column("id", RowId, primary_key=True, info=impersonal("the order in which they were made")),
    Column("last_id", BigInteger, nullable=False, info=impersonal("the entry it vouches for")),
    Column("last_hash", _HASH, nullable=False, info=impersonal("the hash of that entry")),
    Column(
        "purged",
        Boolean,
        nullable=False,
        info=impersonal("whether the entries up to there were removed"),
    ),
    Column("made_at", Moment, nullable=False, info=impersonal("when it was made")),
    Column("signature", _HASH, nullable=False, info=impersonal("ours, with a key kept elsewhere")),
    about=About(
        purpose="showing that the audit trail is the one that was written, also after a purge",
        kept_because="until a purge makes a newer one",
    ),
)

guarded(
    audit,
    sqlite=[
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
    ],
    postgresql=[
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
    ],
)
guarded(
    audit_checkpoints,
    sqlite=[
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
    ],
    postgresql=[
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
    ],
)
