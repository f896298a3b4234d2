"""The data: customers, interactions and opportunities by the hundred thousand, put in by SQL alone."""

from __future__ import annotations

import asyncio
import dataclasses
import uuid

import sqlalchemy as sa

import kehu
from benchmarks.contestants.questions import COUNTRIES, INDUSTRIES
from kehu.platform.identity.models import Grant, Membership, Reach, Role, RoleAssignment
from kehu.platform.identity.sign_in import open_session
from kehu_sfa.pipelines.models import Pipeline, Stage, StageCategory

USERS, TEAMS = 40, 8
EMAIL = "manager@example.com"


@dataclasses.dataclass(frozen=True, slots=True)
class Size:
    """How many there are of each."""

    customers: int = 100_000
    interactions: int = 500_000
    opportunities: int = 100_000


async def set_up(url: str, size: Size) -> None:
    """Tables, people, and everything else."""
    app = kehu.App(kehu.installed(["core", "sfa"]), url)
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    await _people(app)
    await _stage(app)
    async with app.engine.begin() as connection:
        for statement in _statements(size, is_postgresql=app.is_postgresql):
            # psycopg takes a percent sign for a place of a value.
            await connection.exec_driver_sql(statement.replace("%", "%%") if app.is_postgresql else statement)
    await app.close()


async def token_of(url: str) -> str:
    """A session of the manager."""
    app = kehu.App(kehu.installed(["core", "sfa"]), url)
    async with app.context() as ctx, ctx.write():
        user = (await ctx.session.scalars(sa.select(kehu.User).where(kehu.User.email == EMAIL))).one()
        signed_in = await open_session(ctx, user)
    await app.close()
    return signed_in.token


async def customers_of(url: str, count: int) -> list[uuid.UUID]:
    """The keys of some customers."""
    app = kehu.App(kehu.installed(["core", "sfa"]), url)
    async with app.context() as ctx:
        found = (await ctx.session.scalars(sa.select(kehu.Customer.id).limit(count))).all()
    await app.close()
    return list(found)


async def _people(app: kehu.App) -> None:
    """A manager, whose teams are all there are: what it may read is decided record by record, by owner and team."""
    async with app.context() as ctx, ctx.write():
        teams = [ctx.add(kehu.Team(id=uuid.UUID(int=1000 + i), name=f"Team {i}")) for i in range(TEAMS)]
        await ctx.flush()
        users = [
            ctx.add(kehu.User(id=uuid.UUID(int=2000 + i), name=f"User {i}", email=EMAIL if i == 0 else None))
            for i in range(USERS)
        ]
        role = ctx.add(Role(id=uuid.UUID(int=3000), name="Manager of all"))
        await ctx.flush()
        for team in teams:
            ctx.add(Membership(user_id=users[0].id, team_id=team.id))
        for entity in ("core.customer", "core.interaction", "sfa.opportunity"):
            for verb in ("read", "create", "update"):
                ctx.add(Grant(role_id=role.id, permission=f"{entity}:{verb}", level=Reach.SUBTREE))
        for permission in ("core.user:read", "core.team:read", "sfa.stage:read", "sfa.pipeline:read"):
            ctx.add(Grant(role_id=role.id, permission=permission, level=Reach.ALL))
        ctx.add(RoleAssignment(role_id=role.id, user_id=users[0].id))


async def _stage(app: kehu.App) -> None:
    async with app.context() as ctx, ctx.write():
        pipeline = ctx.add(Pipeline(id=uuid.UUID(int=4000), name="Sales"))
        await ctx.flush()
        ctx.add(
            Stage(
                id=uuid.UUID(int=4001),
                pipeline_id=pipeline.id,
                name="New",
                position=1,
                category=StageCategory.OPEN,
            )
        )


def _statements(size: Size, *, is_postgresql: bool) -> list[str]:
    if is_postgresql:
        numbers = "generate_series(0::bigint, {last}) AS g(n)"
        key = "lpad(to_hex({base} + n), 32, '0')::uuid"
        moment = "timestamptz '2026-01-01 00:00:00Z' + n * interval '17 seconds'"
        choice, empty, tags = "(ARRAY[{words}])[(1 + (n * 7) % {count})::int]", "'{}'::jsonb", "'[]'::jsonb"
    else:
        numbers = "(WITH RECURSIVE g(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM g WHERE n < {last}) SELECT n FROM g)"
        key = "printf('%032x', {base} + n)"
        moment = "strftime('%Y-%m-%d %H:%M:%f', '2026-01-01', (n * 17) || ' seconds') || '000'"
        choice, empty, tags = "json_extract('[{json}]', '$[' || ((n * 7) % {count}) || ']')", "'{}'", "'[]'"

    def among(words: list[str]) -> str:
        quoted, as_json = ", ".join(f"'{w}'" for w in words), ", ".join(f'"{w}"' for w in words)
        return choice.format(words=quoted, json=as_json, count=len(words))

    def record(base: int, number: str = "n") -> str:
        return key.format(base=base).replace("+ n", f"+ {number}")

    owner = record(2000, f"(n % {USERS})")
    team = record(1000, f"(n % {TEAMS})")
    customer = record(10_000_000, f"((n * 7919) % {size.customers})")
    common = f"1, {moment}, {moment}, {empty}, {owner}, {team}"
    return [
        f"""INSERT INTO core_customer (id, version, created_at, updated_at, custom, owner_id, team_id, kind, name,
            sorting_name, pinyin_initials, path, industry, website, country, lifecycle, tags,
            birthday_is_lunar)
            SELECT {record(10_000_000)}, {common}, 'ORGANIZATION', 'Customer ' || n, 'customer ' || n, 'c', '',
            {among(INDUSTRIES)}, 'https://customer' || n || '.example', {among(list(COUNTRIES))}, 'ACTIVE',
            {tags}, {"false" if is_postgresql else "0"}
            FROM {numbers.format(last=size.customers - 1)}""",
        f"""INSERT INTO core_interaction (id, version, created_at, updated_at, custom, owner_id, team_id,
            customer_id, kind, direction, status, subject, body)
            SELECT {record(20_000_000)}, {common}, {customer}, {among(["CALL", "VISIT", "EMAIL"])}, 'OUT', 'DONE',
            'Subject ' || n, 'What was said, at some length, on this occasion.'
            FROM {numbers.format(last=size.interactions - 1)}""",
        f"""INSERT INTO sfa_opportunity (id, version, created_at, updated_at, custom, owner_id, team_id,
            customer_id, name, pipeline_id, stage_id, stage_entered_at, amount, currency)
            SELECT {record(40_000_000)}, {common}, {customer}, 'Opportunity ' || n,
            {record(4000, "0")}, {record(4001, "0")}, {moment},
            {"n % 9000 + 0.5" if is_postgresql else "(n % 9000) * 10000 + 5000"}, 'EUR'
            FROM {numbers.format(last=size.opportunities - 1)}""",
        # What any firm of this size would add for its lists.
        "CREATE INDEX bench_name ON core_customer (name, id)",
        "CREATE INDEX bench_industry ON core_customer (industry, name, id)",
        "CREATE INDEX bench_country ON core_customer (country, name, id)",
        "ANALYZE",
    ]


if __name__ == "__main__":
    import sys

    asyncio.run(set_up(sys.argv[1], Size(*map(int, sys.argv[2:]))))
