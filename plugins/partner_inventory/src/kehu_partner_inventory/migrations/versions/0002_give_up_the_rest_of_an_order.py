"""Give up the rest of an order."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("partner_inventory_order_line", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "cancelled",
                sa.Numeric(precision=18, scale=4).with_variant(sa.BigInteger(), "sqlite"),
                nullable=False,
                server_default="0",
            )
        )
    with op.batch_alter_table("partner_inventory_order_line", schema=None) as batch_op:
        batch_op.alter_column("cancelled", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("partner_inventory_order_line", schema=None) as batch_op:
        batch_op.drop_column("cancelled")
