"""The five questions, as documents for kehu and for those that speak GraphQL in a way of their own."""

from __future__ import annotations

import dataclasses
import json
import random
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from kehu.kernel.ids import global_id

EIGHT = "id name kind industry website country createdAt version"
TEN = "id name kind industry website country ownerId createdAt updatedAt version"
ORDER = "orderBy: [{field: NAME}]"

KEHU = {
    "Q1": f"""query ($industry: String!, $first: Int!) {{
        customers(first: $first, filter: {{industry: {{eq: $industry}}}}, {ORDER}) {{
            nodes {{ {EIGHT} }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}""",
    "Q2": f"""query ($country: String!, $first: Int!) {{
        customers(first: $first, filter: {{country: {{eq: $country}}}}, {ORDER}) {{ nodes {{
            id name owner {{ id name }}
            interactions(first: 5) {{ nodes {{ id kind createdAt subject }} }}
            opportunities(first: 3) {{ nodes {{ id name amount }} }} }} }} }}""",
    "Q3": f"""query ($id: ID!) {{ customer(id: $id) {{ {EIGHT}
            interactions(first: 10) {{ nodes {{ id kind createdAt subject }} }} }} }}""",
    "Q4": """mutation ($input: CreateInteractionInput!) { createInteraction(input: $input) {
            interaction { id kind createdAt subject } userErrors { code field } } }""",
    "Q5": f"""query ($first: Int!) {{ customers(first: $first, {ORDER}) {{ nodes {{ {TEN} }} }} }}""",
}

_EIGHT = "id: rowId name kind industry website country createdAt version"
_NEWEST = "orderBy: [CREATED_AT_DESC, ROW_ID_DESC]"
POSTGRAPHILE = {
    "Q1": f"""query ($industry: String!, $first: Int!) {{
        allCustomers(first: $first, condition: {{industry: $industry}}, orderBy: [NAME_ASC, ROW_ID_ASC]) {{
            nodes {{ {_EIGHT} }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}""",
    "Q2": f"""query ($country: String!, $first: Int!) {{
        allCustomers(first: $first, condition: {{country: $country}}, orderBy: [NAME_ASC, ROW_ID_ASC]) {{ nodes {{
            id: rowId name owner {{ id: rowId name }}
            interactions(first: 5, {_NEWEST}) {{ nodes {{ id: rowId kind createdAt subject }} }}
            opportunities(first: 3, {_NEWEST}) {{ nodes {{ id: rowId name amount }} }} }} }} }}""",
    "Q3": f"""query ($id: UUID!) {{ customerByRowId(rowId: $id) {{ {_EIGHT}
            interactions(first: 10, {_NEWEST}) {{ nodes {{ id: rowId kind createdAt subject }} }} }} }}""",
    "Q4": """mutation ($input: CreateInteractionInput!) { createInteraction(input: $input) {
            interaction { id: rowId kind createdAt subject } } }""",
    "Q5": """query ($first: Int!) { allCustomers(first: $first, orderBy: [NAME_ASC, ROW_ID_ASC]) { nodes {
            id: rowId name kind industry website country ownerId createdAt updatedAt version } } }""",
}

COUNTRIES = ("DE", "CN", "US", "FR", "PL", "ES", "IT", "GB")
INDUSTRIES = [f"Industry {i:02}" for i in range(40)]


@dataclasses.dataclass(frozen=True, slots=True)
class Facts:
    """What questions need to know of the data."""

    customers: Sequence[uuid.UUID]


def bodies(contestant: str, question: str, facts: Facts, count: int) -> list[bytes]:
    """Request bodies, the same for the same question whoever answers it."""
    chance = random.Random(question)
    return [json.dumps(_body(contestant, question, facts, chance)).encode() for _ in range(count)]


def _body(contestant: str, question: str, facts: Facts, chance: random.Random) -> dict[str, Any]:
    customer = chance.choice(facts.customers)
    variables: dict[str, Any] = {
        "Q1": {"industry": chance.choice(INDUSTRIES), "first": 50},
        "Q2": {"country": chance.choice(COUNTRIES), "first": 20},
        "Q3": {"id": str(customer)},
        "Q4": {
            "input": {
                "customerId": str(customer),
                "kind": "CALL",
                "subject": "About the offer",
                "body": "text " * 20,
            }
        },
        "Q5": {"first": 500},
    }[question]
    if contestant in ("kehu", "strawberry"):
        variables = _with_global_ids(variables, customer) if contestant == "kehu" else variables
        documents = KEHU if contestant == "kehu" else STRAWBERRY
        return {"query": documents[question], "variables": variables}
    if contestant == "postgraphile":
        if question == "Q4":
            now = datetime.now(UTC).isoformat()
            row = {"version": 1, "createdAt": now, "updatedAt": now, "custom": {}}
            row |= {"direction": "OUT", "status": "DONE"}
            variables = {"input": {"interaction": {**variables["input"], **row}}}
        return {"query": POSTGRAPHILE[question], "variables": variables}
    return {"question": question, "variables": variables}


def _with_global_ids(variables: dict[str, Any], customer: uuid.UUID) -> dict[str, Any]:
    shown = global_id("Customer", customer)
    if "id" in variables:
        return {"id": shown}
    if "input" in variables:
        return {"input": {**variables["input"], "customerId": shown}}
    return variables


STRAWBERRY = {
    "Q1": f"""query ($industry: String!, $first: Int!) {{ customers(first: $first, industry: $industry) {{
            nodes {{ {EIGHT} }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}""",
    "Q2": """query ($country: String!, $first: Int!) { customers(first: $first, country: $country) { nodes {
            id name owner { id name }
            interactions(first: 5) { nodes { id kind createdAt subject } }
            opportunities(first: 3) { nodes { id name amount } } } } }""",
    "Q3": f"""query ($id: ID!) {{ customer(id: $id) {{ {EIGHT}
            interactions(first: 10) {{ nodes {{ id kind createdAt subject }} }} }} }}""",
    "Q4": """mutation ($input: CreateInteractionInput!) { createInteraction(input: $input) {
            interaction { id kind createdAt subject } } }""",
    "Q5": f"""query ($first: Int!) {{ customers(first: $first) {{ nodes {{ {TEN} }} }} }}""",
}
