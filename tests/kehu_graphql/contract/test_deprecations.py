"""What is to go says so in the schema: why, since when, and until when it stays."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped

import kehu
from kehu.core_plugin import plugin as core
from kehu_graphql import Api
from kehu_graphql.schema.diff import deprecations

GONE_SOON = kehu.Deprecation("Use name.", since=date(2026, 1, 31), until=date(2026, 7, 31))
TOLD = "Use name. Deprecated since 2026-01-31, may go after 2026-07-31."


class Base(kehu.Model, DeclarativeBase):
    """The tables of this plugin."""


class Note(kehu.Entity, Base):
    """Something remembered of a customer."""

    __tablename__ = "notes_note"
    customer_id: Mapped[uuid.UUID] = kehu.ref(kehu.Customer, deprecated=GONE_SOON)
    title: Mapped[str | None] = kehu.column(sa.String(40), deprecated=GONE_SOON)


def notes() -> kehu.Plugin:
    plugin = kehu.Plugin("notes", requires=["core"])
    plugin.resource(Note)
    plugin.relation(kehu.Customer, "notes_taken", Note.customer_id, deprecated=GONE_SOON)
    plugin.custom_field(kehu.Customer, "notes_mood", str, deprecated=GONE_SOON)

    @plugin.field(kehu.Customer, deprecated=GONE_SOON)
    def notes_greeting(customer: kehu.Customer) -> str:
        """How we greet."""
        return f"Dear {customer.name}"

    @plugin.action(Note, deprecated=GONE_SOON)
    async def burn(note: Note) -> None:
        """Forget it."""

    @plugin.query(deprecated=GONE_SOON)
    async def notes_number() -> int:
        """How many."""
        return 0

    @plugin.mutation(deprecated=GONE_SOON)
    async def notes_clear() -> None:
        """Forget all."""

    return plugin


def test_everything_that_a_plugin_declares_can_be_deprecated() -> None:
    schema = Api(kehu.App([core, notes()], "sqlite:///nothing.db")).schema._schema
    assert deprecations(schema) == dict.fromkeys(
        [
            "Note.customerId",
            "Note.customer",
            "Note.title",
            "Customer.notesTaken",
            "Customer.notesMood",
            "Customer.notesGreeting",
            "Query.notesNumber",
            "Mutation.burnNote",
            "Mutation.burnNotes",
            "Mutation.notesClear",
        ],
        TOLD,
    )


def test_a_day_to_go_comes_after_the_day_of_the_notice() -> None:
    with pytest.raises(ValueError, match="cannot go on 2026-01-31"):
        kehu.Deprecation("Use name.", since=date(2026, 1, 31), until=date(2026, 1, 31))
