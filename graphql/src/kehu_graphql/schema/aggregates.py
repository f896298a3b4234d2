"""`opportunitiesAggregate(filter, groupBy)`: counts, sums and the rest, typed per entity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import strawberry
from graphql import FieldNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode

import kehu
from kehu.composition import EntityDefinition
from kehu.ids import global_id
from kehu.reading.aggregates import Group, Grouping, Measure, TimeBucket, aggregate
from kehu.reading.attributes import Attribute, Attributes, Catalogue
from kehu_graphql.schema.fields import (
    Argument,
    GeneratedField,
    define,
    enum_of,
    field,
    list_of,
    new_class,
    nullable,
)
from kehu_graphql.schema.inputs import described_as, text_of_reference
from kehu_graphql.schema.registry import Registry

_TEXTS = {
    Measure.SUM: "Totals.",
    Measure.AVG: "Averages, rounded half to even to four places.",
    Measure.MIN: "Smallest values.",
    Measure.MAX: "Largest values.",
    Measure.DISTINCT: "How many different values there are; none is not counted.",
}


def aggregate_field(registry: Registry, catalogue: Catalogue, entity: EntityDefinition) -> GeneratedField:
    """The root field, with its types."""
    attributes = catalogue[entity.model]
    group_by, row = _group_input(registry, attributes), _row_type(registry, attributes)

    async def resolve(
        root: Any, info: Any, *, filter: Any = None, group_by: Sequence[Mapping[str, Any]] = ()
    ) -> Any:
        ctx: kehu.Context = info.context
        ctx.require_signed_in()
        groupings = [_grouping(attributes, term) for term in group_by or ()]
        groups = await aggregate(
            ctx, entity.model, filter=filter, group_by=groupings, measures=_selected(info, attributes)
        )
        return [_Row(group, groupings) for group in groups]

    return field(
        f"{entity.plural}Aggregate",
        list_of(row),
        resolve=resolve,
        arguments={
            "filter": Argument(nullable(registry.filters[entity.model]), description="Only these."),
            "group_by": Argument(
                nullable(list_of(group_by)),
                description="One row for each combination; without it, one row for all.",
            ),
        },
        description=f"Figures over the {entity.plural} that you may see, by group; at most 1,000 rows.",
    )


class _Row:
    """A group, with its keys by attribute name."""

    def __init__(self, group: Group, groupings: Sequence[Grouping]) -> None:
        self.group = group
        self.keys = {
            grouping.attribute.name: value for grouping, value in zip(groupings, group.keys, strict=True)
        }


def _grouping(attributes: Attributes, term: Mapping[str, Any]) -> Grouping:
    name = getattr(term["field"], "value", term["field"])
    attribute = next(a for a in attributes.groupable if a.constant == name)
    bucket = term.get("bucket")
    if bucket is None and attribute.is_time:
        bucket = TimeBucket.DAY
    return Grouping(attribute, bucket)


def _group_input(registry: Registry, attributes: Attributes) -> type[Any]:
    name = attributes.entity.name
    what = f"What {attributes.entity.plural} can be grouped by."
    texts = {a.constant: described_as(a) for a in attributes.groupable}
    fields = enum_of(f"{name}GroupField", texts, what, texts)
    terms = [
        field("field", fields, description="By what."),
        field(
            "bucket",
            nullable(registry.enum(TimeBucket)),
            default=None,
            description="For dates: by which span of time; by day if left out.",
        ),
    ]
    return define(
        new_class(f"{name}GroupBy"),
        terms,
        is_input=True,
        from_input=lambda cls, value, context: value,
        description=f"One term that {attributes.entity.plural} are grouped by.",
    )


def _row_type(registry: Registry, attributes: Attributes) -> type[Any]:
    name = attributes.entity.name
    fields = [
        field(
            "key",
            _key_type(registry, attributes),
            get=lambda row: row,
            description="What this row is grouped by.",
        ),
        field("count", int, get=lambda row: row.group.count, description="How many records."),
    ]
    numbers = attributes.measures
    ordered = [a for a in attributes.filterable if a.is_ordered and a.orders]
    for measure, members in (
        (Measure.SUM, numbers),
        (Measure.AVG, numbers),
        (Measure.MIN, ordered),
        (Measure.MAX, ordered),
        (Measure.DISTINCT, attributes.groupable),
    ):
        if members:
            kind = _measure_type(registry, f"{name}{measure.name.capitalize()}", measure, members)
            fields.append(field(measure.value, kind, get=lambda row: row, description=_TEXTS[measure]))
    return define(
        new_class(f"{name}Aggregate"), fields, description=f"Figures over some {attributes.entity.plural}."
    )


def _key_type(registry: Registry, attributes: Attributes) -> type[Any]:
    fields: list[GeneratedField] = []
    for attribute in attributes.groupable:
        fields += _key_fields(registry, attribute)
    for reference in attributes.references.values():
        fields.append(_reference_key(registry, attributes, reference))
    return define(
        new_class(f"{attributes.entity.name}GroupKey"),
        fields,
        description="The values that a row is grouped by; null for those it is not.",
    )


def _key_fields(registry: Registry, attribute: Attribute) -> list[GeneratedField]:
    name = attribute.name
    if attribute.target is not None:
        target = registry.composition.entities[attribute.target].name

        def get_id(row: _Row) -> str | None:
            value = row.keys.get(name)
            return None if value is None else global_id(target, value)

        return [field(name, nullable(strawberry.ID), get=get_id, description=described_as(attribute))]
    kind: Any = (
        date
        if attribute.is_time
        else registry.choices[attribute.choices_name]
        if attribute.choices_name
        else registry.output(attribute.kind)
    )
    text = described_as(attribute)
    return [field(name, nullable(kind), get=lambda row: row.keys.get(name), description=text)]


def _reference_key(registry: Registry, attributes: Attributes, reference: Any) -> GeneratedField:
    key = attributes.entity.columns[reference.key].name

    def resolve(row: _Row, info: Any) -> Any:
        value = row.keys.get(key)
        return None if value is None else info.context.load(reference.target, value)

    text = text_of_reference(attributes, reference)
    kind = nullable(registry.objects[reference.target])
    return field(reference.name, kind, resolve=resolve, description=text)


def _measure_type(registry: Registry, name: str, measure: Measure, members: Sequence[Attribute]) -> type[Any]:
    fields = []
    for attribute in members:
        text = described_as(attribute)
        if measure is Measure.DISTINCT:
            get = _measured(measure, attribute.name, int)
            fields.append(field(attribute.name, nullable(int), get=get, description=text))
            continue
        kind = Decimal if measure is Measure.AVG else registry.output(attribute.kind)
        if measure is Measure.SUM and attribute.kind is int:
            kind = Decimal  # a sum may pass what a GraphQL Int can hold
        if attribute.choices_name:
            continue
        get = _measured(measure, attribute.name, kind)
        fields.append(field(attribute.name, nullable(kind), get=get, description=text))
    return define(new_class(name), fields, description=_TEXTS[measure])


def _measured(measure: Measure, name: str, kind: Any) -> Any:
    def get(row: _Row) -> Any:
        value = row.group.measures.get((measure, name))
        return Decimal(value) if kind is Decimal and value is not None else value

    return get


def _selected(info: Any, attributes: Attributes) -> list[tuple[Measure, Attribute]]:
    """The measures that the document asks for; only these are computed."""
    raw = info._raw_info
    wanted: dict[tuple[Measure, Attribute], None] = {}
    for node in raw.field_nodes:
        for name, inner in _fields(node.selection_set, raw.fragments):
            measure = next((m for m in Measure if m.value == name), None)
            if measure is not None:
                for attribute, _ in _fields(inner, raw.fragments):
                    if attribute in attributes.by_name:
                        wanted[measure, attributes.by_name[attribute]] = None
    return list(wanted)


def _fields(
    selections: SelectionSetNode | None, fragments: Mapping[str, Any]
) -> Iterator[tuple[str, SelectionSetNode | None]]:
    for selection in selections.selections if selections else ():
        if isinstance(selection, FieldNode):
            yield selection.name.value, selection.selection_set
        elif isinstance(selection, FragmentSpreadNode):
            yield from _fields(fragments[selection.name.value].selection_set, fragments)
        elif isinstance(selection, InlineFragmentNode):
            yield from _fields(selection.selection_set, fragments)
