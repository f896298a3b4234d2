"""The query page: a few files of ours, sent from this package, that work without the internet."""

from kehu_graphql.query_page.routes import console_routes

__all__ = ["console_routes"]
