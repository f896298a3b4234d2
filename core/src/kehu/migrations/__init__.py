"""The schema history of core: one Alembic revision per file in versions/."""
