"""Product groups: a category of products with all below it."""

from __future__ import annotations

import uuid
from typing import cast

import sqlalchemy as sa

import kehu

_CATEGORIES = cast(sa.Table, kehu.ProductCategory.__table__)


def group_of(category_id: uuid.UUID) -> sa.Select[uuid.UUID]:
    """The keys of a category and of all below it."""
    part = _CATEGORIES.alias()
    tree = sa.select(_CATEGORIES.c.id).where(_CATEGORIES.c.id == category_id).cte(recursive=True)
    tree = tree.union(sa.select(part.c.id).join(tree, part.c.parent_id == tree.c.id))
    return sa.select(tree.c.id)


def groups_with(category_id: uuid.UUID) -> sa.Select[uuid.UUID]:
    """The keys of a category and of all above it: the groups that it is part of."""
    up = _CATEGORIES.alias()
    start = sa.select(_CATEGORIES.c.id, _CATEGORIES.c.parent_id).where(_CATEGORIES.c.id == category_id)
    chain = start.cte(recursive=True)
    chain = chain.union(sa.select(up.c.id, up.c.parent_id).join(chain, up.c.id == chain.c.parent_id))
    return sa.select(chain.c.id)
