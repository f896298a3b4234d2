"""The query page comes from this server and from nowhere else."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from kehu_graphql.query_page import console_routes

EXAMPLES = [{"title": "How many customers", "document": "{ customers { totalCount } }"}]
SVG_NAMESPACE = "http://www.w3.org/2000/svg"


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=console_routes(EXAMPLES)))


class Page(HTMLParser):
    """What a page loads, and what in it could run or look by itself."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.inline: list[str] = []
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._inside = tag
        self.loads += [given[name] or "" for name in ("src", "href") if name in given]
        self.inline += [f"<{tag} {name}>" for name in given if name == "style" or name.startswith("on")]

    def handle_data(self, data: str) -> None:
        if self._inside in {"script", "style"} and data.strip():
            self.inline.append(f"<{self._inside}>")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""


def test_the_page_is_at_the_root(client: TestClient) -> None:
    answer = client.get("/")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<title>kehu" in answer.text


def test_all_that_the_page_loads_is_there_and_nothing_else_is(
    client: TestClient, console_files: dict[str, str]
) -> None:
    seen: dict[str, str] = {}
    waiting = ["index.html", *Page(console_files["index.html"]).loads]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        answer = client.get("/" if name == "index.html" else f"/{name}")
        assert answer.status_code == 200, name
        seen[name] = answer.headers["content-type"].partition(";")[0]
        folder = name.rpartition("/")[0]
        imported = re.findall(r'from "\./([^"]+)"', answer.text)
        waiting += [f"{folder}/{path}".lstrip("/") for path in imported]

    kinds = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
    assert seen == {name: kinds[name.rpartition(".")[2]] for name in console_files}


def test_every_file_says_that_nothing_foreign_may_run(
    client: TestClient, console_files: dict[str, str]
) -> None:
    for name in console_files:
        headers = client.get("/" if name == "index.html" else f"/{name}").headers
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))

        assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_the_page_keeps_to_its_policy(console_files: dict[str, str]) -> None:
    assert Page(console_files["index.html"]).inline == []


def test_no_script_makes_markup_from_text(console_files: dict[str, str]) -> None:
    makes_markup = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function")

    assert [name for name, text in console_files.items() if makes_markup.search(text)] == []


def test_no_file_names_another_address(console_files: dict[str, str]) -> None:
    address = re.compile(r"""\w+://[^\s"'`)]+|["'`(]//\w[^\s"'`)]*""")
    found = {match for text in console_files.values() for match in address.findall(text)}

    assert found == {SVG_NAMESPACE}


def test_a_browser_asks_again_and_hears_that_nothing_changed(client: TestClient) -> None:
    first = client.get("/console.js")
    again = client.get("/console.js", headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
    other = client.get("/console.js", headers={"If-None-Match": '"other"'})

    assert first.headers["cache-control"] == "no-cache"
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert (other.status_code, other.content) == (200, first.content)


def test_the_examples_are_those_of_the_server(client: TestClient) -> None:
    assert client.get("/examples.json").json() == EXAMPLES


def test_the_page_is_complete_under_a_path_of_its_own() -> None:
    client = TestClient(Starlette(routes=console_routes()), root_path="/crm")

    assert all(not address.startswith("/") for address in Page(client.get("/").text).loads)
    assert client.get("/examples.json").json() == []
