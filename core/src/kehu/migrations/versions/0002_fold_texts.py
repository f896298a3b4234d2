"""The function that folds texts, for filters and search on PostgreSQL."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.get_bind().exec_driver_sql(FOLD)


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION kehu_fold(text)")


FOLD = (
    "DO $do$ DECLARE collation_of_all text := (\n"
    "  SELECT 'COLLATE ' || quote_ident(collname) FROM pg_collation\n"
    "  WHERE collname IN ('pg_c_utf8', 'und-x-icu') ORDER BY collname LIMIT 1);\n"
    "BEGIN EXECUTE replace($make$\n"
    "  CREATE OR REPLACE FUNCTION kehu_fold(text) RETURNS text LANGUAGE sql IMMUTABLE"
    " PARALLEL SAFE AS $fold$\n"
    "    SELECT CASE WHEN octet_length($1) = char_length($1) THEN translate(lower($1)"
    ", '`', $q$'$q$)\n"
    "    ELSE normalize(replace(replace(replace(replace(translate(regexp_replace(norm"
    "alize(lower(normalize(translate($1, '´″‶', '''\"\"'), NFKC) @collation@), NFKD), '"
    "[\\u0300-\\u036F\\u00AD\\u0600-\\u0605\\u061C\\u06DD\\u070F\\u0890\\u0891\\u08E2\\u180E\\u200"
    "B-\\u200F\\u202A-\\u202E\\u2060-\\u2064\\u2066-\\u206F\\uFEFF\\uFFF9-\\uFFFB\\U000110BD\\U00"
    "0110CD\\U00013430-\\U00013438\\U0001BCA0-\\U0001BCA3\\U0001D173-\\U0001D17A\\U000E0001\\"
    "U000E0020-\\U000E007F]', '', 'g'), 'øłđðħŧıς`‘’‚‛ʼʻʹˈ′‵ꞌ“”„‟«»‐‑‒–—―−', 'olddhtiσ"
    "''''''''''''''''''''''''\"\"\"\"\"\"-------'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ'"
    ", 'th'), NFKC) END\n"
    "  $fold$\n"
    "$make$, '@collation@', coalesce(collation_of_all, '')); END $do$"
)
