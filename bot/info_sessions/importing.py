"""Planning from a file, at the command line: drafts, published or not, each once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot import audit
from bot.config.problems import Problem, WrongConfiguration
from bot.info_sessions import paper_records, plans, records, store
from bot.info_sessions.door_views import HOSTS
from bot.info_sessions.model import InfoSessionId, State
from bot.info_sessions.plan import Plan
from bot.info_sessions.plan_files import Wanted
from bot.info_sessions.planning import Planning
from bot.info_sessions.views import Fill
from bot.staff.access import today_of
from bot.staff.model import Colleague
from bot.staff.store import colleagues
from bot.storage.database import Reader, Transaction


class Fate(StrEnum):
    """What becomes, or would become, of an info session of the file."""

    MADE = "made"
    PUBLISHED = "published"
    """It was a draft from this file."""
    KEPT = "kept"
    """It is there already, whatever became of it since."""


@dataclass(frozen=True, slots=True)
class Outcome:
    name: str
    fate: Fate
    plan: Plan
    """With the guides."""
    leads: tuple[Colleague, ...]
    id: InfoSessionId | None = None
    state: State | None = None
    starts_at: datetime | None = None
    """When it begins, if it was there before: it may have been moved, or be another one."""


class Importing(Planning):
    """Whoever sits at the server does this; it stands in the trail as the command line."""

    async def proposed(self, wanted: Sequence[Wanted]) -> list[Outcome]:
        """What `bring_in` would do; nothing is changed.

        Raises:
            WrongConfiguration: a lead or guide is no colleague who may.
        """
        async with self.database.reading() as reader:
            return await self._looked(reader, wanted, publish=False)

    async def bring_in(
        self, wanted: Sequence[Wanted], *, publish: bool = False
    ) -> tuple[list[Outcome], int]:
        """Make drafts of what is not there yet, all or none; the same names again change nothing.

        With *publish* candidates see them from now on, and also those drafts that an earlier
        import made. Also returns how many members of the interest list are told, each once.

        Raises:
            WrongConfiguration: a lead or guide is no colleague who may.
            BadPlan: meanwhile something in it cannot be any more.
        """
        async with self.database.transaction() as tx:
            outcomes = []
            for each in await self._looked(tx, wanted, publish=publish):
                outcomes.append(await self._made(tx, each) if each.fate is Fate.MADE else each)
            told = 0
            if publish:
                drafts = [each.id for each in outcomes if each.fate is not Fate.KEPT]
                locked = [await store.lock(tx, id_) for id_ in sorted(filter(None, drafts))]
                published, told = await self._publish(tx, locked, self.now())
                for info_session in published:
                    await self._record(tx, "info_sessions.published", info_session.id)
        return outcomes, told

    async def listed(self) -> list[tuple[Fill, str | None]]:
        """Those of the last month and to come, with their names in files."""
        async with self.database.transaction() as tx:
            names = {id_: name for name, id_ in (await paper_records.imported(tx)).items()}
            found = await records.overview(tx, self.now() - timedelta(days=30))
        return [(each, names.get(each.info_session.id)) for each in found]

    async def _looked(
        self, reader: Reader, wanted: Sequence[Wanted], *, publish: bool
    ) -> list[Outcome]:
        everybody = await colleagues(reader, today_of(self.now()))
        known = await paper_records.imported(reader)
        problems: list[Problem] = []
        outcomes = []
        for each in wanted:
            leads = tuple(
                _colleague(each, name, everybody, problems, "leads", number)
                for number, name in enumerate(each.leads)
            )
            guides = tuple(
                name and _colleague(each, name, everybody, problems, "groups", number, "guide")
                for number, name in enumerate(each.guides)
            )
            groups = tuple(
                replace(group, guide=guide.person if isinstance(guide, Colleague) else None)
                for group, guide in zip(each.plan.groups, guides, strict=True)
            )
            plan = replace(each.plan, groups=groups)
            who = tuple(lead for lead in leads if lead is not None)
            id_ = known.get(each.name)
            if id_ is None:
                outcomes.append(Outcome(each.name, Fate.MADE, plan, who))
                continue
            there = await store.get(reader, id_)
            state = there.state
            fate = Fate.PUBLISHED if publish and state is State.DRAFT else Fate.KEPT
            outcomes.append(Outcome(each.name, fate, plan, who, id_, state, there.starts_at))
        if problems:
            raise WrongConfiguration(sorted(problems))
        return outcomes

    async def _made(self, tx: Transaction, outcome: Outcome) -> Outcome:
        id_ = await plans.add(tx, outcome.plan, self.now())
        await paper_records.call_it(tx, id_, outcome.name)
        await records.set_leads(tx, id_, [lead.person for lead in outcome.leads])
        await self._record(tx, "info_sessions.imported", id_)
        return replace(outcome, id=id_, state=State.DRAFT)

    async def _record(self, tx: Transaction, action: str, id_: InfoSessionId) -> None:
        await audit.record(
            tx,
            actor=None,
            role=audit.COMMAND_LINE,
            action=action,
            object=f"info_sessions:{id_}",
            now=self.now(),
        )


def _colleague(
    wanted: Wanted,
    name: str,
    everybody: list[Colleague],
    problems: list[Problem],
    *steps: str | int,
) -> Colleague | None:
    """Who is meant by a name, or by a number of `contactpunt staff list`."""
    found = [
        each
        for each in everybody
        if each.display_name.casefold() == name.casefold() or str(each.person) == name
    ]
    if len(found) == 1 and found[0].has(*HOSTS):
        return found[0]
    why = {
        0: "no colleague is called so; `contactpunt staff list` has names and numbers",
        1: "has no role in which one receives candidates",
    }.get(len(found), "several colleagues are called so: write the number of the right one")
    problems.append(wanted.problem(f"{name}: {why}", *steps))
    return None
