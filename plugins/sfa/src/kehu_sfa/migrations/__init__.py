"""The schema history of sfa: one Alembic revision per file in versions/."""
