"""The distributions agree with one another: uv notices no wrong pin between members, no missing extra."""

from __future__ import annotations

import configparser
import tomllib
from pathlib import Path
from typing import Any

import pytest

PLUGINS = ["care", "customer_data", "marketing", "partner_inventory", "service", "sfa"]
IMPORT_NAMES = {"kehu", "kehu_graphql", *(f"kehu_{plugin}" for plugin in PLUGINS)}
MEMBERS = ["core", "graphql", *(f"plugins/{plugin}" for plugin in PLUGINS)]


def pyproject(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))


def setup_cfg(repository: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(repository / "setup.cfg", encoding="utf-8")
    return parser


def distribution(plugin: str) -> str:
    return f"kehu-{plugin.replace('_', '-')}"


def lines(value: str) -> list[str]:
    return value.strip().splitlines()


@pytest.fixture(scope="session")
def version(repository: Path) -> str:
    return str(pyproject(repository)["project"]["version"])


def test_every_plugin_folder_is_named_here(repository: Path) -> None:
    assert sorted(path.name for path in (repository / "plugins").iterdir() if path.is_dir()) == PLUGINS


@pytest.mark.parametrize("member", MEMBERS)
def test_all_distributions_share_one_version(repository: Path, version: str, member: str) -> None:
    assert pyproject(repository / member)["project"]["version"] == version


@pytest.mark.parametrize("member", MEMBERS)
def test_all_distributions_need_the_same_python_and_licence(repository: Path, member: str) -> None:
    root, project = pyproject(repository)["project"], pyproject(repository / member)["project"]

    assert project["requires-python"] == root["requires-python"]
    assert project["license"] == root["license"]
    assert f"Programming Language :: Python :: {root['requires-python'].removeprefix('>=')}" in lines(
        setup_cfg(repository)["metadata"]["classifiers"]
    )


@pytest.mark.parametrize("member", MEMBERS)
def test_a_member_pins_the_members_it_needs_to_its_own_version(
    repository: Path, version: str, member: str
) -> None:
    needed = [
        name for name in pyproject(repository / member)["project"]["dependencies"] if name.startswith("kehu")
    ]

    assert needed == ([] if member == "core" else [f"kehu-core=={version}"])


def test_the_metadistribution_ships_core_graphql_and_an_extra_for_each_plugin(
    repository: Path, version: str
) -> None:
    options = setup_cfg(repository)
    extras = {name: lines(value) for name, value in options["options.extras_require"].items()}
    plugins = {
        distribution(plugin).removeprefix("kehu-"): [f"{distribution(plugin)}=={version}"]
        for plugin in PLUGINS
    }
    postgres = [f"kehu-core[postgres]=={version}"]

    assert lines(options["options"]["install_requires"]) == [
        f"kehu-core=={version}",
        f"kehu-graphql=={version}",
    ]
    assert sorted(extras.pop("all")) == sorted(
        [pin for pins in [*plugins.values(), postgres] for pin in pins]
    )
    assert extras == {**plugins, "postgres": postgres}


def test_the_metadistribution_holds_no_code_and_takes_its_metadata_from_setup_cfg(repository: Path) -> None:
    assert setup_cfg(repository)["options"]["packages"] == ""
    assert sorted(pyproject(repository)["project"]["dynamic"]) == [
        "authors",
        "classifiers",
        "dependencies",
        "description",
        "optional-dependencies",
        "readme",
    ]


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_plugin_is_found_under_its_id_and_nothing_else(repository: Path, plugin: str) -> None:
    project = pyproject(repository / "plugins" / plugin)["project"]

    assert project["name"] == distribution(plugin)
    assert project["entry-points"] == {"kehu.plugins": {plugin: f"kehu_{plugin}:plugin"}}


def test_the_kernel_brings_the_command_and_the_core_plugin(repository: Path) -> None:
    project = pyproject(repository / "core")["project"]

    assert project["scripts"] == {"kehu": "kehu.ops.cli:main"}
    assert project["entry-points"] == {"kehu.plugins": {"core": "kehu.core_plugin:plugin"}}


def test_the_graphql_layer_brings_the_commands_that_need_it(repository: Path) -> None:
    assert pyproject(repository / "graphql")["project"]["entry-points"] == {
        "kehu.commands": {
            name: f"kehu_graphql.commands:{name}" for name in ["serve", "query", "schema", "demo"]
        }
    }


def test_every_tool_knows_every_distribution(repository: Path) -> None:
    tool = pyproject(repository)["tool"]

    assert set(tool["uv"]["sources"]) == {"kehu", "kehu-core", "kehu-graphql", *map(distribution, PLUGINS)}
    assert set(tool["coverage"]["run"]["source_pkgs"]) == IMPORT_NAMES
    assert set(tool["importlinter"]["root_packages"]) == IMPORT_NAMES
    assert set(tool["ruff"]["lint"]["isort"]["known-first-party"]) == {*IMPORT_NAMES, "tests"}
    assert set(tool["mypy"]["mypy_path"]) == {f"$MYPY_CONFIG_FILE_DIR/{member}/src" for member in MEMBERS}


def test_every_plugin_stands_in_the_import_contracts(repository: Path) -> None:
    contracts = {
        contract["id"]: contract for contract in pyproject(repository)["tool"]["importlinter"]["contracts"]
    }
    plugins = {f"kehu_{plugin}" for plugin in PLUGINS}

    assert set(contracts["plugins"]["modules"]) == plugins
    assert set(contracts["schema"]["source_modules"]) == plugins
    assert plugins < set(contracts["kernel"]["forbidden_modules"])
    assert plugins == set(contracts["graphql"]["forbidden_modules"])


def test_every_resolved_version_is_pinned(repository: Path) -> None:
    lock = repository / "uv.lock"
    if not lock.exists():
        pytest.skip("uv has not resolved this tree.")
    packages = tomllib.loads(lock.read_text(encoding="utf-8"))["package"]
    resolved = {f"{each['name']}=={each['version']}" for each in packages if "registry" in each["source"]}

    assert set(pyproject(repository)["tool"]["uv"]["constraint-dependencies"]) == resolved


def test_build_tools_are_pinned_to_the_versions_of_the_environment(repository: Path) -> None:
    uv = pyproject(repository)["tool"]["uv"]

    assert uv["build-constraint-dependencies"]
    assert set(uv["build-constraint-dependencies"]) <= set(uv["constraint-dependencies"])
