"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "sfa_competitor",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("website", sa.String(length=500), nullable=True),
        sa.Column("strengths", sa.Text(), nullable=True),
        sa.Column("weaknesses", sa.Text(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_competitor")),
        sa.UniqueConstraint("name", name=op.f("uq_sfa_competitor_name")),
    )
    with op.batch_alter_table("sfa_competitor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sfa_competitor_external_id"), ["external_id"], unique=False)

    op.create_table(
        "sfa_lead_field_mapping",
        sa.Column("lead_field", sa.String(length=100), nullable=False),
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("target_field", sa.String(length=100), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_lead_field_mapping")),
        sa.UniqueConstraint(
            "target", "target_field", name=op.f("uq_sfa_lead_field_mapping_target_target_field")
        ),
    )
    with op.batch_alter_table("sfa_lead_field_mapping", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sfa_lead_field_mapping_external_id"), ["external_id"], unique=False
        )

    op.create_table(
        "sfa_lead_score_rule",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("field", sa.String(length=100), nullable=False),
        sa.Column("operator", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=500), nullable=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_lead_score_rule")),
    )
    with op.batch_alter_table("sfa_lead_score_rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sfa_lead_score_rule_external_id"), ["external_id"], unique=False)

    op.create_table(
        "sfa_number_counter",
        sa.Column("series", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_sfa_number_counter")),
    )
    op.create_table(
        "sfa_tax_rate",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column(
            "percent",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=True),
        sa.Column("valid_until_on", sa.Date(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_tax_rate")),
        sa.UniqueConstraint("name", name=op.f("uq_sfa_tax_rate_name")),
    )
    with op.batch_alter_table("sfa_tax_rate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sfa_tax_rate_country"), ["country"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_tax_rate_external_id"), ["external_id"], unique=False)

    op.create_table(
        "sfa_absence",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["core_user.id"], name=op.f("fk_sfa_absence_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_absence")),
    )
    with op.batch_alter_table("sfa_absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sfa_absence_from_on"), ["from_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_absence_user_id"), ["user_id"], unique=False)

    op.create_table(
        "sfa_commission_plan",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("basis", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from_on", sa.Date(), nullable=True),
        sa.Column("valid_until_on", sa.Date(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["core_team.id"], name=op.f("fk_sfa_commission_plan_team_id")),
        sa.ForeignKeyConstraint(["user_id"], ["core_user.id"], name=op.f("fk_sfa_commission_plan_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_commission_plan")),
    )
    with op.batch_alter_table("sfa_commission_plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sfa_commission_plan_external_id"), ["external_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_commission_plan_team_id"), ["team_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_commission_plan_user_id"), ["user_id"], unique=False)

    op.create_table(
        "sfa_discount_limit",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("role_id", sa.Uuid(), nullable=True),
        sa.Column(
            "max_discount_percent",
            sa.Numeric(precision=7, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "min_margin_percent",
            sa.Numeric(precision=7, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["core_role.id"], name=op.f("fk_sfa_discount_limit_role_id")),
        sa.ForeignKeyConstraint(["team_id"], ["core_team.id"], name=op.f("fk_sfa_discount_limit_team_id")),
        sa.ForeignKeyConstraint(["user_id"], ["core_user.id"], name=op.f("fk_sfa_discount_limit_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_discount_limit")),
    )
    with op.batch_alter_table("sfa_discount_limit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sfa_discount_limit_external_id"), ["external_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_discount_limit_role_id"), ["role_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_discount_limit_team_id"), ["team_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_discount_limit_user_id"), ["user_id"], unique=False)

    op.create_table(
        "sfa_forecast_snapshot",
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "pipeline_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "best_case_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "commit_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "closed_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "weighted_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "submitted_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "adjusted_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "expected_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
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
            ["owner_id"], ["core_user.id"], name=op.f("fk_sfa_forecast_snapshot_owner_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["core_team.id"], name=op.f("fk_sfa_forecast_snapshot_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_forecast_snapshot")),
    )
    with op.batch_alter_table("sfa_forecast_snapshot", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sfa_forecast_snapshot_external_id"), ["external_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sfa_forecast_snapshot_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_forecast_snapshot_starts_on"), ["starts_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_forecast_snapshot_taken_at"), ["taken_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_forecast_snapshot_team_id"), ["team_id"], unique=False)

    op.create_table(
        "sfa_forecast_submission",
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "commit_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "best_case_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
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
            ["owner_id"], ["core_user.id"], name=op.f("fk_sfa_forecast_submission_owner_id")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["core_team.id"], name=op.f("fk_sfa_forecast_submission_team_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_forecast_submission")),
    )
    with op.batch_alter_table("sfa_forecast_submission", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sfa_forecast_submission_external_id"), ["external_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sfa_forecast_submission_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_forecast_submission_starts_on"), ["starts_on"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_sfa_forecast_submission_submitted_at"), ["submitted_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sfa_forecast_submission_team_id"), ["team_id"], unique=False)

    op.create_table(
        "sfa_lead_capacity",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("most_open_leads", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["core_user.id"], name=op.f("fk_sfa_lead_capacity_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_lead_capacity")),
    )
    with op.batch_alter_table("sfa_lead_capacity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sfa_lead_capacity_user_id"), ["user_id"], unique=True)

    op.create_table(
        "sfa_lead_policy",
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("answer_within_minutes", sa.Integer(), nullable=False),
        sa.Column("recycle_after_days", sa.Integer(), nullable=True),
        sa.Column("calendar_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["core_calendar.id"], name=op.f("fk_sfa_lead_policy_calendar_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["core_team.id"], name=op.f("fk_sfa_lead_policy_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_lead_policy")),
    )
    with op.batch_alter_table("sfa_lead_policy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sfa_lead_policy_calendar_id"), ["calendar_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_lead_policy_external_id"), ["external_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_lead_policy_team_id"), ["team_id"], unique=True)

    op.create_table(
        "sfa_pipeline",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["core_team.id"], name=op.f("fk_sfa_pipeline_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_pipeline")),
    )
    with op.batch_alter_table("sfa_pipeline", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sfa_pipeline_external_id"), ["external_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_pipeline_team_id"), ["team_id"], unique=False)

    op.create_table(
        "sfa_user_feed",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_user.id"], name=op.f("fk_sfa_user_feed_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_sfa_user_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sfa_user_feed_token_hash")),
    )
    op.create_table(
        "sfa_assignment_rule",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("city", sa.String(length=100), nullable=True),
        sa.Column("postcode_prefix", sa.String(length=20), nullable=True),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("language", sa.String(length=20), nullable=True),
        sa.Column("source", sa.String(length=100), nullable=True),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("to_team_id", sa.Uuid(), nullable=True),
        sa.Column("to_user_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["core_product.id"], name=op.f("fk_sfa_assignment_rule_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_team_id"], ["core_team.id"], name=op.f("fk_sfa_assignment_rule_to_team_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_user_id"], ["core_user.id"], name=op.f("fk_sfa_assignment_rule_to_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_assignment_rule")),
    )
    with op.batch_alter_table("sfa_assignment_rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sfa_assignment_rule_external_id"), ["external_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_assignment_rule_position"), ["position"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_assignment_rule_product_id"), ["product_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_assignment_rule_to_team_id"), ["to_team_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_assignment_rule_to_user_id"), ["to_user_id"], unique=False)

    op.create_table(
        "sfa_commission_slab",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column(
            "above", sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"), nullable=False
        ),
        sa.Column(
            "percent",
            sa.Numeric(precision=7, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["sfa_commission_plan.id"], name=op.f("fk_sfa_commission_slab_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["core_product.id"], name=op.f("fk_sfa_commission_slab_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_commission_slab")),
        sa.UniqueConstraint(
            "plan_id", "product_id", "above", name=op.f("uq_sfa_commission_slab_plan_id_product_id_above")
        ),
    )
    with op.batch_alter_table("sfa_commission_slab", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sfa_commission_slab_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_commission_slab_product_id"), ["product_id"], unique=False)

    op.create_table(
        "sfa_forecast_adjustment",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column(
            "amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("adjusted_by_id", sa.Uuid(), nullable=True),
        sa.Column("adjusted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["adjusted_by_id"], ["core_user.id"], name=op.f("fk_sfa_forecast_adjustment_adjusted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["sfa_forecast_submission.id"],
            name=op.f("fk_sfa_forecast_adjustment_submission_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_forecast_adjustment")),
    )
    with op.batch_alter_table("sfa_forecast_adjustment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sfa_forecast_adjustment_adjusted_at"), ["adjusted_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_sfa_forecast_adjustment_adjusted_by_id"), ["adjusted_by_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_sfa_forecast_adjustment_submission_id"), ["submission_id"], unique=False
        )

    op.create_table(
        "sfa_quota",
        sa.Column("holder", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column(
            "target",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["core_user.id"], name=op.f("fk_sfa_quota_owner_id")),
        sa.ForeignKeyConstraint(["product_id"], ["core_product.id"], name=op.f("fk_sfa_quota_product_id")),
        sa.ForeignKeyConstraint(["team_id"], ["core_team.id"], name=op.f("fk_sfa_quota_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_quota")),
    )
    with op.batch_alter_table("sfa_quota", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sfa_quota_external_id"), ["external_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_quota_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_quota_product_id"), ["product_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_quota_starts_on"), ["starts_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_quota_team_id"), ["team_id"], unique=False)

    op.create_table(
        "sfa_stage",
        sa.Column("pipeline_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("default_probability", sa.Integer(), nullable=False),
        sa.Column("rotting_days", sa.Integer(), nullable=True),
        sa.Column("exit_criteria", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["pipeline_id"], ["sfa_pipeline.id"], name=op.f("fk_sfa_stage_pipeline_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_stage")),
    )
    with op.batch_alter_table("sfa_stage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sfa_stage_external_id"), ["external_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_stage_pipeline_id"), ["pipeline_id"], unique=False)
        batch_op.create_index(
            "uq_sfa_stage_pipeline_id_position",
            ["pipeline_id", "position"],
            unique=True,
            sqlite_where=sa.text("archived_at IS NULL"),
            postgresql_where=sa.text("archived_at IS NULL"),
        )

    op.create_table(
        "sfa_visit_plan",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("customer_class", sa.String(length=40), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("interval_weeks", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
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
            ["customer_id"], ["core_customer.id"], name=op.f("fk_sfa_visit_plan_customer_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["core_user.id"], name=op.f("fk_sfa_visit_plan_owner_id")),
        sa.ForeignKeyConstraint(["team_id"], ["core_team.id"], name=op.f("fk_sfa_visit_plan_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_visit_plan")),
    )
    with op.batch_alter_table("sfa_visit_plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sfa_visit_plan_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_visit_plan_external_id"), ["external_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_visit_plan_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_visit_plan_team_id"), ["team_id"], unique=False)

    op.create_table(
        "sfa_assignment_turn",
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("last_user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id"],
            ["sfa_assignment_rule.id"],
            name=op.f("fk_sfa_assignment_turn_rule_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("rule_id", name=op.f("pk_sfa_assignment_turn")),
    )
    op.create_table(
        "sfa_opportunity",
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("pipeline_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("stage_entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "amount", sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"), nullable=True
        ),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("probability", sa.Integer(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("expected_close_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("lost_reason", sa.String(length=40), nullable=True),
        sa.Column("lost_note", sa.Text(), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=True),
        sa.Column("campaign", sa.String(length=200), nullable=True),
        sa.Column("next_step", sa.String(length=200), nullable=True),
        sa.Column("next_step_on", sa.Date(), nullable=True),
        sa.Column("price_list_id", sa.Uuid(), nullable=True),
        sa.Column("forecast_category", sa.String(length=40), nullable=True),
        sa.Column(
            "recurring_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column("recurring_interval", sa.String(length=40), nullable=True),
        sa.Column("origin_id", sa.Uuid(), nullable=True),
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
            ["contact_id"], ["core_contact.id"], name=op.f("fk_sfa_opportunity_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["core_customer.id"], name=op.f("fk_sfa_opportunity_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["origin_id"], ["sfa_opportunity.id"], name=op.f("fk_sfa_opportunity_origin_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["core_user.id"], name=op.f("fk_sfa_opportunity_owner_id")),
        sa.ForeignKeyConstraint(
            ["pipeline_id"], ["sfa_pipeline.id"], name=op.f("fk_sfa_opportunity_pipeline_id")
        ),
        sa.ForeignKeyConstraint(
            ["price_list_id"], ["core_price_list.id"], name=op.f("fk_sfa_opportunity_price_list_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["core_product.id"], name=op.f("fk_sfa_opportunity_product_id")
        ),
        sa.ForeignKeyConstraint(["stage_id"], ["sfa_stage.id"], name=op.f("fk_sfa_opportunity_stage_id")),
        sa.ForeignKeyConstraint(["team_id"], ["core_team.id"], name=op.f("fk_sfa_opportunity_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_opportunity")),
    )
    with op.batch_alter_table("sfa_opportunity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sfa_opportunity_closed_on"), ["closed_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_opportunity_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_opportunity_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_sfa_opportunity_expected_close_on"), ["expected_close_on"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sfa_opportunity_external_id"), ["external_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_opportunity_next_step_on"), ["next_step_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_opportunity_origin_id"), ["origin_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_opportunity_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_opportunity_pipeline_id"), ["pipeline_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_opportunity_price_list_id"), ["price_list_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_opportunity_product_id"), ["product_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_opportunity_stage_id"), ["stage_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_opportunity_team_id"), ["team_id"], unique=False)

    op.create_table(
        "sfa_visit_slot",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("falls_on", sa.Date(), nullable=False),
        sa.Column("interaction_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["core_customer.id"], name=op.f("fk_sfa_visit_slot_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["interaction_id"],
            ["core_interaction.id"],
            name=op.f("fk_sfa_visit_slot_interaction_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["sfa_visit_plan.id"], name=op.f("fk_sfa_visit_slot_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_visit_slot")),
        sa.UniqueConstraint(
            "plan_id", "customer_id", "falls_on", name=op.f("uq_sfa_visit_slot_plan_id_customer_id_falls_on")
        ),
    )
    with op.batch_alter_table("sfa_visit_slot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sfa_visit_slot_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_sfa_visit_slot_interaction_id"), ["interaction_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sfa_visit_slot_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "sfa_competition_change",
        sa.Column("opportunity_id", sa.Uuid(), nullable=False),
        sa.Column("competitor_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["competitor_id"], ["sfa_competitor.id"], name=op.f("fk_sfa_competition_change_competitor_id")
        ),
        sa.ForeignKeyConstraint(
            ["opportunity_id"],
            ["sfa_opportunity.id"],
            name=op.f("fk_sfa_competition_change_opportunity_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_competition_change")),
    )
    with op.batch_alter_table("sfa_competition_change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sfa_competition_change_competitor_id"), ["competitor_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_sfa_competition_change_opportunity_id"), ["opportunity_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_sfa_competition_change_valid_from"), ["valid_from"], unique=False
        )

    op.create_table(
        "sfa_lead",
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("company_name", sa.String(length=200), nullable=True),
        sa.Column("job_title", sa.String(length=200), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("phone", sa.String(length=60), nullable=True),
        sa.Column("normalised_phone", sa.String(length=60), nullable=True),
        sa.Column("website", sa.String(length=500), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("city", sa.String(length=100), nullable=True),
        sa.Column("postcode", sa.String(length=20), nullable=True),
        sa.Column("language", sa.String(length=20), nullable=True),
        sa.Column("do_not_email", sa.Boolean(), nullable=False),
        sa.Column("do_not_call", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=True),
        sa.Column("campaign", sa.String(length=200), nullable=True),
        sa.Column("interest", sa.Text(), nullable=True),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("disqualified_reason", sa.String(length=40), nullable=True),
        sa.Column("disqualified_note", sa.Text(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("score_reasons", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_after_seconds", sa.Integer(), nullable=True),
        sa.Column("answered_after_business_seconds", sa.Integer(), nullable=True),
        sa.Column("last_worked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assign_by_rules", sa.Boolean(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("converted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("converted_by_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("opportunity_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["core_contact.id"], name=op.f("fk_sfa_lead_contact_id")),
        sa.ForeignKeyConstraint(
            ["converted_by_id"], ["core_user.id"], name=op.f("fk_sfa_lead_converted_by_id")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["core_customer.id"], name=op.f("fk_sfa_lead_customer_id")),
        sa.ForeignKeyConstraint(
            ["opportunity_id"], ["sfa_opportunity.id"], name=op.f("fk_sfa_lead_opportunity_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["core_user.id"], name=op.f("fk_sfa_lead_owner_id")),
        sa.ForeignKeyConstraint(["product_id"], ["core_product.id"], name=op.f("fk_sfa_lead_product_id")),
        sa.ForeignKeyConstraint(["team_id"], ["core_team.id"], name=op.f("fk_sfa_lead_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_lead")),
    )
    with op.batch_alter_table("sfa_lead", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sfa_lead_answer_due_at"), ["answer_due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_lead_company_name"), ["company_name"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_lead_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_lead_converted_at"), ["converted_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_lead_converted_by_id"), ["converted_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_lead_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_lead_email"), ["email"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_lead_external_id"), ["external_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_sfa_lead_first_answered_at"), ["first_answered_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sfa_lead_last_worked_at"), ["last_worked_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_lead_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_lead_normalised_phone"), ["normalised_phone"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_lead_opportunity_id"), ["opportunity_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_lead_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_lead_product_id"), ["product_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_lead_received_at"), ["received_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_lead_score"), ["score"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_lead_source"), ["source"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_lead_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_lead_team_id"), ["team_id"], unique=False)

    op.create_table(
        "sfa_opportunity_change",
        sa.Column("opportunity_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pipeline_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("probability", sa.Integer(), nullable=False),
        sa.Column("forecast_category", sa.String(length=40), nullable=False),
        sa.Column(
            "amount", sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"), nullable=True
        ),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("expected_close_on", sa.Date(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("lost_reason", sa.String(length=40), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("sector", sa.String(length=100), nullable=True),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["core_user.id"], name=op.f("fk_sfa_opportunity_change_changed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["core_customer.id"], name=op.f("fk_sfa_opportunity_change_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["opportunity_id"],
            ["sfa_opportunity.id"],
            name=op.f("fk_sfa_opportunity_change_opportunity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["core_user.id"], name=op.f("fk_sfa_opportunity_change_owner_id")
        ),
        sa.ForeignKeyConstraint(
            ["pipeline_id"], ["sfa_pipeline.id"], name=op.f("fk_sfa_opportunity_change_pipeline_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["core_product.id"], name=op.f("fk_sfa_opportunity_change_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["sfa_stage.id"], name=op.f("fk_sfa_opportunity_change_stage_id")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["core_team.id"], name=op.f("fk_sfa_opportunity_change_team_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_opportunity_change")),
    )
    with op.batch_alter_table("sfa_opportunity_change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sfa_opportunity_change_changed_by_id"), ["changed_by_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sfa_opportunity_change_closed_on"), ["closed_on"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_sfa_opportunity_change_customer_id"), ["customer_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_sfa_opportunity_change_opportunity_id"), ["opportunity_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sfa_opportunity_change_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_sfa_opportunity_change_pipeline_id"), ["pipeline_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_sfa_opportunity_change_product_id"), ["product_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sfa_opportunity_change_stage_id"), ["stage_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_opportunity_change_team_id"), ["team_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_sfa_opportunity_change_valid_from"), ["valid_from"], unique=False
        )

    op.create_table(
        "sfa_opportunity_competitor",
        sa.Column("opportunity_id", sa.Uuid(), nullable=False),
        sa.Column("competitor_id", sa.Uuid(), nullable=False),
        sa.Column("strengths", sa.Text(), nullable=True),
        sa.Column("weaknesses", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["competitor_id"], ["sfa_competitor.id"], name=op.f("fk_sfa_opportunity_competitor_competitor_id")
        ),
        sa.ForeignKeyConstraint(
            ["opportunity_id"],
            ["sfa_opportunity.id"],
            name=op.f("fk_sfa_opportunity_competitor_opportunity_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_opportunity_competitor")),
        sa.UniqueConstraint(
            "opportunity_id",
            "competitor_id",
            name=op.f("uq_sfa_opportunity_competitor_opportunity_id_competitor_id"),
        ),
    )
    with op.batch_alter_table("sfa_opportunity_competitor", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sfa_opportunity_competitor_competitor_id"), ["competitor_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_sfa_opportunity_competitor_opportunity_id"), ["opportunity_id"], unique=False
        )

    op.create_table(
        "sfa_opportunity_contact",
        sa.Column("opportunity_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["core_contact.id"], name=op.f("fk_sfa_opportunity_contact_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["opportunity_id"],
            ["sfa_opportunity.id"],
            name=op.f("fk_sfa_opportunity_contact_opportunity_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_opportunity_contact")),
        sa.UniqueConstraint(
            "opportunity_id", "contact_id", name=op.f("uq_sfa_opportunity_contact_opportunity_id_contact_id")
        ),
    )
    with op.batch_alter_table("sfa_opportunity_contact", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sfa_opportunity_contact_contact_id"), ["contact_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_sfa_opportunity_contact_opportunity_id"), ["opportunity_id"], unique=False
        )

    op.create_table(
        "sfa_opportunity_line",
        sa.Column("opportunity_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("description", sa.String(length=500), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "quantity",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "unit_price",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "discount_percent",
            sa.Numeric(precision=7, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "unit_cost",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "margin_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["opportunity_id"],
            ["sfa_opportunity.id"],
            name=op.f("fk_sfa_opportunity_line_opportunity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["core_product.id"], name=op.f("fk_sfa_opportunity_line_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_opportunity_line")),
    )
    with op.batch_alter_table("sfa_opportunity_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sfa_opportunity_line_opportunity_id"), ["opportunity_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sfa_opportunity_line_product_id"), ["product_id"], unique=False)

    op.create_table(
        "sfa_opportunity_split",
        sa.Column("opportunity_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "percent",
            sa.Numeric(precision=5, scale=2).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["opportunity_id"],
            ["sfa_opportunity.id"],
            name=op.f("fk_sfa_opportunity_split_opportunity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["core_user.id"], name=op.f("fk_sfa_opportunity_split_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_opportunity_split")),
        sa.UniqueConstraint(
            "opportunity_id", "user_id", name=op.f("uq_sfa_opportunity_split_opportunity_id_user_id")
        ),
    )
    with op.batch_alter_table("sfa_opportunity_split", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sfa_opportunity_split_opportunity_id"), ["opportunity_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sfa_opportunity_split_user_id"), ["user_id"], unique=False)

    op.create_table(
        "sfa_quote",
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("opportunity_id", sa.Uuid(), nullable=True),
        sa.Column("price_list_id", sa.Uuid(), nullable=True),
        sa.Column("valid_until_on", sa.Date(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("approval_request_id", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decline_reason", sa.String(length=40), nullable=True),
        sa.Column("decline_note", sa.Text(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("tax_mode", sa.String(length=40), nullable=False),
        sa.Column("tax_rounding", sa.String(length=40), nullable=False),
        sa.Column(
            "discount_percent",
            sa.Numeric(precision=7, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "discount_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "subtotal_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "total_discount_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "net_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "tax_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "total_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "conceded_percent",
            sa.Numeric(precision=7, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "margin_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "margin_percent",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
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
            ["approval_request_id"],
            ["core_approval_request.id"],
            name=op.f("fk_sfa_quote_approval_request_id"),
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["core_contact.id"], name=op.f("fk_sfa_quote_contact_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["core_customer.id"], name=op.f("fk_sfa_quote_customer_id")),
        sa.ForeignKeyConstraint(
            ["opportunity_id"], ["sfa_opportunity.id"], name=op.f("fk_sfa_quote_opportunity_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["core_user.id"], name=op.f("fk_sfa_quote_owner_id")),
        sa.ForeignKeyConstraint(
            ["price_list_id"], ["core_price_list.id"], name=op.f("fk_sfa_quote_price_list_id")
        ),
        sa.ForeignKeyConstraint(["replaces_id"], ["sfa_quote.id"], name=op.f("fk_sfa_quote_replaces_id")),
        sa.ForeignKeyConstraint(["team_id"], ["core_team.id"], name=op.f("fk_sfa_quote_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_quote")),
        sa.UniqueConstraint("number", "revision", name=op.f("uq_sfa_quote_number_revision")),
    )
    with op.batch_alter_table("sfa_quote", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sfa_quote_approval_request_id"), ["approval_request_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sfa_quote_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_quote_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_quote_external_id"), ["external_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_quote_opportunity_id"), ["opportunity_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_quote_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_quote_price_list_id"), ["price_list_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_quote_replaces_id"), ["replaces_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_quote_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_quote_team_id"), ["team_id"], unique=False)

    op.create_table(
        "sfa_stage_change",
        sa.Column("opportunity_id", sa.Uuid(), nullable=False),
        sa.Column("from_stage_id", sa.Uuid(), nullable=True),
        sa.Column("to_stage_id", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seconds_in_stage", sa.BigInteger(), nullable=True),
        sa.Column("changed_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["core_user.id"], name=op.f("fk_sfa_stage_change_changed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["from_stage_id"], ["sfa_stage.id"], name=op.f("fk_sfa_stage_change_from_stage_id")
        ),
        sa.ForeignKeyConstraint(
            ["opportunity_id"],
            ["sfa_opportunity.id"],
            name=op.f("fk_sfa_stage_change_opportunity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["to_stage_id"], ["sfa_stage.id"], name=op.f("fk_sfa_stage_change_to_stage_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_stage_change")),
    )
    with op.batch_alter_table("sfa_stage_change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sfa_stage_change_changed_by_id"), ["changed_by_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sfa_stage_change_entered_at"), ["entered_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_sfa_stage_change_from_stage_id"), ["from_stage_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_sfa_stage_change_opportunity_id"), ["opportunity_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sfa_stage_change_to_stage_id"), ["to_stage_id"], unique=False)

    op.create_table(
        "sfa_lead_assignment",
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("from_user_id", sa.Uuid(), nullable=True),
        sa.Column("to_user_id", sa.Uuid(), nullable=True),
        sa.Column("rule_id", sa.Uuid(), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assigned_by_id", sa.Uuid(), nullable=True),
        sa.Column("trace", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["assigned_by_id"], ["core_user.id"], name=op.f("fk_sfa_lead_assignment_assigned_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["from_user_id"], ["core_user.id"], name=op.f("fk_sfa_lead_assignment_from_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["sfa_lead.id"], name=op.f("fk_sfa_lead_assignment_lead_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["sfa_assignment_rule.id"], name=op.f("fk_sfa_lead_assignment_rule_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_user_id"], ["core_user.id"], name=op.f("fk_sfa_lead_assignment_to_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_lead_assignment")),
    )
    with op.batch_alter_table("sfa_lead_assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sfa_lead_assignment_assigned_at"), ["assigned_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_sfa_lead_assignment_assigned_by_id"), ["assigned_by_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_sfa_lead_assignment_from_user_id"), ["from_user_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sfa_lead_assignment_lead_id"), ["lead_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_lead_assignment_rule_id"), ["rule_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_lead_assignment_to_user_id"), ["to_user_id"], unique=False)

    op.create_table(
        "sfa_order",
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("opportunity_id", sa.Uuid(), nullable=True),
        sa.Column("quote_id", sa.Uuid(), nullable=True),
        sa.Column("price_list_id", sa.Uuid(), nullable=True),
        sa.Column("terms", sa.Text(), nullable=True),
        sa.Column("reference", sa.String(length=100), nullable=True),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fulfilled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.String(length=500), nullable=True),
        sa.Column(
            "paid_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "returned_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("tax_mode", sa.String(length=40), nullable=False),
        sa.Column("tax_rounding", sa.String(length=40), nullable=False),
        sa.Column(
            "discount_percent",
            sa.Numeric(precision=7, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "discount_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "subtotal_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "total_discount_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "net_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "tax_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "total_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "conceded_percent",
            sa.Numeric(precision=7, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "margin_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "margin_percent",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["core_contact.id"], name=op.f("fk_sfa_order_contact_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["core_customer.id"], name=op.f("fk_sfa_order_customer_id")),
        sa.ForeignKeyConstraint(
            ["opportunity_id"], ["sfa_opportunity.id"], name=op.f("fk_sfa_order_opportunity_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["core_user.id"], name=op.f("fk_sfa_order_owner_id")),
        sa.ForeignKeyConstraint(
            ["price_list_id"], ["core_price_list.id"], name=op.f("fk_sfa_order_price_list_id")
        ),
        sa.ForeignKeyConstraint(["quote_id"], ["sfa_quote.id"], name=op.f("fk_sfa_order_quote_id")),
        sa.ForeignKeyConstraint(["team_id"], ["core_team.id"], name=op.f("fk_sfa_order_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_order")),
        sa.UniqueConstraint("number", name=op.f("uq_sfa_order_number")),
    )
    with op.batch_alter_table("sfa_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sfa_order_confirmed_at"), ["confirmed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_order_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_order_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_order_external_id"), ["external_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_order_opportunity_id"), ["opportunity_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_order_ordered_on"), ["ordered_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_order_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_order_price_list_id"), ["price_list_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_order_quote_id"), ["quote_id"], unique=True)
        batch_op.create_index(batch_op.f("ix_sfa_order_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_order_team_id"), ["team_id"], unique=False)

    op.create_table(
        "sfa_quote_line",
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("description", sa.String(length=1000), nullable=False),
        sa.Column(
            "quantity",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column(
            "unit_price",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "list_price",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "discount_percent",
            sa.Numeric(precision=7, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "tax_percent",
            sa.Numeric(precision=7, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "unit_cost",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "gross_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "discount_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "total_discount_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "net_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "tax_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "margin_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("tax_rate_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["core_product.id"], name=op.f("fk_sfa_quote_line_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["quote_id"], ["sfa_quote.id"], name=op.f("fk_sfa_quote_line_quote_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tax_rate_id"], ["sfa_tax_rate.id"], name=op.f("fk_sfa_quote_line_tax_rate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_quote_line")),
    )
    with op.batch_alter_table("sfa_quote_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sfa_quote_line_product_id"), ["product_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_quote_line_quote_id"), ["quote_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_quote_line_tax_rate_id"), ["tax_rate_id"], unique=False)

    op.create_table(
        "sfa_commission_entry",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("earned_on", sa.Date(), nullable=False),
        sa.Column(
            "share_percent",
            sa.Numeric(precision=5, scale=2).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "base_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
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
            ["order_id"], ["sfa_order.id"], name=op.f("fk_sfa_commission_entry_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["core_user.id"], name=op.f("fk_sfa_commission_entry_owner_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["sfa_commission_plan.id"], name=op.f("fk_sfa_commission_entry_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["core_product.id"], name=op.f("fk_sfa_commission_entry_product_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["core_team.id"], name=op.f("fk_sfa_commission_entry_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_commission_entry")),
    )
    with op.batch_alter_table("sfa_commission_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sfa_commission_entry_earned_on"), ["earned_on"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_sfa_commission_entry_external_id"), ["external_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sfa_commission_entry_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_commission_entry_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_commission_entry_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_commission_entry_product_id"), ["product_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_commission_entry_team_id"), ["team_id"], unique=False)

    op.create_table(
        "sfa_order_line",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("description", sa.String(length=1000), nullable=False),
        sa.Column(
            "quantity",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column(
            "unit_price",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "list_price",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "discount_percent",
            sa.Numeric(precision=7, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "tax_percent",
            sa.Numeric(precision=7, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "unit_cost",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "gross_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "discount_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "total_discount_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "net_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "tax_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "margin_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("tax_rate_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sfa_order.id"], name=op.f("fk_sfa_order_line_order_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["core_product.id"], name=op.f("fk_sfa_order_line_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["tax_rate_id"], ["sfa_tax_rate.id"], name=op.f("fk_sfa_order_line_tax_rate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_order_line")),
    )
    with op.batch_alter_table("sfa_order_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sfa_order_line_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_order_line_product_id"), ["product_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_order_line_tax_rate_id"), ["tax_rate_id"], unique=False)

    op.create_table(
        "sfa_order_return",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column(
            "amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("returned_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["sfa_order.id"], name=op.f("fk_sfa_order_return_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_order_return")),
    )
    with op.batch_alter_table("sfa_order_return", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sfa_order_return_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_order_return_returned_on"), ["returned_on"], unique=False)

    op.create_table(
        "sfa_payment",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column(
            "amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "paid_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column("paid_currency", sa.String(length=3), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=True),
        sa.Column("is_advance", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["sfa_order.id"], name=op.f("fk_sfa_payment_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sfa_payment")),
    )
    with op.batch_alter_table("sfa_payment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sfa_payment_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sfa_payment_received_on"), ["received_on"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("sfa_payment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_payment_received_on"))
        batch_op.drop_index(batch_op.f("ix_sfa_payment_order_id"))

    op.drop_table("sfa_payment")
    with op.batch_alter_table("sfa_order_return", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_order_return_returned_on"))
        batch_op.drop_index(batch_op.f("ix_sfa_order_return_order_id"))

    op.drop_table("sfa_order_return")
    with op.batch_alter_table("sfa_order_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_order_line_tax_rate_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_order_line_product_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_order_line_order_id"))

    op.drop_table("sfa_order_line")
    with op.batch_alter_table("sfa_commission_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_commission_entry_team_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_commission_entry_product_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_commission_entry_plan_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_commission_entry_owner_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_commission_entry_order_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_commission_entry_external_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_commission_entry_earned_on"))

    op.drop_table("sfa_commission_entry")
    with op.batch_alter_table("sfa_quote_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_quote_line_tax_rate_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_quote_line_quote_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_quote_line_product_id"))

    op.drop_table("sfa_quote_line")
    with op.batch_alter_table("sfa_order", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_order_team_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_order_status"))
        batch_op.drop_index(batch_op.f("ix_sfa_order_quote_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_order_price_list_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_order_owner_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_order_ordered_on"))
        batch_op.drop_index(batch_op.f("ix_sfa_order_opportunity_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_order_external_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_order_customer_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_order_contact_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_order_confirmed_at"))

    op.drop_table("sfa_order")
    with op.batch_alter_table("sfa_lead_assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_lead_assignment_to_user_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_lead_assignment_rule_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_lead_assignment_lead_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_lead_assignment_from_user_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_lead_assignment_assigned_by_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_lead_assignment_assigned_at"))

    op.drop_table("sfa_lead_assignment")
    with op.batch_alter_table("sfa_stage_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_stage_change_to_stage_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_stage_change_opportunity_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_stage_change_from_stage_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_stage_change_entered_at"))
        batch_op.drop_index(batch_op.f("ix_sfa_stage_change_changed_by_id"))

    op.drop_table("sfa_stage_change")
    with op.batch_alter_table("sfa_quote", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_quote_team_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_quote_status"))
        batch_op.drop_index(batch_op.f("ix_sfa_quote_replaces_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_quote_price_list_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_quote_owner_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_quote_opportunity_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_quote_external_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_quote_customer_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_quote_contact_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_quote_approval_request_id"))

    op.drop_table("sfa_quote")
    with op.batch_alter_table("sfa_opportunity_split", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_split_user_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_split_opportunity_id"))

    op.drop_table("sfa_opportunity_split")
    with op.batch_alter_table("sfa_opportunity_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_line_product_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_line_opportunity_id"))

    op.drop_table("sfa_opportunity_line")
    with op.batch_alter_table("sfa_opportunity_contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_contact_opportunity_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_contact_contact_id"))

    op.drop_table("sfa_opportunity_contact")
    with op.batch_alter_table("sfa_opportunity_competitor", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_competitor_opportunity_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_competitor_competitor_id"))

    op.drop_table("sfa_opportunity_competitor")
    with op.batch_alter_table("sfa_opportunity_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_change_valid_from"))
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_change_team_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_change_stage_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_change_product_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_change_pipeline_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_change_owner_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_change_opportunity_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_change_customer_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_change_closed_on"))
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_change_changed_by_id"))

    op.drop_table("sfa_opportunity_change")
    with op.batch_alter_table("sfa_lead", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_lead_team_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_lead_status"))
        batch_op.drop_index(batch_op.f("ix_sfa_lead_source"))
        batch_op.drop_index(batch_op.f("ix_sfa_lead_score"))
        batch_op.drop_index(batch_op.f("ix_sfa_lead_received_at"))
        batch_op.drop_index(batch_op.f("ix_sfa_lead_product_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_lead_owner_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_lead_opportunity_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_lead_normalised_phone"))
        batch_op.drop_index(batch_op.f("ix_sfa_lead_name"))
        batch_op.drop_index(batch_op.f("ix_sfa_lead_last_worked_at"))
        batch_op.drop_index(batch_op.f("ix_sfa_lead_first_answered_at"))
        batch_op.drop_index(batch_op.f("ix_sfa_lead_external_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_lead_email"))
        batch_op.drop_index(batch_op.f("ix_sfa_lead_customer_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_lead_converted_by_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_lead_converted_at"))
        batch_op.drop_index(batch_op.f("ix_sfa_lead_contact_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_lead_company_name"))
        batch_op.drop_index(batch_op.f("ix_sfa_lead_answer_due_at"))

    op.drop_table("sfa_lead")
    with op.batch_alter_table("sfa_competition_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_competition_change_valid_from"))
        batch_op.drop_index(batch_op.f("ix_sfa_competition_change_opportunity_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_competition_change_competitor_id"))

    op.drop_table("sfa_competition_change")
    with op.batch_alter_table("sfa_visit_slot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_visit_slot_plan_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_visit_slot_interaction_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_visit_slot_customer_id"))

    op.drop_table("sfa_visit_slot")
    with op.batch_alter_table("sfa_opportunity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_team_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_stage_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_product_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_price_list_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_pipeline_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_owner_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_origin_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_next_step_on"))
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_external_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_expected_close_on"))
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_customer_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_contact_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_opportunity_closed_on"))

    op.drop_table("sfa_opportunity")
    op.drop_table("sfa_assignment_turn")
    with op.batch_alter_table("sfa_visit_plan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_visit_plan_team_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_visit_plan_owner_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_visit_plan_external_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_visit_plan_customer_id"))

    op.drop_table("sfa_visit_plan")
    with op.batch_alter_table("sfa_stage", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_sfa_stage_pipeline_id_position",
            sqlite_where=sa.text("archived_at IS NULL"),
            postgresql_where=sa.text("archived_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_sfa_stage_pipeline_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_stage_external_id"))

    op.drop_table("sfa_stage")
    with op.batch_alter_table("sfa_quota", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_quota_team_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_quota_starts_on"))
        batch_op.drop_index(batch_op.f("ix_sfa_quota_product_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_quota_owner_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_quota_external_id"))

    op.drop_table("sfa_quota")
    with op.batch_alter_table("sfa_forecast_adjustment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_forecast_adjustment_submission_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_forecast_adjustment_adjusted_by_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_forecast_adjustment_adjusted_at"))

    op.drop_table("sfa_forecast_adjustment")
    with op.batch_alter_table("sfa_commission_slab", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_commission_slab_product_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_commission_slab_plan_id"))

    op.drop_table("sfa_commission_slab")
    with op.batch_alter_table("sfa_assignment_rule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_assignment_rule_to_user_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_assignment_rule_to_team_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_assignment_rule_product_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_assignment_rule_position"))
        batch_op.drop_index(batch_op.f("ix_sfa_assignment_rule_external_id"))

    op.drop_table("sfa_assignment_rule")
    op.drop_table("sfa_user_feed")
    with op.batch_alter_table("sfa_pipeline", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_pipeline_team_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_pipeline_external_id"))

    op.drop_table("sfa_pipeline")
    with op.batch_alter_table("sfa_lead_policy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_lead_policy_team_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_lead_policy_external_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_lead_policy_calendar_id"))

    op.drop_table("sfa_lead_policy")
    with op.batch_alter_table("sfa_lead_capacity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_lead_capacity_user_id"))

    op.drop_table("sfa_lead_capacity")
    with op.batch_alter_table("sfa_forecast_submission", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_forecast_submission_team_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_forecast_submission_submitted_at"))
        batch_op.drop_index(batch_op.f("ix_sfa_forecast_submission_starts_on"))
        batch_op.drop_index(batch_op.f("ix_sfa_forecast_submission_owner_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_forecast_submission_external_id"))

    op.drop_table("sfa_forecast_submission")
    with op.batch_alter_table("sfa_forecast_snapshot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_forecast_snapshot_team_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_forecast_snapshot_taken_at"))
        batch_op.drop_index(batch_op.f("ix_sfa_forecast_snapshot_starts_on"))
        batch_op.drop_index(batch_op.f("ix_sfa_forecast_snapshot_owner_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_forecast_snapshot_external_id"))

    op.drop_table("sfa_forecast_snapshot")
    with op.batch_alter_table("sfa_discount_limit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_discount_limit_user_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_discount_limit_team_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_discount_limit_role_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_discount_limit_external_id"))

    op.drop_table("sfa_discount_limit")
    with op.batch_alter_table("sfa_commission_plan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_commission_plan_user_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_commission_plan_team_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_commission_plan_external_id"))

    op.drop_table("sfa_commission_plan")
    with op.batch_alter_table("sfa_absence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_absence_user_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_absence_from_on"))

    op.drop_table("sfa_absence")
    with op.batch_alter_table("sfa_tax_rate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_tax_rate_external_id"))
        batch_op.drop_index(batch_op.f("ix_sfa_tax_rate_country"))

    op.drop_table("sfa_tax_rate")
    op.drop_table("sfa_number_counter")
    with op.batch_alter_table("sfa_lead_score_rule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_lead_score_rule_external_id"))

    op.drop_table("sfa_lead_score_rule")
    with op.batch_alter_table("sfa_lead_field_mapping", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_lead_field_mapping_external_id"))

    op.drop_table("sfa_lead_field_mapping")
    with op.batch_alter_table("sfa_competitor", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sfa_competitor_external_id"))

    op.drop_table("sfa_competitor")
