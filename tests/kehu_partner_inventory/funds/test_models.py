"""The life of requests and claims, without a database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from kehu_partner_inventory import FundClaim, FundClaimStatus, FundRequest, FundRequestStatus, MarketFund
from kehu_partner_inventory.funds.models import (
    FUND_CLAIM_STATES,
    FUND_REQUEST_STATES,
    FundClaimInOtherState,
    FundExceeded,
    FundReasonMissing,
    FundRequestInOtherState,
    ImpossibleFund,
    ProofMissing,
    proven,
)

D = Decimal
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ASKING: dict[str, Callable[[FundRequest], object]] = {
    "change": lambda request: request.move("change"),
    "submit": lambda request: request.move("submit"),
    "grant": lambda request: request.grant(D(5), "EUR", at=AT),
    "reject": lambda request: request.reject("Too late.", at=AT),
    "claim": lambda request: request.move("claim"),
    "close": lambda request: request.close(D(3)),
}
CLAIMING: dict[str, Callable[[FundClaim], object]] = {
    "approve": lambda claim: claim.approve(at=AT),
    "reject": lambda claim: claim.reject("No stamp.", at=AT),
    "payOut": lambda claim: claim.pay_out(at=AT),
}


def a_request(status: FundRequestStatus = FundRequestStatus.SUBMITTED) -> FundRequest:
    return FundRequest(status=status, purpose="Fair", requested_amount=D(10), granted_amount=D(0))


@pytest.mark.parametrize("verb", FUND_REQUEST_STATES.verbs)
@pytest.mark.parametrize("state", FundRequestStatus)
def test_a_request_goes_by_its_chart(verb: str, state: FundRequestStatus) -> None:
    request = a_request(state)
    if FUND_REQUEST_STATES.allows(verb, state):
        ASKING[verb](request)
    else:
        with pytest.raises(FundRequestInOtherState):
            ASKING[verb](request)
    assert request.status is FUND_REQUEST_STATES.targets.get((verb, state), state)


@pytest.mark.parametrize("verb", FUND_CLAIM_STATES.verbs)
@pytest.mark.parametrize("state", FundClaimStatus)
def test_a_claim_goes_by_its_chart(verb: str, state: FundClaimStatus) -> None:
    claim = FundClaim(status=state, proof="Invoice 7", amount=D(1))
    if FUND_CLAIM_STATES.allows(verb, state):
        CLAIMING[verb](claim)
    else:
        with pytest.raises(FundClaimInOtherState):
            CLAIMING[verb](claim)
    assert claim.status is FUND_CLAIM_STATES.targets.get((verb, state), state)


@pytest.mark.parametrize(
    ("amount", "refusal"), [("11", FundExceeded), ("0", ImpossibleFund), ("-1", ImpossibleFund)]
)
def test_no_more_is_granted_than_is_asked_for(amount: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        a_request().grant(D(amount), "EUR", at=AT)


def test_reasons_and_proofs_are_said() -> None:
    with pytest.raises(FundReasonMissing):
        a_request().reject("", at=AT)
    with pytest.raises(ProofMissing):
        proven("  ")


@pytest.mark.parametrize("values", [{"currency": "EURO"}, {"until_on": date(2025, 1, 1)}, {"amount": D(0)}])
def test_impossible_funds_are_refused(values: dict[str, Any]) -> None:
    told: dict[str, Any] = {"name": "F", "currency": "EUR", "amount": D(1), "from_on": date(2026, 1, 1)}
    fund = MarketFund(**(told | {"until_on": date(2026, 12, 31)} | values))
    with pytest.raises(ImpossibleFund):
        fund.check()
