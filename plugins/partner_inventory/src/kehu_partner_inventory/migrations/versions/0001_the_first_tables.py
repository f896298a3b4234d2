"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "partner_inventory_count_class",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("interval_days", sa.Integer(), nullable=False),
        sa.Column(
            "tolerance_percent",
            sa.Numeric(precision=9, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.CheckConstraint(
            "interval_days > 0", name=op.f("ck_partner_inventory_count_class_interval_days_above_zero")
        ),
        sa.CheckConstraint(
            "tolerance_percent >= 0",
            name=op.f("ck_partner_inventory_count_class_tolerance_percent_not_below_zero"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_count_class")),
        sa.UniqueConstraint("name", name=op.f("uq_partner_inventory_count_class_name")),
    )
    op.create_table(
        "partner_inventory_fund",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_fund")),
        sa.UniqueConstraint("name", name=op.f("uq_partner_inventory_fund_name")),
    )
    with op.batch_alter_table("partner_inventory_fund", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_fund_external_id"), ["external_id"], unique=False
        )

    op.create_table(
        "partner_inventory_number_counter",
        sa.Column("series", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_partner_inventory_number_counter")),
    )
    op.create_table(
        "partner_inventory_programme",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("review_interval", sa.String(length=40), nullable=True),
        sa.Column("reviewed_until_on", sa.Date(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_programme")),
        sa.UniqueConstraint("name", name=op.f("uq_partner_inventory_programme_name")),
    )
    with op.batch_alter_table("partner_inventory_programme", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_programme_external_id"), ["external_id"], unique=False
        )

    op.create_table(
        "partner_inventory_scorecard",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_scorecard")),
        sa.UniqueConstraint("name", name=op.f("uq_partner_inventory_scorecard_name")),
    )
    with op.batch_alter_table("partner_inventory_scorecard", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_scorecard_external_id"), ["external_id"], unique=False
        )

    op.create_table(
        "partner_inventory_stock_unit",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("decimals", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_stock_unit")),
        sa.UniqueConstraint("name", name=op.f("uq_partner_inventory_stock_unit_name")),
    )
    op.create_table(
        "partner_inventory_level",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("benefits", sa.Text(), nullable=True),
        sa.Column("price_list_id", sa.Uuid(), nullable=True),
        sa.Column(
            "discount_percent",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("payment_days", sa.Integer(), nullable=False),
        sa.Column(
            "credit_limit",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["price_list_id"], ["core_price_list.id"], name=op.f("fk_partner_inventory_level_price_list_id")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["partner_inventory_programme.id"],
            name=op.f("fk_partner_inventory_level_programme_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_level")),
        sa.UniqueConstraint(
            "programme_id", "name", name=op.f("uq_partner_inventory_level_programme_id_name")
        ),
        sa.UniqueConstraint(
            "programme_id", "rank", name=op.f("uq_partner_inventory_level_programme_id_rank")
        ),
    )
    with op.batch_alter_table("partner_inventory_level", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_level_external_id"), ["external_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_level_price_list_id"), ["price_list_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_level_programme_id"), ["programme_id"], unique=False
        )

    op.create_table(
        "partner_inventory_rebate_programme",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("base", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column(
            "cap_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("excluded_category_id", sa.Uuid(), nullable=True),
        sa.Column("mix_category_id", sa.Uuid(), nullable=True),
        sa.Column("payment_grace_days", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["core_product_category.id"],
            name=op.f("fk_partner_inventory_rebate_programme_category_id"),
        ),
        sa.ForeignKeyConstraint(
            ["excluded_category_id"],
            ["core_product_category.id"],
            name=op.f("fk_partner_inventory_rebate_programme_excluded_category_id"),
        ),
        sa.ForeignKeyConstraint(
            ["mix_category_id"],
            ["core_product_category.id"],
            name=op.f("fk_partner_inventory_rebate_programme_mix_category_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_rebate_programme")),
        sa.UniqueConstraint("name", name=op.f("uq_partner_inventory_rebate_programme_name")),
    )
    with op.batch_alter_table("partner_inventory_rebate_programme", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_rebate_programme_category_id"), ["category_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_rebate_programme_external_id"), ["external_id"], unique=False
        )

    op.create_table(
        "partner_inventory_scorecard_criterion",
        sa.Column("scorecard_id", sa.Uuid(), nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column(
            "weight",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "none_at",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "full_at",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["scorecard_id"],
            ["partner_inventory_scorecard.id"],
            name=op.f("fk_partner_inventory_scorecard_criterion_scorecard_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_scorecard_criterion")),
        sa.UniqueConstraint(
            "scorecard_id",
            "measure",
            name=op.f("uq_partner_inventory_scorecard_criterion_scorecard_id_measure"),
        ),
    )
    op.create_table(
        "partner_inventory_level_rule",
        sa.Column("level_id", sa.Uuid(), nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column(
            "threshold",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["level_id"],
            ["partner_inventory_level.id"],
            name=op.f("fk_partner_inventory_level_rule_level_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_level_rule")),
        sa.UniqueConstraint(
            "level_id", "measure", name=op.f("uq_partner_inventory_level_rule_level_id_measure")
        ),
    )
    op.create_table(
        "partner_inventory_location",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("usage", sa.String(length=40), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("holder_id", sa.Uuid(), nullable=True),
        sa.Column("stock_owner_id", sa.Uuid(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column(
            "latitude",
            sa.Numeric(precision=9, scale=6).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "longitude",
            sa.Numeric(precision=9, scale=6).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column("is_shown_to_partners", sa.Boolean(), nullable=False),
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
            ["holder_id"], ["core_customer.id"], name=op.f("fk_partner_inventory_location_holder_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["core_user.id"], name=op.f("fk_partner_inventory_location_owner_id")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["partner_inventory_location.id"],
            name=op.f("fk_partner_inventory_location_parent_id"),
        ),
        sa.ForeignKeyConstraint(
            ["stock_owner_id"],
            ["core_customer.id"],
            name=op.f("fk_partner_inventory_location_stock_owner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["core_team.id"], name=op.f("fk_partner_inventory_location_team_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_location")),
        sa.UniqueConstraint("code", name=op.f("uq_partner_inventory_location_code")),
    )
    with op.batch_alter_table("partner_inventory_location", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_location_external_id"), ["external_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_location_owner_id"), ["owner_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_partner_inventory_location_team_id"), ["team_id"], unique=False)

    op.create_table(
        "partner_inventory_lot",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("is_serial", sa.Boolean(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["core_product.id"], name=op.f("fk_partner_inventory_lot_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_lot")),
        sa.UniqueConstraint("product_id", "number", name=op.f("uq_partner_inventory_lot_product_id_number")),
    )
    with op.batch_alter_table("partner_inventory_lot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_partner_inventory_lot_expires_on"), ["expires_on"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_lot_external_id"), ["external_id"], unique=False
        )

    op.create_table(
        "partner_inventory_partner",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("level_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("status_reason", sa.String(length=500), nullable=True),
        sa.Column("status_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("price_list_id", sa.Uuid(), nullable=True),
        sa.Column(
            "credit_limit",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "group_credit_limit",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "latitude",
            sa.Numeric(precision=9, scale=6).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "longitude",
            sa.Numeric(precision=9, scale=6).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column("contract_number", sa.String(length=100), nullable=True),
        sa.Column("contract_from_on", sa.Date(), nullable=True),
        sa.Column("contract_until_on", sa.Date(), nullable=True),
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
            ["customer_id"], ["core_customer.id"], name=op.f("fk_partner_inventory_partner_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["level_id"], ["partner_inventory_level.id"], name=op.f("fk_partner_inventory_partner_level_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["core_user.id"], name=op.f("fk_partner_inventory_partner_owner_id")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["partner_inventory_partner.id"],
            name=op.f("fk_partner_inventory_partner_parent_id"),
        ),
        sa.ForeignKeyConstraint(
            ["price_list_id"], ["core_price_list.id"], name=op.f("fk_partner_inventory_partner_price_list_id")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["core_team.id"], name=op.f("fk_partner_inventory_partner_team_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_partner")),
        sa.UniqueConstraint("code", name=op.f("uq_partner_inventory_partner_code")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_partner_inventory_partner_customer_id")),
    )
    with op.batch_alter_table("partner_inventory_partner", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_partner_contract_until_on"), ["contract_until_on"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_partner_external_id"), ["external_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_partner_inventory_partner_level_id"), ["level_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_partner_inventory_partner_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_partner_price_list_id"), ["price_list_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_partner_inventory_partner_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_partner_inventory_partner_team_id"), ["team_id"], unique=False)

    op.create_table(
        "partner_inventory_promotion",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("level_id", sa.Uuid(), nullable=True),
        sa.Column(
            "min_quantity",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "discount_percent",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=True),
        sa.Column("valid_until_on", sa.Date(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["core_product_category.id"],
            name=op.f("fk_partner_inventory_promotion_category_id"),
        ),
        sa.ForeignKeyConstraint(
            ["level_id"], ["partner_inventory_level.id"], name=op.f("fk_partner_inventory_promotion_level_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["core_product.id"], name=op.f("fk_partner_inventory_promotion_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_promotion")),
    )
    with op.batch_alter_table("partner_inventory_promotion", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_promotion_category_id"), ["category_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_promotion_external_id"), ["external_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_promotion_level_id"), ["level_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_promotion_product_id"), ["product_id"], unique=False
        )

    op.create_table(
        "partner_inventory_rebate_exclusion",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["core_product.id"], name=op.f("fk_partner_inventory_rebate_exclusion_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["partner_inventory_rebate_programme.id"],
            name=op.f("fk_partner_inventory_rebate_exclusion_programme_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_rebate_exclusion")),
        sa.UniqueConstraint(
            "programme_id",
            "product_id",
            name=op.f("uq_partner_inventory_rebate_exclusion_programme_id_product_id"),
        ),
    )
    op.create_table(
        "partner_inventory_rebate_tier",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column(
            "from_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "until_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "percent",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["partner_inventory_rebate_programme.id"],
            name=op.f("fk_partner_inventory_rebate_tier_programme_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_rebate_tier")),
    )
    with op.batch_alter_table("partner_inventory_rebate_tier", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_rebate_tier_programme_id"), ["programme_id"], unique=False
        )

    op.create_table(
        "partner_inventory_stock_profile",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("is_lot_tracked", sa.Boolean(), nullable=False),
        sa.Column("costing", sa.String(length=40), nullable=False),
        sa.Column("count_class_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["count_class_id"],
            ["partner_inventory_count_class.id"],
            name=op.f("fk_partner_inventory_stock_profile_count_class_id"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["core_product.id"], name=op.f("fk_partner_inventory_stock_profile_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_stock_profile")),
        sa.UniqueConstraint("product_id", name=op.f("uq_partner_inventory_stock_profile_product_id")),
    )
    with op.batch_alter_table("partner_inventory_stock_profile", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_stock_profile_count_class_id"), ["count_class_id"], unique=False
        )

    op.create_table(
        "partner_inventory_authorisation",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("territory", sa.String(length=20), nullable=True),
        sa.Column("is_exclusive", sa.Boolean(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=True),
        sa.Column("valid_until_on", sa.Date(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["core_product_category.id"],
            name=op.f("fk_partner_inventory_authorisation_category_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner_inventory_partner.id"],
            name=op.f("fk_partner_inventory_authorisation_partner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["core_product.id"], name=op.f("fk_partner_inventory_authorisation_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_authorisation")),
    )
    with op.batch_alter_table("partner_inventory_authorisation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_authorisation_category_id"), ["category_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_authorisation_external_id"), ["external_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_authorisation_partner_id"), ["partner_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_authorisation_product_id"), ["product_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_authorisation_territory"), ["territory"], unique=False
        )

    op.create_table(
        "partner_inventory_deal",
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("customer_name", sa.String(length=200), nullable=False),
        sa.Column("customer_key", sa.String(length=200), nullable=False),
        sa.Column("registered_number", sa.String(length=40), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("territory", sa.String(length=20), nullable=True),
        sa.Column(
            "amount", sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"), nullable=True
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("expected_close_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("has_clash", sa.Boolean(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("protected_until_on", sa.Date(), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.String(length=500), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lost_reason", sa.String(length=500), nullable=True),
        sa.Column("opportunity", sa.String(length=120), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["core_product_category.id"], name=op.f("fk_partner_inventory_deal_category_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["core_customer.id"], name=op.f("fk_partner_inventory_deal_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["core_user.id"], name=op.f("fk_partner_inventory_deal_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner_inventory_partner.id"],
            name=op.f("fk_partner_inventory_deal_partner_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_deal")),
        sa.UniqueConstraint("number", name=op.f("uq_partner_inventory_deal_number")),
    )
    with op.batch_alter_table("partner_inventory_deal", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_deal_customer_id"), ["customer_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_deal_customer_key"), ["customer_key"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_deal_opportunity"), ["opportunity"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_deal_partner_id"), ["partner_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_deal_protected_until_on"), ["protected_until_on"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_deal_registered_number"), ["registered_number"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_partner_inventory_deal_status"), ["status"], unique=False)

    op.create_table(
        "partner_inventory_expected_receipt",
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column(
            "quantity",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "received",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "unit_cost",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("document", sa.String(length=120), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.CheckConstraint(
            "quantity > 0", name=op.f("ck_partner_inventory_expected_receipt_quantity_above_zero")
        ),
        sa.CheckConstraint(
            "received >= 0", name=op.f("ck_partner_inventory_expected_receipt_received_not_below_zero")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["core_customer.id"],
            name=op.f("fk_partner_inventory_expected_receipt_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["partner_inventory_location.id"],
            name=op.f("fk_partner_inventory_expected_receipt_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["core_product.id"], name=op.f("fk_partner_inventory_expected_receipt_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_expected_receipt")),
    )
    with op.batch_alter_table("partner_inventory_expected_receipt", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_expected_receipt_customer_id"), ["customer_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_expected_receipt_location_id"), ["location_id"], unique=False
        )

    op.create_table(
        "partner_inventory_fund_allocation",
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column(
            "amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["fund_id"],
            ["partner_inventory_fund.id"],
            name=op.f("fk_partner_inventory_fund_allocation_fund_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner_inventory_partner.id"],
            name=op.f("fk_partner_inventory_fund_allocation_partner_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_fund_allocation")),
        sa.UniqueConstraint(
            "fund_id", "partner_id", name=op.f("uq_partner_inventory_fund_allocation_fund_id_partner_id")
        ),
    )
    with op.batch_alter_table("partner_inventory_fund_allocation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_fund_allocation_partner_id"), ["partner_id"], unique=False
        )

    op.create_table(
        "partner_inventory_level_change",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("from_level_id", sa.Uuid(), nullable=True),
        sa.Column("to_level_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["core_user.id"], name=op.f("fk_partner_inventory_level_change_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["from_level_id"],
            ["partner_inventory_level.id"],
            name=op.f("fk_partner_inventory_level_change_from_level_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner_inventory_partner.id"],
            name=op.f("fk_partner_inventory_level_change_partner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["to_level_id"],
            ["partner_inventory_level.id"],
            name=op.f("fk_partner_inventory_level_change_to_level_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_level_change")),
    )
    with op.batch_alter_table("partner_inventory_level_change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_level_change_partner_id"), ["partner_id"], unique=False
        )

    op.create_table(
        "partner_inventory_level_review",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("direction", sa.String(length=40), nullable=False),
        sa.Column("from_level_id", sa.Uuid(), nullable=False),
        sa.Column("to_level_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("kept_findings", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.String(length=500), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["core_user.id"], name=op.f("fk_partner_inventory_level_review_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["from_level_id"],
            ["partner_inventory_level.id"],
            name=op.f("fk_partner_inventory_level_review_from_level_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner_inventory_partner.id"],
            name=op.f("fk_partner_inventory_level_review_partner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["to_level_id"],
            ["partner_inventory_level.id"],
            name=op.f("fk_partner_inventory_level_review_to_level_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_level_review")),
    )
    with op.batch_alter_table("partner_inventory_level_review", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_level_review_partner_id"), ["partner_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_level_review_status"), ["status"], unique=False
        )

    op.create_table(
        "partner_inventory_order",
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "total_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "unbilled_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("source_location_id", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.String(length=100), nullable=True),
        sa.Column("wanted_on", sa.Date(), nullable=True),
        sa.Column("document", sa.String(length=120), nullable=True),
        sa.Column("ordered_by_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by_id", sa.Uuid(), nullable=True),
        sa.Column("release_reason", sa.String(length=500), nullable=True),
        sa.Column("cancel_reason", sa.String(length=500), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["ordered_by_id"], ["core_user.id"], name=op.f("fk_partner_inventory_order_ordered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner_inventory_partner.id"],
            name=op.f("fk_partner_inventory_order_partner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["released_by_id"], ["core_user.id"], name=op.f("fk_partner_inventory_order_released_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["source_location_id"],
            ["partner_inventory_location.id"],
            name=op.f("fk_partner_inventory_order_source_location_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_order")),
        sa.UniqueConstraint("number", name=op.f("uq_partner_inventory_order_number")),
    )
    with op.batch_alter_table("partner_inventory_order", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_order_confirmed_at"), ["confirmed_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_partner_inventory_order_document"), ["document"], unique=False)
        batch_op.create_index(
            "ix_partner_inventory_order_exposure", ["partner_id", "unbilled_amount"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_partner_inventory_order_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_partner_inventory_order_wanted_on"), ["wanted_on"], unique=False)

    op.create_table(
        "partner_inventory_partner_user",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner_inventory_partner.id"],
            name=op.f("fk_partner_inventory_partner_user_partner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_user.id"], name=op.f("fk_partner_inventory_partner_user_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_partner_user")),
        sa.UniqueConstraint("user_id", name=op.f("uq_partner_inventory_partner_user_user_id")),
    )
    with op.batch_alter_table("partner_inventory_partner_user", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_partner_user_partner_id"), ["partner_id"], unique=False
        )

    op.create_table(
        "partner_inventory_payment",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column(
            "amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner_inventory_partner.id"],
            name=op.f("fk_partner_inventory_payment_partner_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_payment")),
    )
    with op.batch_alter_table("partner_inventory_payment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_payment_partner_id"), ["partner_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_payment_received_on"), ["received_on"], unique=False
        )

    op.create_table(
        "partner_inventory_placement",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["partner_inventory_partner.id"],
            name=op.f("fk_partner_inventory_placement_parent_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner_inventory_partner.id"],
            name=op.f("fk_partner_inventory_placement_partner_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_placement")),
    )
    with op.batch_alter_table("partner_inventory_placement", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_placement_partner_id"), ["partner_id"], unique=False
        )

    op.create_table(
        "partner_inventory_rebate_member",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner_inventory_partner.id"],
            name=op.f("fk_partner_inventory_rebate_member_partner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["partner_inventory_rebate_programme.id"],
            name=op.f("fk_partner_inventory_rebate_member_programme_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_rebate_member")),
        sa.UniqueConstraint(
            "programme_id",
            "partner_id",
            name=op.f("uq_partner_inventory_rebate_member_programme_id_partner_id"),
        ),
    )
    with op.batch_alter_table("partner_inventory_rebate_member", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_rebate_member_partner_id"), ["partner_id"], unique=False
        )

    op.create_table(
        "partner_inventory_reorder_rule",
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column(
            "minimum",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "maximum",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "multiple",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column("lead_time_days", sa.Integer(), nullable=True),
        sa.Column("safety_days", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["partner_inventory_location.id"],
            name=op.f("fk_partner_inventory_reorder_rule_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["core_product.id"], name=op.f("fk_partner_inventory_reorder_rule_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_reorder_rule")),
        sa.UniqueConstraint(
            "location_id", "product_id", name=op.f("uq_partner_inventory_reorder_rule_location_id_product_id")
        ),
    )
    with op.batch_alter_table("partner_inventory_reorder_rule", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_reorder_rule_product_id"), ["product_id"], unique=False
        )

    op.create_table(
        "partner_inventory_reservation",
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column(
            "quantity",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "shipped",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("reserved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("document", sa.String(length=120), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_partner_inventory_reservation_quantity_above_zero")),
        sa.CheckConstraint(
            "shipped >= 0 AND shipped <= quantity",
            name=op.f("ck_partner_inventory_reservation_shipped_at_most_all"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["core_customer.id"], name=op.f("fk_partner_inventory_reservation_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["partner_inventory_location.id"],
            name=op.f("fk_partner_inventory_reservation_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["partner_inventory_lot.id"], name=op.f("fk_partner_inventory_reservation_lot_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["core_product.id"], name=op.f("fk_partner_inventory_reservation_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_reservation")),
    )
    with op.batch_alter_table("partner_inventory_reservation", schema=None) as batch_op:
        batch_op.create_index(
            "ix_partner_inventory_reservation_active",
            ["product_id", "location_id"],
            unique=False,
            sqlite_where=sa.text("state = 'ACTIVE'"),
            postgresql_where=sa.text("state = 'ACTIVE'"),
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_reservation_customer_id"), ["customer_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_reservation_document"), ["document"], unique=False
        )
        batch_op.create_index(
            "ix_partner_inventory_reservation_expiring",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("state = 'ACTIVE'"),
            postgresql_where=sa.text("state = 'ACTIVE'"),
        )

    op.create_table(
        "partner_inventory_special_price",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column(
            "price", sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"), nullable=False
        ),
        sa.Column(
            "min_quantity",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("valid_from_on", sa.Date(), nullable=True),
        sa.Column("valid_until_on", sa.Date(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner_inventory_partner.id"],
            name=op.f("fk_partner_inventory_special_price_partner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["core_product.id"], name=op.f("fk_partner_inventory_special_price_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_special_price")),
    )
    with op.batch_alter_table("partner_inventory_special_price", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_special_price_external_id"), ["external_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_special_price_partner_id"), ["partner_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_special_price_product_id"), ["product_id"], unique=False
        )

    op.create_table(
        "partner_inventory_stock_balance",
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column("usage", sa.String(length=40), nullable=False),
        sa.Column(
            "on_hand",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "reserved",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("move_count", sa.Integer(), nullable=False),
        sa.Column("last_moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.CheckConstraint(
            "usage IN ('SUPPLIER', 'CUSTOMER', 'LOSS', 'PRODUCTION') OR (on_hand >= 0 AND reserved <= on_hand)",
            name=op.f("ck_partner_inventory_stock_balance_never_oversold"),
        ),
        sa.CheckConstraint(
            "reserved >= 0", name=op.f("ck_partner_inventory_stock_balance_reserved_not_below_zero")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["partner_inventory_location.id"],
            name=op.f("fk_partner_inventory_stock_balance_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["partner_inventory_lot.id"], name=op.f("fk_partner_inventory_stock_balance_lot_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["core_product.id"], name=op.f("fk_partner_inventory_stock_balance_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_stock_balance")),
    )
    with op.batch_alter_table("partner_inventory_stock_balance", schema=None) as batch_op:
        batch_op.create_index(
            "uq_partner_inventory_stock_balance_with_lot",
            ["product_id", "location_id", "lot_id"],
            unique=True,
            sqlite_where=sa.text("lot_id IS NOT NULL"),
            postgresql_where=sa.text("lot_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_partner_inventory_stock_balance_without_lot",
            ["product_id", "location_id"],
            unique=True,
            sqlite_where=sa.text("lot_id IS NULL"),
            postgresql_where=sa.text("lot_id IS NULL"),
        )

    op.create_table(
        "partner_inventory_stocktake",
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("count_class_id", sa.Uuid(), nullable=True),
        sa.Column(
            "tolerance_percent",
            sa.Numeric(precision=9, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["core_user.id"], name=op.f("fk_partner_inventory_stocktake_approved_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["count_class_id"],
            ["partner_inventory_count_class.id"],
            name=op.f("fk_partner_inventory_stocktake_count_class_id"),
        ),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["partner_inventory_location.id"],
            name=op.f("fk_partner_inventory_stocktake_location_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_stocktake")),
    )
    with op.batch_alter_table("partner_inventory_stocktake", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_partner_inventory_stocktake_state"), ["state"], unique=False)

    op.create_table(
        "partner_inventory_target",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column(
            "amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["core_product_category.id"],
            name=op.f("fk_partner_inventory_target_category_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner_inventory_partner.id"],
            name=op.f("fk_partner_inventory_target_partner_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_target")),
    )
    with op.batch_alter_table("partner_inventory_target", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_target_partner_id"), ["partner_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_partner_inventory_target_until_on"), ["until_on"], unique=False)

    op.create_table(
        "partner_inventory_transfer",
        sa.Column("from_location_id", sa.Uuid(), nullable=False),
        sa.Column("to_location_id", sa.Uuid(), nullable=False),
        sa.Column("via_location_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("requested_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("difference_reason", sa.String(length=500), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["core_user.id"], name=op.f("fk_partner_inventory_transfer_approved_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["from_location_id"],
            ["partner_inventory_location.id"],
            name=op.f("fk_partner_inventory_transfer_from_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["core_user.id"], name=op.f("fk_partner_inventory_transfer_requested_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_location_id"],
            ["partner_inventory_location.id"],
            name=op.f("fk_partner_inventory_transfer_to_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["via_location_id"],
            ["partner_inventory_location.id"],
            name=op.f("fk_partner_inventory_transfer_via_location_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_transfer")),
    )
    with op.batch_alter_table("partner_inventory_transfer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_partner_inventory_transfer_state"), ["state"], unique=False)

    op.create_table(
        "partner_inventory_fund_request",
        sa.Column("allocation_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column(
            "requested_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("campaign", sa.String(length=120), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column(
            "granted_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.String(length=500), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["allocation_id"],
            ["partner_inventory_fund_allocation.id"],
            name=op.f("fk_partner_inventory_fund_request_allocation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["core_user.id"], name=op.f("fk_partner_inventory_fund_request_decided_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_fund_request")),
    )
    with op.batch_alter_table("partner_inventory_fund_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_fund_request_allocation_id"), ["allocation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_fund_request_campaign"), ["campaign"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_fund_request_external_id"), ["external_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_fund_request_status"), ["status"], unique=False
        )

    op.create_table(
        "partner_inventory_invoice",
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "open_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["partner_inventory_order.id"], name=op.f("fk_partner_inventory_invoice_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner_inventory_partner.id"],
            name=op.f("fk_partner_inventory_invoice_partner_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_invoice")),
        sa.UniqueConstraint("number", name=op.f("uq_partner_inventory_invoice_number")),
    )
    with op.batch_alter_table("partner_inventory_invoice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_partner_inventory_invoice_due_on"), ["due_on"], unique=False)
        batch_op.create_index(
            "ix_partner_inventory_invoice_exposure", ["partner_id", "open_amount"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_invoice_issued_on"), ["issued_on"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_partner_inventory_invoice_order_id"), ["order_id"], unique=False)

    op.create_table(
        "partner_inventory_order_line",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
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
            "amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("price_steps", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "allocated",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "filled",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "shipped",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "billed",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "returned",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "cancelled",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_partner_inventory_order_line_quantity_above_zero")),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["partner_inventory_order.id"],
            name=op.f("fk_partner_inventory_order_line_order_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["core_product.id"], name=op.f("fk_partner_inventory_order_line_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_order_line")),
    )
    with op.batch_alter_table("partner_inventory_order_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_order_line_order_id"), ["order_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_order_line_product_id"), ["product_id"], unique=False
        )

    op.create_table(
        "partner_inventory_stock_alert",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column(
            "quantity",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "threshold",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
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
            ["location_id"],
            ["partner_inventory_location.id"],
            name=op.f("fk_partner_inventory_stock_alert_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["partner_inventory_lot.id"], name=op.f("fk_partner_inventory_stock_alert_lot_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["partner_inventory_order.id"],
            name=op.f("fk_partner_inventory_stock_alert_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["core_user.id"], name=op.f("fk_partner_inventory_stock_alert_owner_id")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner_inventory_partner.id"],
            name=op.f("fk_partner_inventory_stock_alert_partner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["core_product.id"], name=op.f("fk_partner_inventory_stock_alert_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["core_team.id"], name=op.f("fk_partner_inventory_stock_alert_team_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_stock_alert")),
    )
    with op.batch_alter_table("partner_inventory_stock_alert", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_stock_alert_external_id"), ["external_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_partner_inventory_stock_alert_kind"), ["kind"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_stock_alert_location_id"), ["location_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_stock_alert_opened_at"), ["opened_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_stock_alert_owner_id"), ["owner_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_stock_alert_partner_id"), ["partner_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_stock_alert_product_id"), ["product_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_partner_inventory_stock_alert_state"), ["state"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_stock_alert_team_id"), ["team_id"], unique=False
        )
        batch_op.create_index(
            "uq_partner_inventory_stock_alert_open",
            ["subject"],
            unique=True,
            sqlite_where=sa.text("state = 'OPEN'"),
            postgresql_where=sa.text("state = 'OPEN'"),
        )

    op.create_table(
        "partner_inventory_stock_move",
        sa.Column("from_location_id", sa.Uuid(), nullable=False),
        sa.Column("to_location_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column(
            "quantity",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("document", sa.String(length=120), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("reservation_id", sa.Uuid(), nullable=True),
        sa.Column("moved_by_id", sa.Uuid(), nullable=True),
        sa.Column(
            "cost", sa.Numeric(precision=26, scale=8).with_variant(sa.BigInteger(), "sqlite"), nullable=True
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.CheckConstraint(
            "from_location_id <> to_location_id", name=op.f("ck_partner_inventory_stock_move_two_sides")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_partner_inventory_stock_move_quantity_above_zero")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["core_customer.id"], name=op.f("fk_partner_inventory_stock_move_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["from_location_id"],
            ["partner_inventory_location.id"],
            name=op.f("fk_partner_inventory_stock_move_from_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["partner_inventory_lot.id"], name=op.f("fk_partner_inventory_stock_move_lot_id")
        ),
        sa.ForeignKeyConstraint(
            ["moved_by_id"], ["core_user.id"], name=op.f("fk_partner_inventory_stock_move_moved_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["core_product.id"], name=op.f("fk_partner_inventory_stock_move_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["partner_inventory_reservation.id"],
            name=op.f("fk_partner_inventory_stock_move_reservation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"],
            ["partner_inventory_stock_move.id"],
            name=op.f("fk_partner_inventory_stock_move_reverses_id"),
        ),
        sa.ForeignKeyConstraint(
            ["to_location_id"],
            ["partner_inventory_location.id"],
            name=op.f("fk_partner_inventory_stock_move_to_location_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_stock_move")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_partner_inventory_stock_move_reverses_id")),
    )
    with op.batch_alter_table("partner_inventory_stock_move", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_stock_move_customer_id"), ["customer_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_stock_move_document"), ["document"], unique=False
        )
        batch_op.create_index(
            "ix_partner_inventory_stock_move_in", ["product_id", "to_location_id", "moved_at"], unique=False
        )
        batch_op.create_index(
            "ix_partner_inventory_stock_move_out",
            ["product_id", "from_location_id", "moved_at"],
            unique=False,
        )

    op.create_table(
        "partner_inventory_stocktake_line",
        sa.Column("stocktake_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column(
            "expected",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("snapshot_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("snapshot_moves", sa.Integer(), nullable=False),
        sa.Column(
            "counted",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted_by_id", sa.Uuid(), nullable=True),
        sa.Column(
            "unit_cost",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.CheckConstraint(
            "counted >= 0", name=op.f("ck_partner_inventory_stocktake_line_counted_not_below_zero")
        ),
        sa.ForeignKeyConstraint(
            ["counted_by_id"],
            ["core_user.id"],
            name=op.f("fk_partner_inventory_stocktake_line_counted_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["partner_inventory_lot.id"], name=op.f("fk_partner_inventory_stocktake_line_lot_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["core_product.id"], name=op.f("fk_partner_inventory_stocktake_line_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["stocktake_id"],
            ["partner_inventory_stocktake.id"],
            name=op.f("fk_partner_inventory_stocktake_line_stocktake_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_stocktake_line")),
    )
    with op.batch_alter_table("partner_inventory_stocktake_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_stocktake_line_product_id"), ["product_id"], unique=False
        )
        batch_op.create_index(
            "uq_partner_inventory_stocktake_line_with_lot",
            ["stocktake_id", "product_id", "lot_id"],
            unique=True,
            sqlite_where=sa.text("lot_id IS NOT NULL"),
            postgresql_where=sa.text("lot_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_partner_inventory_stocktake_line_without_lot",
            ["stocktake_id", "product_id"],
            unique=True,
            sqlite_where=sa.text("lot_id IS NULL"),
            postgresql_where=sa.text("lot_id IS NULL"),
        )

    op.create_table(
        "partner_inventory_transfer_line",
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column(
            "quantity",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "received",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.Column("reservation_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.CheckConstraint(
            "quantity > 0", name=op.f("ck_partner_inventory_transfer_line_quantity_above_zero")
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["partner_inventory_lot.id"], name=op.f("fk_partner_inventory_transfer_line_lot_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["core_product.id"], name=op.f("fk_partner_inventory_transfer_line_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["partner_inventory_reservation.id"],
            name=op.f("fk_partner_inventory_transfer_line_reservation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"],
            ["partner_inventory_transfer.id"],
            name=op.f("fk_partner_inventory_transfer_line_transfer_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_transfer_line")),
    )
    with op.batch_alter_table("partner_inventory_transfer_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_transfer_line_product_id"), ["product_id"], unique=False
        )

    op.create_table(
        "partner_inventory_fund_claim",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column(
            "amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("proof", sa.String(length=500), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.String(length=500), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["core_user.id"], name=op.f("fk_partner_inventory_fund_claim_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["partner_inventory_fund_request.id"],
            name=op.f("fk_partner_inventory_fund_claim_request_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_fund_claim")),
    )
    with op.batch_alter_table("partner_inventory_fund_claim", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_fund_claim_request_id"), ["request_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_partner_inventory_fund_claim_status"), ["status"], unique=False)

    op.create_table(
        "partner_inventory_invoice_line",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=False),
        sa.Column(
            "quantity",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["partner_inventory_invoice.id"],
            name=op.f("fk_partner_inventory_invoice_line_invoice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["partner_inventory_order_line.id"],
            name=op.f("fk_partner_inventory_invoice_line_order_line_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_invoice_line")),
    )
    with op.batch_alter_table("partner_inventory_invoice_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_invoice_line_invoice_id"), ["invoice_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_invoice_line_order_line_id"), ["order_line_id"], unique=False
        )

    op.create_table(
        "partner_inventory_order_allocation",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("reservation_id", sa.Uuid(), nullable=False),
        sa.Column("chosen_for", sa.String(length=40), nullable=False),
        sa.Column("distance_km", sa.Integer(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["partner_inventory_order_line.id"],
            name=op.f("fk_partner_inventory_order_allocation_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["partner_inventory_reservation.id"],
            name=op.f("fk_partner_inventory_order_allocation_reservation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_order_allocation")),
        sa.UniqueConstraint(
            "reservation_id", name=op.f("uq_partner_inventory_order_allocation_reservation_id")
        ),
    )
    with op.batch_alter_table("partner_inventory_order_allocation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_order_allocation_line_id"), ["line_id"], unique=False
        )

    op.create_table(
        "partner_inventory_payment_share",
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column(
            "amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["partner_inventory_invoice.id"],
            name=op.f("fk_partner_inventory_payment_share_invoice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["partner_inventory_payment.id"],
            name=op.f("fk_partner_inventory_payment_share_payment_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_payment_share")),
    )
    with op.batch_alter_table("partner_inventory_payment_share", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_payment_share_invoice_id"), ["invoice_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_payment_share_payment_id"), ["payment_id"], unique=False
        )

    op.create_table(
        "partner_inventory_rebate_statement",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("drawn_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "bought_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "before_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "counted_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "earned_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("is_capped", sa.Boolean(), nullable=False),
        sa.Column(
            "settled_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "payable_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("credit_note_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["approved_by_id"],
            ["core_user.id"],
            name=op.f("fk_partner_inventory_rebate_statement_approved_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["credit_note_id"],
            ["partner_inventory_invoice.id"],
            name=op.f("fk_partner_inventory_rebate_statement_credit_note_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner_inventory_partner.id"],
            name=op.f("fk_partner_inventory_rebate_statement_partner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["partner_inventory_rebate_programme.id"],
            name=op.f("fk_partner_inventory_rebate_statement_programme_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_rebate_statement")),
    )
    with op.batch_alter_table("partner_inventory_rebate_statement", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_rebate_statement_partner_id"), ["partner_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_rebate_statement_programme_id"), ["programme_id"], unique=False
        )

    op.create_table(
        "partner_inventory_stock_layer",
        sa.Column("balance_id", sa.Uuid(), nullable=False),
        sa.Column("move_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "quantity",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "remaining",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "unit_cost",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.CheckConstraint(
            "remaining >= 0 AND remaining <= quantity",
            name=op.f("ck_partner_inventory_stock_layer_used_once"),
        ),
        sa.ForeignKeyConstraint(
            ["balance_id"],
            ["partner_inventory_stock_balance.id"],
            name=op.f("fk_partner_inventory_stock_layer_balance_id"),
        ),
        sa.ForeignKeyConstraint(
            ["move_id"],
            ["partner_inventory_stock_move.id"],
            name=op.f("fk_partner_inventory_stock_layer_move_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["partner_inventory_stock_layer.id"],
            name=op.f("fk_partner_inventory_stock_layer_parent_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_stock_layer")),
    )
    with op.batch_alter_table("partner_inventory_stock_layer", schema=None) as batch_op:
        batch_op.create_index("ix_partner_inventory_stock_layer_balance", ["balance_id"], unique=False)
        batch_op.create_index(
            "ix_partner_inventory_stock_layer_open",
            ["balance_id", "received_at", "id"],
            unique=False,
            sqlite_where=sa.text("remaining > 0"),
            postgresql_where=sa.text("remaining > 0"),
        )

    op.create_table(
        "partner_inventory_rebate_accrual",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column(
            "amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("accrued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("statement_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["partner_inventory_invoice.id"],
            name=op.f("fk_partner_inventory_rebate_accrual_invoice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner_inventory_partner.id"],
            name=op.f("fk_partner_inventory_rebate_accrual_partner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["partner_inventory_payment.id"],
            name=op.f("fk_partner_inventory_rebate_accrual_payment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["partner_inventory_rebate_programme.id"],
            name=op.f("fk_partner_inventory_rebate_accrual_programme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["partner_inventory_rebate_statement.id"],
            name=op.f("fk_partner_inventory_rebate_accrual_statement_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_rebate_accrual")),
    )
    with op.batch_alter_table("partner_inventory_rebate_accrual", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_rebate_accrual_accrued_at"), ["accrued_at"], unique=False
        )
        batch_op.create_index(
            "ix_partner_inventory_rebate_accrual_of", ["programme_id", "partner_id", "kind"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_rebate_accrual_partner_id"), ["partner_id"], unique=False
        )

    op.create_table(
        "partner_inventory_rebate_statement_line",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_line_id", sa.Uuid(), nullable=False),
        sa.Column("move_id", sa.Uuid(), nullable=True),
        sa.Column(
            "amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "earned_amount",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_line_id"],
            ["partner_inventory_invoice_line.id"],
            name=op.f("fk_partner_inventory_rebate_statement_line_invoice_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["move_id"],
            ["partner_inventory_stock_move.id"],
            name=op.f("fk_partner_inventory_rebate_statement_line_move_id"),
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["partner_inventory_rebate_statement.id"],
            name=op.f("fk_partner_inventory_rebate_statement_line_statement_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_rebate_statement_line")),
    )
    with op.batch_alter_table("partner_inventory_rebate_statement_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_rebate_statement_line_statement_id"),
            ["statement_id"],
            unique=False,
        )

    op.create_table(
        "partner_inventory_stock_layer_use",
        sa.Column("layer_id", sa.Uuid(), nullable=False),
        sa.Column("move_id", sa.Uuid(), nullable=False),
        sa.Column(
            "quantity",
            sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("custom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["layer_id"],
            ["partner_inventory_stock_layer.id"],
            name=op.f("fk_partner_inventory_stock_layer_use_layer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["move_id"],
            ["partner_inventory_stock_move.id"],
            name=op.f("fk_partner_inventory_stock_layer_use_move_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_inventory_stock_layer_use")),
    )
    with op.batch_alter_table("partner_inventory_stock_layer_use", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_inventory_stock_layer_use_layer_id"), ["layer_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("partner_inventory_stock_layer_use", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_stock_layer_use_layer_id"))

    op.drop_table("partner_inventory_stock_layer_use")
    with op.batch_alter_table("partner_inventory_rebate_statement_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_rebate_statement_line_statement_id"))

    op.drop_table("partner_inventory_rebate_statement_line")
    with op.batch_alter_table("partner_inventory_rebate_accrual", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_rebate_accrual_partner_id"))
        batch_op.drop_index("ix_partner_inventory_rebate_accrual_of")
        batch_op.drop_index(batch_op.f("ix_partner_inventory_rebate_accrual_accrued_at"))

    op.drop_table("partner_inventory_rebate_accrual")
    with op.batch_alter_table("partner_inventory_stock_layer", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_partner_inventory_stock_layer_open",
            sqlite_where=sa.text("remaining > 0"),
            postgresql_where=sa.text("remaining > 0"),
        )
        batch_op.drop_index("ix_partner_inventory_stock_layer_balance")

    op.drop_table("partner_inventory_stock_layer")
    with op.batch_alter_table("partner_inventory_rebate_statement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_rebate_statement_programme_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_rebate_statement_partner_id"))

    op.drop_table("partner_inventory_rebate_statement")
    with op.batch_alter_table("partner_inventory_payment_share", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_payment_share_payment_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_payment_share_invoice_id"))

    op.drop_table("partner_inventory_payment_share")
    with op.batch_alter_table("partner_inventory_order_allocation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_order_allocation_line_id"))

    op.drop_table("partner_inventory_order_allocation")
    with op.batch_alter_table("partner_inventory_invoice_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_invoice_line_order_line_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_invoice_line_invoice_id"))

    op.drop_table("partner_inventory_invoice_line")
    with op.batch_alter_table("partner_inventory_fund_claim", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_fund_claim_status"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_fund_claim_request_id"))

    op.drop_table("partner_inventory_fund_claim")
    with op.batch_alter_table("partner_inventory_transfer_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_transfer_line_product_id"))

    op.drop_table("partner_inventory_transfer_line")
    with op.batch_alter_table("partner_inventory_stocktake_line", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_partner_inventory_stocktake_line_without_lot",
            sqlite_where=sa.text("lot_id IS NULL"),
            postgresql_where=sa.text("lot_id IS NULL"),
        )
        batch_op.drop_index(
            "uq_partner_inventory_stocktake_line_with_lot",
            sqlite_where=sa.text("lot_id IS NOT NULL"),
            postgresql_where=sa.text("lot_id IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_partner_inventory_stocktake_line_product_id"))

    op.drop_table("partner_inventory_stocktake_line")
    with op.batch_alter_table("partner_inventory_stock_move", schema=None) as batch_op:
        batch_op.drop_index("ix_partner_inventory_stock_move_out")
        batch_op.drop_index("ix_partner_inventory_stock_move_in")
        batch_op.drop_index(batch_op.f("ix_partner_inventory_stock_move_document"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_stock_move_customer_id"))

    op.drop_table("partner_inventory_stock_move")
    with op.batch_alter_table("partner_inventory_stock_alert", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_partner_inventory_stock_alert_open",
            sqlite_where=sa.text("state = 'OPEN'"),
            postgresql_where=sa.text("state = 'OPEN'"),
        )
        batch_op.drop_index(batch_op.f("ix_partner_inventory_stock_alert_team_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_stock_alert_state"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_stock_alert_product_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_stock_alert_partner_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_stock_alert_owner_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_stock_alert_opened_at"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_stock_alert_location_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_stock_alert_kind"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_stock_alert_external_id"))

    op.drop_table("partner_inventory_stock_alert")
    with op.batch_alter_table("partner_inventory_order_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_order_line_product_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_order_line_order_id"))

    op.drop_table("partner_inventory_order_line")
    with op.batch_alter_table("partner_inventory_invoice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_invoice_order_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_invoice_issued_on"))
        batch_op.drop_index("ix_partner_inventory_invoice_exposure")
        batch_op.drop_index(batch_op.f("ix_partner_inventory_invoice_due_on"))

    op.drop_table("partner_inventory_invoice")
    with op.batch_alter_table("partner_inventory_fund_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_fund_request_status"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_fund_request_external_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_fund_request_campaign"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_fund_request_allocation_id"))

    op.drop_table("partner_inventory_fund_request")
    with op.batch_alter_table("partner_inventory_transfer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_transfer_state"))

    op.drop_table("partner_inventory_transfer")
    with op.batch_alter_table("partner_inventory_target", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_target_until_on"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_target_partner_id"))

    op.drop_table("partner_inventory_target")
    with op.batch_alter_table("partner_inventory_stocktake", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_stocktake_state"))

    op.drop_table("partner_inventory_stocktake")
    with op.batch_alter_table("partner_inventory_stock_balance", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_partner_inventory_stock_balance_without_lot",
            sqlite_where=sa.text("lot_id IS NULL"),
            postgresql_where=sa.text("lot_id IS NULL"),
        )
        batch_op.drop_index(
            "uq_partner_inventory_stock_balance_with_lot",
            sqlite_where=sa.text("lot_id IS NOT NULL"),
            postgresql_where=sa.text("lot_id IS NOT NULL"),
        )

    op.drop_table("partner_inventory_stock_balance")
    with op.batch_alter_table("partner_inventory_special_price", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_special_price_product_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_special_price_partner_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_special_price_external_id"))

    op.drop_table("partner_inventory_special_price")
    with op.batch_alter_table("partner_inventory_reservation", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_partner_inventory_reservation_expiring",
            sqlite_where=sa.text("state = 'ACTIVE'"),
            postgresql_where=sa.text("state = 'ACTIVE'"),
        )
        batch_op.drop_index(batch_op.f("ix_partner_inventory_reservation_document"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_reservation_customer_id"))
        batch_op.drop_index(
            "ix_partner_inventory_reservation_active",
            sqlite_where=sa.text("state = 'ACTIVE'"),
            postgresql_where=sa.text("state = 'ACTIVE'"),
        )

    op.drop_table("partner_inventory_reservation")
    with op.batch_alter_table("partner_inventory_reorder_rule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_reorder_rule_product_id"))

    op.drop_table("partner_inventory_reorder_rule")
    with op.batch_alter_table("partner_inventory_rebate_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_rebate_member_partner_id"))

    op.drop_table("partner_inventory_rebate_member")
    with op.batch_alter_table("partner_inventory_placement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_placement_partner_id"))

    op.drop_table("partner_inventory_placement")
    with op.batch_alter_table("partner_inventory_payment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_payment_received_on"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_payment_partner_id"))

    op.drop_table("partner_inventory_payment")
    with op.batch_alter_table("partner_inventory_partner_user", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_partner_user_partner_id"))

    op.drop_table("partner_inventory_partner_user")
    with op.batch_alter_table("partner_inventory_order", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_order_wanted_on"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_order_status"))
        batch_op.drop_index("ix_partner_inventory_order_exposure")
        batch_op.drop_index(batch_op.f("ix_partner_inventory_order_document"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_order_confirmed_at"))

    op.drop_table("partner_inventory_order")
    with op.batch_alter_table("partner_inventory_level_review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_level_review_status"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_level_review_partner_id"))

    op.drop_table("partner_inventory_level_review")
    with op.batch_alter_table("partner_inventory_level_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_level_change_partner_id"))

    op.drop_table("partner_inventory_level_change")
    with op.batch_alter_table("partner_inventory_fund_allocation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_fund_allocation_partner_id"))

    op.drop_table("partner_inventory_fund_allocation")
    with op.batch_alter_table("partner_inventory_expected_receipt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_expected_receipt_location_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_expected_receipt_customer_id"))

    op.drop_table("partner_inventory_expected_receipt")
    with op.batch_alter_table("partner_inventory_deal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_deal_status"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_deal_registered_number"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_deal_protected_until_on"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_deal_partner_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_deal_opportunity"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_deal_customer_key"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_deal_customer_id"))

    op.drop_table("partner_inventory_deal")
    with op.batch_alter_table("partner_inventory_authorisation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_authorisation_territory"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_authorisation_product_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_authorisation_partner_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_authorisation_external_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_authorisation_category_id"))

    op.drop_table("partner_inventory_authorisation")
    with op.batch_alter_table("partner_inventory_stock_profile", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_stock_profile_count_class_id"))

    op.drop_table("partner_inventory_stock_profile")
    with op.batch_alter_table("partner_inventory_rebate_tier", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_rebate_tier_programme_id"))

    op.drop_table("partner_inventory_rebate_tier")
    op.drop_table("partner_inventory_rebate_exclusion")
    with op.batch_alter_table("partner_inventory_promotion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_promotion_product_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_promotion_level_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_promotion_external_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_promotion_category_id"))

    op.drop_table("partner_inventory_promotion")
    with op.batch_alter_table("partner_inventory_partner", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_partner_team_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_partner_status"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_partner_price_list_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_partner_owner_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_partner_level_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_partner_external_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_partner_contract_until_on"))

    op.drop_table("partner_inventory_partner")
    with op.batch_alter_table("partner_inventory_lot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_lot_external_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_lot_expires_on"))

    op.drop_table("partner_inventory_lot")
    with op.batch_alter_table("partner_inventory_location", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_location_team_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_location_owner_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_location_external_id"))

    op.drop_table("partner_inventory_location")
    op.drop_table("partner_inventory_level_rule")
    op.drop_table("partner_inventory_scorecard_criterion")
    with op.batch_alter_table("partner_inventory_rebate_programme", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_rebate_programme_external_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_rebate_programme_category_id"))

    op.drop_table("partner_inventory_rebate_programme")
    with op.batch_alter_table("partner_inventory_level", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_level_programme_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_level_price_list_id"))
        batch_op.drop_index(batch_op.f("ix_partner_inventory_level_external_id"))

    op.drop_table("partner_inventory_level")
    op.drop_table("partner_inventory_stock_unit")
    with op.batch_alter_table("partner_inventory_scorecard", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_scorecard_external_id"))

    op.drop_table("partner_inventory_scorecard")
    with op.batch_alter_table("partner_inventory_programme", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_programme_external_id"))

    op.drop_table("partner_inventory_programme")
    op.drop_table("partner_inventory_number_counter")
    with op.batch_alter_table("partner_inventory_fund", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_inventory_fund_external_id"))

    op.drop_table("partner_inventory_fund")
    op.drop_table("partner_inventory_count_class")
