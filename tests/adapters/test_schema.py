"""The keys that the code writes are the keys that the template makes."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.adapters.tables import Item
from infra.package import merged


def keys(schema: list[dict[str, str]]) -> set[tuple[str, str]]:
    return {(key["AttributeName"], key["KeyType"]) for key in schema}


@pytest.fixture(scope="module")
def declared() -> dict[str, Any]:
    return {name: made.get("Properties", {}) for name, made in merged("prod")["Resources"].items()}


@pytest.mark.parametrize("name", ["CareTable", "CatalogueTable", "AccessTable"])
def test_every_table_has_the_items_keys(name: str, declared: dict[str, Any]) -> None:
    assert keys(declared[name]["KeySchema"]) == keys(Item._get_schema()["key_schema"])


def test_every_index_that_the_code_queries_is_made(declared: dict[str, Any]) -> None:
    made = {index["IndexName"]: index for index in declared["CareTable"]["GlobalSecondaryIndexes"]}
    queried = Item._get_schema()["global_secondary_indexes"]
    assert {index["index_name"] for index in queried} <= set(made)
    for index in queried:
        there = made[index["index_name"]]
        assert keys(there["KeySchema"]) == keys(index["key_schema"])
        assert there["Projection"] == index["projection"]


def test_every_key_is_declared_with_its_type(declared: dict[str, Any]) -> None:
    types = {a["AttributeName"]: a["AttributeType"] for a in declared["CareTable"]["AttributeDefinitions"]}
    written = {a["AttributeName"]: a["AttributeType"] for a in Item._get_schema()["attribute_definitions"]}
    assert written.items() <= types.items()
