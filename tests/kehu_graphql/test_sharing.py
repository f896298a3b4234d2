"""Apps on several databases share what depends on their plugins alone."""

from __future__ import annotations

from pathlib import Path

import kehu
from kehu_graphql import Api
from tests.templates import Templates

CREATE = 'mutation { createCustomer(input: {name: "Acme", kind: ORGANIZATION}) { customer { name } } }'


async def test_two_tenants_share_a_schema_and_no_record(tmp_path: Path, templates: Templates) -> None:
    one = Api(await templates.open(f"sqlite:///{tmp_path}/one.db", "core"))
    two = Api(await templates.open(f"sqlite:///{tmp_path}/two.db", "core"))

    assert one.schema is two.schema
    await one.execute(CREATE)
    counts = [(await api.execute("{ customers { totalCount } }"))["data"] for api in (one, two)]
    assert [data["customers"]["totalCount"] for data in counts] == [1, 0]
    await one.app.close()
    await two.app.close()


async def test_what_a_tenant_alone_has_is_its_own(tmp_path: Path, templates: Templates) -> None:
    one = Api(await templates.open(f"sqlite:///{tmp_path}/one.db", "core"))
    firm = kehu.Plugin("firm", requires=["core"])
    firm.custom_field(kehu.Customer, "shoe_size", int)
    two = Api(kehu.App([*one.app.composition.plugins, firm]))

    assert "shoeSize" not in one.sdl
    assert "shoeSize" in two.sdl
    await one.app.close()
