"""`opportunitiesAggregate(filter, groupBy)`: counts, sums and the rest, typed per entity."""

from __future__ import annotations

import copy
import dataclasses
import functools
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import strawberry

import kehu
from kehu.kernel.composition import EntityDefinition
from kehu.kernel.ids import global_id
from kehu.kernel.reading.aggregates import Group, Grouping, TimeBucket, aggregate
from kehu.kernel.reading.attributes import Attribute, Attributes, Catalogue
from kehu.kernel.reading.currencies import Mixed
from kehu.kernel.reading.having import Having
from kehu.kernel.reading.measures import Measure
from kehu_graphql.schema.fields import (
    Argument,
    GeneratedField,
    define,
    enum_of,
    field,
    input_class,
    list_of,
    new_class,
    nullable,
)
from kehu_graphql.schema.figures import MEDIAN, PERCENTILE, selected
from kehu_graphql.schema.inputs import (
    Texts,
    decimal_filter,
    described_as,
    order_field,
    text_of_reference,
)
from kehu_graphql.schema.registry import Registry
from kehu_graphql.schema.roots import RootOf

COUNT = "COUNT"
_MEANT: dict[str, str | None] = {
    COUNT: "How many records.",
    "SUM": "The total.",
    "AVG": "The average, not rounded.",
    "MIN": "The smallest.",
    "MAX": "The largest.",
    "DISTINCT": "How many different values.",
}
_HAVING_TEXTS: Texts = {
    "measure": "Which figure.",
    "field": "Of what: a number, or anything for DISTINCT; left out for COUNT.",
    "value": "What must hold for it.",
}
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
        root: Any,
        info: Any,
        *,
        filter: Any = None,
        group_by: Sequence[Mapping[str, Any]] = (),
        having: Sequence[Mapping[str, Any]] = (),
    ) -> Any:
        ctx: kehu.Context = info.context
        ctx.require_signed_in()
        groupings = [grouping(catalogue, attributes, term) for term in group_by or ()]
        measures, percentiles = selected(info, attributes)
        groups = await aggregate(
            ctx,
            entity.model,
            filter=filter,
            group_by=groupings,
            measures=measures,
            percentiles=percentiles,
            having=[having_of(attributes, term) for term in having or ()],
        )
        return [_Row(group, groupings) for group in groups]

    return field(
        f"{entity.plural}Aggregate",
        nullable(list_of(row)),
        resolve=resolve,
        means=RootOf(entity, "aggregate"),
        arguments={
            "filter": Argument(nullable(registry.filters[entity.model]), description="Only these."),
            "group_by": Argument(
                nullable(list_of(group_by)),
                description="One row for each combination; without it, one row for all.",
            ),
            "having": Argument(
                nullable(list_of(_having_input(registry, attributes))),
                description="Only rows for which all of these hold.",
            ),
        },
        description=f"Figures over the {entity.plural} that you may see, by group; at most 1,000 rows.",
    )


Path = tuple[str, ...]


class _Row:
    """A group, with its keys by the names of references and attribute; `path` is where the reader stands."""

    def __init__(self, group: Group, groupings: Sequence[Grouping]) -> None:
        self.group, self.path = group, ()
        self.keys = {names_of(g): value for g, value in zip(groupings, group.keys, strict=True)}

    path: Path

    def at(self, reference: str) -> _Row:
        """The same group, with the keys of a record that the group's records refer to."""
        row = copy.copy(self)
        row.path = (*self.path, reference)
        return row

    def key(self, name: str) -> Any:
        """The value that the row is grouped by; None for what it is not."""
        return self.keys.get((*self.path, name))


def names_of(each: Grouping) -> Path:
    """The names of the references that lead to the record, and of its attribute."""
    return (*(reference.name for reference in each.path), each.attribute.name)


def grouping(catalogue: Catalogue, attributes: Attributes, term: Mapping[str, Any]) -> Grouping:
    """What a term means: a field, or a term of the record that a field refers to."""
    given = [name for name, value in term.items() if value is not None and name != "bucket"]
    if len(given) != 1 or (given[0] != "field" and term.get("bucket") is not None):
        raise kehu.BadInput("Group by a field, or by a field of one related record.", field="groupBy")
    if given[0] != "field":
        reference = attributes.references[given[0]]
        inner = grouping(catalogue, catalogue[reference.target], term[given[0]])
        return dataclasses.replace(inner, path=(reference, *inner.path))
    name = getattr(term["field"], "value", term["field"])
    attribute = next(a for a in attributes.groupable if a.constant == name)
    bucket = term.get("bucket")
    if bucket is None and attribute.is_time:
        bucket = TimeBucket.DAY
    return Grouping(attribute, bucket)


def having_of(attributes: Attributes, term: Mapping[str, Any]) -> Having:
    """What a condition on a figure means. Raises BadInput for COUNT of a field, or another measure of none."""
    name, measure = term.get("field"), term["measure"].value
    if (name is None) != (measure == COUNT):
        raise kehu.BadInput("Every measure but COUNT is of a field.", field="having")
    if name is None:
        return Having(term["value"])
    return Having(term["value"], Measure[measure], attributes.by_constant[getattr(name, "value", name)])


