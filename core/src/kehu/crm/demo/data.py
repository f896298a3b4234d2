"""Making the demo's records up: people, products, customers, and what passed between us."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

import sqlalchemy as sa

from kehu.business.calendars.models import Calendar, CalendarHours, Weekday
from kehu.crm.demo import names
from kehu.crm.demo.customers import Acquaintance, make_customers
from kehu.crm.interactions.models import Interaction, InteractionDirection, InteractionStatus
from kehu.crm.products.models import CurrencyRate, PriceList, PriceListItem, Product, ProductCategory
from kehu.kernel.context import Context
from kehu.kernel.hooks.specs import hookimpl
from kehu.platform.core import plugin
from kehu.platform.identity.models import Membership, Role, RoleAssignment, Team, User

INTERACTIONS = 200
PAST_DAYS = 400
COMING_DAYS = 30
PLANNED_SHARE = 0.25
BULK_DISCOUNT = Decimal("0.9")
BULK_QUANTITY = Decimal(10)
OFFICE_HOURS = (("08:00", "12:00"), ("13:00", "17:00"))


class DemoData:
    """The demo data of core."""

    @hookimpl
    async def kehu_demo_data(self, ctx: Context, chance: random.Random) -> None:
        """Users in a tree of teams, products with prices, customers with contacts, and interactions."""
        await _make_calendar(ctx)
        sellers = await _make_people(ctx)
        await _make_products(ctx)
        acquaintances = await make_customers(ctx, chance, sellers)
        for _ in range(INTERACTIONS):
            ctx.add(_interaction(ctx, chance, chance.choice(acquaintances)))
        await ctx.flush()


plugin.hookimpl(DemoData())


async def _make_calendar(ctx: Context) -> None:
    """The hours of the office, which keeps the holidays of its country."""
    calendar = ctx.add(Calendar(name="Office", time_zone="Europe/London", country="GB", subdivision="ENG"))
    await ctx.flush()
    for weekday in list(Weekday)[:5]:
        for opens, closes in OFFICE_HOURS:
            ctx.add(CalendarHours(calendar_id=calendar.id, weekday=weekday, opens=opens, closes=closes))
    await ctx.flush()


async def _make_people(ctx: Context) -> list[tuple[User, Team]]:
    """The users with their teams; each gets the role of the demo where that role exists."""
    teams: dict[str, Team] = {}
    for name, above in names.TEAMS:
        teams[name] = ctx.add(Team(name=name, parent_id=teams[above].id if above else None))
        await ctx.flush()
    roles = {role.name: role for role in await ctx.session.scalars(sa.select(Role))}
    people = []
    for name, address, team, role, zone, locale in names.USERS:
        user = ctx.add(User(name=name, email=f"{address}@example.com", time_zone=zone, locale=locale))
        await ctx.flush()
        ctx.add(Membership(user_id=user.id, team_id=teams[team].id))
        if role in roles:
            ctx.add(RoleAssignment(user_id=user.id, role_id=roles[role].id))
        people.append((user, teams[team]))
    return people


async def _make_products(ctx: Context) -> None:
    """Twelve products in four categories, with a price list that has quantity breaks."""
    prices = ctx.add(PriceList(name="List prices", currency="EUR"))
    await ctx.flush()
    for category_name, series, *products in names.PRODUCTS:
        category = ctx.add(ProductCategory(name=category_name))
        await ctx.flush()
        for label, price in products:
            code, _, name = label.partition(" ")
            product = ctx.add(
                Product(
                    code=code,
                    name=name,
                    series=series,
                    category_id=category.id,
                    unit="day" if "day" in name else "piece",
                    is_serial_tracked=series == "MX",
                )
            )
            await ctx.flush()
            _add_prices(ctx, prices, product, Decimal(price))
    rates = {"CNY": Decimal("7.8"), "GBP": Decimal("0.86"), "USD": Decimal("1.09")}
    for quote, rate in rates.items():
        ctx.add(
            CurrencyRate(base="EUR", quote=quote, rate=rate, as_of=ctx.today() - timedelta(days=PAST_DAYS))
        )
    await ctx.flush()


def _add_prices(ctx: Context, prices: PriceList, product: Product, price: Decimal) -> None:
    for quantity, factor in ((Decimal(1), Decimal(1)), (BULK_QUANTITY, BULK_DISCOUNT)):
        ctx.add(
            PriceListItem(
                price_list_id=prices.id, product_id=product.id, min_quantity=quantity, price=price * factor
            )
        )


def _interaction(ctx: Context, chance: random.Random, known: Acquaintance) -> Interaction:
    kind = chance.choice(tuple(names.SUBJECTS))
    interaction = Interaction(
        customer_id=known.customer.id,
        contact_id=chance.choice(known.contacts).id if known.contacts else None,
        owner_id=known.customer.owner_id,
        team_id=known.customer.team_id,
        kind=kind,
        direction=InteractionDirection.INTERNAL if kind == "NOTE" else chance.choice(_DIRECTIONS),
        subject=chance.choice(names.SUBJECTS[kind]),
    )
    if kind != "NOTE" and chance.random() < PLANNED_SHARE:
        _plan(ctx, chance, interaction)
    else:
        _carry_out(ctx, chance, interaction)
    return interaction


_DIRECTIONS = (InteractionDirection.IN, InteractionDirection.OUT)


def _plan(ctx: Context, chance: random.Random, interaction: Interaction) -> None:
    """Most of what is planned lies ahead; some is overdue."""
    day = ctx.now().replace(minute=0, second=0, microsecond=0) + timedelta(
        days=chance.randint(-5, COMING_DAYS)
    )
    interaction.planned_for = day
    interaction.due_at = day + timedelta(hours=chance.randint(1, 48))


def _carry_out(ctx: Context, chance: random.Random, interaction: Interaction) -> None:
    began = ctx.now() - timedelta(days=chance.randint(1, PAST_DAYS), minutes=chance.randint(0, 600))
    interaction.status = InteractionStatus.DONE
    interaction.created_at = interaction.started_at = began
    interaction.ended_at = began + timedelta(minutes=chance.randint(2, 90))
    interaction.outcome = chance.choice(names.OUTCOMES)
    if interaction.kind == "CALL" and interaction.direction is InteractionDirection.IN:
        interaction.answered_after_seconds = chance.randint(3, 60)
    if interaction.kind == "EMAIL" and interaction.direction is InteractionDirection.IN:
        interaction.replied_after_minutes = chance.randint(5, 600)
