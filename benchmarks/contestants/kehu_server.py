"""kehu as `kehu serve` runs it: sessions, rights, row scope, hooks, audit, limits and the log of requests."""

from __future__ import annotations

import logging

import structlog

import kehu
from benchmarks.contestants.serving import DATABASE, serve
from kehu.kernel.reading import pages
from kehu_graphql import Api
from kehu_graphql.server.asgi import asgi

if __name__ == "__main__":
    # The fifth question asks for more than kehu allows; everything else is as it comes.
    pages.LARGEST_SIZE = 500
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    serve(asgi(Api(kehu.App(kehu.installed(["core", "sfa"]), DATABASE))))