def _group_input(registry: Registry, attributes: Attributes) -> type[Any]:
    own = registry.groupings[attributes.entity.model]
    if hasattr(own, "__strawberry_definition__"):
        return own
    name = attributes.entity.name
    what = f"What {attributes.entity.plural} can be grouped by."
    buckets = registry.enum(TimeBucket)

    def members() -> tuple[dict[str, Any], Texts]:
        texts = {a.constant: described_as(a) for a in attributes.groupable}
        terms: dict[str, Any] = {
            "field": nullable(enum_of(f"{name}GroupField", texts, what, texts)),
            "bucket": nullable(buckets),
        }
        said: Texts = {
            "field": "By what; left out where one of the related records says it.",
            "bucket": "For dates: by which span of time; by day if left out.",
        }
        for reference in attributes.references.values():
            terms[reference.name] = nullable(registry.groupings[reference.target])
            said[reference.name] = text_of_reference(attributes, reference)
        return terms, said

    text = f"One term that {attributes.entity.plural} are grouped by: a field, or one of a related record."
    return input_class(own, members, description=text)


def _having_input(registry: Registry, attributes: Attributes) -> type[Any]:
    def members() -> tuple[dict[str, Any], Texts]:
        measures = registry.shared(
            "AggregateMeasure",
            lambda: enum_of(
                "AggregateMeasure", (COUNT, *Measure.__members__), "What rows are chosen by.", _MEANT
            ),
        )
        terms = {
            "measure": measures,
            "field": nullable(order_field(registry, attributes)),
            "value": decimal_filter(registry),
        }
        return terms, _HAVING_TEXTS

    text = f"A condition on a figure of a group of {attributes.entity.plural}."
    return input_class(new_class(f"{attributes.entity.name}Having"), members, description=text)


def _row_type(registry: Registry, attributes: Attributes) -> type[Any]:
    key = _key_type(registry, attributes)
    make = functools.partial(_row_fields, registry, attributes, key)
    text = f"Figures over some {attributes.entity.plural}."
    return define(new_class(f"{attributes.entity.name}Aggregate"), make, description=text)


def _row_fields(registry: Registry, attributes: Attributes, key: type[Any]) -> list[GeneratedField]:
    name = attributes.entity.name
    fields = [
        field("key", key, get=lambda row: row, description="What this row is grouped by."),
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
    if numbers:
        fields.append(_percentile_field(name, numbers))
    return fields


def _percentile_field(name: str, numbers: Sequence[Attribute]) -> GeneratedField:
    def valued(attribute: str) -> Any:
        return lambda asked: _in_one_currency(asked[0].group.percentiles.get((asked[1], attribute)))

    def fields() -> list[Any]:
        return [
            field(a.name, nullable(Decimal), get=valued(a.name), description=described_as(a)) for a in numbers
        ]

    text = "Values that so many percent are at most, in proportion between neighbours, to four places."
    percent = Argument(Decimal, Decimal(50), "0 to 100; 50 is the median.")
    return field(
        PERCENTILE,
        define(new_class(f"{name}Percentile"), fields, description=text),
        resolve=lambda row, info, percent=MEDIAN: (row, percent),
        arguments={"percent": percent},
        description=text,
    )


def _key_type(registry: Registry, attributes: Attributes) -> type[Any]:
    def fields() -> list[GeneratedField]:
        made = [key for attribute in attributes.groupable for key in _key_fields(registry, attribute)]
        for reference in attributes.references.values():
            made.append(_reference_key(registry, attributes, reference))
            made.append(_related_key(registry, attributes, reference))
        return made

    return define(
        registry.group_keys[attributes.entity.model],
        fields,
        description="The values that a row is grouped by; null for those it is not.",
    )


def _key_fields(registry: Registry, attribute: Attribute) -> list[GeneratedField]:
    name = attribute.name
    if attribute.target is not None:
        target = registry.composition.entities[attribute.target].name

        def get_id(row: _Row) -> str | None:
            value = row.key(name)
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
    return [field(name, nullable(kind), get=lambda row: row.key(name), description=text)]


def _reference_key(registry: Registry, attributes: Attributes, reference: Any) -> GeneratedField:
    key = attributes.entity.columns[reference.key].name

    def resolve(row: _Row, info: Any) -> Any:
        value = row.key(key)
        return None if value is None else info.context.load(reference.target, value)

    text = text_of_reference(attributes, reference)
    kind = nullable(registry.objects[reference.target])
    return field(reference.name, kind, resolve=resolve, description=text)


def _related_key(registry: Registry, attributes: Attributes, reference: Any) -> GeneratedField:
    return field(
        f"{reference.name}Key",
        registry.group_keys[reference.target],
        get=lambda row: row.at(reference.name),
        description=f"What rows are grouped by of this: {text_of_reference(attributes, reference)}",
    )


def _measure_type(registry: Registry, name: str, measure: Measure, members: Sequence[Attribute]) -> type[Any]:
    make = functools.partial(_measure_fields, registry, measure, members)
    return define(new_class(name), make, description=_TEXTS[measure])


def _measure_fields(
    registry: Registry, measure: Measure, members: Sequence[Attribute]
) -> list[GeneratedField]:
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
    return fields


def _measured(measure: Measure, name: str, kind: Any) -> Any:
    def get(row: _Row) -> Any:
        value = _in_one_currency(row.group.measures.get((measure, name)))
        return Decimal(value) if kind is Decimal and value is not None else value

    return get


def _in_one_currency(value: Any) -> Any:
    """The figure. Raises MixedCurrencies."""
    if isinstance(value, Mixed):
        raise value.refusal()
    return value
