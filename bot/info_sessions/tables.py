"""The tables of the info sessions.

What must never happen is a constraint: no pool sells a seat twice (`taken <= seats`), nobody is
signed up twice, nobody has a seat in two sister sessions, who has seats has a pool and who waits
has a place in the queue. The decisions are in `occupancy`; these are the guard behind them.
"""

from datetime import timedelta

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    and_,
    false,
    true,
)

from bot.info_sessions.model import (
    LARGEST_PARTY,
    LONGEST_KEPT,
    Ending,
    PoolKind,
    SeatsShown,
    State,
    Status,
    Track,
)
from bot.storage.columns import JsonText, Moment, RowId
from bot.storage.inventory import CLEAR, About, impersonal, personal, table

INTEREST_KEPT = timedelta(days=183)
"""Somebody who wants to hear of a next date says so again before this is over, or it ends."""

ASKED_BEFORE = timedelta(days=14)
"""How long before that they are asked."""

_WITH_THE_SESSION = "goes with the info session"
_UNTIL_ANONYMISED = "until the info session is anonymised, 30 days after it at the latest"


def _one_of(column: str, kinds: type, *, optional: bool = False) -> CheckConstraint:
    values = ", ".join(f"'{kind}'" for kind in kinds)  # type: ignore[attr-defined]
    empty = f"{column} IS NULL OR " if optional else ""
    return CheckConstraint(f"{empty}{column} IN ({values})", name=f"{column}_known")


def _of_session(*, primary_key: bool = False, index: bool = False) -> Column[int]:
    return Column(
        "info_session_id",
        RowId,
        ForeignKey("info_sessions.id", ondelete="CASCADE"),
        primary_key=primary_key,
        autoincrement=False,
        nullable=False,
        index=index or None,
        info=impersonal("which info session"),
    )


info_sessions = table(
    "info_sessions",
    Column("id", RowId, primary_key=True, info=impersonal("number of the row")),
    Column("state", String(12), nullable=False, info=impersonal("draft, published, held …")),
    Column("title", String(120), nullable=False, info=impersonal("what it is called")),
    Column("track", String(12), nullable=False, info=impersonal("uniform, civilian or both")),
    Column("language", String(8), nullable=False, info=impersonal("the language spoken there")),
    Column("starts_at", Moment, nullable=False, index=True, info=impersonal("when it starts")),
    Column("ends_at", Moment, nullable=False, info=impersonal("when it ends")),
    Column("opens_at", Moment, nullable=False, info=impersonal("from when all can sign up")),
    Column("closes_at", Moment, nullable=False, info=impersonal("until when one can sign up")),
    Column("place", String(160), nullable=False, info=impersonal("name and address")),
    Column("room", String(80), info=impersonal("which room")),
    Column("latitude", Float, info=impersonal("the pin on the map")),
    Column("longitude", Float, info=impersonal("the pin on the map")),
    Column("series", String(40), info=impersonal("what sister sessions have in common")),
    Column("party_max", Integer, nullable=False, info=impersonal("how many may come together")),
    Column(
        "waiting_list",
        Boolean,
        nullable=False,
        server_default=true(),
        info=impersonal("whether there is one"),
    ),
    Column(
        "must_confirm",
        Boolean,
        nullable=False,
        server_default=false(),
        info=impersonal("whether a seat that is not confirmed goes to who waits"),
    ),
    Column("seats_shown", String(8), nullable=False, info=impersonal("exact, vague or hidden")),
    Column(
        "head_start_hours",
        Integer,
        nullable=False,
        info=impersonal("how long the interest list goes first"),
    ),
    Column("kept_days", Integer, nullable=False, info=impersonal("names go so long after it")),
    Column("bring", Text, info=impersonal("what to bring")),
    Column("accessibility", Text, info=impersonal("for who has trouble walking, seeing, hearing")),
    Column("house_rules", Text, info=impersonal("what goes and what does not in the building")),
    Column("uid", String(32), nullable=False, unique=True, info=impersonal("its calendar entry")),
    Column(
        "sequence",
        Integer,
        nullable=False,
        server_default="0",
        info=impersonal("how often the calendar entry changed"),
    ),
    Column(
        "last_place",
        Integer,
        nullable=False,
        server_default="0",
        info=impersonal("the last number given on the waiting list"),
    ),
    Column(
        "waiting",
        Integer,
        nullable=False,
        server_default="0",
        info=impersonal("sign-ups on the waiting list"),
    ),
    Column(
        "freed",
        Integer,
        nullable=False,
        server_default="0",
        info=impersonal("how often seats came free"),
    ),
    Column("created_at", Moment, nullable=False, info=impersonal("when it was planned")),
    Column("published_at", Moment, info=impersonal("when candidates first saw it")),
    Column("thanked_at", Moment, info=impersonal("when those who came were thanked")),
    Column("lists_for", Moment, info=impersonal("the start for which the lists were sent")),
    Column("called_for", Moment, info=impersonal("the start for which calls were asked")),
    Column("imported_as", String(80), info=impersonal("its name in a file")),
    _one_of("state", State),
    _one_of("track", Track),
    _one_of("seats_shown", SeatsShown),
    CheckConstraint("ends_at > starts_at", name="ends_after_start"),
    CheckConstraint("closes_at <= starts_at", name="closes_before_start"),
    CheckConstraint("opens_at <= closes_at", name="opens_before_close"),
    CheckConstraint(f"party_max BETWEEN 1 AND {LARGEST_PARTY}", name="party_max_sensible"),
    CheckConstraint(f"kept_days BETWEEN 1 AND {LONGEST_KEPT.days}", name="kept_not_too_long"),
    CheckConstraint("head_start_hours BETWEEN 0 AND 336", name="head_start_sensible"),
    CheckConstraint("waiting >= 0", name="waiting_counted"),
    about=About(
        purpose="planning and announcing info sessions",
        kept_because="an announcement; names nobody",
    ),
)
Index("uq_info_sessions_imported_as", info_sessions.c.imported_as, unique=True)

