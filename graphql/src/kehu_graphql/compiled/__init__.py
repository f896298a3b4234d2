"""Compiled execution: what a document asks for, as SQL and code that are made once; optional in every respect.

A document becomes a plan for one operation, one set of answers to its @skip and @include, and one set of rights. The
plan reads rows and writes the answer without records, resolvers or a session; functions of plugins are called, for
all records of a page together. Whatever is not covered (subscriptions, fields that Strawberry resolves by hand) and
whatever goes wrong on the way is left to graphql-core, which answers as if there were no plans: reads change nothing,
so they can be asked again. Of mutations plans call the resolvers; what goes wrong then is told by graphql-core, which
is given what they returned (see mutations.py).
"""

from kehu_graphql.compiled.encoding import encoded, encoded_anyhow
from kehu_graphql.compiled.fallbacks import Fallback, Reason
from kehu_graphql.compiled.plans import Plan, Plans

__all__ = ["Fallback", "Plan", "Plans", "Reason", "encoded", "encoded_anyhow"]
