"""Who a lead may be already: the same address or number, or much the same name."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

import sqlalchemy as sa

import kehu
from kehu.business.identifiers import (
    InvalidEmail,
    InvalidPhone,
    country_code,
    normalise_email,
    normalise_phone,
    sorting_name,
)
from kehu.platform.identity.locales import dialling_country
from kehu_sfa.leads.models import OPEN, Lead

MOST = 20
CANDIDATES = 300
ALIKE_PERCENT = 75
SHORTEST_WORD = 3
EMAIL_PERCENT, PHONE_PERCENT = 100, 90

Named = TypeVar("Named", kehu.Customer, kehu.Contact)


@dataclasses.dataclass(frozen=True, slots=True)
class Duplicate:
    """A record that may be the same as the lead; `percent` says how alike, `reasons` why."""

    percent: int
    reasons: list[str]
    customer: kehu.Customer | None = None
    contact: kehu.Contact | None = None
    lead: Lead | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Likeness:
    """What a lead is compared by, in one form."""

    name: str
    company_name: str
    email: str | None
    phone: str | None
    lead_id: uuid.UUID | None = None

    @classmethod
    def of(cls, record: Lead) -> Likeness:
        """That of a stored lead."""
        names = sorting_name(record.name or ""), sorting_name(record.company_name or "")
        return cls(*names, record.email, record.normalised_phone, record.id)

    @classmethod
    def typed(
        cls,
        ctx: kehu.Context,
        *,
        name: str | None,
        company_name: str | None,
        email: str | None,
        phone: str | None,
        country: str | None,
    ) -> Likeness:
        """That of what somebody types; what is no address or number is left out."""
        region = country_code(country) if country else dialling_country(ctx)
        names = sorting_name(name or ""), sorting_name(company_name or "")
        return cls(*names, _mail(email), _number(phone, region))


async def find_duplicates(ctx: kehu.Context, likeness: Likeness) -> list[Duplicate]:
    """The records that may be the same, of those the reader may see, the most alike first; 20 at most."""
    found = [
        *await _by_contact_point(ctx, likeness),
        *await _customers_called(ctx, likeness),
        *await _contacts_called(ctx, likeness),
        *await _leads_alike(ctx, likeness),
    ]
    return sorted(_joined(found), key=lambda duplicate: -duplicate.percent)[:MOST]


def alike_percent(first: str, second: str) -> int:
    """How many pairs of characters two names share, in percent of all (Dice); 100 for the same name."""
    if first == second:
        return 100 if first else 0
    left, right = _pairs(first), _pairs(second)
    shared = sum(min(left.count(pair), right.count(pair)) for pair in set(left))
    total = len(left) + len(right)
    return 200 * shared // total if total else 0


async def _by_contact_point(ctx: kehu.Context, likeness: Likeness) -> list[Duplicate]:
    point = kehu.ContactPoint
    ways = []
    if likeness.email:
        ways.append(sa.and_(point.kind == "EMAIL", point.normalised_value == likeness.email))
    if likeness.phone:
        ways.append(sa.and_(point.kind.in_(("PHONE", "MOBILE")), point.normalised_value == likeness.phone))
    if not ways:
        return []
    statement = sa.select(point).where(sa.or_(*ways), point.archived_at.is_(None)).limit(MOST)
    points = (await ctx.session.scalars(statement)).all()
    return [found for one in points if (found := await _owner_of(ctx, one))]


async def _owner_of(ctx: kehu.Context, point: kehu.ContactPoint) -> Duplicate | None:
    same_mail = point.kind == "EMAIL"
    percent = EMAIL_PERCENT if same_mail else PHONE_PERCENT
    reasons = ["the same e-mail address" if same_mail else "the same phone number"]
    if point.contact_id is not None:
        contact = await ctx.find(kehu.Contact, point.contact_id)
        return Duplicate(percent, reasons, contact=contact) if contact and _is_there(contact) else None
    customer = await ctx.find(kehu.Customer, point.customer_id) if point.customer_id else None
    return Duplicate(percent, reasons, customer=customer) if customer and _is_there(customer) else None


async def _customers_called(ctx: kehu.Context, likeness: Likeness) -> list[Duplicate]:
    wanted = likeness.company_name or likeness.name
    found = await _called(ctx, kehu.Customer, wanted)
    return [Duplicate(percent, _like(percent), customer=one) for percent, one in found]


async def _contacts_called(ctx: kehu.Context, likeness: Likeness) -> list[Duplicate]:
    found = await _called(ctx, kehu.Contact, likeness.name)
    return [Duplicate(percent, _like(percent), contact=one) for percent, one in found]


async def _called(ctx: kehu.Context, model: type[Named], wanted: str) -> list[tuple[int, Named]]:
    """Records with much the same name, of those that share a word of it, or its beginning."""
    words = [word for word in wanted.split() if len(word) >= SHORTEST_WORD][:4]
    if not wanted:
        return []
    likes = [model.sorting_name.contains(word, autoescape=True) for word in words]
    begins = model.sorting_name.startswith(wanted[:SHORTEST_WORD], autoescape=True)
    statement = sa.select(model).where(sa.or_(begins, *likes), model.archived_at.is_(None))
    rows: Sequence[Named] = (await ctx.session.scalars(statement.limit(CANDIDATES))).all()
    rated = [(alike_percent(wanted, row.sorting_name), row) for row in rows]
    return [(percent, row) for percent, row in rated if percent >= ALIKE_PERCENT]


async def _leads_alike(ctx: kehu.Context, likeness: Likeness) -> list[Duplicate]:
    ways = []
    if likeness.email:
        ways.append(Lead.email == likeness.email)
    if likeness.phone:
        ways.append(Lead.normalised_phone == likeness.phone)
    if not ways:
        return []
    statement = sa.select(Lead).where(sa.or_(*ways), Lead.status.in_(OPEN), Lead.archived_at.is_(None))
    others = (await ctx.session.scalars(statement.limit(MOST))).all()
    return [_other_lead(other, likeness) for other in others if other.id != likeness.lead_id]


def _other_lead(other: Lead, likeness: Likeness) -> Duplicate:
    same_mail = likeness.email is not None and other.email == likeness.email
    reason = "the same e-mail address" if same_mail else "the same phone number"
    return Duplicate(EMAIL_PERCENT if same_mail else PHONE_PERCENT, [reason], lead=other)


def _joined(found: Iterable[Duplicate]) -> Iterator[Duplicate]:
    """Each record once, with all reasons and the highest share."""
    by_record: dict[uuid.UUID, Duplicate] = {}
    for one in found:
        record = one.customer or one.contact or one.lead
        assert record is not None
        other = by_record.get(record.id)
        if other is not None:
            reasons = list(dict.fromkeys([*other.reasons, *one.reasons]))
            one = dataclasses.replace(one, percent=max(one.percent, other.percent), reasons=reasons)  # noqa: PLW2901  # the two are one
        by_record[record.id] = one
    return iter(by_record.values())


def _like(percent: int) -> list[str]:
    return ["the same name" if percent == 100 else "a similar name"]


def _is_there(record: kehu.Archivable) -> bool:
    return record.archived_at is None


def _pairs(name: str) -> list[str]:
    letters = name.replace(" ", "")
    return [first + second for first, second in pairwise(letters)]


def _mail(typed: str | None) -> str | None:
    try:
        return normalise_email(typed) if typed else None
    except InvalidEmail:
        return None


def _number(typed: str | None, region: str | None) -> str | None:
    try:
        return normalise_phone(typed, region or "ZZ") if typed else None
    except InvalidPhone:
        return None
