"""Carrying field values from a lead to what it becomes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

import kehu
from kehu.kernel.names import camel
from kehu_sfa.conversion.models import ConversionTarget, LeadFieldMapping
from kehu_sfa.leads.models import Lead
from kehu_sfa.opportunities.models import Opportunity

whoever_asks = kehu.Unscoped("a lead is converted as a whole, and adds nothing twice")

TARGETS: Mapping[ConversionTarget, type[kehu.Entity]] = {
    ConversionTarget.CUSTOMER: kehu.Customer,
    ConversionTarget.CONTACT: kehu.Contact,
    ConversionTarget.OPPORTUNITY: Opportunity,
}


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """A field of an entity: a column, or a custom field."""

    kind: type[Any]
    attribute: str | None
    custom: kehu.CustomField[Any, Any] | None

    def get(self, record: kehu.Entity) -> Any:
        """The value of `record`."""
        return self.custom.get(record) if self.custom else getattr(record, self.attribute or "")

    def set(self, record: kehu.Entity, value: Any) -> None:
        """Put a value into `record`."""
        if self.custom:
            self.custom.set(record, value)
        else:
            setattr(record, self.attribute or "", value)


def places_of(ctx: kehu.Context, model: type[kehu.Entity], *, to_write: bool = False) -> dict[str, Place]:
    """The fields of an entity by their names in the API; `to_write` for those that an input can set."""
    entity = ctx.app.composition.entities[model]
    columns = {
        column.name: Place(column.mapped.type.python_type, column.attribute, None)
        for column in entity.columns.values()
        if column.target is None and (column.options.update or not to_write)
    }
    customs = {camel(field.field_name): Place(field.kind, None, field) for field in entity.custom_fields}
    return columns | customs


async def carry_fields(ctx: kehu.Context, lead: Lead, target: ConversionTarget, record: kehu.Entity) -> None:
    """Fill the empty fields of `record` from those of the lead: as mapped, and custom fields of the same name."""
    model = TARGETS[target]
    sources, places = places_of(ctx, Lead), places_of(ctx, model, to_write=True)
    pairs = {
        name: name
        for name, place in places.items()
        if place.custom and name in sources and sources[name].custom and sources[name].kind is place.kind
    }
    found = sa.select(LeadFieldMapping).where(
        LeadFieldMapping.target == target, LeadFieldMapping.archived_at.is_(None)
    )
    for mapping in await whoever_asks.scalars(ctx, found):
        pairs[mapping.target_field] = mapping.lead_field
    for to_name, from_name in pairs.items():
        # A field of a plugin that is gone is left out; its values stay on the lead.
        if to_name in places and from_name in sources:
            _carry(sources[from_name], lead, places[to_name], record)


def _carry(source: Place, lead: Lead, place: Place, record: kehu.Entity) -> None:
    value = source.get(lead)
    if value is not None and place.get(record) in (None, ""):
        place.set(record, value)
