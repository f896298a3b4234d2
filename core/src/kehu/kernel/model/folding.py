"""Folding in SQL: the same on both databases, where a column is compared with a text that `fold` has folded."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement

from kehu.kernel.text.folding import BEFORE, DOUBLES, DROPPED, LETTERS


class Folded(FunctionElement[str]):
    """A text as `kehu.business.identifiers.fold` folds it; a function of ours on both databases."""

    name = "kehu_fold"
    type = sa.String()
    inherit_cache = True


@compiles(Folded)
def _folded(element: Any, compiler: Any, **kwargs: Any) -> str:
    return f"kehu_fold({compiler.process(element.clauses, **kwargs)})"


def postgresql_function() -> str:
    """The statement that makes `kehu_fold` on PostgreSQL; it may be there already.

    Letters become small by a collation that knows all of Unicode, whichever one the database has.
    """
    text = f"lower(normalize(translate($1, {_signs(BEFORE)}), NFKC) @collation@)"
    text = f"regexp_replace(normalize({text}, NFKD), '{DROPPED}', '', 'g')"
    text = f"translate({text}, {_signs(LETTERS)})"
    for letter, two in DOUBLES.items():
        text = f"replace({text}, '{letter}', '{two}')"
    return f"""DO $do$ DECLARE collation_of_all text := (
  SELECT 'COLLATE ' || quote_ident(collname) FROM pg_collation
  WHERE collname IN ('pg_c_utf8', 'und-x-icu') ORDER BY collname LIMIT 1);
BEGIN EXECUTE replace($make$
  CREATE OR REPLACE FUNCTION kehu_fold(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $fold$
    SELECT CASE WHEN octet_length($1) = char_length($1) THEN translate(lower($1), '`', $q$'$q$)
    ELSE normalize({text}, NFKC) END
  $fold$
$make$, '@collation@', coalesce(collation_of_all, '')); END $do$"""


def make_functions(metadata: sa.MetaData) -> None:
    """Let `metadata.create_all` make the function before the tables; migrations make it themselves."""
    make = sa.DDL(postgresql_function()).execute_if(dialect="postgresql")  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    sa.event.listen(metadata, "before_create", make)


def _signs(signs: dict[str, str]) -> str:
    """The first two arguments of translate()."""
    return ", ".join("'" + "".join(half).replace("'", "''") + "'" for half in (signs.keys(), signs.values()))
