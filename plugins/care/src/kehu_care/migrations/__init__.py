"""The schema history of care: one Alembic revision per file in versions/."""
