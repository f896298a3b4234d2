"""What must hold of field mappings."""

from __future__ import annotations

import kehu
from kehu.kernel.texts import field_label
from kehu_sfa.conversion.mapping import TARGETS, places_of
from kehu_sfa.conversion.models import LeadFieldMapping
from kehu_sfa.leads.models import Lead
from kehu_sfa.plugin import lead_field_mapping


@lead_field_mapping.before_write
async def check_mapping(ctx: kehu.Context, change: kehu.Change[LeadFieldMapping]) -> None:
    """Both fields exist and hold the same kind of value."""
    mapping = change.obj
    if change.deleting or mapping.target not in TARGETS or mapping.archived_at is not None:
        return
    sources = places_of(ctx, Lead)
    places = places_of(ctx, TARGETS[mapping.target], to_write=True)
    if mapping.lead_field not in sources:
        message = kehu.text("Leads have no field {name!r}.", name=mapping.lead_field)
        change.error(message, field=LeadFieldMapping.lead_field, code="UNKNOWN_FIELD")
    elif mapping.target_field not in places:
        message = kehu.text(
            "{type} has no field {name!r} to fill.",
            type=kehu.label(TARGETS[mapping.target]),
            name=mapping.target_field,
        )
        change.error(message, field=LeadFieldMapping.target_field, code="UNKNOWN_FIELD")
    elif sources[mapping.lead_field].kind is not places[mapping.target_field].kind:
        message = kehu.text(
            "{source} and {target} hold values of different kinds.",
            source=field_label("Lead", mapping.lead_field),
            target=field_label(TARGETS[mapping.target].__name__, mapping.target_field),
        )
        change.error(message, field=LeadFieldMapping.target_field, code="OTHER_KIND")
