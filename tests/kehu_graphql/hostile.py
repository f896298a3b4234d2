"""Arguments that nobody types: each costs a server far more than it costs who sends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

LONG, LONGER = "x" * 101_000, "x" * 900_000
NAMED: dict[str, Any] = {"name": {"eq": "a"}}

OF_CUSTOMERS = "query ($given: CustomerFilter) { customers(filter: $given) { totalCount } }"
FIGURES = "query ($given: CustomerFilter) { customersAggregate(filter: $given) { count } }"
WITHIN = "query ($given: InteractionFilter) { customers { nodes { interactions(filter: $given) { totalCount } } } }"
EVENTS = "subscription ($given: CustomerFilter) { customerChanged(filter: $given) { operation } }"


class Hostile(NamedTuple):
    """A document with variables, the field that is to blame, and the limit that is told."""

    document: str
    given: Any
    field: str
    limit: int


def nested(times: int, step: Callable[[Any], Any], innermost: Any = NAMED) -> Any:
    """A filter within a filter within a filter."""
    found = innermost
    for _ in range(times):
        found = step(found)
    return found


def _literal(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + " ".join(f"{name}: {_literal(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + " ".join(map(_literal, value)) + "]"
    return f'"{value}"'


RELATED: dict[str, Any] = {"interactions": {"some": {"subject": {"eq": "a"}}}}
FILTERS: dict[str, tuple[Any, int]] = {
    "300 relations": ({"and": [RELATED] * 300}, 30),
    "3,000 alternatives": ({"or": [NAMED] * 3_000}, 2_000),
    "1,900 alternatives": ({"or": [NAMED] * 1_900}, 500),
    "80,000 values": ({"name": {"in": [str(number) for number in range(80_000)]}}, 2_000),
    "80,000 values that are not": ({"name": {"notIn": [""] * 80_000}}, 2_000),
    "150 times not": (nested(150, lambda inner: {"not": inner}), 20),
    "150 times and": (nested(150, lambda inner: {"and": [inner]}), 20),
    "12 parents": (nested(12, lambda inner: {"parent": inner}), 5),
    "12 of every": (nested(6, lambda inner: {"interactions": {"every": {"customer": inner}}}), 5),
    "contains 900 kB": ({"name": {"contains": LONGER}}, 2_000),
    "equals 100 kB": ({"name": {"eq": LONG}}, 2_000),
    "an id of 100 kB": ({"ownerId": {"eq": LONG}}, 2_000),
    "100 kB deep inside": (
        {"or": [{"not": {"interactions": {"none": {"subject": {"startsWith": LONG}}}}}]},
        2_000,
    ),
}
_OTHERS: dict[str, Hostile] = {
    "2,000 terms of an order": Hostile(
        "query ($given: [CustomerOrder!]) { customers(orderBy: $given) { totalCount } }",
        [{"field": "NAME"}] * 2_000, "orderBy", 20,
    ),
    "2,000 groups": Hostile(
        "query ($given: [CustomerGroupBy!]) { customersAggregate(groupBy: $given) { count } }",
        [{"field": "KIND"}] * 2_000, "groupBy", 20,
    ),
    "2,000 conditions on groups": Hostile(
        "query ($given: [CustomerHaving!]) { customersAggregate(having: $given) { count } }",
        [{"measure": "COUNT", "value": {"gt": "1"}}] * 2_000, "having", 20,
    ),
    "one condition with 80,000 numbers": Hostile(
        "query ($given: [CustomerHaving!]) { customersAggregate(having: $given) { count } }",
        [{"measure": "COUNT", "value": {"in": ["1"] * 80_000}}], "value", 2_000,
    ),
    "80,000 ids": Hostile("query ($given: [ID!]!) { nodes(ids: $given) { id } }", ["a"] * 80_000, "ids", 2_000),
    "an id of 100 kB": Hostile("query ($given: ID!) { customer(id: $given) { id } }", LONG, "id", 500),
    "a cursor of 100 kB": Hostile(
        "query ($given: String) { customers(after: $given) { totalCount } }", LONG, "after", 10_000
    ),
    "a number of 100 kB": Hostile(
        "query ($given: Decimal!) { customersAggregate(having: {measure: COUNT, value: {eq: $given}}) { count } }",
        LONG, "value", 2_000,
    ),
    "a day of 100 kB": Hostile(
        "mutation ($given: CreateContactRoleInput!) { createContactRole(input: $given) { userErrors { code } } }",
        {"fromOn": LONG}, "fromOn", 500,
    ),
    "3,000 records": Hostile(
        "mutation ($given: [CreateCustomerInput!]!) { createCustomers(inputs: $given) { userErrors { code } } }",
        [{"name": "a", "kind": "PERSON"}] * 3_000, "inputs", 2_000,
    ),
    "a record of 100 kB": Hostile(
        "mutation ($given: CreateCustomerInput!) { createCustomer(input: $given) { userErrors { code } } }",
        {"name": LONG, "kind": "PERSON"}, "name", 100_000,
    ),
    "a record of 100 kB among others": Hostile(
        "mutation ($given: [CreateCustomerInput!]!) { createCustomers(inputs: $given) { userErrors { code } } }",
        [{"name": "a", "kind": "PERSON"}, {"name": LONG, "kind": "PERSON"}], "name", 100_000,
    ),
    "80,000 words": Hostile(
        "mutation ($given: CreateInteractionInput!) { createInteraction(input: $given) { userErrors { code } } }",
        {"subject": ["a"] * 80_000}, "subject", 2_000,
    ),
    "JSON 200 deep": Hostile(
        "mutation ($given: CreateWebhookSubscriptionInput!) "
        "{ createWebhookSubscription(input: $given) { userErrors { code } } }",
        {"filter": nested(200, lambda inner: {"not": inner})}, "filter", 30,
    ),
}  # fmt: skip
ARGUMENTS: dict[str, Hostile] = _OTHERS | {
    f"{name} ({where})": Hostile(document, given, "filter", limit)
    for name, (given, limit) in FILTERS.items()
    for where, document in (("list", OF_CUSTOMERS), ("figures", FIGURES), ("events", EVENTS))
}
# Documents of more than 5,000 tokens or 200,000 characters, or nested too deep for the parser, are refused as such.
_TOO_LONG: tuple[str, ...] = (
    "contains 900 kB",
    "300 relations",
    "3,000 alternatives",
    "1,900 alternatives",
    "150 times and",
)
_TOO_LONG += ("80,000 values", "80,000 values that are not")
LITERALS: dict[str, Hostile] = {
    f"{name} (literal)": Hostile(
        f"{{ customers(filter: {_literal(given)}) {{ totalCount }} }}", None, "filter", limit
    )
    for name, (given, limit) in FILTERS.items()
    if name not in _TOO_LONG
}
DOCUMENTS: dict[str, Hostile] = {
    "60 searches": Hostile(
        "{" + " ".join(f's{at}: search(text: "a") {{ nodes {{ id }} }}' for at in range(60)) + "}", None, "search", 5
    ),
    "6 searches of a fragment": Hostile(
        "{ ...F ...F ...F ...F ...F ...F } fragment F on Query { search(text: \"a\") { nodes { id } } }",
        None, "search", 5,
    ),
    "a filter 50 times": Hostile(
        "query ($given: CustomerFilter!) { customers(filter: {and: [" + "$given " * 50 + "]}) { totalCount } }",
        {"or": [NAMED] * 100}, "filter", 500,
    ),
    "a filter in 50 lists": Hostile(
        "query ($given: CustomerFilter!) {"
        + " ".join(f"c{at}: customers(filter: $given) {{ totalCount }}" for at in range(50)) + "}",
        {"or": [NAMED] * 100}, "filter", 2_000,
    ),
    "relations in 50 lists": Hostile(
        "query ($given: CustomerFilter!) {"
        + " ".join(f"c{at}: customers(filter: $given) {{ totalCount }}" for at in range(50)) + "}",
        {"and": [RELATED] * 10}, "filter", 100,
    ),
    "many values in 50 lists": Hostile(
        "query ($given: CustomerFilter!) {"
        + " ".join(f"c{at}: customers(filter: $given) {{ totalCount }}" for at in range(50)) + "}",
        {"name": {"in": ["a"] * 1_000}}, "filter", 10_000,
    ),
    "a default that is too long": Hostile(
        f'query ($given: CustomerFilter = {{name: {{eq: "{LONG}"}}}}) {{ customers(filter: $given) {{ totalCount }} }}',
        None, "filter", 2_000,
    ),
    "fragments that double": Hostile(
        "{ ...F9 } "
        + " ".join(f"fragment F{at} on Query {{ ...F{at - 1} ...F{at - 1} }}" for at in range(1, 10))
        + " fragment F0 on Query { customers(filter: {or: [" + "{name: {eq: \"a\"}} " * 5 + "]}) { totalCount } }",
        None, "filter", 2_000,
    ),
}  # fmt: skip
ALL = ARGUMENTS | LITERALS | DOCUMENTS
