"""Queries to start from that need nothing but core."""

from __future__ import annotations

from kehu.platform.core import plugin

plugin.example(
    "Customers and what passed between us",
    """
    {
      customers(first: 5) {
        totalCount
        nodes { name owner { name } interactions(first: 2) { nodes { kind subject } } }
      }
    }
    """,
)
plugin.example(
    "Interactions by kind",
    """
    {
      interactionsAggregate(groupBy: [{field: KIND}]) { key { kind } count }
    }
    """,
)
plugin.example(
    "Active customers, the newest first",
    """
    {
      customers(filter: {lifecycle: {eq: ACTIVE}}, orderBy: [{field: CREATED_AT, direction: DESC}]) {
        nodes { id name industry }
      }
    }
    """,
)
