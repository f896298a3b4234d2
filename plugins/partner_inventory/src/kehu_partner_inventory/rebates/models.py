"""Rebates: programmes, their tiers and members, and statements that explain what was earned."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

import kehu
from kehu.business.identifiers import is_currency
from kehu.kernel.states import StateChart, Transition
from kehu_partner_inventory.billing.models import PartnerInvoice, PartnerInvoiceLine, PartnerPayment
from kehu_partner_inventory.inventory_base import Base
from kehu_partner_inventory.partners.models import Partner
from kehu_partner_inventory.rebates.reckoning import RebateBase, RebateKind, Tier
from kehu_partner_inventory.stock.models import StockMove


class RebateInOtherState(kehu.Refusal):
    """The verb is not possible in the state that the statement is in."""

    code = "REBATE_IN_OTHER_STATE"


class ImpossibleProgramme(kehu.Refusal):
    """A period that ends before it begins, a cap or percentage that cannot be, an unknown currency."""

    code = "IMPOSSIBLE_REBATE"


class TiersOverlap(kehu.Refusal):
    """An amount is in one tier of a programme at most."""

    code = "REBATE_TIERS_OVERLAP"


class NoMember(kehu.Refusal):
    """The partner is not in the programme, or owes in another currency."""

    code = "NO_REBATE_MEMBER"


class StatementStays(kehu.Refusal):
    """What a programme is reckoned by stays once a statement was approved; a statement stays as it was drawn up."""

    code = "REBATE_STATEMENT_STAYS"


class RebateStatus(enum.Enum):
    """Where a statement stands."""

    DRAFT = "DRAFT"
    APPROVED = "APPROVED"
    PAID = "PAID"
    DISCARDED = "DISCARDED"


_S = RebateStatus
REBATE_STATES = StateChart(
    "RebateStatement",
    _S.DRAFT,
    [
        Transition("approve", (_S.DRAFT,), _S.APPROVED),
        Transition("payOut", (_S.APPROVED,), _S.PAID),
        Transition("discard", (_S.DRAFT,), _S.DISCARDED),
    ],
    refusal=RebateInOtherState,
)


class RebateProgramme(kehu.Archivable, Base):
    """Money back for what members buy in a period, by tiers; of one category and all below it, or of everything."""

    __tablename__ = "partner_inventory_rebate_programme"
    name: Mapped[str] = kehu.column(sa.String(200), unique=True, doc="What the programme is called.")
    base: Mapped[RebateBase] = kehu.column(doc="What is rewarded.")
    kind: Mapped[RebateKind] = kehu.column(doc="Whether a tier holds for the whole amount or for its slice.")
    currency: Mapped[str] = kehu.column(sa.String(3), doc="ISO 4217 code of tiers, cap and statements.")
    from_on: Mapped[date] = kehu.column(doc="First day of the period.")
    until_on: Mapped[date] = kehu.column(doc="Last day of the period.")
    grace_days: Mapped[int] = kehu.column(default=0, doc="Returns count until so many days after the period.")
    cap_amount: Mapped[Decimal | None] = kehu.column(
        money="currency", doc="The most a member gets; none for no such limit."
    )
    category_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.ProductCategory, doc="What counts; none for all.")
    excluded_category_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.ProductCategory, index=False, doc="What does not count."
    )
    mix_category_id: Mapped[uuid.UUID | None] = kehu.ref(
        kehu.ProductCategory, index=False, doc="Whose share decides, where the mix is rewarded; only there."
    )
    payment_grace_days: Mapped[int] = kehu.column(
        default=0, doc="So many days after its day an invoice still counts as paid in time."
    )

    def check(self) -> None:
        """Raise ImpossibleProgramme."""
        self.currency = self.currency.strip().upper()
        if not is_currency(self.currency):
            message = kehu.text("{code} is no ISO 4217 currency.", code=self.currency)
            raise ImpossibleProgramme(message, field=RebateProgramme.currency)
        if self.until_on < self.from_on:
            message = kehu.text("{name} cannot end before it begins.", name=self.name)
            raise ImpossibleProgramme(message, field=RebateProgramme.until_on)
        for days, field in (
            (self.grace_days, RebateProgramme.grace_days),
            (self.payment_grace_days, RebateProgramme.payment_grace_days),
        ):
            if days < 0:
                raise ImpossibleProgramme(kehu.text("Days are not below zero."), field=field)
        if self.cap_amount is not None and self.cap_amount < 0:
            raise ImpossibleProgramme(kehu.text("A cap is not below zero."), field=RebateProgramme.cap_amount)
        self._check_mix()

    def _check_mix(self) -> None:
        is_mix = self.base is RebateBase.MIX
        if is_mix is not (self.mix_category_id is not None):
            message = kehu.text("A mix has a category whose share decides, and nothing else has.")
            raise ImpossibleProgramme(message, field=RebateProgramme.mix_category_id)
        if is_mix and self.kind is RebateKind.MARGINAL:
            message = kehu.text("A share of the mix holds for the whole amount.")
            raise ImpossibleProgramme(message, field=RebateProgramme.kind)


class RebateTier(kehu.Entity, Base):
    """A percentage for amounts from a start up to an end, which is in the next tier."""

    __tablename__ = "partner_inventory_rebate_tier"
    programme_id: Mapped[uuid.UUID] = kehu.ref(RebateProgramme, update=False, doc="Of which programme.")
    from_amount: Mapped[Decimal] = kehu.column(
        money="programme.currency",
        rounded=False,
        doc="From which amount on; from how many percent, where the mix is rewarded.",
    )
    until_amount: Mapped[Decimal | None] = kehu.column(
        money="programme.currency", rounded=False, doc="Below which amount or share; none for no end."
    )
    percent: Mapped[Decimal] = kehu.column(doc="How many percent are paid, 0 to 100.")

    @property
    def tier(self) -> Tier:
        """As the reckoning takes it."""
        return Tier(self.from_amount, self.until_amount, self.percent)

    def check(self) -> None:
        """Raise ImpossibleProgramme."""
        if not 0 <= self.percent <= 100:
            message = kehu.text("A rebate is 0 to 100 percent; {percent} is not.", percent=self.percent)
            raise ImpossibleProgramme(message, field=RebateTier.percent)
        if self.from_amount < 0 or (self.until_amount is not None and self.until_amount <= self.from_amount):
            message = kehu.text("A tier begins at zero or above, and ends above its start.")
            raise ImpossibleProgramme(message, field=RebateTier.until_amount)


class RebateMember(kehu.Entity, Base):
    """A partner takes part in a programme."""

    __tablename__ = "partner_inventory_rebate_member"
    __table_args__ = (sa.UniqueConstraint("programme_id", "partner_id"),)
    programme_id: Mapped[uuid.UUID] = kehu.ref(RebateProgramme, index=False, update=False, doc="In which.")
    partner_id: Mapped[uuid.UUID] = kehu.ref(Partner, update=False, doc="Who.")


class RebateExclusion(kehu.Entity, Base):
    """A product that does not count for a programme, beside those of the excluded category."""

    __tablename__ = "partner_inventory_rebate_exclusion"
    __table_args__ = (sa.UniqueConstraint("programme_id", "product_id"),)
    programme_id: Mapped[uuid.UUID] = kehu.ref(RebateProgramme, index=False, update=False, doc="For which.")
    product_id: Mapped[uuid.UUID] = kehu.ref(kehu.Product, index=False, update=False, doc="What.")


class AccrualKind(enum.Enum):
    """Whether a rebate was earned, or given by a statement."""

    EARNED = "EARNED"
    PAID = "PAID"


class RebateStatement(kehu.Entity, Base):
    """What a member has earned, as drawn up at a moment; a later one adjusts it by what came back meanwhile."""

    __tablename__ = "partner_inventory_rebate_statement"
    states: ClassVar = REBATE_STATES
    programme_id: Mapped[uuid.UUID] = kehu.ref(RebateProgramme, doc="By which programme.")
    partner_id: Mapped[uuid.UUID] = kehu.ref(Partner, doc="For whom.")
    status: Mapped[RebateStatus] = kehu.column(default=_S.DRAFT, doc="Where it stands.")
    drawn_up_at: Mapped[datetime] = kehu.column(doc="When (UTC).")
    currency: Mapped[str] = kehu.column(sa.String(3), doc="ISO 4217 code of its amounts.")
    bought_amount: Mapped[Decimal] = kehu.column(
        money="currency", doc="What was bought in the period, less what came back."
    )
    before_amount: Mapped[Decimal] = kehu.column(
        money="currency", doc="The same a year before; 0 where growth is not rewarded."
    )
    counted_amount: Mapped[Decimal] = kehu.column(money="currency", doc="What the tiers were applied to.")
    earned_amount: Mapped[Decimal] = kehu.column(money="currency", doc="What that earns, after the cap.")
    is_capped: Mapped[bool] = kehu.column(doc="The cap took something off.")
    settled_amount: Mapped[Decimal] = kehu.column(
        money="currency", doc="What earlier approved statements gave already."
    )
    payable_amount: Mapped[Decimal] = kehu.column(
        money="currency", doc="What is left; below zero it is owed back."
    )
    approved_by_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.User, index=False, doc="Who agreed.")
    credit_note_id: Mapped[uuid.UUID | None] = kehu.ref(
        PartnerInvoice, index=False, doc="The credit note by which it was paid out; none for cash."
    )

    def move(self, verb: str) -> None:
        """Follow the chart. Raises RebateInOtherState."""
        self.status = self.states.after(verb, self.status, of=kehu.text("The statement"))


class RebateStatementLine(kehu.Entity, Base):
    """What one line of an invoice or credit note counted, and what of the rebate it earned."""

    __tablename__ = "partner_inventory_rebate_statement_line"
    statement_id: Mapped[uuid.UUID] = kehu.ref(RebateStatement, doc="Of which statement.")
    invoice_line_id: Mapped[uuid.UUID] = kehu.ref(
        PartnerInvoiceLine, index=False, doc="Which line of an invoice."
    )
    move_id: Mapped[uuid.UUID | None] = kehu.ref(
        StockMove,
        index=False,
        doc="The goods that were sold on at the price of that line; none for what was bought.",
    )
    amount: Mapped[Decimal] = kehu.column(money="statement.currency", doc="What it counted.")
    earned_amount: Mapped[Decimal] = kehu.column(
        money="statement.currency", doc="What of the rebate it earned."
    )


class RebateAccrual(kehu.Entity, Base):
    """An entry of the ledger of rebates: what a transaction earned a member, or below zero took back, or was paid.

    All entries of a programme and a member together are what we owe it. They are never changed.
    """

    __tablename__ = "partner_inventory_rebate_accrual"
    __table_args__ = (
        sa.Index("ix_partner_inventory_rebate_accrual_of", "programme_id", "partner_id", "kind"),
    )
    programme_id: Mapped[uuid.UUID] = kehu.ref(RebateProgramme, index=False, doc="By which programme.")
    partner_id: Mapped[uuid.UUID] = kehu.ref(Partner, doc="For whom.")
    kind: Mapped[AccrualKind] = kehu.column(doc="Earned, or paid.")
    amount: Mapped[Decimal] = kehu.column(money="currency", doc="How much; what is paid is below zero.")
    currency: Mapped[str] = kehu.column(sa.String(3), doc="ISO 4217 code.")
    accrued_at: Mapped[datetime] = kehu.column(index=True, doc="When (UTC).")
    invoice_id: Mapped[uuid.UUID | None] = kehu.ref(
        PartnerInvoice, index=False, doc="The invoice or credit note that earned it, or took it back."
    )
    payment_id: Mapped[uuid.UUID | None] = kehu.ref(
        PartnerPayment, index=False, doc="The payment in time that earned it."
    )
    statement_id: Mapped[uuid.UUID | None] = kehu.ref(
        RebateStatement, index=False, doc="The statement that found or paid it; none where the night run did."
    )