info_session_pools = table(
    "info_session_pools",
    Column("id", RowId, primary_key=True, info=impersonal("number of the row")),
    _of_session(),
    Column("kind", String(12), nullable=False, info=impersonal("for whom the seats are")),
    Column("seats", Integer, nullable=False, info=impersonal("how many there are")),
    Column(
        "taken",
        Integer,
        nullable=False,
        server_default="0",
        info=impersonal("how many are confirmed or offered"),
    ),
    Column("release_at", Moment, info=impersonal("when its seats become general ones")),
    Column("released_at", Moment, info=impersonal("when they did")),
    UniqueConstraint("info_session_id", "kind"),
    _one_of("kind", PoolKind),
    CheckConstraint("taken >= 0 AND taken <= seats", name="not_oversold"),
    CheckConstraint("kind <> 'general' OR release_at IS NULL", name="general_stays"),
    about=About(purpose="never more people than seats", kept_because=_WITH_THE_SESSION),
)

info_session_parts = table(
    "info_session_parts",
    _of_session(primary_key=True),
    Column(
        "number",
        Integer,
        primary_key=True,
        autoincrement=False,
        info=impersonal("its place in the programme"),
    ),
    Column("title", String(120), nullable=False, info=impersonal("what happens")),
    Column("minutes", Integer, nullable=False, info=impersonal("how long it takes")),
    CheckConstraint("minutes > 0", name="takes_time"),
    about=About(purpose="the programme", kept_because=_WITH_THE_SESSION),
)

tour_stops = table(
    "tour_stops",
    _of_session(primary_key=True),
    Column(
        "number",
        Integer,
        primary_key=True,
        autoincrement=False,
        info=impersonal("its place in the tour"),
    ),
    Column("title", String(120), nullable=False, info=impersonal("what is shown")),
    Column("minutes", Integer, nullable=False, info=impersonal("how long a group stays")),
    CheckConstraint("minutes > 0", name="takes_time"),
    about=About(purpose="the guided tour", kept_because=_WITH_THE_SESSION),
)

tour_groups = table(
    "tour_groups",
    Column("id", RowId, primary_key=True, info=impersonal("number of the row")),
    _of_session(),
    Column("number", Integer, nullable=False, info=impersonal("what it is called")),
    Column("size", Integer, nullable=False, info=impersonal("how many people it takes")),
    Column("meeting_point", String(120), nullable=False, info=impersonal("where it gathers")),
    Column(
        "guide_id",
        RowId,
        ForeignKey("people.id"),
        index=True,
        info=personal("the colleague who guides it"),
    ),
    UniqueConstraint("info_session_id", "number"),
    CheckConstraint("size > 0", name="has_room"),
    about=About(
        purpose="everybody knows with whom and where the tour starts",
        person="guide_id",
        kept_because=_WITH_THE_SESSION,
        on_erasure=CLEAR,
    ),
)

