"""A channel for tests: an agent with two dealers, one of which has a shop; another agent; and their users."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

import kehu
from kehu.platform.identity.principals import principal_of
from kehu.platform.identity.roles import ensure_roles
from kehu_graphql import Api
from kehu_partner_inventory import Partner, PartnerStatus, PartnerUser
from tests.kehu.factories import saved

TREE = {"AGENT": None, "NORTH": "AGENT", "SOUTH": "AGENT", "CORNER": "NORTH", "RIVAL": None}


@dataclasses.dataclass(frozen=True)
class Channel:
    """Partners by code, and the API."""

    app: kehu.App
    partners: Mapping[str, Partner]

    @functools.cached_property
    def api(self) -> Api:
        """The API, composed when it is used for the first time."""
        return Api(self.app)

    def __getitem__(self, code: str) -> str:
        """The global id of a partner."""
        return kehu.global_id("Partner", self.partners[code].id)

    async def ask(self, document: str, *, to: kehu.Principal = kehu.SYSTEM, **variables: Any) -> Any:
        """The data of an answer without errors."""
        answer = await self.api.execute(document, variables, principal=to)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def do(self, call: str, shown: str = "", *, to: kehu.Principal = kehu.SYSTEM) -> dict[str, Any]:
        """The payload of a mutation that was not refused."""
        payload = await self._payload(call, shown, to)
        assert payload["userErrors"] == [], payload
        return payload

    async def refused(self, call: str, *, to: kehu.Principal = kehu.SYSTEM) -> list[tuple[str, str | None]]:
        """Code and field of each reason for a refusal."""
        payload = await self._payload(call, "", to)
        return [(error["code"], error["field"]) for error in payload["userErrors"]]

    async def user_of(self, code: str) -> kehu.Principal:
        """Somebody who signs in for a partner."""
        user = await saved(self.app, kehu.User(name=f"{code}'s user"))
        await saved(self.app, PartnerUser(user_id=user.id, partner_id=self.partners[code].id))
        async with self.app.context() as ctx:
            return await principal_of(ctx, user)

    async def _payload(self, call: str, shown: str, to: kehu.Principal) -> dict[str, Any]:
        document = f"mutation {{ done: {call} {{ {shown} userErrors {{ code field message }} }} }}"
        return dict((await self.ask(document, to=to))["done"])


async def open_channel(app: kehu.App) -> Channel:
    """Active partners in euros."""
    async with app.context() as ctx:
        await ensure_roles(ctx)
    for code, above in TREE.items():
        customer = await saved(app, kehu.Customer(name=code.title()))
        async with app.context() as ctx, ctx.write():
            parent = await ctx.session.scalar(sa.select(Partner.id).where(Partner.code == above))
            ctx.add(
                Partner(
                    code=code,
                    customer_id=customer.id,
                    kind="DEALER",
                    parent_id=parent,
                    currency="EUR",
                    status=PartnerStatus.ACTIVE,
                )
            )
    async with app.context() as ctx:
        found = (await ctx.session.scalars(sa.select(Partner))).all()
    return Channel(app, {each.code: each for each in found})


def quoted(value: object) -> str:
    """A value as GraphQL writes it."""
    return json.dumps(value)
