"""A firm at work on a clock that ticks: one person for each predefined role, all of them asking over HTTP."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import httpx2
import sqlalchemy as sa
from graphql import GraphQLSchema

import kehu
from kehu.kernel.composition import EntityDefinition
from kehu.kernel.names import camel, pascal
from kehu.platform.core import CoreSettings
from kehu.platform.identity.models import Role, RoleAssignment
from kehu.platform.identity.roles import ADMINISTRATOR, ensure_roles
from kehu_graphql import Api
from tests.kehu.factories import PASSWORD, make_user, saved
from tests.kehu_graphql.mutations.listener import plugin as listener
from tests.kehu_graphql.server.live import serving
from tests.templates import Templates

PLUGINS = ("core", "sfa", "partner_inventory", listener)
PORTAL = "Partner Portal"
OF_SYSTEMS = {"Integration"}
ERRORS = "userErrors { code field message }"


class Person:
    """Somebody who has signed in, and holds one role."""

    def __init__(self, firm: Firm, role: str, id: str, http: httpx2.AsyncClient) -> None:
        self.firm, self.role, self.id, self.http = firm, role, id, http

    async def do(self, mutation: str, shown: str = "", **arguments: Any) -> dict[str, Any]:
        """What a mutation gives that is not refused, but for `userErrors`; notes that it ran."""
        taken = self.firm.mutations[mutation].args
        variables = ", ".join(f"${name}: {taken[name].type}" for name in arguments)
        passed = ", ".join(f"{name}: ${name}" for name in arguments)
        call = f"{mutation}({passed})" if passed else mutation
        query = f"mutation {f'({variables})' if variables else ''} {{ done: {call} {{ {shown} {ERRORS} }} }}"
        answer = await self.http.post("/graphql", json={"query": query, "variables": arguments})
        return self._done(mutation, answer.json(), arguments)

    async def act(
        self, verb: str, name: str, key: str, shown: str = "status", *, many: bool, **given: Any
    ) -> dict[str, Any]:
        """What is shown of a record after a verb: of the mutation of one record, or of that of many."""
        entity = self.firm.app.composition.by_name[name]
        seen = f"{entity.singular} {{ {shown} }}"
        if many:
            mutation = f"{verb}{pascal(entity.plural)}"
            (done,) = (await self.do(mutation, f"results {{ {seen} }}", ids=[key], **given))["results"]
        else:
            done = await self.do(f"{verb}{name}", seen, id=key, **given)
        record: dict[str, Any] = done[entity.singular]
        return record

    async def see(self, field: str, key: str, shown: str) -> dict[str, Any]:
        """What is shown of a record."""
        record: dict[str, Any] = (await self.ask(f'{{ seen: {field}(id: "{key}") {{ {shown} }} }}'))["seen"]
        return record

    async def ask(self, document: str) -> dict[str, Any]:
        """The data of an answer without errors."""
        answer = (await self.http.post("/graphql", json={"query": document})).json()
        assert "errors" not in answer, (self.role, document, answer)
        data: dict[str, Any] = answer["data"]
        return data

    async def attach(self, record: str) -> str:
        """The id of a file that the person brings to a record."""
        query = (
            "mutation ($record: ID!, $file: Upload!) "
            f"{{ done: attachFile(recordId: $record, file: $file) {{ result {{ id }} {ERRORS} }} }}"
        )
        operation = {"query": query, "variables": {"record": record, "file": None}}
        answer = await self.http.post(
            "/graphql",
            data={"operations": json.dumps(operation), "map": json.dumps({"0": ["variables.file"]})},
            files={"0": ("offer.pdf", b"%PDF", "application/pdf")},
            headers={"GraphQL-Require-Preflight": "1"},
        )
        payload = self._done("attachFile", answer.json(), {"recordId": record})
        key: str = payload["result"]["id"]
        return key

    def _done(self, mutation: str, answer: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        """The payload of an answer without errors."""
        assert "errors" not in answer, (self.role, mutation, given, answer)
        payload: dict[str, Any] = answer["data"]["done"]
        errors = payload.pop("userErrors")
        assert errors == [], (self.role, mutation, given, errors)
        self.firm.ran.setdefault(mutation, self.role)
        return payload


class Firm:
    """Who works there, and which mutations ran, each with the role of who was the first."""

    def __init__(self, app: kehu.App, where: str, schema: GraphQLSchema) -> None:
        self.app, self.where, self.schema = app, where, schema
        assert schema.mutation_type is not None
        self.mutations = schema.mutation_type.fields
        self.permissions = dict(permissions(app.composition))
        self.roles = roles(app.composition)
        self.people: dict[str, Person] = {}
        self.ran: dict[str, str] = {}
        self.team = ""
        self._sessions = contextlib.AsyncExitStack()

    @property
    def boss(self) -> Person:
        """The administrator."""
        return self.people[ADMINISTRATOR]

    def types(self) -> Iterator[EntityDefinition]:
        """The types of records, those that others refer to first."""
        composition = self.app.composition
        for table in composition.tables_in_order:
            if table in composition.models_by_table:
                yield composition.entities[composition.models_by_table[table]]

    def may(self, role: str, mutation: str) -> bool:
        """Whether a role may do it at all."""
        held = self.roles[role]
        return "*" in held or held.issuperset(self.permissions[mutation])

    def least(self, mutation: str) -> str:
        """The role with the fewest rights of those that may do it."""
        return next(role for role in self.roles if self.may(role, mutation))

    async def person(self, role: str) -> Person:
        """Who has the role; taken on when first asked for."""
        if role not in self.people:
            self.people[role] = person = await self._taken_on(role)
            given = {"userId": person.id, "roleId": await self._role(role)}
            await self.boss.do("createMembership", input={"userId": person.id, "teamId": self.team})
            await self.boss.do("createRoleAssignment", input=given)
        return self.people[role]

    async def open_portal(self, partner: str) -> None:
        """Somebody signs in for a partner, and gets the role of the portal by that."""
        self.people[PORTAL] = person = await self._taken_on(PORTAL)
        await self.boss.do("createPartnerUser", input={"userId": person.id, "partnerId": partner})

    async def enter(self, role: str, id: str, email: str) -> Person:
        """Somebody signs in."""
        made = httpx2.AsyncClient(base_url=f"http://{self.where}", timeout=60)
        http = await self._sessions.enter_async_context(made)
        answer = await http.post("/session", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return Person(self, role, id, http)

    async def close(self) -> None:
        """All connections are closed."""
        await self._sessions.aclose()

    async def _taken_on(self, role: str) -> Person:
        email = f"{role.replace(' ', '.').lower()}@example.com"
        made = await self.boss.do("createUser", "user { id }", input={"name": role, "email": email})
        user: str = made["user"]["id"]
        await self.boss.do("setPasswordUser", id=user, password=PASSWORD)
        return await self.enter(role, user, email)

    async def _role(self, name: str) -> str:
        async with self.app.context() as ctx:
            found = (await ctx.session.scalars(sa.select(Role.id).where(Role.name == name))).one()
        return kehu.global_id("Role", found)


def permissions(composition: kehu.Composition) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The mutations of all entities and of the root, each with the permissions that it needs."""
    for entity in composition.entities.values():
        names = entity.name, pascal(entity.plural)
        for verb in {"create", "update", "delete"} & entity.operations:
            yield from ((f"{verb}{name}", (entity.permission(verb),)) for name in names)
        both = entity.permission("create"), entity.permission("update")
        yield from ((f"upsert{name}", both) for name in names if entity.natural_keys)
        for action in entity.actions:
            needed = (entity.action_permission(action),)
            yield from ((f"{camel(action.name)}{name}", needed) for name in names)
    for root in composition.roots:
        if root.kind == "mutation":
            yield camel(root.name), (root.permission,) if root.permission else ()


