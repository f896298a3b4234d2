from __future__ import annotations

import kehu
from kehu.core_plugin import plugin as core
from kehu.ops.migrations import check, downgrade, upgrade
from tests.kehu.ops.migrations.conftest import Garden
from tests.kehu.ops.migrations.tables import index_columns

MODELS = """
    import uuid
    import sqlalchemy as sa
    from sqlalchemy.orm import DeclarativeBase, Mapped
    import kehu

    class Base(kehu.Model, DeclarativeBase): ...

    class Bed(kehu.Entity, Base):
        __tablename__ = "garden_bed"
        name: Mapped[str] = kehu.column(sa.String(50))
        customer_id: Mapped[uuid.UUID] = kehu.ref(kehu.Customer)

    plugin = kehu.Plugin("garden", requires=["core"])
    plugin.resource(Bed, default_order=[Bed.name])
"""
RELATION = '    plugin.relation(kehu.Customer, "beds", Bed.customer_id)\n'
CONDITIONAL = """
    @plugin.when("shop")
    def _(plugin):
        plugin.relation(kehu.Customer, "beds", Bed.customer_id)
"""
FIRST = """
    import sqlalchemy as sa
    from alembic import op
    from sqlalchemy.dialects.postgresql import JSONB

    revision = "0001"
    down_revision = None

    def upgrade():
        op.create_table(
            "garden_bed",
            sa.Column("id", sa.Uuid(), nullable=False),
            sa.Column("version", sa.Integer(), nullable=False),
            sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("custom", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
            sa.Column("name", sa.String(50), nullable=False),
            sa.Column("customer_id", sa.Uuid(), sa.ForeignKey("core_customer.id"), nullable=False, index=True),
            sa.PrimaryKeyConstraint("id"),
        )

    def downgrade():
        op.drop_table("garden_bed")
"""
INDEX = "ix_garden_bed_customer_id_in_order"


async def test_an_upgrade_makes_the_index_of_each_relation(garden: Garden, database_url: str) -> None:
    garden.revise(FIRST)
    app = garden.app(database_url, MODELS + RELATION)

    await upgrade(app)

    assert (await index_columns(app, "garden_bed"))[INDEX] == ["customer_id", "name", "id"]
    await app.close()


async def test_an_index_follows_the_order_that_the_code_declares(garden: Garden, database_url: str) -> None:
    garden.revise(FIRST)
    before = garden.app(database_url, MODELS + RELATION)
    await upgrade(before)
    await before.close()
    after = garden.app(database_url, MODELS.replace("[Bed.name]", "[Bed.created_at.desc()]") + RELATION)

    await upgrade(after)

    assert (await index_columns(after, "garden_bed"))[INDEX] == ["customer_id", "created_at", "id"]
    await after.close()


async def test_the_index_of_a_conditional_relation_comes_and_goes_with_the_other_plugin(
    garden: Garden, database_url: str
) -> None:
    garden.revise(FIRST)
    plugin = garden.declare(MODELS + CONDITIONAL)
    shop = kehu.Plugin("shop", requires=["core"])
    with_shop, without = kehu.App([core, plugin, shop], database_url), kehu.App([core, plugin], database_url)

    await upgrade(with_shop)
    assert INDEX in await index_columns(with_shop, "garden_bed")

    await upgrade(without)
    assert INDEX not in await index_columns(without, "garden_bed")

    assert await check(with_shop) == [f"Index {INDEX} is missing: run `kehu db upgrade`."]
    await with_shop.close()
    await without.close()


async def test_an_index_does_not_stand_in_the_way_of_a_downgrade(garden: Garden, database_url: str) -> None:
    garden.revise(FIRST)
    garden.revise(
        """
        import sqlalchemy as sa
        from alembic import op

        revision = "0002"
        down_revision = "0001"

        def upgrade():
            with op.batch_alter_table("garden_bed") as batch:
                batch.add_column(sa.Column("colour", sa.String(9)))

        def downgrade():
            with op.batch_alter_table("garden_bed") as batch:
                batch.drop_column("colour")
        """,
        "0002_colour",
    )
    models = MODELS.replace("[Bed.name]", "[Bed.colour]").replace(
        "    customer_id:", "    colour: Mapped[str | None] = kehu.column(sa.String(9))\n        customer_id:"
    )
    app = garden.app(database_url, models + RELATION)
    await upgrade(app)

    await downgrade(app, "garden", "0001")

    assert INDEX not in await index_columns(app, "garden_bed")
    await app.close()


async def test_indexes_with_long_names_are_shortened_apart_and_known_by_their_end(
    garden: Garden, database_url: str
) -> None:
    keys = [f"customer_who_waters_the_bed_in_the_{season}_months_id" for season in ("winter", "summer")]
    relations = [f'    plugin.relation(kehu.Customer, "beds{key[35]}", Bed.{key})\n' for key in keys]
    columns = "".join(f"    {key}: Mapped[uuid.UUID] = kehu.ref(kehu.Customer)\n    " for key in keys)
    models = MODELS.replace("    customer_id:", f"{columns}    customer_id:") + "".join(relations)
    second = f'sa.Column("{keys[1]}", sa.Uuid()),\n            '
    first = FIRST.replace("customer_id", keys[0])
    garden.revise(first.replace("sa.PrimaryKeyConstraint", f"{second}sa.PrimaryKeyConstraint"))
    app = garden.app(database_url, models)

    await upgrade(app)
    await upgrade(app)

    made = await index_columns(app, "garden_bed")
    names = {name: columns[0] for name, columns in made.items() if str(name).endswith("_in_order")}
    assert sorted(map(str, names.values())) == sorted(keys)
    assert {len(str(name)) for name in names} == {63}
    await app.close()
