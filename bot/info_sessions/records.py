"""The statements for colleagues: who comes, who leads, who was let in first, who is there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    Integer,
    String,
    bindparam,
    case,
    delete,
    func,
    null,
    select,
    update,
)

from bot.info_sessions.model import (
    Ending,
    InfoSessionId,
    QuestionId,
    SignUp,
    SignUpId,
    State,
    Status,
    Track,
)
from bot.info_sessions.store import (
    SESSION_FIELDS,
    SIGN_UPS_WITH_SESSION,
    info_session_of,
    sign_up_of,
)
from bot.info_sessions.tables import (
    check_ins,
    head_starts,
    info_session_answers,
    info_session_counts,
    info_session_leads,
    info_session_pools,
    info_session_questions,
    info_sessions,
    interests,
    is_open,
    sign_ups,
    tour_groups,
)
from bot.info_sessions.views import Asked, Fill, Participant, TourGroup
from bot.people.model import PersonId
from bot.storage.columns import Moment, upsert
from bot.storage.database import Reader, Transaction, prepared

FEEDBACK_GIVEN = 9
"""Where `sign_ups.reminded` ends: after every reminder."""

_this = bindparam("info_session", type_=Integer)
_OPEN_IN = prepared(
    SIGN_UPS_WITH_SESSION.where(sign_ups.c.info_session_id == _this, is_open).order_by(
        sign_ups.c.id
    )
)
_PARTICIPANTS = prepared(
    select(
        sign_ups.c.id,
        sign_ups.c.person_id,
        sign_ups.c.name,
        sign_ups.c.language,
        sign_ups.c.status,
        sign_ups.c.party,
        sign_ups.c.place,
        sign_ups.c.offer_until,
        sign_ups.c.coming,
        tour_groups.c.number.label("group_number"),
        check_ins.c.at.label("checked_in_at"),
        check_ins.c.by_id.label("checked_in_by"),
    )
    .outerjoin(tour_groups, tour_groups.c.id == sign_ups.c.group_id)
    .outerjoin(check_ins, check_ins.c.sign_up_id == sign_ups.c.id)
    .where(sign_ups.c.info_session_id == _this, is_open)
    .order_by(
        case(
            (sign_ups.c.status == Status.CONFIRMED.value, 0),
            (sign_ups.c.status == Status.OFFERED.value, 1),
            else_=2,
        ),
        sign_ups.c.place,
        func.lower(func.coalesce(sign_ups.c.name, "")),
        sign_ups.c.id,
    )
)
_BY_CODE = prepared(SIGN_UPS_WITH_SESSION.where(sign_ups.c.code == bindparam("code", type_=String)))
_CHECKED_IN = prepared(
    select(check_ins.c.at, check_ins.c.by_id).where(
        check_ins.c.sign_up_id == bindparam("sign_up", type_=Integer)
    )
)
_CHECK_IN = prepared(
    upsert(check_ins)
    .values(sign_up_id=bindparam("sign_up"), at=bindparam("now"), by_id=bindparam("by"))
    .on_conflict_do_nothing(index_elements=["sign_up_id"])
)
_UNDO = prepared(
    delete(check_ins).where(check_ins.c.sign_up_id == bindparam("sign_up", type_=Integer))
)
_ADD_LEAD = prepared(
    upsert(info_session_leads)
    .values(info_session_id=_this, person_id=bindparam("person"))
    .on_conflict_do_nothing(index_elements=["info_session_id", "person_id"])
)
_NO_LEADS = prepared(
    delete(info_session_leads).where(info_session_leads.c.info_session_id == _this)
)
_UNLEAD = prepared(
    delete(info_session_leads).where(
        info_session_leads.c.person_id == bindparam("person", type_=Integer)
    )
)
_UNGUIDE = prepared(
    update(tour_groups)
    .where(tour_groups.c.guide_id == bindparam("person", type_=Integer))
    .values(guide_id=null())
)
_MEMBERS = prepared(
    select(interests.c.person_id)
    .where(
        interests.c.language == bindparam("language", type_=String),
        interests.c.track.in_(bindparam("tracks", expanding=True)),
    )
    .group_by(interests.c.person_id)
    .order_by(func.min(interests.c.id))
)
_INTEREST = prepared(
    select(interests.c.track, interests.c.language, func.count().label("people"))
    .group_by(interests.c.track, interests.c.language)
    .order_by(func.count().desc(), interests.c.track, interests.c.language)
)
_LET_IN = prepared(
    upsert(head_starts)
    .values(info_session_id=_this, person_id=bindparam("person"), from_at=bindparam("at"))
    .on_conflict_do_nothing(index_elements=["info_session_id", "person_id"])
)
_CLAMP = prepared(
    update(sign_ups)
    .where(
        sign_ups.c.info_session_id == _this,
        sign_ups.c.offer_until > bindparam("latest", type_=Moment),
    )
    .values(offer_until=bindparam("latest", type_=Moment))
)
_CLOSE_NOW = prepared(
    update(info_sessions)
    .where(info_sessions.c.id == _this)
    .values(
        closes_at=bindparam("now", type_=Moment),
        opens_at=case(
            (
                info_sessions.c.opens_at > bindparam("now", type_=Moment),
                bindparam("now", type_=Moment),
            ),
            else_=info_sessions.c.opens_at,
        ),
    )
)
_ASK_AGAIN = prepared(
    update(sign_ups)
    .where(sign_ups.c.info_session_id == _this, is_open)
    .values(coming=null(), reminded=bindparam("stage", type_=Integer))
)
_END_ALL = prepared(
    update(sign_ups)
    .where(sign_ups.c.info_session_id == _this, is_open)
    .values(
        status=Status.ENDED.value,
        pool_id=null(),
        offer_until=null(),
        replaces_id=null(),
        ended_at=bindparam("now", type_=Moment),
        ended_how=Ending.CANCELLED.value,
    )
)
_EMPTY_POOLS = prepared(
    update(info_session_pools).where(info_session_pools.c.info_session_id == _this).values(taken=0)
)
_CANCEL = prepared(
    update(info_sessions)
    .where(info_sessions.c.id == _this)
    .values(
        state=State.CANCELLED.value,
        waiting=0,
        sequence=info_sessions.c.sequence + bindparam("one_more", type_=Integer),
    )
)
_pools = (
    select(
        info_session_pools.c.info_session_id,
        func.sum(info_session_pools.c.seats).label("seats"),
        func.sum(info_session_pools.c.taken).label("taken"),
    )
    .group_by(info_session_pools.c.info_session_id)
    .subquery("pool_totals")
)
_offers = (
    select(sign_ups.c.info_session_id, func.count().label("offers"))
    .where(sign_ups.c.offer_until.is_not(None))
    .group_by(sign_ups.c.info_session_id)
    .subquery("offer_totals")
)
_OVERVIEW = prepared(
    select(
        *SESSION_FIELDS,
        _pools.c.seats,
        _pools.c.taken,
        func.coalesce(_offers.c.offers, 0).label("offers"),
    )
    .join(_pools, _pools.c.info_session_id == info_sessions.c.id)
    .outerjoin(_offers, _offers.c.info_session_id == info_sessions.c.id)
    .where(info_sessions.c.ends_at > bindparam("since", type_=Moment))
    .order_by(info_sessions.c.starts_at, info_sessions.c.id)
)
_COUNTED = upsert(info_session_counts)
_COUNT_ONE = prepared(
    _COUNTED.values(
        info_session_id=_this,
        what=bindparam("what"),
        track=bindparam("track"),
        language="",
        source="",
        people=1,
    ).on_conflict_do_update(
        index_elements=["info_session_id", "what", "track", "language", "source"],
        set_={"people": info_session_counts.c.people + _COUNTED.excluded.people},
    )
)
_GAVE_FEEDBACK = prepared(
    update(sign_ups)
    .where(
        sign_ups.c.info_session_id == _this,
        sign_ups.c.person_id == bindparam("person", type_=Integer),
        sign_ups.c.status == Status.CONFIRMED.value,
        sign_ups.c.reminded < FEEDBACK_GIVEN,
    )
    .values(reminded=FEEDBACK_GIVEN)
)
_COUNTS = prepared(
    select(info_session_counts)
    .where(info_session_counts.c.info_session_id == _this)
    .order_by(*info_session_counts.primary_key.columns)
)

_GROUP_OF = prepared(
    select(tour_groups.c.number, tour_groups.c.meeting_point, tour_groups.c.guide_id)
    .join(sign_ups, sign_ups.c.group_id == tour_groups.c.id)
    .where(sign_ups.c.id == bindparam("sign_up", type_=Integer))
)
_QUESTIONS = prepared(
    select(info_session_questions)
    .where(info_session_questions.c.info_session_id == _this)
    .order_by(info_session_questions.c.id)
)
_answer = upsert(info_session_answers)
_ANSWER = prepared(
    _answer.values(
        sign_up_id=bindparam("sign_up"),
        question_id=bindparam("question"),
        person_id=bindparam("person"),
        text=bindparam("text"),
        delete_on=bindparam("delete_on"),
    ).on_conflict_do_update(
        index_elements=["sign_up_id", "question_id"], set_={"text": _answer.excluded.text}
    )
)
_ANSWERS = prepared(
    select(
        info_session_answers.c.sign_up_id,
        info_session_answers.c.question_id,
        info_session_answers.c.text,
    )
    .join(sign_ups, sign_ups.c.id == info_session_answers.c.sign_up_id)
    .where(sign_ups.c.info_session_id == _this, is_open)
    .order_by(info_session_answers.c.sign_up_id, info_session_answers.c.question_id)
)

_ANSWERS_OF = prepared(
    select(info_session_answers.c.question_id, info_session_answers.c.text).where(
        info_session_answers.c.sign_up_id == bindparam("sign_up", type_=Integer)
    )
)


async def open_in(reader: Reader, id_: InfoSessionId) -> list[SignUp]:
    return [sign_up_of(row) for row in await reader.all(_OPEN_IN, info_session=id_)]


async def participants(reader: Reader, id_: InfoSessionId) -> list[Participant]:
    """Who has seats, who is offered one, who waits; within each by name."""
    found = []
    for row in await reader.all(_PARTICIPANTS, info_session=id_):
        cells = list(row)
        cells[4] = Status(cells[4])
        cells[8] = None if cells[8] is None else bool(cells[8])
        found.append(Participant(*cells))
    return found


async def by_code(reader: Reader, code: str) -> SignUp | None:
    row = await reader.first(_BY_CODE, code=code)
    return None if row is None else sign_up_of(row)


async def checked_in(reader: Reader, id_: SignUpId) -> tuple[datetime, PersonId | None] | None:
    row = await reader.first(_CHECKED_IN, sign_up=id_)
    return None if row is None else (row[0], row[1])


async def check_in(tx: Transaction, id_: SignUpId, by: PersonId, now: datetime) -> bool:
    """False when they were checked in before."""
    return await tx.run(_CHECK_IN, sign_up=id_, by=by, now=now) == 1


async def undo_check_in(tx: Transaction, id_: SignUpId) -> bool:
    return await tx.run(_UNDO, sign_up=id_) == 1


async def set_leads(tx: Transaction, id_: InfoSessionId, leads: Sequence[PersonId]) -> None:
    await tx.run(_NO_LEADS, info_session=id_)
    for person in leads:
        await tx.run(_ADD_LEAD, info_session=id_, person=person)


async def leave_all(tx: Transaction, person: PersonId) -> None:
    """A colleague is none any more: they lead and guide nothing."""
    await tx.run(_UNLEAD, person=person)
    await tx.run(_UNGUIDE, person=person)


async def members(reader: Reader, track: Track, language: str) -> list[PersonId]:
    """The interest list for an info session like this, those first who joined first."""
    tracks = list(Track) if track is Track.BOTH else [track, Track.BOTH]
    rows = await reader.all(_MEMBERS, language=language, tracks=[each.value for each in tracks])
    return [PersonId(row[0]) for row in rows]


async def interest(reader: Reader) -> list[tuple[Track, str, int]]:
    """How many are on the interest list, by track and language."""
    return [(Track(row[0]), row[1], row[2]) for row in await reader.all(_INTEREST)]


async def let_in(tx: Transaction, id_: InfoSessionId, person: PersonId, at: datetime) -> None:
    await tx.run(_LET_IN, info_session=id_, person=person, at=at)


async def no_offer_after(tx: Transaction, id_: InfoSessionId, latest: datetime) -> None:
    await tx.run(_CLAMP, info_session=id_, latest=latest)


async def close_now(tx: Transaction, id_: InfoSessionId, now: datetime) -> None:
    await tx.run(_CLOSE_NOW, info_session=id_, now=now)


async def ask_again(tx: Transaction, id_: InfoSessionId, stage: int) -> None:
    """Nobody has said yet whether they come to what it is now."""
    await tx.run(_ASK_AGAIN, info_session=id_, stage=stage)


async def cancel(tx: Transaction, id_: InfoSessionId, now: datetime) -> None:
    """End it and every sign-up."""
    await tx.run(_END_ALL, info_session=id_, now=now)
    await tx.run(_EMPTY_POOLS, info_session=id_)
    await tx.run(_CANCEL, info_session=id_, one_more=1)


async def overview(reader: Reader, since: datetime) -> list[Fill]:
    return [
        Fill(info_session_of(row[:-3]), int(row[-3]), int(row[-2]), int(row[-1]))
        for row in await reader.all(_OVERVIEW, since=since)
    ]


async def gave_feedback(tx: Transaction, id_: InfoSessionId, person: PersonId) -> bool:
    """Note that they did, not what; False when they did before, or were not expected there."""
    return await tx.run(_GAVE_FEEDBACK, info_session=id_, person=person) == 1


async def count_one(tx: Transaction, id_: InfoSessionId, what: str, track: Track) -> None:
    await tx.run(_COUNT_ONE, info_session=id_, what=what, track=track.value)


async def counts(reader: Reader, id_: InfoSessionId) -> dict[tuple[str, str, str, str], int]:
    """What is left when the names are gone: people by (what, track, language, source)."""
    return {
        (row.what, row.track, row.language, row.source): row.people
        for row in await reader.all(_COUNTS, info_session=id_)
    }


async def group_of(reader: Reader, id_: SignUpId) -> TourGroup | None:
    row = await reader.first(_GROUP_OF, sign_up=id_)
    return None if row is None else TourGroup(*row)


async def questions(reader: Reader, id_: InfoSessionId) -> list[Asked]:
    return [
        Asked(QuestionId(row.id), row.text, row.purpose, row.delete_on, tuple(row.choices or ()))
        for row in await reader.all(_QUESTIONS, info_session=id_)
    ]


async def answer(
    tx: Transaction, id_: SignUpId, person: PersonId | None, asked: Asked, text: str
) -> None:
    """Keep it until the day the question names; a second answer replaces the first."""
    await tx.run(
        _ANSWER,
        sign_up=id_,
        question=asked.id,
        person=person,
        text=text,
        delete_on=asked.delete_on,
    )


async def answers(reader: Reader, id_: InfoSessionId) -> dict[SignUpId, dict[QuestionId, str]]:
    found: dict[SignUpId, dict[QuestionId, str]] = {}
    for row in await reader.all(_ANSWERS, info_session=id_):
        found.setdefault(SignUpId(row[0]), {})[QuestionId(row[1])] = row[2]
    return found


async def answers_of(reader: Reader, id_: SignUpId) -> dict[QuestionId, str]:
    """What one sign-up answered so far."""
    rows = await reader.all(_ANSWERS_OF, sign_up=id_)
    return {QuestionId(row[0]): row[1] for row in rows}
