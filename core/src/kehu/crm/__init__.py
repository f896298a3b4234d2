"""What core knows of customers: contacts, interactions, products."""
