"""The schema history of customer_data: one Alembic revision per file in versions/."""
