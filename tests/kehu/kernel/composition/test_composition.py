"""What does not fit together is said at once: everything, with plugin and place."""

from __future__ import annotations

import gc
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, relationship

import kehu
from kehu.core_plugin import plugin as core


def _problems(*plugins: kehu.Plugin) -> list[str]:
    with pytest.raises(kehu.CompositionError) as error:
        kehu.App([core, *plugins])
    return error.value.problems


def _plugin(name: str, *, requires: tuple[str, ...] = ("core",)) -> kehu.Plugin:
    return kehu.Plugin(name, requires=requires)


def test_a_missing_requirement_names_the_nearest() -> None:
    (problem,) = _problems(_plugin("acme", requires=("cor",)))
    assert "requires plugin 'cor', which is not enabled; did you mean 'core'?" in problem
    assert "test_composition.py:" in problem


def test_requirements_in_a_circle_are_refused() -> None:
    problems = _problems(_plugin("a", requires=("b",)), _plugin("b", requires=("a",)))
    assert any("circle" in problem for problem in problems)


def test_the_same_field_twice_names_both_plugins() -> None:
    plugins = [_plugin("a"), _plugin("b")]
    for plugin in plugins:
        plugin.custom_field(kehu.Customer, "region", str)
    (problem,) = _problems(*plugins)
    assert "field of Customer 'region' is defined by plugin 'a' (composition/test_composition.py:" in problem
    assert "and by plugin 'b' (composition/test_composition.py:" in problem


def test_a_field_that_the_entity_has_is_refused() -> None:
    acme = _plugin("acme")
    acme.custom_field(kehu.Customer, "name", str)
    (problem,) = _problems(acme)
    assert "field of Customer 'name' is defined by plugin 'core'" in problem


def test_a_table_and_a_type_that_exist_are_refused() -> None:
    class Base(kehu.Model, DeclarativeBase): ...

    class Customer(kehu.Entity, Base):
        """Another customer."""

        __tablename__ = "core_customer"
        title: Mapped[str] = kehu.column(sa.String(20))

    acme = _plugin("acme")
    acme.resource(Customer)
    problems = _problems(acme)
    assert any("type 'Customer' is defined by plugin 'core'" in problem for problem in problems)


def test_a_table_without_the_plugins_prefix_is_refused() -> None:
    class Base(kehu.Model, DeclarativeBase): ...

    class Visit(kehu.Entity, Base):
        """A visit."""

        __tablename__ = "visits"

    acme = _plugin("acme")
    acme.resource(Visit)
    (problem,) = _problems(acme)
    assert "table 'visits' of plugin 'acme' must be named acme_..." in problem


def test_a_relationship_to_a_plugin_that_is_not_required_is_refused() -> None:
    class OwnBase(kehu.Model, DeclarativeBase): ...

    class OtherBase(kehu.Model, DeclarativeBase): ...

    class Tour(kehu.Entity, OtherBase):
        """A tour."""

        __tablename__ = "other_tour"

    class Stop(kehu.Entity, OwnBase):
        """A stop of a tour."""

        __tablename__ = "own_stop"
        tour_id: Mapped[uuid.UUID] = kehu.ref(Tour)
        tour = relationship(Tour)

    own, other = _plugin("own"), _plugin("other")
    own.resource(Stop)
    other.resource(Tour)
    assert any("Use plugin.relation() instead" in problem for problem in _problems(own, other))


def test_an_unknown_target_says_how_to_get_it() -> None:
    class Base(kehu.Model, DeclarativeBase): ...

    class Ghost(kehu.Entity, Base):
        """Nobody's."""

        __tablename__ = "ghost_ghost"

    acme = _plugin("acme")
    acme.custom_field(Ghost, "colour", str)
    (problem,) = _problems(acme)
    assert "which no enabled plugin provides; enable its plugin and list it in requires=" in problem


def test_a_grant_of_a_permission_that_nobody_declares_is_refused() -> None:
    acme = _plugin("acme")
    acme.grant("Salesperson", ghost="read:ALL")
    (problem,) = _problems(acme)
    assert "is granted 'acme.ghost:read', which no enabled plugin declares" in problem


def test_everything_wrong_comes_in_one_error() -> None:
    acme = _plugin("acme", requires=("core", "nothing"))
    acme.custom_field(kehu.Customer, "name", str)
    acme.grant("Salesperson", ghost="read:ALL")
    assert len(_problems(acme)) == 3


def test_what_applies_only_with_another_plugin_waits_for_it() -> None:
    def sets() -> tuple[kehu.Plugin, kehu.Plugin]:
        first, second = _plugin("first"), _plugin("second")

        @first.when("second")
        def together(plugin: kehu.Plugin) -> None:
            plugin.custom_field(kehu.Customer, "both", str)

        return first, second

    first, second = sets()
    fields = [f.field_name for f in kehu.App([core, first]).composition.entities[kehu.Customer].custom_fields]
    both = [
        f.field_name
        for f in kehu.App([core, first, second]).composition.entities[kehu.Customer].custom_fields
    ]
    again = [f.field_name for f in kehu.App([core, first]).composition.entities[kehu.Customer].custom_fields]
    assert (fields, both, again) == ([], ["both"], [])


def test_building_apps_does_not_grow_memory() -> None:
    def objects() -> int:
        kehu.App([core])
        gc.collect()
        return len(gc.get_objects())

    objects()
    before = objects()
    for _ in range(4):
        after = objects()
    assert after - before < 500
