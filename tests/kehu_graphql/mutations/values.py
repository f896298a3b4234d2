"""What the declarations of a type do not say of its values, because a rule does.

`some Customer` stands for the id of a customer that whoever writes can work with, `a new Customer` for that of one that
no other record refers to, `{n}` for the number of the record, and a tuple for values that records have in turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Values = Mapping[str, Any]

OF_NAME: Values = {"currency": "EUR", "percent": "5", "discountPercent": "5"}

_MAPPED = (
    *(("CUSTOMER", name) for name in ("legalName", "shortName", "industry", "source", "registeredNumber")),
    *(("CUSTOMER", name) for name in ("notes", "website", "country", "preferredLanguage")),
    *(("CONTACT", name) for name in ("name", "salutation", "notes")),
    *(("OPPORTUNITY", name) for name in ("name", "campaign", "nextStep", "lostNote")),
)

# What a record of a type is made with, beside what is required and what it is known by.
VALUES: Mapping[str, Values] = {
    "ApprovalRule": {"kind": "sfa.discount", "approverId": "some User"},
    "AssignmentRule": {"toTeamId": "some Team"},
    "CalendarHours": {"opens": "09:00", "closes": "17:00"},
    "ContactPoint": {"kind": "EMAIL", "value": "ann{n}@example.com", "customerId": "some Customer"},
    "CurrencyRate": {"base": "EUR", "quote": "USD", "rate": "1.1"},
    "FundAllocation": {"partnerId": "some Partner", "amount": "10"},
    "Grant": {"permission": "core.customer:read"},
    "InboundEndpoint": {"kind": "listener.calls"},
    "Interaction": {"customerId": "some Customer"},
    "InteractionParticipant": {"contactId": "a new Contact"},
    "Lead": {"name": "Lead {n}"},
    "LeadFieldMapping": {
        "leadField": "interest",
        "target": tuple(target for target, _ in _MAPPED),
        "targetField": tuple(name for _, name in _MAPPED),
    },
    "LeadScoreRule": {"field": "companyName", "value": "Acme"},
    "LevelRule": {"currency": "EUR"},
    "Location": {"currency": "EUR"},
    "MarketFund": {"amount": "1000"},
    "Opportunity": {"stageId": "some Stage", "currency": "EUR"},
    "OpportunityLine": {"unitPrice": "100"},
    "Order": {"currency": "EUR"},
    "PartnerAuthorisation": {"productId": "a new Product"},
    "PublicHoliday": {"country": "DE"},
    "Quota": {"currency": "EUR"},
    "Quote": {"currency": "EUR"},
    "RebateTier": {"programmeId": "a new RebateProgramme"},
    "SpecialPrice": {"productId": "a new Product"},
    "VisitPlan": {"customerId": "some Customer"},
    "WebhookSubscription": {
        "url": "http://127.0.0.1:9/hook",
        "events": ["core.customer.created"],
    },
}

# What an update changes, of types without a text that may be anything.
CHANGES: Mapping[str, Values] = {
    "CalendarHours": {"closes": "18:00"},
    "CommissionSlab": {"percent": "6"},
    "ContactPoint": {"label": "Changed"},
    "CurrencyRate": {"rate": "1.2"},
    "ExpectedReceipt": {"quantity": "7"},
    "FundAllocation": {"amount": "11"},
    "Grant": {"level": "ALL"},
    "LeadCapacity": {"mostOpenLeads": 9},
    "LeadFieldMapping": {"leadField": "campaign"},
    "LevelRule": {"threshold": "7"},
    "PartnerAuthorisation": {"territory": "CHANGED"},
    "PartnerTarget": {"amount": "70"},
    "PriceListItem": {"price": "7"},
    "PublicHoliday": {"name": "Changed"},
    "Quota": {"target": "70"},
    "RebateTier": {"percent": "6"},
    "ReorderRule": {"leadTimeDays": 7},
    "ScorecardCriterion": {"weight": "7"},
    "StockProfile": {"isLotTracked": True},
}
