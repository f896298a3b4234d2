"""The schema history of marketing: one Alembic revision per file in versions/."""
