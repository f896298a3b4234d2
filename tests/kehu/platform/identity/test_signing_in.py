from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

import kehu
from kehu.kernel.errors import FieldError
from kehu.platform.identity import actions
from kehu.platform.identity.models import Reach, SignInSession, User
from kehu.platform.identity.sign_in import SignedIn, principal_of_token, sign_in
from kehu.platform.identity.throttle import ACCOUNT_LIMIT, ADDRESS_LIMIT, Attempt, Throttle, network_of
from tests.kehu.conftest import Clock
from tests.kehu.factories import PASSWORD, changed, give_role, make_user, saved, stored

FAILED = FieldError("SIGN_IN_FAILED", "The e-mail address or the password is wrong.")


async def signed_in(
    app: kehu.App, email: str = "ann@example.com", password: str = PASSWORD, address: str = "192.0.2.1"
) -> SignedIn:
    async with app.context(kehu.ANONYMOUS) as ctx:
        return await sign_in(ctx, email, password, device="a browser", address=address)


async def failure(
    app: kehu.App, email: str = "ann@example.com", password: str = "wrong", address: str = "192.0.2.1"
) -> FieldError:
    with pytest.raises(kehu.Refusal) as refusal:
        await signed_in(app, email, password, address)
    return refusal.value.errors[0]


async def test_a_token_stands_for_its_user(app: kehu.App) -> None:
    person = await make_user(app)
    await give_role(app, person, core__customer__read=Reach.OWN)
    session = await signed_in(app, email=" ANN@example.com ")
    principal = await principal_of_token(app, session.token)
    assert principal is not None
    assert (principal.id, principal.grants) == (person.id, {"core.customer:read": kehu.Level.OWN})
    assert session.expires_at == app.clock() + timedelta(days=14)


async def test_only_a_hash_of_the_token_is_stored(app: kehu.App) -> None:
    await make_user(app)
    session = await signed_in(app)
    async with app.context() as ctx:
        rows = (await ctx.session.scalars(sa.select(SignInSession))).all()
    assert [row.device for row in rows] == ["a browser"]
    assert session.token not in repr([vars(row) for row in rows])
    assert session.token not in repr(session)


async def test_no_answer_tells_whether_there_is_such_a_user(app: kehu.App) -> None:
    await make_user(app)
    gone = await make_user(app, "Gone")
    await saved(app, User(name="No password", email="none@example.com"))
    await changed(app, gone, is_active=False)
    answers = [
        await failure(app),
        await failure(app, email="nobody@example.com"),
        await failure(app, email="no address"),
        await failure(app, email="gone@example.com", password=PASSWORD),
        await failure(app, email="none@example.com", password=""),
    ]
    assert answers == [FAILED] * 5


@pytest.mark.parametrize("email", ["ann@example.com", "nobody@example.com"])
async def test_after_five_failures_the_right_password_has_to_wait_too(
    app: kehu.App, clock: Clock, email: str
) -> None:
    await make_user(app)
    assert [await failure(app, email) for _ in range(5)] == [FAILED] * 5
    waiting = await failure(app, email, PASSWORD)
    assert (waiting.code, waiting.message) == (
        "TOO_MANY_ATTEMPTS",
        "Too many failed attempts; try again in 30 seconds.",
    )
    clock.advance(seconds=31)
    assert await failure(app, email) == FAILED
    clock.advance(seconds=31)
    assert (await failure(app, email, PASSWORD)).code == "TOO_MANY_ATTEMPTS"


async def test_the_right_password_starts_the_count_again(app: kehu.App) -> None:
    await make_user(app)
    for _ in range(2):
        assert [await failure(app) for _ in range(4)] == [FAILED] * 4
        await signed_in(app)


async def test_who_tries_many_accounts_from_one_address_has_to_wait(app: kehu.App) -> None:
    async with app.context() as ctx, ctx.write():
        for _ in range(ADDRESS_LIMIT - 1):
            await Throttle("address 192.0.2.1", ADDRESS_LIMIT).take(ctx)
    assert await failure(app, email="one@example.com") == FAILED
    assert (await failure(app, email="other@example.com")).code == "TOO_MANY_ATTEMPTS"


async def test_the_right_password_works_after_a_burst_from_another_address(app: kehu.App) -> None:
    await make_user(app)
    burst = [await failure(app, address="198.51.100.7") for _ in range(8)]
    assert [each.code for each in burst] == ["SIGN_IN_FAILED"] * 5 + ["TOO_MANY_ATTEMPTS"] * 3
    await signed_in(app)