info_session_leads = table(
    "info_session_leads",
    _of_session(primary_key=True),
    Column(
        "person_id",
        RowId,
        ForeignKey("people.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
        info=personal("the colleague who receives people there"),
    ),
    about=About(
        purpose="who may check people in", person="person_id", kept_because=_WITH_THE_SESSION
    ),
)

sign_ups = table(
    "sign_ups",
    Column("id", RowId, primary_key=True, info=impersonal("number of the row")),
    _of_session(),
    Column(
        "person_id",
        RowId,
        ForeignKey("people.id"),
        index=True,
        info=personal("who signed up; empty for who a colleague registered by name"),
    ),
    Column("name", String(40), info=personal("the name they gave, for the list at the door")),
    Column("language", String(8), info=personal("in which language they are spoken to")),
    Column("source", String(64), info=personal("which poster or link brought them")),
    Column("status", String(12), nullable=False, info=impersonal("confirmed, waiting …")),
    Column("party", Integer, nullable=False, info=impersonal("how many come together")),
    Column(
        "pool_id",
        RowId,
        ForeignKey("info_session_pools.id"),
        info=impersonal("where the seats are"),
    ),
    Column("wish", String(12), nullable=False, info=impersonal("which sub-pool they may use")),
    Column("place", Integer, info=impersonal("their number on the waiting list")),
    Column("passed_at_freed", Integer, info=impersonal("the count of freed seats they let pass")),
    Column("offer_until", Moment, info=impersonal("until when they can accept")),
    Column("series", String(40), info=impersonal("what sister sessions have in common")),
    Column(
        "replaces_id",
        RowId,
        ForeignKey("sign_ups.id", ondelete="SET NULL"),
        index=True,
        info=impersonal("the sign-up they move from"),
    ),
    Column(
        "group_id",
        RowId,
        ForeignKey("tour_groups.id", ondelete="SET NULL"),
        info=impersonal("their group on the tour"),
    ),
    Column(
        "code",
        String(32),
        unique=True,
        info=personal("what their check-in code holds"),
    ),
    Column(
        "reminded",
        Integer,
        nullable=False,
        server_default="0",
        info=impersonal("how far the reminders are"),
    ),
    Column("coming", Boolean, info=personal("whether they said that they still come")),
    Column("signed_up_at", Moment, nullable=False, info=impersonal("when")),
    Column("ended_at", Moment, info=impersonal("since when it counts no more")),
    Column("ended_how", String(16), info=impersonal("why it counts no more")),
    _one_of("status", Status),
    _one_of("wish", PoolKind),
    _one_of("ended_how", Ending, optional=True),
    CheckConstraint(f"party BETWEEN 1 AND {LARGEST_PARTY}", name="party_sensible"),
    CheckConstraint(
        "(status IN ('confirmed', 'offered')) = (pool_id IS NOT NULL)", name="seats_have_a_pool"
    ),
    CheckConstraint("(status = 'offered') = (offer_until IS NOT NULL)", name="offers_end"),
    CheckConstraint("status <> 'waiting' OR place IS NOT NULL", name="waiting_has_a_place"),
    CheckConstraint("(status = 'ended') = (ended_at IS NOT NULL)", name="ended_when"),
    CheckConstraint("(ended_at IS NULL) = (ended_how IS NULL)", name="ended_why"),
    about=About(
        purpose="who comes to an info session, or waits for a seat",
        person="person_id",
        kept_because=_UNTIL_ANONYMISED,
        on_erasure=CLEAR,
    ),
)
is_open = sign_ups.c.ended_at.is_(None)
is_waiting = sign_ups.c.status == Status.WAITING.value
_is_confirmed_in_series = and_(
    sign_ups.c.status == Status.CONFIRMED.value, sign_ups.c.series.is_not(None)
)
Index(
    "uq_sign_ups_open",
    sign_ups.c.person_id,
    sign_ups.c.info_session_id,
    unique=True,
    sqlite_where=is_open,
    postgresql_where=is_open,
)
Index(
    "uq_sign_ups_series",
    sign_ups.c.person_id,
    sign_ups.c.series,
    unique=True,
    sqlite_where=_is_confirmed_in_series,
    postgresql_where=_is_confirmed_in_series,
)
Index(
    "ix_sign_ups_queue",
    sign_ups.c.info_session_id,
    sign_ups.c.place,
    sqlite_where=is_waiting,
    postgresql_where=is_waiting,
)
Index(
    "ix_sign_ups_offers",
    sign_ups.c.offer_until,
    sqlite_where=sign_ups.c.offer_until.is_not(None),
    postgresql_where=sign_ups.c.offer_until.is_not(None),
)
Index("ix_sign_ups_session", sign_ups.c.info_session_id, sign_ups.c.status)

head_starts = table(
    "head_starts",
    _of_session(primary_key=True),
    Column(
        "person_id",
        RowId,
        ForeignKey("people.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
        info=personal("who may sign up before the others"),
    ),
    Column("from_at", Moment, nullable=False, info=personal("from when")),
    about=About(
        purpose="who was on the interest list goes first",
        person="person_id",
        keep=timedelta(days=30),
        counted_from="from_at",
    ),
)

interests = table(
    "interests",
    Column("id", RowId, primary_key=True, info=impersonal("the order of joining")),
    Column(
        "person_id",
        RowId,
        ForeignKey("people.id", ondelete="CASCADE"),
        nullable=False,
        info=personal("who wants to hear of the next date"),
    ),
    Column("track", String(12), nullable=False, info=personal("for which kind of job")),
    Column("language", String(8), nullable=False, info=personal("in which language")),
    Column("since", Moment, nullable=False, info=personal("when they asked for it")),
    Column(
        "confirmed_at",
        Moment,
        nullable=False,
        info=personal("when they last said that they want it; starts the term"),
    ),
    Column("asked_at", Moment, info=personal("when we asked whether they still want it")),
    UniqueConstraint("person_id", "track", "language"),
    _one_of("track", Track),
    about=About(
        purpose="telling who asked for it when a next info session is planned",
        person="person_id",
        keep=INTEREST_KEPT,
        counted_from="confirmed_at",
    ),
)
Index("ix_interests_who", interests.c.track, interests.c.language, interests.c.id)

info_session_questions = table(
    "info_session_questions",
    Column("id", RowId, primary_key=True, info=impersonal("number of the row")),
    _of_session(index=True),
    Column("text", String(200), nullable=False, info=impersonal("what is asked")),
    Column("purpose", String(200), nullable=False, info=impersonal("why it is asked")),
    Column("delete_on", Date, nullable=False, info=impersonal("the last day the answers are kept")),
    Column("choices", JsonText, info=impersonal("the possible answers; none: free text")),
    CheckConstraint("length(trim(purpose)) > 0", name="has_a_purpose"),
    about=About(
        purpose="what must be known before the day, such as a wheelchair",
        kept_because=_WITH_THE_SESSION,
    ),
)

info_session_answers = table(
    "info_session_answers",
    Column(
        "sign_up_id",
        RowId,
        ForeignKey("sign_ups.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        info=impersonal("of which sign-up"),
    ),
    Column(
        "question_id",
        RowId,
        ForeignKey("info_session_questions.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        info=impersonal("to which question"),
    ),
    Column(
        "person_id",
        RowId,
        ForeignKey("people.id", ondelete="CASCADE"),
        index=True,
        info=personal("who answered"),
    ),
    Column("text", String(300), nullable=False, info=personal("the answer")),
    Column("delete_on", Date, nullable=False, info=impersonal("the last day it is kept")),
    about=About(
        purpose="what the question says",
        person="person_id",
        keep=timedelta(),
        counted_from="delete_on",
    ),
)

info_session_fill = table(
    "info_session_fill",
    _of_session(primary_key=True),
    Column("at", Moment, primary_key=True, info=impersonal("the hour that began then")),
    Column("taken", Integer, nullable=False, info=impersonal("seats confirmed or offered")),
    Column("waiting", Integer, nullable=False, info=impersonal("sign-ups on the waiting list")),
    about=About(
        purpose="seeing how fast info sessions fill, to plan the next", kept_because="counts"
    ),
)

check_ins = table(
    "check_ins",
    Column(
        "sign_up_id",
        RowId,
        ForeignKey("sign_ups.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        info=impersonal("who is there, through the sign-up"),
    ),
    Column("at", Moment, nullable=False, info=impersonal("when")),
    Column(
        "by_id",
        RowId,
        ForeignKey("people.id"),
        index=True,
        info=personal("the colleague who checked them in"),
    ),
    about=About(
        purpose="who is there on the day, and who let them in",
        person="by_id",
        kept_because=_UNTIL_ANONYMISED,
        on_erasure=CLEAR,
    ),
)

info_session_counts = table(
    "info_session_counts",
    _of_session(primary_key=True),
    Column("what", String(24), primary_key=True, info=impersonal("what is counted")),
    Column("track", String(12), primary_key=True, info=impersonal("the kind of job")),
    Column("language", String(8), primary_key=True, info=impersonal("a language")),
    Column("source", String(64), primary_key=True, info=impersonal("a poster or link")),
    Column("people", Integer, nullable=False, info=impersonal("how many people")),
    about=About(
        purpose="how an info session went, when the names are gone",
        kept_because="counts, about nobody",
    ),
)

PERSONAL_UNTIL_ANONYMISED = (info_session_answers, check_ins, sign_ups, head_starts)
"""What goes when an info session is anonymised, those that refer first."""
