"""The tables of colleagues.

That somebody is left who can invite others is held by the database too: a trigger refuses to end
the role of the only coordinator without an end date, or to give them one. Rows are only deleted
when a person is erased or a term of keeping is over, which nothing holds up.
"""

from datetime import timedelta

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    String,
    and_,
)

from bot.staff.model import ANSWER_WITHIN, INVITED_FOR, WRONG_CODES_IN, Role, Stage
from bot.storage.columns import JsonText, Moment, RowId
from bot.storage.inventory import About, impersonal, personal, table
from bot.storage.triggers import guarded

ROLES_KEPT = timedelta(days=90)
"""How long it can be seen who had which role; the audit trail goes further back."""

ABSENCES_KEPT = timedelta(days=30)

_GOES_ALONG = "as long as they have a role"


def _one_of(column: str, kinds: type[Role] | type[Stage]) -> CheckConstraint:
    values = ", ".join(f"'{kind}'" for kind in kinds)
    return CheckConstraint(f"{column} IN ({values})", name=f"{column}_known")


staff = table(
    "staff",
    Column(
        "person_id",
        RowId,
        ForeignKey("people.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        info=personal("which colleague", export=False),
    ),
    Column(
        "display_name",
        String(40),
        nullable=False,
        info=personal("what colleagues call them; candidates only see it with their consent"),
    ),
    Column("service", String(60), info=personal("the service they work for, if they told")),
    Column("languages", JsonText, info=personal("the languages they speak, if they told")),
    Column("since", Moment, nullable=False, info=personal("when they became a colleague here")),
    about=About(
        purpose="knowing which colleagues there are and what to call them",
        person="person_id",
        kept_because=_GOES_ALONG,
    ),
)

staff_roles = table(
    "staff_roles",
    Column("id", RowId, primary_key=True, info=impersonal("number of the row")),
    Column(
        "person_id",
        RowId,
        ForeignKey("people.id", ondelete="CASCADE"),
        nullable=False,
        info=personal("which colleague", export=False),
    ),
    Column("role", String(16), nullable=False, info=personal("what they may do")),
    Column("starts_on", Date, nullable=False, info=personal("from which day")),
    Column("ends_on", Date, info=personal("the first day on which they may no more")),
    Column("ended_at", Moment, info=personal("when it ended; starts the term")),
    Column("reviewed_at", Moment, info=personal("when a coordinator last said they still need it")),
    _one_of("role", Role),
    CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_later"),
    about=About(
        purpose="only who has the role may do what goes with it",
        person="person_id",
        keep=ROLES_KEPT,
        counted_from="ended_at",
    ),
)
Index(
    "uq_staff_roles_open",
    staff_roles.c.person_id,
    staff_roles.c.role,
    unique=True,
    sqlite_where=staff_roles.c.ended_at.is_(None),
    postgresql_where=staff_roles.c.ended_at.is_(None),
)

staff_consents = table(
    "staff_consents",
    Column(
        "person_id",
        RowId,
        ForeignKey("staff.person_id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        info=personal("which colleague", export=False),
    ),
    Column("field", String(16), primary_key=True, info=personal("what candidates may see")),
    Column("given_at", Moment, nullable=False, info=personal("when they agreed to it")),
    about=About(
        purpose="candidates only see of a colleague what that colleague agreed to",
        person="person_id",
        kept_because="until they take it back or have no role any more",
    ),
)

staff_absences = table(
    "staff_absences",
    Column("id", RowId, primary_key=True, info=impersonal("number of the row")),
    Column(
        "person_id",
        RowId,
        ForeignKey("people.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=personal("which colleague", export=False),
    ),
    Column("from_on", Date, nullable=False, info=personal("the first day they are away")),
    Column("until_on", Date, nullable=False, info=personal("the last day they are away")),
    Column("handed_over_at", Moment, info=personal("when their open work went back to the others")),
    CheckConstraint("until_on >= from_on", name="ends_later"),
    about=About(
        purpose="nobody waits for a colleague who is away",
        person="person_id",
        keep=ABSENCES_KEPT,
        counted_from="until_on",
    ),
)

staff_invitations = table(
    "staff_invitations",
    Column("id", RowId, primary_key=True, info=impersonal("number of the row")),
    Column(
        "code_hash",
        String(64),
        nullable=False,
        unique=True,
        info=impersonal("tells whether a code is the right one, without being it"),
    ),
    Column("role", String(16), nullable=False, info=personal("the role they are invited to")),
    Column("name", String(40), nullable=False, info=personal("what the inviter calls them")),
    Column("ends_on", Date, info=personal("when the role is to end")),
    Column(
        "inviter_id",
        RowId,
        ForeignKey("people.id", ondelete="CASCADE"),
        index=True,
        info=personal("which colleague invited; empty for the command line", export=False),
    ),
    Column(
        "redeemer_id",
        RowId,
        ForeignKey("people.id", ondelete="CASCADE"),
        index=True,
        info=personal("who used the code", export=False),
    ),
    Column("stage", String(16), nullable=False, info=personal("how far it is")),
    Column("created_at", Moment, nullable=False, info=personal("when they were invited")),
    Column(
        "expires_at",
        Moment,
        nullable=False,
        info=personal("until when the code can be used, then until when a yes counts"),
    ),
    Column(
        "asked_in",
        BigInteger,
        info=impersonal("the update that asked for it: done again after a crash, it is the same"),
    ),
    _one_of("role", Role),
    _one_of("stage", Stage),
    CheckConstraint("stage <> 'open' OR redeemer_id IS NULL", name="open_is_nobodys"),
    about=About(
        purpose="a role is given to the person who is meant, once",
        person="redeemer_id",
        keep=INVITED_FOR + 2 * ANSWER_WITHIN,
        counted_from="created_at",
    ),
)

staff_wrong_codes = table(
    "staff_wrong_codes",
    Column("id", RowId, primary_key=True, info=impersonal("number of the row")),
    Column(
        "person_id",
        RowId,
        ForeignKey("people.id", ondelete="CASCADE"),
        nullable=False,
        info=personal("who tried", export=False),
    ),
    Column("at", Moment, nullable=False, info=personal("when they tried a code that was wrong")),
    about=About(
        purpose="nobody finds a code by trying",
        person="person_id",
        keep=WRONG_CODES_IN,
        counted_from="at",
    ),
)
Index("ix_staff_wrong_codes_of", staff_wrong_codes.c.person_id, staff_wrong_codes.c.at)

is_permanent = and_(
    staff_roles.c.role == Role.COORDINATOR.value,
    staff_roles.c.ended_at.is_(None),
    staff_roles.c.ends_on.is_(None),
)
"""A coordinator of whom no end is known."""

guarded(
    staff_roles,
    sqlite=[
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
    ],
    postgresql=[
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
    ],
)
