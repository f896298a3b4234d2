"""Partners: customers who sell on, in a tree, with what they may sell and who of them signs in."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu.business.identifiers import is_currency
from kehu.kernel.states import StateChart, Transition
from kehu_partner_inventory.inventory_base import Base
from kehu_partner_inventory.locations.models import DEGREES, check_on_the_map
from kehu_partner_inventory.programmes.models import PartnerLevel


class PartnerInOtherState(kehu.Refusal):
    """The verb is not possible in the state that the partner is in."""

    code = "PARTNER_IN_OTHER_STATE"


class PartnerCycle(kehu.Refusal):
    """A partner cannot stand below itself."""

    code = "PARTNER_CYCLE"


class StateReasonMissing(kehu.Refusal):
    """Nobody is suspended or sent away without a reason."""

    code = "STATE_REASON_MISSING"


class CurrencyStays(kehu.Refusal):
    """Amounts are in this currency already."""

    code = "CURRENCY_STAYS"


class ImpossiblePartner(kehu.Refusal):
    """A limit below zero, an unknown currency, or a contract that ends before it begins."""

    code = "IMPOSSIBLE_PARTNER"


class ChannelConflict(kehu.Refusal):
    """Somebody else alone may sell this there at that time."""

    code = "CHANNEL_CONFLICT"


class ImpossibleAuthorisation(kehu.Refusal):
    """An authorisation is for something, and does not end before it begins."""

    code = "IMPOSSIBLE_AUTHORISATION"


class PartnerStatus(enum.Enum):
    """Where the partnership stands."""

    APPLIED = "APPLIED"
    APPROVED = "APPROVED"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    ENDED = "ENDED"


_S = PartnerStatus
PARTNER_STATES = StateChart(
    "Partner",
    _S.APPLIED,
    [
        Transition("approve", (_S.APPLIED,), _S.APPROVED),
        Transition("activate", (_S.APPROVED, _S.SUSPENDED), _S.ACTIVE),
        Transition("suspend", (_S.ACTIVE,), _S.SUSPENDED),
        Transition("end", (_S.APPLIED, _S.APPROVED, _S.ACTIVE, _S.SUSPENDED), _S.ENDED),
        Transition("rate", (_S.APPROVED,), _S.APPROVED),
        Transition("rate", (_S.ACTIVE,), _S.ACTIVE),
        Transition("rate", (_S.SUSPENDED,), _S.SUSPENDED),
    ],
    refusal=PartnerInOtherState,
)


class Partner(kehu.Owned, Base):
    """A customer who sells our products on. Its owner is the partner manager.

    Partners make a tree: what stands below a partner buys from it, or came through it.
    """

    __tablename__ = "partner_inventory_partner"
    states: ClassVar = PARTNER_STATES

    customer_id: Mapped[uuid.UUID] = kehu.ref(
        kehu.Customer, unique=True, index=False, update=False, doc="Which customer it is."
    )
    code: Mapped[str] = kehu.column(sa.String(40), unique=True, doc="Its short name, unique.")
    kind: Mapped[str] = kehu.choice(
        *("GENERAL_AGENT", "SECOND_TIER_AGENT", "DEALER", "SHOP"), doc="What part it plays in the channel."
    )
    parent_id: Mapped[uuid.UUID | None] = kehu.column(
        sa.ForeignKey("partner_inventory_partner.id"), doc="The partner that it stands below."
    )
    level_id: Mapped[uuid.UUID | None] = kehu.ref(
        PartnerLevel, create=False, update=False, doc="The level that it has reached in its programme."
    )
    status: Mapped[PartnerStatus] = kehu.column(
        default=PartnerStatus.APPLIED,
        create=False,
        update=False,
        index=True,
        doc="Where the partnership stands.",
    )
    status_reason: Mapped[str | None] = kehu.column(
        sa.String(500), multiline=True, create=False, update=False, doc="Why it was suspended or ended."
    )
    status_since: Mapped[datetime | None] = kehu.column(
        create=False, update=False, doc="When it came there (UTC); none since it applied."
    )
    currency: Mapped[str] = kehu.column(sa.String(3), doc="ISO 4217 code of what it orders and owes.")
    price_list_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.PriceList,
        offered=True,
        doc="Where its prices come from, in its currency; the list of its level unless given.",
    )
    credit_limit: Mapped[Decimal | None] = kehu.column(
        money="currency", doc="How much it may owe; that of its level unless given."
    )
    group_credit_limit: Mapped[Decimal | None] = kehu.column(
        money="currency", doc="How much it and all below it may owe together; none for no such limit."
    )
    latitude: Mapped[Decimal | None] = kehu.column(
        DEGREES, doc="Where its goods go, in degrees north; the nearest location of ours is looked at first."
    )
    longitude: Mapped[Decimal | None] = kehu.column(DEGREES, doc="And in degrees east.")
    contract_number: Mapped[str | None] = kehu.column(sa.String(100), doc="The contract with it.")
    contract_from_on: Mapped[date | None] = kehu.column(doc="First day of the contract.")
    contract_until_on: Mapped[date | None] = kehu.column(
        not_before="contract_from_on", index=True, doc="Last day of the contract."
    )

    def move(self, verb: str, *, at: datetime) -> None:
        """Follow the chart; why it was stopped is over. Raises PartnerInOtherState."""
        self.status = self.states.after(verb, self.status, of=self.code)
        self.status_since, self.status_reason = at, None

    def rate(self, level: PartnerLevel | None) -> None:
        """Put it on a level, or on none. Raises PartnerInOtherState."""
        self.states.after("rate", self.status, of=self.code)
        self.level_id = level.id if level else None

    def stop(self, verb: str, reason: str, *, at: datetime) -> None:
        """Suspend or end, for a reason. Raises PartnerInOtherState, StateReasonMissing."""
        status = self.states.after(verb, self.status, of=self.code)
        if not reason.strip():
            message = kehu.text("Say why {partner} may not go on.", partner=self.code)
            raise StateReasonMissing(message, field="reason")
        self.status, self.status_reason, self.status_since = status, reason.strip(), at

    def stand_below(self, chain: Sequence[uuid.UUID]) -> None:
        """Check the place below `chain`, the keys from the parent up to the top. Raises PartnerCycle."""
        if self.id in chain:
            message = kehu.text("{name} cannot stand below itself.", name=self.code)
            raise PartnerCycle(message, field=Partner.parent_id)

    def check(self) -> None:
        """Raise ImpossiblePartner."""
        self.currency = self.currency.strip().upper()
        if not is_currency(self.currency):
            message = kehu.text("{code} is no ISO 4217 currency.", code=self.currency)
            raise ImpossiblePartner(message, field=Partner.currency)
        for limit, field in (
            (self.credit_limit, Partner.credit_limit),
            (self.group_credit_limit, Partner.group_credit_limit),
        ):
            if limit is not None and limit < 0:
                raise ImpossiblePartner(kehu.text("A limit is not below zero."), field=field)
        check_on_the_map(self.latitude, self.longitude, field=Partner.latitude)
        if _ends_early(self.contract_from_on, self.contract_until_on):
            message = kehu.text("The contract cannot end before it begins.")
            raise ImpossiblePartner(message, field=Partner.contract_until_on)


class PartnerPlacement(kehu.Entity, Base):
    """Below whom a partner stood, from when until when: written by every move, never by hand."""

    __tablename__ = "partner_inventory_placement"
    partner_id: Mapped[uuid.UUID] = kehu.ref(Partner, doc="Which partner.")
    parent_id: Mapped[uuid.UUID | None] = kehu.ref(Partner, index=False, doc="Below whom; none at the top.")
    began_at: Mapped[datetime] = kehu.column(doc="From when (UTC).")
    ended_at: Mapped[datetime | None] = kehu.column(doc="Until when (UTC); none for now.")


class PartnerLevelChange(kehu.Entity, Base):
    """A partner reached another level: by whose decision, and why."""

    __tablename__ = "partner_inventory_level_change"
    partner_id: Mapped[uuid.UUID] = kehu.ref(Partner, doc="Which partner.")
    from_level_id: Mapped[uuid.UUID | None] = kehu.ref(PartnerLevel, index=False, doc="The level before.")
    to_level_id: Mapped[uuid.UUID | None] = kehu.ref(PartnerLevel, index=False, doc="The level since.")
    reason: Mapped[str] = kehu.column(sa.String(500), multiline=True, doc="Why.")
    decided_by_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.User, index=False, doc="Who decided.")
    changed_at: Mapped[datetime] = kehu.column(doc="When (UTC).")


class PartnerAuthorisation(kehu.Archivable, Base):
    """What a partner may sell, and where, within some time; a part that is not given means everything, everywhere."""

    __tablename__ = "partner_inventory_authorisation"
    partner_id: Mapped[uuid.UUID] = kehu.ref(Partner, update=False, doc="Who may sell.")
    product_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.Product, doc="Which product.")
    category_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.ProductCategory, doc="Or products of which category."
    )
    territory: Mapped[str | None] = kehu.column(
        sa.String(20), index=True, doc="Where: an ISO 3166 code, such as `CN` or `CN-31`."
    )
    is_exclusive: Mapped[bool] = kehu.column(default=False, doc="Nobody else may, but partners below it.")
    valid_from_on: Mapped[date | None] = kehu.column(doc="First day on which it holds.")
    valid_until_on: Mapped[date | None] = kehu.column(
        not_before="valid_from_on", doc="Last day on which it holds."
    )

    def check(self) -> None:
        """Raise ImpossibleAuthorisation."""
        if self.product_id is not None and self.category_id is not None:
            message = kehu.text("An authorisation is for a product or for a category.")
            raise ImpossibleAuthorisation(message, field=PartnerAuthorisation.category_id)
        if self.product_id is None and self.category_id is None and self.territory is None:
            message = kehu.text("Say which products, or where.")
            raise ImpossibleAuthorisation(message, field=PartnerAuthorisation.product_id)
        if _ends_early(self.valid_from_on, self.valid_until_on):
            message = kehu.text("An authorisation cannot end before it begins.")
            raise ImpossibleAuthorisation(message, field=PartnerAuthorisation.valid_until_on)

    def meets(self, other: PartnerAuthorisation) -> bool:
        """Whether some place, on some day, is in both; which products are, the rules find out."""
        return (
            _places_meet(self.territory, other.territory)
            and not _ends_early(self.valid_from_on, other.valid_until_on)
            and not _ends_early(other.valid_from_on, self.valid_until_on)
        )


class PartnerUser(kehu.Entity, Base):
    """A user who signs in for a partner, through the role `Partner Portal`, and sees its subtree only."""

    __tablename__ = "partner_inventory_partner_user"
    user_id: Mapped[uuid.UUID] = kehu.ref(
        kehu.User, unique=True, index=False, update=False, doc="Who signs in."
    )
    partner_id: Mapped[uuid.UUID] = kehu.ref(Partner, update=False, doc="For which partner.")


def _ends_early(first: date | None, last: date | None) -> bool:
    return first is not None and last is not None and last < first


def _places_meet(one: str | None, other: str | None) -> bool:
    """A place meets itself, what is in it, and what it is in: CN and CN-31."""
    if one is None or other is None:
        return True
    return f"{one}-".startswith(f"{other}-") or f"{other}-".startswith(f"{one}-")
