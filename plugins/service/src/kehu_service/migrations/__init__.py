"""The schema history of service: one Alembic revision per file in versions/."""
