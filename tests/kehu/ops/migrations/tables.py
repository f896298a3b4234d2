"""What a database contains, asked without kehu."""

from __future__ import annotations

import sqlalchemy as sa

import kehu


async def table_names(app: kehu.App) -> set[str]:
    """The names of all tables."""
    async with app.engine.connect() as connection:
        return set(await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names()))


async def index_columns(app: kehu.App, table: str) -> dict[str | None, list[str | None]]:
    """The columns of a table's indexes by name."""
    async with app.engine.connect() as connection:
        indexes = await connection.run_sync(lambda sync: sa.inspect(sync).get_indexes(table))
    return {index["name"]: index["column_names"] for index in indexes}


async def execute(app: kehu.App, *statements: str) -> None:
    """Run SQL of a test's own."""
    async with app.engine.begin() as connection:
        for statement in statements:
            await connection.exec_driver_sql(statement)


async def scalar(app: kehu.App, statement: str) -> object:
    """The first value that a statement gives."""
    async with app.engine.connect() as connection:
        return (await connection.exec_driver_sql(statement)).scalar()
