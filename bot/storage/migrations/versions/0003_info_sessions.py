"""Info sessions: seats, sign-ups, the waiting list, the interest list, the day itself."""

import sqlalchemy as sa
from alembic import op

from bot.storage import columns

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "info_sessions",
        sa.Column("id", columns.RowId, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("track", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("starts_at", columns.Moment(), nullable=False),
        sa.Column("ends_at", columns.Moment(), nullable=False),
        sa.Column("opens_at", columns.Moment(), nullable=False),
        sa.Column("closes_at", columns.Moment(), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("room", sa.String(length=80), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("series", sa.String(length=40), nullable=True),
        sa.Column("party_max", sa.Integer(), nullable=False),
        sa.Column("waiting_list", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("must_confirm", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("seats_shown", sa.String(length=8), nullable=False),
        sa.Column("head_start_hours", sa.Integer(), nullable=False),
        sa.Column("kept_days", sa.Integer(), nullable=False),
        sa.Column("bring", sa.Text(), nullable=True),
        sa.Column("accessibility", sa.Text(), nullable=True),
        sa.Column("house_rules", sa.Text(), nullable=True),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_place", sa.Integer(), server_default="0", nullable=False),
        sa.Column("waiting", sa.Integer(), server_default="0", nullable=False),
        sa.Column("freed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.Column("published_at", columns.Moment(), nullable=True),
        sa.Column("thanked_at", columns.Moment(), nullable=True),
        sa.CheckConstraint(
            "seats_shown IN ('exact', 'vague', 'hidden')",
            name=op.f("ck_info_sessions_seats_shown_known"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'closed', 'held', 'anonymised', 'cancelled')",
            name=op.f("ck_info_sessions_state_known"),
        ),
        sa.CheckConstraint(
            "track IN ('uniform', 'civilian', 'both')", name=op.f("ck_info_sessions_track_known")
        ),
        sa.CheckConstraint(
            "closes_at <= starts_at", name=op.f("ck_info_sessions_closes_before_start")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_info_sessions_ends_after_start")),
        sa.CheckConstraint(
            "head_start_hours BETWEEN 0 AND 336", name=op.f("ck_info_sessions_head_start_sensible")
        ),
        sa.CheckConstraint(
            "kept_days BETWEEN 1 AND 30", name=op.f("ck_info_sessions_kept_not_too_long")
        ),
        sa.CheckConstraint(
            "opens_at <= closes_at", name=op.f("ck_info_sessions_opens_before_close")
        ),
        sa.CheckConstraint(
            "party_max BETWEEN 1 AND 30", name=op.f("ck_info_sessions_party_max_sensible")
        ),
        sa.CheckConstraint("waiting >= 0", name=op.f("ck_info_sessions_waiting_counted")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_info_sessions")),
        sa.UniqueConstraint("uid", name=op.f("uq_info_sessions_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_info_sessions_starts_at"), "info_sessions", ["starts_at"], unique=False
    )
    op.create_table(
        "head_starts",
        sa.Column("info_session_id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("person_id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("from_at", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["info_session_id"],
            ["info_sessions.id"],
            name=op.f("fk_head_starts_info_session_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_head_starts_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("info_session_id", "person_id", name=op.f("pk_head_starts")),
    )
    op.create_index(op.f("ix_head_starts_person_id"), "head_starts", ["person_id"], unique=False)
    op.create_table(
        "info_session_counts",
        sa.Column("info_session_id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("what", sa.String(length=24), nullable=False),
        sa.Column("track", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["info_session_id"],
            ["info_sessions.id"],
            name=op.f("fk_info_session_counts_info_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "info_session_id",
            "what",
            "track",
            "language",
            "source",
            name=op.f("pk_info_session_counts"),
        ),
    )
    op.create_table(
        "info_session_leads",
        sa.Column("info_session_id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("person_id", columns.RowId, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["info_session_id"],
            ["info_sessions.id"],
            name=op.f("fk_info_session_leads_info_session_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_info_session_leads_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("info_session_id", "person_id", name=op.f("pk_info_session_leads")),
    )
    op.create_index(
        op.f("ix_info_session_leads_person_id"), "info_session_leads", ["person_id"], unique=False
    )
    op.create_table(
        "info_session_parts",
        sa.Column("info_session_id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_info_session_parts_takes_time")),
        sa.ForeignKeyConstraint(
            ["info_session_id"],
            ["info_sessions.id"],
            name=op.f("fk_info_session_parts_info_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("info_session_id", "number", name=op.f("pk_info_session_parts")),
    )
    op.create_table(
        "info_session_pools",
        sa.Column("id", columns.RowId, nullable=False),
        sa.Column("info_session_id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), server_default="0", nullable=False),
        sa.Column("release_at", columns.Moment(), nullable=True),
        sa.Column("released_at", columns.Moment(), nullable=True),
        sa.CheckConstraint(
            "kind <> 'general' OR release_at IS NULL",
            name=op.f("ck_info_session_pools_general_stays"),
        ),
        sa.CheckConstraint(
            "kind IN ('general', 'uniform', 'civilian', 'school')",
            name=op.f("ck_info_session_pools_kind_known"),
        ),
        sa.CheckConstraint(
            "taken >= 0 AND taken <= seats", name=op.f("ck_info_session_pools_not_oversold")
        ),
        sa.ForeignKeyConstraint(
            ["info_session_id"],
            ["info_sessions.id"],
            name=op.f("fk_info_session_pools_info_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_info_session_pools")),
        sa.UniqueConstraint(
            "info_session_id", "kind", name=op.f("uq_info_session_pools_info_session_id_kind")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "info_session_questions",
        sa.Column("id", columns.RowId, nullable=False),
        sa.Column("info_session_id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("delete_on", sa.Date(), nullable=False),
        sa.Column("choices", columns.JsonText(), nullable=True),
        sa.CheckConstraint(
            "length(trim(purpose)) > 0", name=op.f("ck_info_session_questions_has_a_purpose")
        ),
        sa.ForeignKeyConstraint(
            ["info_session_id"],
            ["info_sessions.id"],
            name=op.f("fk_info_session_questions_info_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_info_session_questions")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_info_session_questions_info_session_id"),
        "info_session_questions",
        ["info_session_id"],
        unique=False,
    )
    op.create_table(
        "interests",
        sa.Column("id", columns.RowId, nullable=False),
        sa.Column("person_id", columns.RowId, nullable=False),
        sa.Column("track", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("since", columns.Moment(), nullable=False),
        sa.Column("confirmed_at", columns.Moment(), nullable=False),
        sa.Column("asked_at", columns.Moment(), nullable=True),
        sa.CheckConstraint(
            "track IN ('uniform', 'civilian', 'both')", name=op.f("ck_interests_track_known")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_interests_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interests")),
        sa.UniqueConstraint(
            "person_id", "track", "language", name=op.f("uq_interests_person_id_track_language")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_interests_who", "interests", ["track", "language", "id"], unique=False)
    op.create_table(
        "tour_groups",
        sa.Column("id", columns.RowId, nullable=False),
        sa.Column("info_session_id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("meeting_point", sa.String(length=120), nullable=False),
        sa.Column("guide_id", columns.RowId, nullable=True),
        sa.CheckConstraint("size > 0", name=op.f("ck_tour_groups_has_room")),
        sa.ForeignKeyConstraint(["guide_id"], ["people.id"], name=op.f("fk_tour_groups_guide_id")),
        sa.ForeignKeyConstraint(
            ["info_session_id"],
            ["info_sessions.id"],
            name=op.f("fk_tour_groups_info_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tour_groups")),
        sa.UniqueConstraint(
            "info_session_id", "number", name=op.f("uq_tour_groups_info_session_id_number")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_tour_groups_guide_id"), "tour_groups", ["guide_id"], unique=False)
    op.create_table(
        "tour_stops",
        sa.Column("info_session_id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_tour_stops_takes_time")),
        sa.ForeignKeyConstraint(
            ["info_session_id"],
            ["info_sessions.id"],
            name=op.f("fk_tour_stops_info_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("info_session_id", "number", name=op.f("pk_tour_stops")),
    )
    op.create_table(
        "sign_ups",
        sa.Column("id", columns.RowId, nullable=False),
        sa.Column("info_session_id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("person_id", columns.RowId, nullable=True),
        sa.Column("name", sa.String(length=40), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("source", sa.String(length=64), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column("pool_id", columns.RowId, nullable=True),
        sa.Column("wish", sa.String(length=12), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("passed_at_freed", sa.Integer(), nullable=True),
        sa.Column("offer_until", columns.Moment(), nullable=True),
        sa.Column("series", sa.String(length=40), nullable=True),
        sa.Column("replaces_id", columns.RowId, nullable=True),
        sa.Column("group_id", columns.RowId, nullable=True),
        sa.Column("code", sa.String(length=32), nullable=True),
        sa.Column("reminded", sa.Integer(), server_default="0", nullable=False),
        sa.Column("coming", sa.Boolean(), nullable=True),
        sa.Column("signed_up_at", columns.Moment(), nullable=False),
        sa.Column("ended_at", columns.Moment(), nullable=True),
        sa.Column("ended_how", sa.String(length=16), nullable=True),
        sa.CheckConstraint(
            "(status = 'ended') = (ended_at IS NOT NULL)", name=op.f("ck_sign_ups_ended_when")
        ),
        sa.CheckConstraint(
            "(status = 'offered') = (offer_until IS NOT NULL)", name=op.f("ck_sign_ups_offers_end")
        ),
        sa.CheckConstraint(
            "(status IN ('confirmed', 'offered')) = (pool_id IS NOT NULL)",
            name=op.f("ck_sign_ups_seats_have_a_pool"),
        ),
        sa.CheckConstraint(
            "ended_how IS NULL OR ended_how IN ('withdrawn', 'moved', 'refused', 'expired',"
            " 'not_confirmed', 'removed', 'cancelled', 'erased')",
            name=op.f("ck_sign_ups_ended_how_known"),
        ),
        sa.CheckConstraint(
            "status <> 'waiting' OR place IS NOT NULL", name=op.f("ck_sign_ups_waiting_has_a_place")
        ),
        sa.CheckConstraint(
            "status IN ('confirmed', 'offered', 'waiting', 'ended')",
            name=op.f("ck_sign_ups_status_known"),
        ),
        sa.CheckConstraint(
            "wish IN ('general', 'uniform', 'civilian', 'school')",
            name=op.f("ck_sign_ups_wish_known"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_how IS NULL)", name=op.f("ck_sign_ups_ended_why")
        ),
        sa.CheckConstraint("party BETWEEN 1 AND 30", name=op.f("ck_sign_ups_party_sensible")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["tour_groups.id"], name=op.f("fk_sign_ups_group_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["info_session_id"],
            ["info_sessions.id"],
            name=op.f("fk_sign_ups_info_session_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sign_ups_person_id")),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["info_session_pools.id"], name=op.f("fk_sign_ups_pool_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"],
            ["sign_ups.id"],
            name=op.f("fk_sign_ups_replaces_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ups")),
        sa.UniqueConstraint("code", name=op.f("uq_sign_ups_code")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_sign_ups_offers",
        "sign_ups",
        ["offer_until"],
        unique=False,
        sqlite_where=sa.text("offer_until IS NOT NULL"),
        postgresql_where=sa.text("offer_until IS NOT NULL"),
    )
    op.create_index(op.f("ix_sign_ups_person_id"), "sign_ups", ["person_id"], unique=False)
    op.create_index(
        "ix_sign_ups_queue",
        "sign_ups",
        ["info_session_id", "place"],
        unique=False,
        sqlite_where=sa.text("status = 'waiting'"),
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_index(op.f("ix_sign_ups_replaces_id"), "sign_ups", ["replaces_id"], unique=False)
    op.create_index("ix_sign_ups_session", "sign_ups", ["info_session_id", "status"], unique=False)
    op.create_index(
        "uq_sign_ups_open",
        "sign_ups",
        ["person_id", "info_session_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_sign_ups_series",
        "sign_ups",
        ["person_id", "series"],
        unique=True,
        sqlite_where=sa.text("status = 'confirmed' AND series IS NOT NULL"),
        postgresql_where=sa.text("status = 'confirmed' AND series IS NOT NULL"),
    )
    op.create_table(
        "check_ins",
        sa.Column("sign_up_id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.Column("by_id", columns.RowId, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_check_ins_by_id")),
        sa.ForeignKeyConstraint(
            ["sign_up_id"],
            ["sign_ups.id"],
            name=op.f("fk_check_ins_sign_up_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sign_up_id", name=op.f("pk_check_ins")),
    )
    op.create_index(op.f("ix_check_ins_by_id"), "check_ins", ["by_id"], unique=False)
    op.create_table(
        "info_session_answers",
        sa.Column("sign_up_id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("question_id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("person_id", columns.RowId, nullable=True),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("delete_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_info_session_answers_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["info_session_questions.id"],
            name=op.f("fk_info_session_answers_question_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["sign_up_id"],
            ["sign_ups.id"],
            name=op.f("fk_info_session_answers_sign_up_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sign_up_id", "question_id", name=op.f("pk_info_session_answers")),
    )
    op.create_index(
        op.f("ix_info_session_answers_person_id"),
        "info_session_answers",
        ["person_id"],
        unique=False,
    )
