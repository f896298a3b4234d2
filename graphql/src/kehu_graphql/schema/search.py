"""`search(text, types, first, after)`: records of all types by their names and numbers."""

from __future__ import annotations

from typing import Any

import strawberry

from kehu.kernel.reading.search import DEFAULT_SIZE, LARGEST_SIZE, Found, search
from kehu_graphql.schema.fields import Argument, GeneratedField, define, field, list_of, new_class, nullable


def search_field() -> GeneratedField:
    """The root field, with its type."""

    async def resolve(
        root: Any,
        info: Any,
        *,
        text: str,
        types: list[str] | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Found:
        return await search(info.context, text, types=types, first=first, after=after)

    return field(
        "search",
        nullable(_results()),
        resolve=resolve,
        arguments={
            "text": Argument(
                str, description="Words; a record is found when each occurs in it; compared like `contains`."
            ),
            "types": Argument(
                nullable(list_of(str)),
                description="Only records of these types; all that have names, if left out.",
            ),
            "first": Argument(
                nullable(int),
                description=f"At most so many: 0 to {LARGEST_SIZE}, {DEFAULT_SIZE} if left out.",
            ),
            "after": Argument(nullable(str), description="Go on after this cursor."),
        },
        description="Records that you may see by their names, numbers and addresses; archived ones are left out.",
    )


def _results() -> type[Any]:
    nodes = field(
        "nodes",
        list_of(strawberry.relay.Node),
        get=lambda found: found.records,
        description="The records, type by type and the newest of each first.",
    )
    more = field(
        "pageInfo", strawberry.relay.PageInfo, get=_page_info, description="Whether there is more, and where."
    )
    return define(new_class("SearchResults"), lambda: [nodes, more], description="What a search has found.")


def _page_info(found: Found) -> strawberry.relay.PageInfo:
    number = len(found.records)
    return strawberry.relay.PageInfo(
        has_next_page=found.has_next,
        has_previous_page=False,
        start_cursor=found.cursor(0) if number else None,
        end_cursor=found.cursor(number - 1) if number else None,
    )
