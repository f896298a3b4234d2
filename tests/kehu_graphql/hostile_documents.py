"""Hostile documents: small to send, and dear to whoever checks, plans or answers them without counting.

Each is as large as the limit of 5,000 tokens allows, or a little smaller.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

_INTROSPECTED = "types { name fields { name type { name ofType { name } } args { name } } }"


def _chain(count: int, body: Callable[[int], str], *, on: str = "Customer") -> str:
    """Fragments F0 to F<count - 1>; the body of each is made from its number."""
    return " ".join(f"fragment F{at} on {on} {{ {body(at)} }}" for at in range(count))


def _twice(count: int, spread: str) -> str:
    """Each fragment spreads the next one twice, as `spread` says."""
    return _chain(count, lambda at: "name" if at == count - 1 else spread.format(next=at + 1))


def _nested(opening: str, count: int, inner: str) -> str:
    return opening * count + inner + " }" * count


def _of_all_nodes(inner: str) -> str:
    return f"{{ customers {{ nodes {{ {inner} }} }} }}"


DOCUMENTS: Mapping[str, str] = {
    # Fragments that are expanded again and again.
    "fragments that spread the next one twice, 19": f"{_of_all_nodes('...F0')} {_twice(19, '...F{next} ...F{next}')}",
    "fragments that spread the next one twice, 400": f"{_of_all_nodes('...F0')} {_twice(400, '...F{next} ...F{next}')}",
    "fragments that spread the next one below two aliases": (
        f"{_of_all_nodes('...F0')} {_twice(25, 'a: parent {{ ...F{next} }} b: parent {{ ...F{next} }}')}"
    ),
    "fragments that spread the next one below one field, twice": (
        f"{_of_all_nodes('...F0')} {_twice(25, 'parent {{ ...F{next} }} parent {{ ...F{next} }}')}"
    ),
    "fragments that spread all later ones": (
        f"{_of_all_nodes('...F0')} "
        + _chain(55, lambda at: " ".join(f"...F{later}" for later in range(at + 1, 55)) or "name")
    ),
    "fragments in a ring": f"{_of_all_nodes('...F0')} {_chain(500, lambda at: f'...F{(at + 1) % 500}')}",
    "fragments that all spread one another": (
        f"{_of_all_nodes('...F0')} {_chain(45, lambda _: ' '.join(f'...F{other}' for other in range(45)))}"
    ),
    "fragments in a long row": (
        f"{_of_all_nodes('...F0')} {_chain(550, lambda at: 'name' if at == 549 else f'...F{at + 1}')}"
    ),
    "fragments that nobody spreads": f"{{ __typename }} {_chain(600, lambda _: 'name')}",
    "fragments that are not there": _of_all_nodes(" ".join(f"...F{at}" for at in range(2000))),
    "one fragment, spread 2,000 times": f"{_of_all_nodes('...F ' * 2000)} fragment F on Customer {{ name }}",
    "many operations, each with all fragments": (
        " ".join(f"query Q{at} {{ customers {{ nodes {{ ...F0 }} }} }}" for at in range(200))
        + _chain(200, lambda at: "name" if at == 199 else f"...F{at + 1}")
    ),
    # Fields that are compared with one another.
    "one field, 4,900 times": f"{{ {'__typename ' * 4900} }}",
    "one field, 990 times": f"{{ {'__typename ' * 990} }}",
    "one field of a record, 4,900 times": _of_all_nodes("name " * 4900),
    "one list with a selection, 490 times": f"{{ {'customers { totalCount } ' * 490} }}",
    "one list with arguments, 400 times": f"{{ {'customers(first: 5, last: null) { totalCount } ' * 400} }}",
    "one alias for different fields": _of_all_nodes("a: name a: id " * 800),
    "one field within itself, side by side": _of_all_nodes(_nested("parent { name name ", 9, "id " * 4000)),
    "fields in pairs, 10 deep": _of_all_nodes(" ".join(_nested("parent { ", 10, "name ") for _ in range(85))),
    "inline fragments in pairs": _of_all_nodes("... on Customer { name } ... { name } " * 240),
    "inline fragments, 1,200 deep": _of_all_nodes(_nested("... { ", 1200, "name ")),
    "fields, 1,200 deep": _of_all_nodes(_nested("parent { ", 1200, "name ")),
    "records by conditions on interfaces": '{ node(id: "x") { '
    + "... on Customer { name } ... on Node { id } ... on Contact { name: id } " * 150
    + "} }",
    # What is told with a suggestion, or an error for each.
    "fields that are not there": f"{{ {' '.join(f'costumers{at}' for at in range(990))} }}",
    "types that are not there": f"{{ {' '.join(f'... on Costumer{at} {{ id }}' for at in range(450))} }}",
    "a name of 96,000 letters": f"{{ {'costumer' * 12_000} }}",
    "a type with a name of 96,000 letters": f"{{ ... on {'Costumer' * 12_000} {{ id }} }}",
    "arguments that are not there": (
        f"{{ customers({', '.join(f'fist{at}: 1' for at in range(1600))}) {{ totalCount }} }}"
    ),
    "one argument, 1,600 times": f"{{ customers({'first: 1, ' * 1600}) {{ totalCount }} }}",
    "filters that are not there": (
        f"{{ customers(filter: {{ {', '.join(f'nam{at}: {{eq: 1}}' for at in range(600))} }}) {{ totalCount }} }}"
    ),
    "an enum with 1,600 wrong values": (
        f"{{ customers(orderBy: [{', '.join(f'{{field: NAM{at}}}' for at in range(800))}]) {{ totalCount }} }}"
    ),
    "a text of 190,000 letters for a number": f'{{ customers(first: "{"9" * 190_000}") {{ totalCount }} }}',
    "a number of 190,000 digits": f"{{ customers(first: {'9' * 190_000}) {{ totalCount }} }}",
    # Variables and directives.
    "variables that nobody uses": f"query ({', '.join(f'$v{at}: Int' for at in range(1200))}) {{ __typename }}",
    "one variable, 1,200 times": f"query ({'$v: Int, ' * 1200}) {{ __typename }}",
    "variables that nobody declared": (
        f"{{ {' '.join(f'a{at}: customer(id: $v{at}) {{ id }}' for at in range(400))} }}"
    ),
    "operations with variables and fragments": (
        " ".join(
            f"query Q{at}($v: Int) {{ customers(first: $v) {{ nodes {{ ...F0 }} }} }}" for at in range(100)
        )
        + _chain(100, lambda at: "name" if at == 99 else f"...F{at + 1}")
    ),
    "directives, 1,200 on one field": f"{{ __typename {'@skip(if: false) ' * 700} }}",
    "directives that are not there": f"{{ __typename {' '.join(f'@d{at}' for at in range(2400))} }}",
    "aliases, 1,200": f"{{ {' '.join(f'a{at}: __typename' for at in range(1200))} }}",
    "lists within lists": _of_all_nodes(_nested("interactions { nodes { customer { ", 4, "id ") + " }" * 8),
    "a list, 1,000 deep": f"{{ customers(filter: {{ and: {'[' * 1000}{']' * 1000} }}) {{ totalCount }} }}",
    "an object, 900 deep": f"{{ customers(filter: {'{ not: ' * 900}null{' }' * 900}) {{ totalCount }} }}",
    # The schema, again and again.
    "the schema under 59 aliases": f"{{ {' '.join(f'a{at}: __schema {{ {_INTROSPECTED} }}' for at in range(59))} }}",
    "the schema twice, by a fragment": (
        f"{{ ...F a: __schema {{ {_INTROSPECTED} }} }} fragment F on Query {{ __schema {{ {_INTROSPECTED} }} }}"
    ),
    "the schema, 5 lists deep": "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
    "a type under 59 aliases": (
        "{ " + " ".join(f'a{at}: __type(name: "Query") {{ fields {{ name }} }}' for at in range(59)) + " }"
    ),
    "the schema beside 900 fields": f"{{ {'__typename ' * 900} __schema {{ {_INTROSPECTED} }} }}",
    "the types, named 1,500 times over": "{ __schema { types { " + "name description " * 1500 + "} } }",
}


# These cannot even be read.
UNREADABLE: Mapping[str, str] = {
    "more than 5,000 tokens": f"{{ {'a ' * 5000} }}",
    "braces, 2,000 open": "{ a " * 2000,
    "brackets, 2,000 open": "{ a(b: " + "[" * 2000,
    "a text without its end": '{ a(b: "' + "x" * 190_000,
    "a character of no use": "{ a \0 }",
    "a text of 900,000 letters": '{ a(b: "' + "x" * 900_000 + '") }',
    "nothing at all": " " * 190_000,
    "comments only": "#" * 190_000,
}
