from __future__ import annotations

import sqlalchemy as sa

import kehu
from kehu.kernel.errors import FieldError
from kehu.platform.audit.models import AuditEntry
from kehu.platform.identity.models import Grant, Membership, Reach, Role, Team, User
from kehu.platform.identity.principals import find_user, principal_of
from kehu.platform.identity.sign_in import principal_of_token, sign_in
from tests.kehu.factories import (
    PASSWORD,
    change_refused,
    changed,
    give_role,
    make_user,
    refused,
    saved,
    stored,
)


async def test_an_email_address_is_kept_in_one_form(app: kehu.App) -> None:
    person = await saved(
        app, User(name="Ann", email=" Ann@Example.COM ", locale="zh-cn", time_zone="Asia/Shanghai")
    )
    assert (person.email, person.locale) == ("ann@example.com", "zh_CN")


async def test_no_two_users_have_the_same_email_address(app: kehu.App) -> None:
    await make_user(app, "Ann", email="ann@example.com")
    assert await refused(app, User(name="Other", email="ANN@example.com")) == (
        FieldError("DUPLICATE", "Another user has this e-mail address already.", "email", "core"),
    )


async def test_who_returns_gets_the_address_that_an_archived_user_had(app: kehu.App) -> None:
    left = await make_user(app, "Ann", email="ann@example.com")
    await changed(app, left, archived_at=app.clock())
    returned = await saved(app, User(name="Ann again", email="ann@example.com"))
    async with app.context() as ctx:
        found = await find_user(ctx, "ann@example.com")
    assert found is not None
    assert found.id == returned.id
    errors = await change_refused(app, left, archived_at=None)
    assert [(error.code, error.field) for error in errors] == [("DUPLICATE", "email")]


async def test_who_is_disabled_keeps_the_address(app: kehu.App) -> None:
    disabled = await make_user(app, "Ann", email="ann@example.com")
    await changed(app, disabled, is_active=False)
    errors = await refused(app, User(name="Other", email="ann@example.com"))
    assert [error.code for error in errors] == ["DUPLICATE"]


async def test_users_may_have_no_email_address(app: kehu.App) -> None:
    await saved(app, User(name="One"))
    await saved(app, User(name="Other"))


async def test_a_user_has_a_language_and_a_time_zone_that_exist(app: kehu.App) -> None:
    errors = await refused(app, User(name="Ann", email="ann", locale="xx", time_zone="Mars/Olympus"))
    assert {(e.code, e.field) for e in errors} == {
        ("INVALID_EMAIL", "email"),
        ("UNKNOWN_LANGUAGE", "locale"),
        ("UNKNOWN_TIME_ZONE", "timeZone"),
    }


async def test_teams_do_not_stand_in_a_circle(app: kehu.App) -> None:
    top = await saved(app, Team(name="Sales"))
    team = await saved(app, Team(name="North", parent_id=top.id))
    errors = await change_refused(app, top, parent_id=team.id)
    assert errors == (FieldError("TEAM_CYCLE", "Sales cannot stand below itself.", "parentId", "core"),)
    assert (await stored(app, top)).parent_id is None


async def test_a_grant_names_a_permission_that_exists(app: kehu.App) -> None:
    role = await saved(app, Role(name="Sales"))
    await saved(app, Grant(role_id=role.id, permission="core.customer:read", level=Reach.ALL))
    await saved(app, Grant(role_id=role.id, permission="*", level=Reach.ALL))
    errors = await refused(app, Grant(role_id=role.id, permission="core.custommer:read", level=Reach.ALL))
    assert [(e.code, e.field) for e in errors] == [("INVALID", "permission")]


async def test_a_principal_sees_the_teams_below_its_own(app: kehu.App) -> None:
    top = await saved(app, Team(name="Sales"))
    north = await saved(app, Team(name="North", parent_id=top.id))
    harbour = await saved(app, Team(name="Harbour", parent_id=north.id))
    south = await saved(app, Team(name="South", parent_id=top.id))
    person = await make_user(app, team=north)
    await saved(app, Membership(user_id=person.id, team_id=south.id))
    async with app.context() as ctx:
        principal = await principal_of(ctx, person)
    assert principal.teams == (north.id, south.id)
    assert principal.subtree == (north.id, south.id, harbour.id)
    assert (principal.id, principal.name) == (person.id, "Ann")


async def test_a_principal_may_do_what_its_roles_grant_together(app: kehu.App) -> None:
    person = await make_user(app)
    await give_role(app, person, core__customer__read=Reach.OWN, core__customer__update=Reach.OWN)
    await give_role(app, person, core__customer__read=Reach.TEAM)
    gone = await give_role(app, person, core__contact__read=Reach.ALL)
    async with app.context() as ctx, ctx.write():
        await ctx.archive(await ctx.get(Role, gone.id))
    async with app.context() as ctx:
        principal = await principal_of(ctx, person)
    assert principal.grants == {"core.customer:read": kehu.Level.TEAM, "core.customer:update": kehu.Level.OWN}


async def test_who_is_deactivated_is_signed_out_at_once(app: kehu.App) -> None:
    person = await make_user(app)
    async with app.context() as ctx:
        signed_in = await sign_in(ctx, "ann@example.com", PASSWORD)
    assert await principal_of_token(app, signed_in.token) is not None
    await changed(app, person, is_active=False)
    await changed(app, person, is_active=True)
    assert await principal_of_token(app, signed_in.token) is None


async def test_the_audit_trail_never_shows_a_password(app: kehu.App) -> None:
    await make_user(app)
    async with app.context() as ctx:
        entries = await ctx.session.scalars(sa.select(AuditEntry).where(AuditEntry.entity == "User"))
        assert [sorted(entry.changes) for entry in entries] == [
            ["email", "isActive", "locale", "name", "timeZone"]
        ]
