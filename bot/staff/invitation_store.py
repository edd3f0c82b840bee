"""The statements on invitations, and on the codes that were tried."""

from datetime import date, datetime

from sqlalchemy import BindParameter, bindparam, func, insert, select, update

from bot.people.model import PersonId
from bot.staff.model import UNDECIDED, Invitation, InvitationId, Role, Stage
from bot.staff.tables import staff_invitations, staff_wrong_codes
from bot.storage.columns import Moment
from bot.storage.database import Reader, Row, Transaction
from bot.storage.statements import prepared

_WHOSE: BindParameter[int] = bindparam("person")

_WRONG_CODES = prepared(
    select(func.count())
    .select_from(staff_wrong_codes)
    .where(
        staff_wrong_codes.c.person_id == _WHOSE,
        staff_wrong_codes.c.at > bindparam("since"),
    )
)
_ADD_WRONG_CODE = prepared(insert(staff_wrong_codes))

_invitation = select(
    staff_invitations.c.id,
    staff_invitations.c.role,
    staff_invitations.c.name,
    staff_invitations.c.ends_on,
    staff_invitations.c.inviter_id,
    staff_invitations.c.stage,
    staff_invitations.c.redeemer_id,
    staff_invitations.c.expires_at,
)
_ADD_INVITATION = prepared(insert(staff_invitations).returning(staff_invitations.c.id))
_ASKED_IN = prepared(
    _invitation.where(
        staff_invitations.c.inviter_id == _WHOSE,
        staff_invitations.c.asked_in == bindparam("update"),
        staff_invitations.c.role == bindparam("role"),
        staff_invitations.c.name == bindparam("name"),
        staff_invitations.c.stage == Stage.OPEN.value,
        staff_invitations.c.expires_at > bindparam("now", type_=Moment),
    ).with_for_update()
)
_NEW_CODE = prepared(
    update(staff_invitations)
    .where(staff_invitations.c.id == bindparam("invitation"))
    .values(code_hash=bindparam("fresh"))
)
_LIMIT = prepared(
    update(staff_invitations)
    .where(staff_invitations.c.id == bindparam("invitation"))
    .values(ends_on=bindparam("ends"))
)
_OF_CODE = prepared(
    _invitation.where(staff_invitations.c.code_hash == bindparam("code_hash")).with_for_update()
)
_BY_ID = prepared(_invitation.where(staff_invitations.c.id == bindparam("id")).with_for_update())
_STILL_UNDECIDED = prepared(
    _invitation.where(
        staff_invitations.c.stage.in_([stage.value for stage in UNDECIDED]),
        staff_invitations.c.expires_at > bindparam("now", type_=Moment),
    ).order_by(staff_invitations.c.id)
)
_CLAIM = prepared(
    update(staff_invitations)
    .where(
        staff_invitations.c.id == bindparam("invitation"),
        staff_invitations.c.stage == Stage.OPEN.value,
    )
    .values(
        stage=Stage.REDEEMED.value, redeemer_id=bindparam("person"), expires_at=bindparam("until")
    )
)
_ADVANCE = prepared(
    update(staff_invitations)
    .where(
        staff_invitations.c.id == bindparam("invitation"),
        staff_invitations.c.stage == bindparam("from_stage"),
    )
    .values(stage=bindparam("to_stage"), expires_at=bindparam("until"))
)
_WITHDRAW_ALL_OF = prepared(
    update(staff_invitations)
    .where(
        staff_invitations.c.inviter_id == _WHOSE,
        staff_invitations.c.stage.in_([stage.value for stage in UNDECIDED]),
    )
    .values(stage=Stage.WITHDRAWN.value)
)


async def wrong_codes(reader: Reader, person: PersonId, since: datetime) -> int:
    return int(await reader.scalar(_WRONG_CODES, person=person, since=since))


async def add_wrong_code(tx: Transaction, person: PersonId, now: datetime) -> None:
    await tx.run(_ADD_WRONG_CODE, person_id=person, at=now)


async def add_invitation(
    tx: Transaction,
    *,
    code_hash: str,
    role: Role,
    name: str,
    ends_on: date | None,
    inviter: PersonId | None,
    now: datetime,
    until: datetime,
    asked_in: int | None,
) -> InvitationId:
    id_ = await tx.scalar(
        _ADD_INVITATION,
        code_hash=code_hash,
        role=role.value,
        name=name,
        ends_on=ends_on,
        inviter_id=inviter,
        stage=Stage.OPEN.value,
        created_at=now,
        expires_at=until,
        asked_in=asked_in,
    )
    return InvitationId(id_)


async def asked_in(
    tx: Transaction, inviter: PersonId, asked_in: int, role: Role, name: str, now: datetime
) -> Invitation | None:
    """The invitation that this update made before, when its code was not used; locked."""
    row = await tx.first(
        _ASKED_IN, person=inviter, update=asked_in, role=role.value, name=name, now=now
    )
    return None if row is None else _of_row(row)


async def give_new_code(tx: Transaction, id_: InvitationId, code_hash: str) -> None:
    """The code that it had opens nothing from now on."""
    await tx.run(_NEW_CODE, invitation=id_, fresh=code_hash)


async def limit(tx: Transaction, id_: InvitationId, ends_on: date | None) -> None:
    """Until when the role will last that is being offered."""
    await tx.run(_LIMIT, invitation=id_, ends=ends_on)


async def invitation_of_code(tx: Transaction, code_hash: str) -> tuple[Invitation, datetime] | None:
    """With the moment until which its stage lasts; locked."""
    return _found(await tx.first(_OF_CODE, code_hash=code_hash))


async def invitation_of(tx: Transaction, id_: InvitationId) -> tuple[Invitation, datetime] | None:
    """As `invitation_of_code`, by number."""
    return _found(await tx.first(_BY_ID, id=id_))


async def undecided(reader: Reader, now: datetime) -> list[Invitation]:
    return [_of_row(row) for row in await reader.all(_STILL_UNDECIDED, now=now)]


async def claim(tx: Transaction, id_: InvitationId, person: PersonId, until: datetime) -> bool:
    """Bind an open invitation to *person*; False when somebody was faster."""
    return await tx.run(_CLAIM, invitation=id_, person=person, until=until) == 1


async def advance(
    tx: Transaction, id_: InvitationId, from_: Stage, to: Stage, until: datetime
) -> bool:
    """Move an invitation on; False when it is no longer where it was."""
    moved = await tx.run(
        _ADVANCE, invitation=id_, from_stage=from_.value, to_stage=to.value, until=until
    )
    return moved == 1


async def withdraw_all_of(tx: Transaction, inviter: PersonId) -> int:
    """What somebody promised who may promise no more."""
    return await tx.run(_WITHDRAW_ALL_OF, person=inviter)


def _found(row: Row | None) -> tuple[Invitation, datetime] | None:
    return None if row is None else (_of_row(row), row.expires_at)


def _of_row(row: Row) -> Invitation:
    return Invitation(
        id=InvitationId(row.id),
        role=Role(row.role),
        name=row.name,
        ends_on=row.ends_on,
        inviter=row.inviter_id,
        stage=Stage(row.stage),
        redeemer=row.redeemer_id,
    )