async def test_at_most_the_limit_of_parallel_passwords_is_looked_at(
    app: kehu.App, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_user(app)
    looked_at: list[str] = []

    async def counted(password: str, _kept: str | None) -> bool:
        looked_at.append(password)
        return False

    monkeypatch.setattr("kehu.platform.identity.sign_in.is_password", counted)
    codes = [each.code for each in await asyncio.gather(*(failure(app) for _ in range(40)))]
    assert (len(looked_at), codes.count("TOO_MANY_ATTEMPTS")) == (5, 35)


async def test_a_known_address_gets_in_while_many_others_fail(app: kehu.App) -> None:
    await make_user(app)
    await signed_in(app)
    async with app.context() as ctx, ctx.write():
        account = Attempt.of("ann@example.com", None).account
        for _ in range(ACCOUNT_LIMIT):
            await account.take(ctx)
    assert (await failure(app, password=PASSWORD, address="203.0.113.1")).code == "TOO_MANY_ATTEMPTS"
    await signed_in(app)


def test_an_account_is_delayed_by_strangers_for_a_minute_at_most() -> None:
    assert Attempt.of("ann@example.com", "192.0.2.1").account.longest == timedelta(minutes=1)


@pytest.mark.parametrize(
    ("address", "network"),
    [("192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8::/64"), ("testclient", "testclient")],
)
def test_addresses_of_one_network_count_as_one(address: str, network: str) -> None:
    assert network_of(address) == network


async def test_failures_are_forgotten_after_a_day(app: kehu.App, clock: Clock) -> None:
    await make_user(app)
    assert [await failure(app) for _ in range(5)] == [FAILED] * 5
    clock.advance(days=1, seconds=1)
    assert [await failure(app) for _ in range(5)] == [FAILED] * 5


async def test_a_session_ends_eight_hours_after_its_last_use(app: kehu.App, clock: Clock) -> None:
    await make_user(app)
    session = await signed_in(app)
    for _ in range(3):
        clock.advance(hours=7, minutes=59)
        assert await principal_of_token(app, session.token) is not None
    clock.advance(hours=8)
    assert await principal_of_token(app, session.token) is None


async def test_a_session_ends_after_14_days_of_use(app: kehu.App, clock: Clock) -> None:
    await make_user(app)
    session = await signed_in(app)
    for _ in range(14 * 4 - 1):
        clock.advance(hours=6)
        assert await principal_of_token(app, session.token) is not None
    clock.advance(hours=6)
    assert await principal_of_token(app, session.token) is None


async def test_sessions_that_have_ended_are_swept_away(app: kehu.App, clock: Clock) -> None:
    await make_user(app)
    await signed_in(app)
    clock.advance(hours=9)
    await signed_in(app)
    async with app.context() as ctx:
        assert await ctx.session.scalar(sa.select(sa.func.count()).select_from(SignInSession)) == 1


async def test_signing_out_ends_this_session_only(app: kehu.App) -> None:
    await make_user(app)
    here, there = await signed_in(app), await signed_in(app)
    principal = await principal_of_token(app, here.token)
    assert principal is not None
    async with app.context(principal) as ctx:
        await actions.sign_out(ctx)
    assert await principal_of_token(app, here.token) is None
    assert await principal_of_token(app, there.token) is not None


async def test_nobody_signs_out_without_harm(app: kehu.App) -> None:
    async with app.context(kehu.ANONYMOUS) as ctx:
        await actions.sign_out(ctx)


async def test_a_token_that_never_was_stands_for_nobody(app: kehu.App) -> None:
    assert await principal_of_token(app, "made up") is None


async def test_a_new_password_ends_all_sessions(app: kehu.App) -> None:
    person = await make_user(app)
    session = await signed_in(app)
    async with app.context() as ctx, ctx.write():
        await actions.set_password(await ctx.get(User, person.id), ctx, "another long one")
    assert await principal_of_token(app, session.token) is None
    assert await failure(app, password=PASSWORD) == FAILED
    await signed_in(app, password="another long one")


async def test_a_short_password_is_not_set(app: kehu.App) -> None:
    person = await make_user(app)
    with pytest.raises(kehu.Refusal):
        async with app.context() as ctx, ctx.write():
            await actions.set_password(await ctx.get(User, person.id), ctx, "short")
    await signed_in(app)


async def test_a_hash_with_old_parameters_is_renewed_at_sign_in(app: kehu.App) -> None:
    person = await make_user(app)
    await changed(app, person, password_hash=PasswordHasher(time_cost=1).hash(PASSWORD))
    before = await stored(app, person)
    await signed_in(app)
    after = await stored(app, person)
    assert after.password_hash != before.password_hash
    assert after.version == before.version
    await signed_in(app)


async def test_the_viewer_is_who_is_signed_in(app: kehu.App) -> None:
    person = await make_user(app)
    await give_role(app, person, core__customer__read=Reach.OWN, core__contact__read=Reach.ALL)
    principal = await principal_of_token(app, (await signed_in(app)).token)
    assert principal is not None
    async with app.context(principal) as ctx:
        viewer = await actions.viewer(ctx)
    assert viewer.user.id == person.id
    assert viewer.permissions == ["core.contact:read ALL", "core.customer:read OWN"]


async def test_nobody_is_no_viewer(app: kehu.App) -> None:
    async with app.context(kehu.ANONYMOUS) as ctx:
        with pytest.raises(kehu.Unauthenticated):
            await actions.viewer(ctx)
