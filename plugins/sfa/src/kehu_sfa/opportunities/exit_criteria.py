"""Exit criteria: what must be known of an opportunity before it goes on from a stage."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

import kehu
from kehu.kernel.composition import EntityDefinition
from kehu.kernel.names import camel
from kehu.kernel.texts import field_label
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.pipelines.models import Stage, StageCategory
from kehu_sfa.plugin import opportunity, stage

whoever_asks = kehu.Unscoped("a stage asks for the same of everybody")


@stage.before_write
async def know_the_criteria(ctx: kehu.Context, change: kehu.Change[Stage]) -> None:
    """Exit criteria are fields of opportunities."""
    if change.deleting or not change.touches(Stage.exit_criteria):
        return
    known = _fields(ctx.app.composition.entities[Opportunity])
    for name in change.obj.exit_criteria or []:
        if name not in known:
            message = kehu.text("{field} is no field of an opportunity.", field=name)
            change.error(message, field=Stage.exit_criteria, code="UNKNOWN_FIELD")


@opportunity.before_write
async def meet_the_criteria(ctx: kehu.Context, change: kehu.Change[Opportunity]) -> None:
    """Nothing goes on to a later stage, or is won, while a field is empty that its stage asks for.

    Losing, putting on hold and going back are always possible.
    """
    moves = [move for move in change.obj.moves if move.from_stage_id is not None]
    if change.deleting or not moves:
        return
    stages = await _stages(ctx, change.obj)
    for move in moves:
        left, entered = stages.get(move.from_stage_id or move.to_stage_id), stages.get(move.to_stage_id)
        if left is not None and entered is not None and _goes_on(left, entered):
            _check(change, left)


def _goes_on(left: Stage, entered: Stage) -> bool:
    if left.category.is_closed or entered.category in (StageCategory.LOST, StageCategory.ON_HOLD):
        return False
    return entered.category is StageCategory.WON or entered.position > left.position


def _check(change: kehu.Change[Opportunity], left: Stage) -> None:
    fields = _fields(change.entity)
    for name in left.exit_criteria or []:
        if _is_empty(change, fields.get(name)):
            message = kehu.text(
                "{name} needs {field} before it goes on from {stage}.",
                name=change.obj.name,
                field=field_label(change.entity.name, name),
                stage=left.name,
            )
            change.error(message, field=name, code="EXIT_CRITERIA_UNMET")


def _is_empty(change: kehu.Change[Opportunity], attribute: str | None) -> bool:
    if attribute is None:
        return False
    if "." in attribute:
        return (change.obj.custom or {}).get(attribute) in (None, "", [])
    return getattr(change.obj, attribute) in (None, "", [])


def _fields(entity: EntityDefinition) -> dict[str, str]:
    """The attribute, or the key of a custom field, by its name in the API."""
    columns = {column.name: column.attribute for column in entity.columns.values() if column.options.expose}
    references = {
        name.removesuffix("Id"): attribute for name, attribute in columns.items() if name.endswith("Id")
    }
    custom = {camel(field.field_name): field.key for field in entity.custom_fields}
    return references | columns | custom


async def _stages(ctx: kehu.Context, deal: Opportunity) -> dict[object, Stage]:
    of_pipeline = sa.select(Stage).where(Stage.pipeline_id == deal.pipeline_id)
    found: Sequence[Stage] = (await whoever_asks.scalars(ctx, of_pipeline)).all()
    return {each.id: each for each in found}
