"""A plugin of the tests that has deals approved, and people who are asked."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu.business.approvals.models import (
    ApprovalDecision,
    ApprovalRequest,
    ApprovalRule,
    ApprovalStatus,
    ApprovalStep,
)
from kehu.business.approvals.requests import request_approval
from kehu.platform.identity.models import User
from tests.crm import Crm, crm_of
from tests.deals import Deal
from tests.deals import plugin as deals
from tests.kehu.conftest import Clock

KIND = "bargains.discount"
RIGHTS = (
    "approval_step:approve",
    "approval_step:reject",
    "approval_step:delegate",
    "approval_request:withdraw",
)


def bargains() -> kehu.Plugin:
    """A plugin that closes a deal as won once its discount is approved, and asks one more by the hook."""
    plugin = kehu.Plugin("bargains", requires=["core", "deals"])
    whoever_asks = kehu.Unscoped("a deal is won once its discount is approved")

    @plugin.after_write(ApprovalRequest)
    async def carry_on(ctx: kehu.Context, change: kehu.Change[ApprovalRequest]) -> None:
        if change.touches(ApprovalRequest.status) and change.obj.status is ApprovalStatus.APPROVED:
            deal = (await whoever_asks.scalars(ctx, sa.select(Deal))).one()
            deal.stage = "WON"

    plugin.hookimpl(Board())
    return plugin


class Board:
    """Asks one more user, whatever the rules kept as data say."""

    member: uuid.UUID | None = None

    @kehu.hookimpl
    def kehu_approval_rules(self, kind: str, measure: Decimal) -> Sequence[ApprovalRule] | None:
        if kind != KIND or measure <= 50:
            return None
        return [ApprovalRule(name="Board", kind=kind, position=90, approver_id=Board.member)]


@dataclasses.dataclass
class Office:
    """Ann asks; Bo, Cy and Di decide."""

    crm: Crm
    ann: User
    bo: User
    cy: User
    di: User
    deal: Deal

    def as_(self, person: User) -> kehu.Principal:
        grants = dict.fromkeys((f"core.{right}" for right in RIGHTS), kehu.Level.ALL)
        reading = {
            f"core.{noun}:read": kehu.Level.OWN
            for noun in ("approval_request", "approval_step", "approval_decision")
        }
        users = {"core.user:read": kehu.Level.ALL}
        return kehu.Principal(person.id, person.name, grants={**grants, **reading, **users})

    async def rule(self, approver: User, position: int = 10, **values: Any) -> ApprovalRule:
        rule = ApprovalRule(
            name=f"{approver.name} agrees", kind=KIND, position=position, approver_id=approver.id, **values
        )
        await self.crm.store(rule)
        return rule

    async def ask(self, percent: int = 20) -> ApprovalRequest:
        """Ann asks for approval of a discount on her deal."""
        async with self.crm.app.context(self.as_(self.ann)) as ctx, ctx.write():
            return await request_approval(
                ctx,
                self.deal,
                subject="New press",
                measures={KIND: Decimal(percent)},
                owner_id=self.ann.id,
            )

    async def step_of(self, person: User) -> ApprovalStep:
        [step] = await self.crm.all(ApprovalStep, ApprovalStep.approver_id == person.id)
        assert isinstance(step, ApprovalStep)
        return step

    async def call(self, verb: str, step: ApprovalStep, person: User, arguments: str = "") -> list[str]:
        """The codes of the refusals of a verb that a person calls through the API."""
        key = kehu.global_id("ApprovalStep", step.id)
        comment = "" if "comment:" in arguments else ', comment: "Because."'
        document = (
            f'mutation {{ {verb}ApprovalStep(id: "{key}"{comment} {arguments}) {{ userErrors {{ code }} }} }}'
        )
        data = await self.crm.ask(document, to=self.as_(person))
        return [error["code"] for error in data[f"{verb}ApprovalStep"]["userErrors"]]

    async def status(self) -> str:
        [request] = await self.crm.all(ApprovalRequest)
        return str(request.status.name)

    async def steps(self) -> dict[str, str]:
        """Where each person's step stands."""
        names = {person.id: person.name for person in (self.ann, self.bo, self.cy, self.di)}
        found = await self.crm.all(ApprovalStep)
        return {names[step.approver_id]: step.status.name for step in found}

    async def decisions(self) -> list[tuple[str, str]]:
        return [(each.kind.name, each.comment) for each in await self.crm.all(ApprovalDecision)]

    async def stage(self) -> str:
        [deal] = await self.crm.all(Deal)
        return str(deal.stage)


@pytest.fixture
async def office(database_url: str, clock: Clock) -> AsyncIterator[Office]:
    async with crm_of(deals, bargains(), url=database_url, clock=clock) as crm:
        ann, bo, cy, di = (User(name=name) for name in ("Ann", "Bo", "Cy", "Di"))
        customer = kehu.Customer(name="Foundry")
        await crm.store(customer, ann, bo, cy, di)
        deal = Deal(customer_id=customer.id, name="New press", owner_id=ann.id)
        await crm.store(deal)
        Board.member = di.id
        yield Office(crm, ann, bo, cy, di, deal)
