"""Inviting: the code, who used it, the yes of the inviter, and that of a second person."""

from dataclasses import replace
from datetime import date, datetime

from bot import audit
from bot.names import shown as readable
from bot.notifications import outbox
from bot.notifications.outbox import Promise, PromisedButton
from bot.people.model import PersonId
from bot.staff import invitation_store, store
from bot.staff.access import today_of
from bot.staff.desk import TO_MENU, Desk, name_of, said
from bot.staff.model import (
    ANSWER_WITHIN,
    GUARDED,
    INVITED_FOR,
    WRONG_CODES,
    WRONG_CODES_IN,
    Colleague,
    EndPassed,
    FirstStays,
    Invitation,
    InvitationId,
    NotAllowed,
    Redeemed,
    Role,
    Stage,
    TooManyCodes,
    WrongCode,
    fresh_code,
    hash_of,
    seconds,
)
from bot.storage.database import Reader, Transaction


class Inviting(Desk):
    async def invite(
        self,
        by: PersonId | None,
        role: Role,
        *,
        name: str,
        ends_on: date | None = None,
        asked_in: int | None = None,
    ) -> Invitation:
        """Invite somebody; the code in the answer is stored nowhere. *by*: None, command line.

        Done again for the same update (*asked_in*), because a crash came before its answer, it
        is the same invitation with another code: the first one nobody has seen.

        Raises:
            NotAllowed: only a coordinator invites.
            NameMissing, EndPassed, FirstStays: the invitation makes no sense.
        """
        called = name_of(name)
        if ends_on is not None and ends_on <= self._today():
            raise EndPassed
        if by is None:
            async with self.database.transaction() as tx:
                return await self._invite(tx, None, role, called, ends_on, None)
        async with self.acting(by, Role.COORDINATOR) as (tx, colleague):
            return await self._invite(tx, colleague, role, called, ends_on, asked_in)

    async def redeem(self, person: PersonId, code: str, *, called: str = "") -> Redeemed:
        """Use *code*; *called* is their name on the messenger, for the inviter to look at.

        Again by the same person is the same as once. Every way in which a code can be wrong costs
        the same statements and looks the same.

        Raises:
            WrongCode: unknown, over, or used by somebody else.
            TooManyCodes: they tried so many wrong ones that we look at none for an hour.
        """
        now = self.now()
        async with self.database.transaction() as tx:
            await store.lock_person(tx, person)
            wrong = await invitation_store.wrong_codes(tx, person, now - WRONG_CODES_IN)
            if wrong >= WRONG_CODES:
                raise TooManyCodes
            found = await invitation_store.invitation_of_code(tx, hash_of(code))
            redeemed = await self._redeemed(tx, person, found, called, now)
            if redeemed is None:
                await invitation_store.add_wrong_code(tx, person, now)
                await self._note_by_anybody(tx, person, "staff.wrong_code")
        if redeemed is None:
            raise WrongCode
        return redeemed

    async def confirm(self, by: PersonId, invitation: InvitationId, *, yes: bool) -> Stage:
        """Answer "is this Sofie?", or give the second yes. Twice is the same as once.

        Raises:
            NotAllowed: it is not for them to say, it is too late, or there is no such invitation.
        """
        now = self.now()
        async with self.acting(by, Role.COORDINATOR) as (tx, colleague):
            found = await invitation_store.invitation_of(tx, invitation)
            if found is None:
                raise NotAllowed(by, [Role.COORDINATOR])
            invited, until = found
            if invited.stage in (Stage.ACCEPTED, Stage.DECLINED):
                return invited.stage
            mine = invited.inviter == by
            if mine and invited.stage is Stage.CONFIRMED:
                return invited.stage
            if until <= now or not await self._may_answer(tx, invited, by):
                raise NotAllowed(by, [Role.COORDINATOR])
            assert invited.redeemer is not None
            action = "staff.confirmed" if yes else "staff.declined"
            await self._note(
                tx,
                colleague,
                (Role.COORDINATOR,),
                action,
                about=invited.redeemer,
                object_=f"staff_invitations:{invited.id}",
            )
            if not yes:
                return await self._declined(tx, invited, now)
            if mine and invited.stage is Stage.REDEEMED:
                return await self._vouched_for(tx, invited, invited.redeemer, now)
            return await self._accepted(tx, invited, invited.redeemer, now)

    async def invitations(self, by: PersonId) -> list[Invitation]:
        """Those that wait for somebody: the code for its person, or a yes.

        Raises:
            NotAllowed: only a coordinator may look.
        """
        async with self.acting(by, Role.COORDINATOR) as (tx, _):
            return await invitation_store.undecided(tx, self.now())

    async def offer_until(
        self, by: PersonId, invitation: InvitationId, ends_on: date | None
    ) -> Invitation:
        """Say until when the offered role will last; None: without an end. Twice is once.

        Raises:
            NotAllowed: only a coordinator may, or it was used, is over or never was.
            EndPassed, FirstStays: the day makes no sense.
        """
        if ends_on is not None and ends_on <= self._today():
            raise EndPassed
        async with self.acting(by, Role.COORDINATOR) as (tx, colleague):
            found = await invitation_store.invitation_of(tx, invitation)
            if found is None or found[0].stage is not Stage.OPEN or found[1] <= self.now():
                raise NotAllowed(by, [Role.COORDINATOR])
            invited = replace(found[0], ends_on=ends_on)
            await self._check_first_stays(tx, invited.role, ends_on)
            if invited != found[0]:
                await invitation_store.limit(tx, invited.id, ends_on)
                await self._note(
                    tx,
                    colleague,
                    (Role.COORDINATOR,),
                    "staff.offer_limited",
                    object_=f"staff_invitations:{invited.id}",
                )
        return invited

    async def withdraw(self, by: PersonId, invitation: InvitationId) -> None:
        """Take an invitation back that nobody decided on yet. Twice is the same as once.

        Raises:
            NotAllowed: only a coordinator may, or there is no such invitation.
        """
        async with self.acting(by, Role.COORDINATOR) as (tx, colleague):
            found = await invitation_store.invitation_of(tx, invitation)
            if found is None:
                raise NotAllowed(by, [Role.COORDINATOR])
            invited, until = found
            if await invitation_store.advance(
                tx, invited.id, invited.stage, Stage.WITHDRAWN, until
            ):
                await self._note(
                    tx,
                    colleague,
                    (Role.COORDINATOR,),
                    "staff.withdrawn",
                    object_=f"staff_invitations:{invited.id}",
                )

    async def _invite(
        self,
        tx: Transaction,
        by: Colleague | None,
        role: Role,
        name: str,
        ends_on: date | None,
        asked_in: int | None,
    ) -> Invitation:
        await self._check_first_stays(tx, role, ends_on)
        code, now = fresh_code(), self.now()
        inviter = None if by is None else by.person
        if inviter is not None and asked_in is not None:
            before = await invitation_store.asked_in(tx, inviter, asked_in, role, name, now)
            if before is not None:
                await invitation_store.give_new_code(tx, before.id, hash_of(code))
                return replace(before, code=code)
        id_ = await invitation_store.add_invitation(
            tx,
            code_hash=hash_of(code),
            role=role,
            name=name,
            ends_on=ends_on,
            inviter=inviter,
            now=now,
            until=now + INVITED_FOR,
            asked_in=asked_in,
        )
        await audit.record(
            tx,
            actor=inviter,
            role=audit.COMMAND_LINE if by is None else Role.COORDINATOR,
            action="staff.invited",
            object=f"staff_invitations:{id_}",
            now=now,
        )
        return Invitation(id_, role, name, ends_on, inviter, Stage.OPEN, code=code)

    @staticmethod
    async def _check_first_stays(tx: Transaction, role: Role, ends_on: date | None) -> None:
        """Raises: FirstStays."""
        ends = role is Role.COORDINATOR and ends_on is not None
        if ends and not await store.locked_permanent(tx):
            raise FirstStays

    async def _redeemed(
        self,
        tx: Transaction,
        person: PersonId,
        found: tuple[Invitation, datetime] | None,
        called: str,
        now: datetime,
    ) -> Redeemed | None:
        """None: this code does nothing for *person*."""
        if found is None:
            return None
        invited, until = found
        if invited.redeemer == person and invited.stage in (
            Stage.REDEEMED,
            Stage.CONFIRMED,
            Stage.ACCEPTED,
        ):
            return Redeemed(invited.stage, invited.role, invited.name)
        if invited.stage is not Stage.OPEN or until <= now:
            return None
        if not await invitation_store.claim(tx, invited.id, person, now + ANSWER_WITHIN):
            return None
        bound = replace(invited, stage=Stage.REDEEMED, redeemer=person)
        await self._note_by_anybody(tx, person, "staff.redeemed", bound.id)
        if bound.inviter is None or bound.inviter == person:
            stage = await self._vouched_for(tx, bound, person, now)
            return Redeemed(stage, bound.role, bound.name)
        await self._ask(
            tx,
            bound,
            bound.inviter,
            Promise(
                key=f"staff.is_this:{bound.id}",
                person=bound.inviter,
                text_key="staff.is_this",
                parameters={
                    "called": readable(called) or "…",
                    "name": bound.name,
                    "role": said(bound.role),
                },
            ),
        )
        return Redeemed(bound.stage, bound.role, bound.name)

    async def _may_answer(self, tx: Transaction, invited: Invitation, by: PersonId) -> bool:
        if invited.redeemer is None:
            return False
        if invited.stage is Stage.REDEEMED:
            return invited.inviter == by
        return invited.stage is Stage.CONFIRMED and by in await self._seconds(
            tx, invited, invited.redeemer
        )

    async def _seconds(
        self, tx: Reader, invited: Invitation, redeemer: PersonId
    ) -> frozenset[PersonId]:
        coordinators = await store.holders(tx, Role.COORDINATOR, self._today())
        return seconds(invited.role, coordinators, invited.inviter, redeemer)

    async def _vouched_for(
        self, tx: Transaction, invited: Invitation, redeemer: PersonId, now: datetime
    ) -> Stage:
        """The inviter says it is the right person: it is settled, or a second one is asked."""
        others = await self._seconds(tx, invited, redeemer)
        if not others:
            return await self._accepted(tx, invited, redeemer, now)
        await invitation_store.advance(
            tx, invited.id, invited.stage, Stage.CONFIRMED, now + ANSWER_WITHIN
        )
        for other in sorted(others):
            await self._ask(
                tx,
                invited,
                other,
                Promise(
                    key=f"staff.agree:{invited.id}:{other}",
                    person=other,
                    text_key="staff.agree",
                    parameters={"name": invited.name, "role": said(invited.role)},
                ),
            )
        return Stage.CONFIRMED

    async def _ask(
        self, tx: Transaction, invited: Invitation, whom: PersonId, promise: Promise
    ) -> None:
        buttons = (
            PromisedButton("staff.yes", f"staff.confirm:{invited.id}"),
            PromisedButton("staff.no", f"staff.decline:{invited.id}"),
        )
        await outbox.promise(tx, replace(promise, buttons=(buttons,)), now=self.now())

    async def _declined(self, tx: Transaction, invited: Invitation, now: datetime) -> Stage:
        assert invited.redeemer is not None
        await invitation_store.advance(tx, invited.id, invited.stage, Stage.DECLINED, now)
        await self._tell(tx, f"staff.declined:{invited.id}", invited.redeemer, "staff.declined")
        return Stage.DECLINED

    async def _accepted(
        self, tx: Transaction, invited: Invitation, redeemer: PersonId, now: datetime
    ) -> Stage:
        """The role is theirs from now on; an invitation never shortens what they have."""
        today = today_of(now)
        await invitation_store.advance(tx, invited.id, invited.stage, Stage.ACCEPTED, now)
        await store.add_colleague(tx, redeemer, invited.name, now)
        has = [
            each for each in await store.open_terms(tx, redeemer) if each[1].role == invited.role
        ]
        for row, term in has:
            if not term.is_in_force(today):
                await store.end(tx, row, now)
            elif term.ends_on is not None and (
                invited.ends_on is None or invited.ends_on > term.ends_on
            ):
                await store.move_end(tx, row, invited.ends_on)
        if not any(term.is_in_force(today) for _, term in has):
            await store.add_role(tx, redeemer, invited.role, today, invited.ends_on)
        await audit.record(
            tx,
            actor=invited.inviter,
            role=audit.COMMAND_LINE if invited.inviter is None else Role.COORDINATOR,
            action="staff.role_given",
            about=redeemer,
            object=f"role:{invited.role}",
            now=now,
        )
        role = said(invited.role)
        if invited.inviter not in (None, redeemer) or invited.stage is Stage.CONFIRMED:
            key = f"staff.welcome:{invited.id}"
            await self._tell(tx, key, redeemer, "staff.welcome", button=TO_MENU, role=role)
        if invited.role in GUARDED:
            for other in await store.holders(tx, Role.COORDINATOR, today):
                if other not in (invited.inviter, redeemer):
                    key = f"staff.announced:{invited.id}:{other}"
                    await self._tell(
                        tx,
                        key,
                        other,
                        "staff.announced",
                        button=TO_MENU,
                        role=role,
                        name=invited.name,
                    )
        return Stage.ACCEPTED
