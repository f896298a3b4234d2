"""`/metrics`: how many operations were planned, and why others were not; for those who have the right."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from kehu.platform.identity.models import Grant as RoleGrant
from kehu.platform.identity.models import Reach, Role, RoleAssignment
from kehu_graphql import Api
from kehu_graphql.compiled import Reason
from tests.kehu.factories import make_user
from tests.kehu_graphql.server.conftest import PASSWORD

COUNTED = "kehu_unplanned_operations_total"


def test_it_counts_what_is_planned_and_why_the_rest_is_not(signed_in: TestClient) -> None:
    for document in ("{ customers { totalCount } }", "{ nothing }", "{ nothing }", "{"):
        signed_in.post("/graphql", json={"query": document})

    answer = signed_in.get("/metrics")

    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.text.splitlines() == [
        "# HELP kehu_planned_operations_total Operations that a plan answered.",
        "# TYPE kehu_planned_operations_total counter",
        "kehu_planned_operations_total 1",
        f"# HELP {COUNTED} Operations that graphql-core answered, by why no plan did.",
        f"# TYPE {COUNTED} counter",
        *(f'{COUNTED}{{reason="{reason}"}} {3 if reason is Reason.INVALID else 0}' for reason in Reason),
    ]


def test_operations_of_strangers_are_counted(client: TestClient, api: Api) -> None:
    client.post("/graphql", json={"query": "{ __typename }"})

    assert api.plans.fallbacks.counts == {Reason.ANONYMOUS: 1}


@pytest.mark.parametrize(
    ("permission", "status", "code"),
    [
        (None, 401, "UNAUTHENTICATED"),
        ("core.customer:read", 403, "FORBIDDEN"),
        ("core.metrics:read", 200, None),
    ],
)
def test_only_those_who_have_the_right_may_read_it(
    client: TestClient, api: Api, permission: str | None, status: int, code: str | None
) -> None:
    if permission is not None:
        assert client.portal is not None
        client.portal.call(_user_with, api, permission)
        signed = {"email": "cleo@example.com", "password": PASSWORD}
        assert client.post("/session", json=signed).status_code == 200

    answer = client.get("/metrics")

    assert answer.status_code == status
    if code is not None:
        assert answer.json()["errors"][0]["extensions"]["code"] == code


async def _user_with(api: Api, permission: str) -> None:
    cleo = await make_user(api.app, "Cleo", email="cleo@example.com")
    async with api.app.context() as ctx, ctx.write():
        role = ctx.add(Role(name="Watching"))
        await ctx.flush()
        ctx.add(RoleGrant(role_id=role.id, permission=permission, level=Reach.ALL))
        ctx.add(RoleAssignment(role_id=role.id, user_id=cleo.id))
