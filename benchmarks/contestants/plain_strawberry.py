"""Plain Strawberry, as its documentation shows it: records of an ORM, DataLoaders, Strawberry's own ASGI view."""

from __future__ import annotations

import base64
import json
import os
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
import strawberry
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader

from benchmarks.contestants.serving import DATABASE, POOL, new_key, serve

URL = (
    sa.make_url(DATABASE).set(drivername="postgresql+asyncpg")
    if DATABASE
    else sa.make_url("postgresql+asyncpg://")
)
engine = (
    create_async_engine(URL, pool_size=POOL, max_overflow=0) if os.environ.get("BENCH_DATABASE") else None
)
Session = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    type_annotation_map = {datetime: sa.DateTime(timezone=True)}  # noqa: RUF012  # SQLAlchemy's contract


class UserRow(Base):
    __tablename__ = "core_user"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]


class CustomerRow(Base):
    __tablename__ = "core_customer"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    industry: Mapped[str | None]
    website: Mapped[str | None]
    country: Mapped[str | None]
    owner_id: Mapped[uuid.UUID]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int]
    archived_at: Mapped[datetime | None]


class InteractionRow(Base):
    __tablename__ = "core_interaction"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[uuid.UUID]
    kind: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    subject: Mapped[str]
    body: Mapped[str | None]
    version: Mapped[int]
    custom: Mapped[dict[str, Any]] = mapped_column(
        sa.JSON().with_variant(sa.dialects.postgresql.JSONB(), "postgresql")
    )
    direction: Mapped[str]
    status: Mapped[str]
    archived_at: Mapped[datetime | None]


class OpportunityRow(Base):
    __tablename__ = "sfa_opportunity"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[uuid.UUID]
    name: Mapped[str]
    amount: Mapped[Decimal | None]
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class AuditRow(Base):
    __tablename__ = "bench_audit"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    record: Mapped[uuid.UUID]
    change: Mapped[str]


class OutboxRow(Base):
    __tablename__ = "bench_outbox"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    topic: Mapped[str]
    content: Mapped[str]


@strawberry.type
class User:
    id: strawberry.ID
    name: str


@strawberry.type
class Interaction:
    id: strawberry.ID
    kind: str
    created_at: datetime
    subject: str


@strawberry.type
class Opportunity:
    id: strawberry.ID
    name: str
    amount: Decimal | None


@strawberry.type
class Interactions:
    nodes: list[Interaction]


@strawberry.type
class Opportunities:
    nodes: list[Opportunity]


@strawberry.type
class Customer:
    id: strawberry.ID
    name: str
    kind: str
    industry: str | None
    website: str | None
    country: str | None
    owner_id: strawberry.ID
    created_at: datetime
    updated_at: datetime
    version: int

    @strawberry.field
    async def owner(self, info: strawberry.Info) -> User | None:
        return await info.context["users"].load(self.owner_id)  # type: ignore[no-any-return]

    @strawberry.field
    async def interactions(self, info: strawberry.Info, first: int = 10) -> Interactions:
        return Interactions(nodes=(await info.context["interactions"].load(self.id))[:first])

    @strawberry.field
    async def opportunities(self, info: strawberry.Info, first: int = 10) -> Opportunities:
        return Opportunities(nodes=(await info.context["opportunities"].load(self.id))[:first])


@strawberry.type
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type
class Customers:
    nodes: list[Customer]
    page_info: PageInfo


@strawberry.input
class CreateInteractionInput:
    customer_id: strawberry.ID
    kind: str
    subject: str
    body: str


@strawberry.type
class Created:
    interaction: Interaction


async def _users(keys: list[Any]) -> list[Any]:
    async with Session() as session:
        rows = await session.scalars(sa.select(UserRow).where(UserRow.id.in_(keys)))
        found = {row.id: row for row in rows}
    return [found.get(key) for key in keys]


def _children(model: Any) -> Callable[[list[Any]], Awaitable[list[list[Any]]]]:
    async def load(keys: list[Any]) -> list[list[Any]]:
        found: dict[Any, list[Any]] = defaultdict(list)
        alive = model.archived_at.is_(None)
        statement = sa.select(model).where(model.customer_id.in_(keys), alive)
        async with Session() as session:
            for row in await session.scalars(statement.order_by(model.created_at.desc(), model.id.desc())):
                found[row.customer_id].append(row)
        return [found[key] for key in keys]

    return load


@strawberry.type
class Query:
    @strawberry.field
    async def customers(
        self, first: int = 20, industry: str | None = None, country: str | None = None
    ) -> Customers:
        statement = sa.select(CustomerRow).where(CustomerRow.archived_at.is_(None))
        if industry is not None:
            statement = statement.where(CustomerRow.industry == industry)
        if country is not None:
            statement = statement.where(CustomerRow.country == country)
        async with Session() as session:
            found = await session.scalars(
                statement.order_by(CustomerRow.name, CustomerRow.id).limit(first + 1)
            )
            rows: list[Any] = list(found)
        kept = rows[:first]
        start, end = (_cursor(kept[0]), _cursor(kept[-1])) if kept else (None, None)
        page_info = PageInfo(
            has_next_page=len(rows) > first, has_previous_page=False, start_cursor=start, end_cursor=end
        )
        return Customers(nodes=kept, page_info=page_info)

    @strawberry.field
    async def customer(self, id: strawberry.ID) -> Customer | None:
        async with Session() as session:
            return await session.get(CustomerRow, uuid.UUID(id))  # type: ignore[return-value]  # the ORM's record


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def create_interaction(self, input: CreateInteractionInput) -> Created:
        now, key = datetime.now(UTC), new_key()
        row: Any = InteractionRow(
            id=key, customer_id=uuid.UUID(input.customer_id), kind=input.kind, created_at=now, updated_at=now,
            subject=input.subject, body=input.body, version=1, custom={}, direction="OUT", status="DONE",
        )  # fmt: skip
        told = json.dumps(
            {"id": str(key), "kind": row.kind, "createdAt": now.isoformat(), "subject": row.subject}
        )
        async with Session() as session, session.begin():
            session.add(row)
            session.add(AuditRow(id=new_key(), at=now, record=key, change=told))
            session.add(OutboxRow(id=new_key(), at=now, topic="interaction.created", content=told))
        return Created(interaction=row)


def _cursor(row: Any) -> str:
    return base64.b64encode(json.dumps([row.name, str(row.id)]).encode()).decode()


class View(GraphQL[Any, Any]):
    """A DataLoader of each kind for each request."""

    async def get_context(self, request: Any, response: Any) -> Any:
        return {
            "users": DataLoader(_users),
            "interactions": DataLoader(_children(InteractionRow)),
            "opportunities": DataLoader(_children(OpportunityRow)),
        }


if __name__ == "__main__":
    serve(Starlette(routes=[Route("/graphql", View(strawberry.Schema(Query, Mutation)))]))