def roles(composition: kehu.Composition) -> dict[str, frozenset[str]]:
    """The predefined roles with their permissions: of people, the one that may least first, then of systems."""
    held: dict[str, set[str]] = {}
    for grant in composition.grants:
        held.setdefault(grant.role, set()).update(grant.permissions)
    ordered = sorted(held.items(), key=lambda item: (item[0] in OF_SYSTEMS, len(item[1])))
    return {role: frozenset(names) for role, names in ordered} | {ADMINISTRATOR: frozenset("*")}


@contextlib.asynccontextmanager
async def open_firm(url: str, templates: Templates) -> AsyncIterator[Firm]:
    """A firm with an administrator, who is in its only team."""
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    app = await templates.open(url, *PLUGINS, settings=[CoreSettings(webhook_private_targets=True)])
    async with app.context() as ctx:
        await ensure_roles(ctx)
        role = (await ctx.session.scalars(sa.select(Role).where(Role.name == ADMINISTRATOR))).one()
    team = await saved(app, kehu.Team(name="Firm"))
    user = await make_user(app, "Administrator", team=team)
    await saved(app, RoleAssignment(user_id=user.id, role_id=role.id))
    api = Api(app)
    async with serving(api, jobs_at_once=0) as where, contextlib.AsyncExitStack() as stack:
        firm = Firm(app, where, api.schema._schema)
        stack.push_async_callback(firm.close)
        firm.team = kehu.global_id("Team", team.id)
        key = kehu.global_id("User", user.id)
        firm.people[ADMINISTRATOR] = await firm.enter(ADMINISTRATOR, key, "administrator@example.com")
        yield firm
