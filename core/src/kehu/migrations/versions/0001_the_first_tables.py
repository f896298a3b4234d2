"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "core_calendar",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("subdivision", sa.String(length=10), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_calendar")),
    )
    with op.batch_alter_table("core_calendar", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_calendar_external_id"), ["external_id"], unique=False)

    op.create_table(
        "core_currency_rate",
        sa.Column("base", sa.String(length=3), nullable=False),
        sa.Column("quote", sa.String(length=3), nullable=False),
        sa.Column(
            "rate", sa.Numeric(precision=18, scale=8).with_variant(sa.BigInteger(), "sqlite"), nullable=False
        ),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_currency_rate")),
        sa.UniqueConstraint("base", "quote", "as_of", name=op.f("uq_core_currency_rate_base_quote_as_of")),
    )
    op.create_table(
        "core_event_delivery",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(length=120), nullable=False),
        sa.Column("handler", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("lane", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_event_delivery")),
        sa.UniqueConstraint("event_id", "handler", name=op.f("uq_core_event_delivery_event_id_handler")),
    )
    with op.batch_alter_table("core_event_delivery", schema=None) as batch_op:
        batch_op.create_index(
            "ix_core_event_delivery_due", ["status", "next_attempt_at", "position"], unique=False
        )
        batch_op.create_index(
            "ix_core_event_delivery_in_lane", ["handler", "lane", "status", "position"], unique=False
        )

    op.create_table(
        "core_idempotency_key",
        sa.Column("principal", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("part", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("principal", "key", "part", name=op.f("pk_core_idempotency_key")),
    )
    with op.batch_alter_table("core_idempotency_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_idempotency_key_created_at"), ["created_at"], unique=False)

    op.create_table(
        "core_job_schedule",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("last_tick", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_core_job_schedule")),
    )
    op.create_table(
        "core_job_worker",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beats", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_job_worker")),
    )
    op.create_table(
        "core_offered_grant",
        sa.Column("role", sa.String(length=100), nullable=False),
        sa.Column("permission", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("role", "permission", name=op.f("pk_core_offered_grant")),
    )
    op.create_table(
        "core_outbox_event",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("lane", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("record_id", sa.String(length=120), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("causation_id", sa.Uuid(), nullable=True),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("payload", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("distributed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_core_outbox_event")),
        sa.UniqueConstraint("id", name=op.f("uq_core_outbox_event_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("core_outbox_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_outbox_event_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_outbox_event_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(
            "ix_core_outbox_event_waiting",
            ["position"],
            unique=False,
            sqlite_where=sa.text("distributed_at IS NULL"),
            postgresql_where=sa.text("distributed_at IS NULL"),
        )

    op.create_table(
        "core_plugin_record",
        sa.Column("plugin", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=True),
        sa.Column("distribution", sa.String(length=200), nullable=True),
        sa.Column("tables", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("permissions", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("settings_keys", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("custom_fields", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("migrated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("plugin", name=op.f("pk_core_plugin_record")),
    )
    op.create_table(
        "core_price_list",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=True),
        sa.Column("valid_until_on", sa.Date(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_price_list")),
        sa.UniqueConstraint("name", name=op.f("uq_core_price_list_name")),
    )
    with op.batch_alter_table("core_price_list", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_price_list_external_id"), ["external_id"], unique=False)

    op.create_table(
        "core_product_category",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["core_product_category.id"], name=op.f("fk_core_product_category_parent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_product_category")),
    )
    with op.batch_alter_table("core_product_category", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_product_category_external_id"), ["external_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_core_product_category_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "core_public_holiday",
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("falls_on", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("is_working_day", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_public_holiday")),
        sa.UniqueConstraint("country", "falls_on", name=op.f("uq_core_public_holiday_country_falls_on")),
    )
    op.create_table(
        "core_role",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_role")),
        sa.UniqueConstraint("name", name=op.f("uq_core_role_name")),
    )
    with op.batch_alter_table("core_role", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_role_external_id"), ["external_id"], unique=False)

    op.create_table(
        "core_sign_in_attempts",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_core_sign_in_attempts")),
    )
    with op.batch_alter_table("core_sign_in_attempts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_sign_in_attempts_last_failed_at"), ["last_failed_at"], unique=False
        )

    op.create_table(
        "core_team",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["core_team.id"], name=op.f("fk_core_team_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_team")),
    )
    with op.batch_alter_table("core_team", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_team_external_id"), ["external_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_team_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "core_user",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_user")),
    )
    with op.batch_alter_table("core_user", schema=None) as batch_op:
        batch_op.create_index("ix_core_user_email", ["email"], unique=False)
        batch_op.create_index(
            "uq_core_user_email",
            ["email"],
            unique=True,
            sqlite_where=sa.text("archived_at IS NULL"),
            postgresql_where=sa.text("archived_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_core_user_external_id"), ["external_id"], unique=False)

    op.create_table(
        "core_approval_request",
        sa.Column("subject_id", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("measures", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("requested_by_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["core_user.id"], name=op.f("fk_core_approval_request_owner_id")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["core_user.id"], name=op.f("fk_core_approval_request_requested_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_approval_request")),
    )
    with op.batch_alter_table("core_approval_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_approval_request_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_core_approval_request_requested_by_id"), ["requested_by_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_core_approval_request_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "core_approval_rule",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column(
            "above", sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"), nullable=True
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("approver_id", sa.Uuid(), nullable=True),
        sa.Column("role_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("remind_after_hours", sa.Integer(), nullable=True),
        sa.Column("escalate_after_hours", sa.Integer(), nullable=True),
        sa.Column("escalate_to_id", sa.Uuid(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["approver_id"], ["core_user.id"], name=op.f("fk_core_approval_rule_approver_id")
        ),
        sa.ForeignKeyConstraint(
            ["escalate_to_id"], ["core_user.id"], name=op.f("fk_core_approval_rule_escalate_to_id")
        ),
        sa.ForeignKeyConstraint(["role_id"], ["core_role.id"], name=op.f("fk_core_approval_rule_role_id")),
        sa.ForeignKeyConstraint(["team_id"], ["core_team.id"], name=op.f("fk_core_approval_rule_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_approval_rule")),
    )
    with op.batch_alter_table("core_approval_rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_approval_rule_approver_id"), ["approver_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_core_approval_rule_escalate_to_id"), ["escalate_to_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_core_approval_rule_external_id"), ["external_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_approval_rule_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_approval_rule_role_id"), ["role_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_approval_rule_team_id"), ["team_id"], unique=False)

    op.create_table(
        "core_attachment",
        sa.Column("record_id", sa.String(length=120), nullable=False),
        sa.Column("record_type", sa.String(length=80), nullable=False),
        sa.Column("record_key", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("uploaded_by_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["core_user.id"], name=op.f("fk_core_attachment_uploaded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_attachment")),
    )
    with op.batch_alter_table("core_attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_attachment_external_id"), ["external_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_attachment_record_id"), ["record_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_core_attachment_uploaded_by_id"), ["uploaded_by_id"], unique=False
        )

    op.create_table(
        "core_audit_entry",
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("principal", sa.String(length=200), nullable=False),
        sa.Column("operation", sa.String(length=40), nullable=False),
        sa.Column("entity", sa.String(length=120), nullable=False),
        sa.Column("record_id", sa.String(length=120), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("changes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["core_user.id"], name=op.f("fk_core_audit_entry_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_audit_entry")),
    )
    with op.batch_alter_table("core_audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_audit_entry_record_id"), ["record_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_audit_entry_user_id"), ["user_id"], unique=False)

    op.create_table(
        "core_calendar_exception",
        sa.Column("calendar_id", sa.Uuid(), nullable=False),
        sa.Column("falls_on", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("opens", sa.String(length=5), nullable=True),
        sa.Column("closes", sa.String(length=5), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["core_calendar.id"], name=op.f("fk_core_calendar_exception_calendar_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_calendar_exception")),
    )
    with op.batch_alter_table("core_calendar_exception", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_calendar_exception_calendar_id"), ["calendar_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_core_calendar_exception_falls_on"), ["falls_on"], unique=False)

    op.create_table(
        "core_calendar_hours",
        sa.Column("calendar_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.String(length=40), nullable=False),
        sa.Column("opens", sa.String(length=5), nullable=False),
        sa.Column("closes", sa.String(length=5), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["core_calendar.id"], name=op.f("fk_core_calendar_hours_calendar_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_calendar_hours")),
    )
    with op.batch_alter_table("core_calendar_hours", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_calendar_hours_calendar_id"), ["calendar_id"], unique=False)

    op.create_table(
        "core_contact",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sorting_name", sa.String(length=400), nullable=False),
        sa.Column("pinyin_initials", sa.String(length=100), nullable=False),
        sa.Column("salutation", sa.String(length=60), nullable=True),
        sa.Column("preferred_language", sa.String(length=20), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("birthday_month", sa.Integer(), nullable=True),
        sa.Column("birthday_day", sa.Integer(), nullable=True),
        sa.Column("birthday_year", sa.Integer(), nullable=True),
        sa.Column("birthday_is_lunar", sa.Boolean(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["core_user.id"], name=op.f("fk_core_contact_owner_id")),
        sa.ForeignKeyConstraint(["team_id"], ["core_team.id"], name=op.f("fk_core_contact_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_contact")),
    )
    with op.batch_alter_table("core_contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_contact_external_id"), ["external_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_contact_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_core_contact_pinyin_initials"), ["pinyin_initials"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_core_contact_sorting_name"), ["sorting_name"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_contact_team_id"), ["team_id"], unique=False)

    op.create_table(
        "core_customer",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("legal_name", sa.String(length=300), nullable=True),
        sa.Column("short_name", sa.String(length=100), nullable=True),
        sa.Column("sorting_name", sa.String(length=400), nullable=False),
        sa.Column("pinyin_initials", sa.String(length=100), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("path", sa.String(length=960), nullable=False),
        sa.Column("industry", sa.String(length=100), nullable=True),
        sa.Column("source", sa.String(length=100), nullable=True),
        sa.Column("website", sa.String(length=500), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("registered_number", sa.String(length=50), nullable=True),
        sa.Column("lifecycle", sa.String(length=40), nullable=False),
        sa.Column("tags", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("preferred_channel", sa.String(length=40), nullable=True),
        sa.Column("preferred_language", sa.String(length=20), nullable=True),
        sa.Column("founded_year", sa.Integer(), nullable=True),
        sa.Column("employees", sa.Integer(), nullable=True),
        sa.Column(
            "annual_revenue",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column("annual_revenue_currency", sa.String(length=3), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("birthday_month", sa.Integer(), nullable=True),
        sa.Column("birthday_day", sa.Integer(), nullable=True),
        sa.Column("birthday_year", sa.Integer(), nullable=True),
        sa.Column("birthday_is_lunar", sa.Boolean(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["core_user.id"], name=op.f("fk_core_customer_owner_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["core_customer.id"], name=op.f("fk_core_customer_parent_id")),
        sa.ForeignKeyConstraint(["team_id"], ["core_team.id"], name=op.f("fk_core_customer_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_customer")),
    )
    with op.batch_alter_table("core_customer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_customer_external_id"), ["external_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_customer_industry"), ["industry"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_customer_lifecycle"), ["lifecycle"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_customer_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_customer_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_customer_path"), ["path"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_core_customer_pinyin_initials"), ["pinyin_initials"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_core_customer_registered_number"), ["registered_number"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_core_customer_sorting_name"), ["sorting_name"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_customer_team_id"), ["team_id"], unique=False)

    op.create_table(
        "core_grant",
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.Column("permission", sa.String(length=120), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["core_role.id"], name=op.f("fk_core_grant_role_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_grant")),
        sa.UniqueConstraint("role_id", "permission", name=op.f("uq_core_grant_role_id_permission")),
    )
    with op.batch_alter_table("core_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_grant_role_id"), ["role_id"], unique=False)

    op.create_table(
        "core_inbound_endpoint",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=120), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("secrets", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["core_user.id"], name=op.f("fk_core_inbound_endpoint_author_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_inbound_endpoint")),
    )
    with op.batch_alter_table("core_inbound_endpoint", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_inbound_endpoint_author_id"), ["author_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_core_inbound_endpoint_external_id"), ["external_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_core_inbound_endpoint_kind"), ["kind"], unique=False)

    op.create_table(
        "core_job",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("arguments", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=True),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("enqueued_by_id", sa.Uuid(), nullable=True),
        sa.Column("waiting_key", sa.String(length=200), nullable=True),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["enqueued_by_id"], ["core_user.id"], name=op.f("fk_core_job_enqueued_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_job")),
        sa.UniqueConstraint("waiting_key", name=op.f("uq_core_job_waiting_key")),
    )
    with op.batch_alter_table("core_job", schema=None) as batch_op:
        batch_op.create_index("ix_core_job_created_at", ["created_at"], unique=False)
        batch_op.create_index(
            "ix_core_job_due",
            ["run_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'QUEUED'"),
            postgresql_where=sa.text("state = 'QUEUED'"),
        )
        batch_op.create_index(batch_op.f("ix_core_job_worker_id"), ["worker_id"], unique=False)

    op.create_table(
        "core_membership",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["core_team.id"], name=op.f("fk_core_membership_team_id")),
        sa.ForeignKeyConstraint(["user_id"], ["core_user.id"], name=op.f("fk_core_membership_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_membership")),
        sa.UniqueConstraint("user_id", "team_id", name=op.f("uq_core_membership_user_id_team_id")),
    )
    with op.batch_alter_table("core_membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_membership_team_id"), ["team_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_membership_user_id"), ["user_id"], unique=False)

    op.create_table(
        "core_product",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("series", sa.String(length=100), nullable=True),
        sa.Column("is_serial_tracked", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["core_product_category.id"], name=op.f("fk_core_product_category_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_product")),
        sa.UniqueConstraint("code", name=op.f("uq_core_product_code")),
    )
    with op.batch_alter_table("core_product", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_product_category_id"), ["category_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_product_external_id"), ["external_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_product_series"), ["series"], unique=False)

    op.create_table(
        "core_role_assignment",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["core_role.id"], name=op.f("fk_core_role_assignment_role_id")),
        sa.ForeignKeyConstraint(["user_id"], ["core_user.id"], name=op.f("fk_core_role_assignment_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_role_assignment")),
        sa.UniqueConstraint("user_id", "role_id", name=op.f("uq_core_role_assignment_user_id_role_id")),
    )
    with op.batch_alter_table("core_role_assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_role_assignment_role_id"), ["role_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_role_assignment_user_id"), ["user_id"], unique=False)

    op.create_table(
        "core_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["core_user.id"], name=op.f("fk_core_session_user_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_core_session")),
    )
    with op.batch_alter_table("core_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_session_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "core_webhook_subscription",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("events", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("filter", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("fields", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("secrets", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["core_user.id"], name=op.f("fk_core_webhook_subscription_author_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_webhook_subscription")),
    )
    with op.batch_alter_table("core_webhook_subscription", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_webhook_subscription_author_id"), ["author_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_core_webhook_subscription_external_id"), ["external_id"], unique=False
        )

    op.create_table(
        "core_address",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("lines", sa.String(length=500), nullable=False),
        sa.Column("postcode", sa.String(length=20), nullable=True),
        sa.Column("district", sa.String(length=100), nullable=True),
        sa.Column("city", sa.String(length=100), nullable=True),
        sa.Column("province", sa.String(length=100), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["core_customer.id"], name=op.f("fk_core_address_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_address")),
    )
    with op.batch_alter_table("core_address", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_address_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_address_external_id"), ["external_id"], unique=False)

    op.create_table(
        "core_approval_step",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("approver_id", sa.Uuid(), nullable=True),
        sa.Column("role_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("remind_after_hours", sa.Integer(), nullable=True),
        sa.Column("escalate_after_hours", sa.Integer(), nullable=True),
        sa.Column("escalate_to_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalate_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["approver_id"], ["core_user.id"], name=op.f("fk_core_approval_step_approver_id")
        ),
        sa.ForeignKeyConstraint(
            ["escalate_to_id"], ["core_user.id"], name=op.f("fk_core_approval_step_escalate_to_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["core_approval_request.id"], name=op.f("fk_core_approval_step_request_id")
        ),
        sa.ForeignKeyConstraint(["role_id"], ["core_role.id"], name=op.f("fk_core_approval_step_role_id")),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["core_approval_rule.id"], name=op.f("fk_core_approval_step_rule_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["core_team.id"], name=op.f("fk_core_approval_step_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_approval_step")),
    )
    with op.batch_alter_table("core_approval_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_approval_step_approver_id"), ["approver_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_approval_step_escalate_at"), ["escalate_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_core_approval_step_escalate_to_id"), ["escalate_to_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_core_approval_step_remind_at"), ["remind_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_approval_step_request_id"), ["request_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_approval_step_role_id"), ["role_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_approval_step_rule_id"), ["rule_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_approval_step_team_id"), ["team_id"], unique=False)

    op.create_table(
        "core_attachment_content",
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["core_attachment.id"],
            name=op.f("fk_core_attachment_content_attachment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_core_attachment_content")),
    )
    op.create_table(
        "core_contact_point",
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=500), nullable=False),
        sa.Column("normalised_value", sa.String(length=500), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=True),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("invalid_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["core_contact.id"], name=op.f("fk_core_contact_point_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["core_customer.id"], name=op.f("fk_core_contact_point_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_contact_point")),
    )
    with op.batch_alter_table("core_contact_point", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_contact_point_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_contact_point_external_id"), ["external_id"], unique=False)
        batch_op.create_index(
            "ix_core_contact_point_kind_normalised_value", ["kind", "normalised_value"], unique=False
        )
        batch_op.create_index(
            "uq_core_contact_point_of_customer",
            ["customer_id", "kind", "normalised_value"],
            unique=True,
            sqlite_where=sa.text("archived_at IS NULL"),
            postgresql_where=sa.text("archived_at IS NULL"),
        )

    op.create_table(
        "core_contact_role",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=True),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["core_contact.id"], name=op.f("fk_core_contact_role_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["core_customer.id"], name=op.f("fk_core_contact_role_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_contact_role")),
    )
    with op.batch_alter_table("core_contact_role", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_contact_role_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_contact_role_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_contact_role_external_id"), ["external_id"], unique=False)
        batch_op.create_index(
            "uq_core_contact_role_primary",
            ["customer_id"],
            unique=True,
            sqlite_where=sa.text("is_primary AND until_on IS NULL AND archived_at IS NULL"),
            postgresql_where=sa.text("is_primary AND until_on IS NULL AND archived_at IS NULL"),
        )

    op.create_table(
        "core_inbound_message",
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=120), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("headers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("is_base64", sa.Boolean(), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("lane", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["core_inbound_endpoint.id"], name=op.f("fk_core_inbound_message_endpoint_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_inbound_message")),
        sa.UniqueConstraint(
            "endpoint_id", "message_id", name=op.f("uq_core_inbound_message_endpoint_id_message_id")
        ),
    )
    with op.batch_alter_table("core_inbound_message", schema=None) as batch_op:
        batch_op.create_index(
            "ix_core_inbound_message_due", ["status", "next_attempt_at", "position"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_core_inbound_message_endpoint_id"), ["endpoint_id"], unique=False
        )
        batch_op.create_index(
            "ix_core_inbound_message_in_lane", ["endpoint_id", "lane", "status", "position"], unique=False
        )

    op.create_table(
        "core_interaction",
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("direction", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("planned_for", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(length=500), nullable=True),
        sa.Column("regarding_id", sa.String(length=120), nullable=True),
        sa.Column("follow_up_of_id", sa.Uuid(), nullable=True),
        sa.Column("answered_after_seconds", sa.Integer(), nullable=True),
        sa.Column("replied_after_minutes", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["core_contact.id"], name=op.f("fk_core_interaction_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["core_customer.id"], name=op.f("fk_core_interaction_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["follow_up_of_id"], ["core_interaction.id"], name=op.f("fk_core_interaction_follow_up_of_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["core_user.id"], name=op.f("fk_core_interaction_owner_id")),
        sa.ForeignKeyConstraint(["team_id"], ["core_team.id"], name=op.f("fk_core_interaction_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_interaction")),
    )
    with op.batch_alter_table("core_interaction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_interaction_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_interaction_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_interaction_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_interaction_external_id"), ["external_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_core_interaction_follow_up_of_id"), ["follow_up_of_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_core_interaction_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_interaction_planned_for"), ["planned_for"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_interaction_regarding_id"), ["regarding_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_interaction_started_at"), ["started_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_interaction_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_interaction_team_id"), ["team_id"], unique=False)

    op.create_table(
        "core_price_list_item",
        sa.Column("price_list_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column(
            "min_quantity",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "price", sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"), nullable=False
        ),
        sa.Column("valid_from_on", sa.Date(), nullable=True),
        sa.Column("valid_until_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["price_list_id"], ["core_price_list.id"], name=op.f("fk_core_price_list_item_price_list_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["core_product.id"], name=op.f("fk_core_price_list_item_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_price_list_item")),
        sa.UniqueConstraint(
            "price_list_id",
            "product_id",
            "min_quantity",
            "valid_from_on",
            name=op.f("uq_core_price_list_item_price_list_id_product_id_min_quantity_valid_from_on"),
        ),
    )
    with op.batch_alter_table("core_price_list_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_price_list_item_product_id"), ["product_id"], unique=False)

    op.create_table(
        "core_webhook_delivery",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(length=120), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_answer", sa.Text(), nullable=True),
        sa.Column("log", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("lane", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["core_webhook_subscription.id"],
            name=op.f("fk_core_webhook_delivery_subscription_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_webhook_delivery")),
        sa.UniqueConstraint(
            "event_id", "subscription_id", name=op.f("uq_core_webhook_delivery_event_id_subscription_id")
        ),
    )
    with op.batch_alter_table("core_webhook_delivery", schema=None) as batch_op:
        batch_op.create_index(
            "ix_core_webhook_delivery_due", ["status", "next_attempt_at", "position"], unique=False
        )
        batch_op.create_index(
            "ix_core_webhook_delivery_in_lane",
            ["subscription_id", "lane", "status", "position"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_core_webhook_delivery_subscription_id"), ["subscription_id"], unique=False
        )

    op.create_table(
        "core_approval_decision",
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("passed_to_id", sa.Uuid(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["core_user.id"], name=op.f("fk_core_approval_decision_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["passed_to_id"], ["core_user.id"], name=op.f("fk_core_approval_decision_passed_to_id")
        ),
        sa.ForeignKeyConstraint(
            ["step_id"], ["core_approval_step.id"], name=op.f("fk_core_approval_decision_step_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_approval_decision")),
    )
    with op.batch_alter_table("core_approval_decision", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_approval_decision_decided_by_id"), ["decided_by_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_core_approval_decision_passed_to_id"), ["passed_to_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_core_approval_decision_step_id"), ["step_id"], unique=False)

    op.create_table(
        "core_interaction_participant",
        sa.Column("interaction_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["core_contact.id"], name=op.f("fk_core_interaction_participant_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["interaction_id"],
            ["core_interaction.id"],
            name=op.f("fk_core_interaction_participant_interaction_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_user.id"], name=op.f("fk_core_interaction_participant_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_interaction_participant")),
        sa.UniqueConstraint(
            "interaction_id",
            "contact_id",
            name=op.f("uq_core_interaction_participant_interaction_id_contact_id"),
        ),
        sa.UniqueConstraint(
            "interaction_id", "user_id", name=op.f("uq_core_interaction_participant_interaction_id_user_id")
        ),
    )
    with op.batch_alter_table("core_interaction_participant", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_interaction_participant_contact_id"), ["contact_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_core_interaction_participant_interaction_id"), ["interaction_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_core_interaction_participant_user_id"), ["user_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("core_interaction_participant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_interaction_participant_user_id"))
        batch_op.drop_index(batch_op.f("ix_core_interaction_participant_interaction_id"))
        batch_op.drop_index(batch_op.f("ix_core_interaction_participant_contact_id"))

    op.drop_table("core_interaction_participant")
    with op.batch_alter_table("core_approval_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_approval_decision_step_id"))
        batch_op.drop_index(batch_op.f("ix_core_approval_decision_passed_to_id"))
        batch_op.drop_index(batch_op.f("ix_core_approval_decision_decided_by_id"))

    op.drop_table("core_approval_decision")
    with op.batch_alter_table("core_webhook_delivery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_webhook_delivery_subscription_id"))
        batch_op.drop_index("ix_core_webhook_delivery_in_lane")
        batch_op.drop_index("ix_core_webhook_delivery_due")

    op.drop_table("core_webhook_delivery")
    with op.batch_alter_table("core_price_list_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_price_list_item_product_id"))

    op.drop_table("core_price_list_item")
    with op.batch_alter_table("core_interaction", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_interaction_team_id"))
        batch_op.drop_index(batch_op.f("ix_core_interaction_status"))
        batch_op.drop_index(batch_op.f("ix_core_interaction_started_at"))
        batch_op.drop_index(batch_op.f("ix_core_interaction_regarding_id"))
        batch_op.drop_index(batch_op.f("ix_core_interaction_planned_for"))
        batch_op.drop_index(batch_op.f("ix_core_interaction_owner_id"))
        batch_op.drop_index(batch_op.f("ix_core_interaction_follow_up_of_id"))
        batch_op.drop_index(batch_op.f("ix_core_interaction_external_id"))
        batch_op.drop_index(batch_op.f("ix_core_interaction_due_at"))
        batch_op.drop_index(batch_op.f("ix_core_interaction_customer_id"))
        batch_op.drop_index(batch_op.f("ix_core_interaction_contact_id"))

    op.drop_table("core_interaction")
    with op.batch_alter_table("core_inbound_message", schema=None) as batch_op:
        batch_op.drop_index("ix_core_inbound_message_in_lane")
        batch_op.drop_index(batch_op.f("ix_core_inbound_message_endpoint_id"))
        batch_op.drop_index("ix_core_inbound_message_due")

    op.drop_table("core_inbound_message")
    with op.batch_alter_table("core_contact_role", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_core_contact_role_primary",
            sqlite_where=sa.text("is_primary AND until_on IS NULL AND archived_at IS NULL"),
            postgresql_where=sa.text("is_primary AND until_on IS NULL AND archived_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_core_contact_role_external_id"))
        batch_op.drop_index(batch_op.f("ix_core_contact_role_customer_id"))
        batch_op.drop_index(batch_op.f("ix_core_contact_role_contact_id"))

    op.drop_table("core_contact_role")
    with op.batch_alter_table("core_contact_point", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_core_contact_point_of_customer",
            sqlite_where=sa.text("archived_at IS NULL"),
            postgresql_where=sa.text("archived_at IS NULL"),
        )
        batch_op.drop_index("ix_core_contact_point_kind_normalised_value")
        batch_op.drop_index(batch_op.f("ix_core_contact_point_external_id"))
        batch_op.drop_index(batch_op.f("ix_core_contact_point_contact_id"))

    op.drop_table("core_contact_point")
    op.drop_table("core_attachment_content")
    with op.batch_alter_table("core_approval_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_approval_step_team_id"))
        batch_op.drop_index(batch_op.f("ix_core_approval_step_rule_id"))
        batch_op.drop_index(batch_op.f("ix_core_approval_step_role_id"))
        batch_op.drop_index(batch_op.f("ix_core_approval_step_request_id"))
        batch_op.drop_index(batch_op.f("ix_core_approval_step_remind_at"))
        batch_op.drop_index(batch_op.f("ix_core_approval_step_escalate_to_id"))
        batch_op.drop_index(batch_op.f("ix_core_approval_step_escalate_at"))
        batch_op.drop_index(batch_op.f("ix_core_approval_step_approver_id"))

    op.drop_table("core_approval_step")
    with op.batch_alter_table("core_address", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_address_external_id"))
        batch_op.drop_index(batch_op.f("ix_core_address_customer_id"))

    op.drop_table("core_address")
    with op.batch_alter_table("core_webhook_subscription", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_webhook_subscription_external_id"))
        batch_op.drop_index(batch_op.f("ix_core_webhook_subscription_author_id"))

    op.drop_table("core_webhook_subscription")
    with op.batch_alter_table("core_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_session_user_id"))
        batch_op.drop_index(batch_op.f("ix_core_session_expires_at"))

    op.drop_table("core_session")
    with op.batch_alter_table("core_role_assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_role_assignment_user_id"))
        batch_op.drop_index(batch_op.f("ix_core_role_assignment_role_id"))

    op.drop_table("core_role_assignment")
    with op.batch_alter_table("core_product", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_product_series"))
        batch_op.drop_index(batch_op.f("ix_core_product_external_id"))
        batch_op.drop_index(batch_op.f("ix_core_product_category_id"))

    op.drop_table("core_product")
    with op.batch_alter_table("core_membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_membership_user_id"))
        batch_op.drop_index(batch_op.f("ix_core_membership_team_id"))

    op.drop_table("core_membership")
    with op.batch_alter_table("core_job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_job_worker_id"))
        batch_op.drop_index(
            "ix_core_job_due",
            sqlite_where=sa.text("state = 'QUEUED'"),
            postgresql_where=sa.text("state = 'QUEUED'"),
        )
        batch_op.drop_index("ix_core_job_created_at")

    op.drop_table("core_job")
    with op.batch_alter_table("core_inbound_endpoint", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_inbound_endpoint_kind"))
        batch_op.drop_index(batch_op.f("ix_core_inbound_endpoint_external_id"))
        batch_op.drop_index(batch_op.f("ix_core_inbound_endpoint_author_id"))

    op.drop_table("core_inbound_endpoint")
    with op.batch_alter_table("core_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_grant_role_id"))

    op.drop_table("core_grant")
    with op.batch_alter_table("core_customer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_customer_team_id"))
        batch_op.drop_index(batch_op.f("ix_core_customer_sorting_name"))
        batch_op.drop_index(batch_op.f("ix_core_customer_registered_number"))
        batch_op.drop_index(batch_op.f("ix_core_customer_pinyin_initials"))
        batch_op.drop_index(batch_op.f("ix_core_customer_path"))
        batch_op.drop_index(batch_op.f("ix_core_customer_parent_id"))
        batch_op.drop_index(batch_op.f("ix_core_customer_owner_id"))
        batch_op.drop_index(batch_op.f("ix_core_customer_lifecycle"))
        batch_op.drop_index(batch_op.f("ix_core_customer_industry"))
        batch_op.drop_index(batch_op.f("ix_core_customer_external_id"))

    op.drop_table("core_customer")
    with op.batch_alter_table("core_contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_contact_team_id"))
        batch_op.drop_index(batch_op.f("ix_core_contact_sorting_name"))
        batch_op.drop_index(batch_op.f("ix_core_contact_pinyin_initials"))
        batch_op.drop_index(batch_op.f("ix_core_contact_owner_id"))
        batch_op.drop_index(batch_op.f("ix_core_contact_external_id"))

    op.drop_table("core_contact")
    with op.batch_alter_table("core_calendar_hours", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_calendar_hours_calendar_id"))

    op.drop_table("core_calendar_hours")
    with op.batch_alter_table("core_calendar_exception", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_calendar_exception_falls_on"))
        batch_op.drop_index(batch_op.f("ix_core_calendar_exception_calendar_id"))

    op.drop_table("core_calendar_exception")
    with op.batch_alter_table("core_audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_audit_entry_user_id"))
        batch_op.drop_index(batch_op.f("ix_core_audit_entry_record_id"))

    op.drop_table("core_audit_entry")
    with op.batch_alter_table("core_attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_attachment_uploaded_by_id"))
        batch_op.drop_index(batch_op.f("ix_core_attachment_record_id"))
        batch_op.drop_index(batch_op.f("ix_core_attachment_external_id"))

    op.drop_table("core_attachment")
    with op.batch_alter_table("core_approval_rule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_approval_rule_team_id"))
        batch_op.drop_index(batch_op.f("ix_core_approval_rule_role_id"))
        batch_op.drop_index(batch_op.f("ix_core_approval_rule_kind"))
        batch_op.drop_index(batch_op.f("ix_core_approval_rule_external_id"))
        batch_op.drop_index(batch_op.f("ix_core_approval_rule_escalate_to_id"))
        batch_op.drop_index(batch_op.f("ix_core_approval_rule_approver_id"))

    op.drop_table("core_approval_rule")
    with op.batch_alter_table("core_approval_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_approval_request_subject_id"))
        batch_op.drop_index(batch_op.f("ix_core_approval_request_requested_by_id"))
        batch_op.drop_index(batch_op.f("ix_core_approval_request_owner_id"))

    op.drop_table("core_approval_request")
    with op.batch_alter_table("core_user", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_core_user_email",
            sqlite_where=sa.text("archived_at IS NULL"),
            postgresql_where=sa.text("archived_at IS NULL"),
        )
        batch_op.drop_index("ix_core_user_email")
        batch_op.drop_index(batch_op.f("ix_core_user_external_id"))

    op.drop_table("core_user")
    with op.batch_alter_table("core_team", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_team_parent_id"))
        batch_op.drop_index(batch_op.f("ix_core_team_external_id"))

    op.drop_table("core_team")
    with op.batch_alter_table("core_sign_in_attempts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_sign_in_attempts_last_failed_at"))

    op.drop_table("core_sign_in_attempts")
    with op.batch_alter_table("core_role", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_role_external_id"))

    op.drop_table("core_role")
    op.drop_table("core_public_holiday")
    with op.batch_alter_table("core_product_category", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_product_category_parent_id"))
        batch_op.drop_index(batch_op.f("ix_core_product_category_external_id"))

    op.drop_table("core_product_category")
    with op.batch_alter_table("core_price_list", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_price_list_external_id"))

    op.drop_table("core_price_list")
    op.drop_table("core_plugin_record")
    with op.batch_alter_table("core_outbox_event", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_core_outbox_event_waiting",
            sqlite_where=sa.text("distributed_at IS NULL"),
            postgresql_where=sa.text("distributed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_core_outbox_event_customer_id"))
        batch_op.drop_index(batch_op.f("ix_core_outbox_event_created_at"))

    op.drop_table("core_outbox_event")
    op.drop_table("core_offered_grant")
    op.drop_table("core_job_worker")
    op.drop_table("core_job_schedule")
    with op.batch_alter_table("core_idempotency_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_idempotency_key_created_at"))

    op.drop_table("core_idempotency_key")
    with op.batch_alter_table("core_event_delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_core_event_delivery_in_lane")
        batch_op.drop_index("ix_core_event_delivery_due")

    op.drop_table("core_event_delivery")
    op.drop_table("core_currency_rate")
    with op.batch_alter_table("core_calendar", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_calendar_external_id"))

    op.drop_table("core_calendar")
