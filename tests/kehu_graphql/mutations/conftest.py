"""The firm whose people do what can be done."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

pytest.register_assert_rewrite("tests.kehu_graphql.mutations.stories")

from tests.kehu_graphql.mutations.firm import Firm, open_firm  # noqa: E402  # after its asserts are to be told
from tests.templates import Templates  # noqa: E402


@pytest.fixture
async def firm(database_url: str, templates: Templates) -> AsyncIterator[Firm]:
    async with open_firm(database_url, templates) as firm:
        yield firm
