"""The schema history of partner_inventory: one Alembic revision per file in versions/."""
