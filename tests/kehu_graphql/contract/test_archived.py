"""Archived means archived: nothing new happens to a record before it is taken back."""

from __future__ import annotations

from typing import Any

import pytest

import kehu
from kehu.platform.audit.models import AuditEntry
from tests.crm import Crm, OpenCrm
from tests.templates import composed

UPDATE = """mutation ($input: UpdateCustomerInput!) { done: updateCustomer(input: $input) {
  customer { name } userErrors { code field } } }"""
UPDATES = """mutation ($inputs: [UpdateCustomerInput!]!) { done: updateCustomers(inputs: $inputs) {
  userErrors { code field } } }"""
UNARCHIVE = """mutation ($id: ID!) { done: unarchiveCustomer(id: $id) {
  customer { archivedAt } userErrors { code field } } }"""
UNARCHIVES = "mutation ($ids: [ID!]!) { done: unarchiveCustomers(ids: $ids) { userErrors { code field } } }"
POINT = """mutation ($input: CreateContactPointInput!) { done: createContactPoint(input: $input) {
  userErrors { code field } } }"""
POINTS = """mutation ($inputs: [CreateContactPointInput!]!) { done: createContactPoints(inputs: $inputs) {
  userErrors { code field } } }"""
INTERACTION = """mutation ($input: CreateInteractionInput!) { done: createInteraction(input: $input) {
  userErrors { code field } } }"""
UPSERT = """mutation ($input: UpsertCustomerInput!) { done: upsertCustomer(by: EXTERNAL_ID, input: $input) {
  userErrors { code field } } }"""
ARCHIVE = "mutation ($id: ID!) { done: deleteCustomer(id: $id) { userErrors { code } } }"


@pytest.fixture
async def crm(open_crm: OpenCrm) -> Crm:
    return await open_crm()


@pytest.fixture
async def gone(crm: Crm) -> str:
    """The id of an archived customer."""
    customer = kehu.Customer(name="Gone", external_id="G-1")
    await crm.store(customer)
    key = kehu.global_id("Customer", customer.id)
    assert await errors(crm, ARCHIVE, id=key) == []
    return key


async def errors(crm: Crm, document: str, *, to: kehu.Principal = kehu.SYSTEM, **variables: Any) -> Any:
    answer = (await crm.ask(document, variables, to=to))["done"]
    return [(error["code"], error.get("field")) for error in answer["userErrors"]]


async def test_an_archived_record_is_not_changed(crm: Crm, gone: str) -> None:
    assert await errors(crm, UPDATE, input={"id": gone, "name": "New"}) == [("ARCHIVED", "id")]
    assert await errors(crm, UPDATES, inputs=[{"id": gone, "name": "New"}]) == [("ARCHIVED", "inputs.0.id")]
    assert await errors(crm, UPSERT, input={"externalId": "G-1", "name": "New"}) == [("ARCHIVED", None)]
    assert [record.name for record in await crm.all(kehu.Customer)] == ["Gone"]


async def test_nothing_new_is_made_for_an_archived_record(crm: Crm, gone: str) -> None:
    point = {"customerId": gone, "kind": "EMAIL", "value": "a@example.com"}
    assert await errors(crm, POINT, input=point) == [("ARCHIVED", "customerId")]
    assert await errors(crm, POINTS, inputs=[point]) == [("ARCHIVED", "inputs.0.customerId")]
    call = {"kind": "CALL", "subject": "Hello", "status": "PLANNED", "customerId": gone}
    assert ("ARCHIVED", "customerId") in await errors(crm, INTERACTION, input=call)
    other = {"kind": "CALL", "subject": "Hello", "status": "PLANNED", "regardingId": gone}
    assert ("ARCHIVED", "regardingId") in await errors(crm, INTERACTION, input=other)
    assert await crm.count(kehu.ContactPoint) == 0


async def test_a_record_that_is_taken_back_is_as_before(crm: Crm, gone: str) -> None:
    assert await errors(crm, UNARCHIVE, id=gone) == []
    assert await errors(crm, UPDATE, input={"id": gone, "name": "Back"}) == []
    trail = await crm.all(AuditEntry, AuditEntry.entity == "Customer")
    assert [entry.operation.name for entry in trail] == ["CREATE", "UPDATE", "UPDATE", "UPDATE"]
    assert await errors(crm, ARCHIVE, id=gone) == []
    assert await errors(crm, UNARCHIVES, ids=[gone]) == []
    assert (await crm.all(kehu.Customer))[0].archived_at is None


async def test_who_may_not_archive_may_not_take_back(crm: Crm, gone: str) -> None:
    reader = kehu.Principal(kehu.uuid7(), "Lea", grants={"core.customer:read": kehu.Level.ALL})
    assert await errors(crm, UNARCHIVE, id=gone, to=reader) == [("FORBIDDEN", None)]


def test_every_entity_that_can_be_archived_can_be_taken_back() -> None:
    entities = composed("core", "sfa", "partner_inventory").entities.values()
    archived = [e for e in entities if issubclass(e.model, kehu.Archivable) and "delete" in e.operations]

    print(f"{len(archived)} entities can be archived")  # noqa: T201  # how many were looked at
    assert len(archived) > 30
    assert [e.name for e in archived if "unarchive" not in {action.name for action in e.actions}] == []
