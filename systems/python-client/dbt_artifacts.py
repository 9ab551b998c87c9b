"""Writes the artifacts of a small dbt project over the same database: dbt_artifacts.py DIR

In the shape of dbt 1.8 to 1.11: manifest 12, catalog 1, run results 6 (https://schemas.getdbt.com).
"""

import json
import os
import sys

DATABASE, SCHEMA, PROJECT = "shop", "main", "bakery"
RUN_AT = "2026-03-02T04:00:00.000000Z"


def envelope(kind):
    return {
        "dbt_schema_version": f"https://schemas.getdbt.com/dbt/{kind}.json",
        "dbt_version": "1.11.0",
        "generated_at": RUN_AT,
        "invocation_id": "00000000-0000-4000-8000-000000000001",
        "env": {},
    }


def column(name, description="", tags=()):
    return {"name": name, "description": description, "meta": {}, "data_type": None, "quote": None, "tags": list(tags), "constraints": []}


def node(resource_type, name, **more):
    kinds = {"model": f"{name}", "test": f"{name}.0123456789"}
    return {
        "database": DATABASE,
        "schema": SCHEMA,
        "name": name,
        "resource_type": resource_type,
        "package_name": PROJECT,
        "path": f"{name}.sql",
        "original_file_path": f"models/{name}.sql",
        "unique_id": f"{resource_type}.{PROJECT}.{kinds[resource_type]}",
        "fqn": [PROJECT, name],
        "alias": name,
        "checksum": {"name": "sha256", "checksum": "0"},
        "config": {},
        "tags": [],
        "description": "",
        "columns": {},
        "meta": {},
        "language": "sql",
        "raw_code": "",
        "created_at": 1772424000.0,
        **more,
    }


def source(name):
    return {
        "database": DATABASE,
        "schema": SCHEMA,
        "name": name,
        "resource_type": "source",
        "package_name": PROJECT,
        "path": "models/sources.yml",
        "original_file_path": "models/sources.yml",
        "unique_id": f"source.{PROJECT}.shop.{name}",
        "fqn": [PROJECT, "shop", name],
        "source_name": "shop",
        "source_description": "",
        "loader": "",
        "identifier": name,
        "columns": {},
        "relation_name": f'"{DATABASE}"."{SCHEMA}"."{name}"',
        "description": "Orders as they came in",
        "config": {"enabled": True},
        "tags": [],
        "meta": {},
        "created_at": 1772424000.0,
    }


ORDERS = source("orders")
SALES = node(
    "model",
    "daily_sales",
    description="Sales of each day",
    tags=["nightly"],
    columns={"day": column("day", "The day of the sale", ["calendar"]), "amount": column("amount", "Sum of the orders")},
    depends_on={"macros": [], "nodes": [ORDERS["unique_id"]]},
    raw_code="select date(placed_at) as day, sum(amount) as amount from {{ source('shop', 'orders') }} group by 1",
    compiled=True,
    compiled_code=f'select date(placed_at) as day, sum(amount) as amount from "{DATABASE}"."{SCHEMA}"."orders" group by 1',
    relation_name=f'"{DATABASE}"."{SCHEMA}"."daily_sales"',
)


def test(kind, column_name, **more):
    return node(
        "test",
        f"{kind}_daily_sales_{column_name}",
        column_name=column_name,
        attached_node=SALES["unique_id"],
        depends_on={"macros": [], "nodes": [SALES["unique_id"]]},
        test_metadata={"name": kind, "kwargs": {"column_name": column_name, **more}, "namespace": None},
        raw_code=f"{{{{ test_{kind}(**_dbt_generic_test_kwargs) }}}}",
        compiled=True,
        compiled_code=f"select {column_name} from daily_sales",
    )


PASSES, FAILS = test("not_null", "day"), test("accepted_values", "amount", values=["1"])


def result(of, status, message, failures=None):
    timing = [{"name": name, "started_at": RUN_AT, "completed_at": RUN_AT} for name in ("compile", "execute")]
    return {
        "status": status,
        "timing": timing,
        "thread_id": "Thread-1",
        "execution_time": 0.1,
        "adapter_response": {},
        "message": message,
        "failures": failures,
        "unique_id": of["unique_id"],
        "compiled": True,
        "compiled_code": of["compiled_code"],
        "relation_name": None,
    }


def table(of, columns):
    names = {name: {"type": kind, "index": at, "name": name, "comment": None} for at, (name, kind) in enumerate(columns, 1)}
    metadata = {"type": "BASE TABLE", "schema": SCHEMA, "name": of["name"], "database": DATABASE, "comment": None, "owner": None}
    return {"metadata": metadata, "columns": names, "stats": {}, "unique_id": of["unique_id"]}


def artifacts():
    nodes = {of["unique_id"]: of for of in (SALES, PASSES, FAILS)}
    yield "manifest", {
        "metadata": {**envelope("manifest/v12"), "project_name": PROJECT, "project_id": "0", "adapter_type": "sqlite"},
        "nodes": nodes,
        "sources": {ORDERS["unique_id"]: ORDERS},
        **{name: {} for name in ("macros", "docs", "exposures", "metrics", "groups", "selectors", "saved_queries", "semantic_models", "unit_tests")},
        "disabled": {},
        "parent_map": {SALES["unique_id"]: [ORDERS["unique_id"]]},
        "child_map": {ORDERS["unique_id"]: [SALES["unique_id"]]},
        "group_map": {},
    }
    yield "catalog", {
        "metadata": envelope("catalog/v1"),
        "nodes": {SALES["unique_id"]: table(SALES, [("day", "DATE"), ("amount", "DECIMAL")])},
        "sources": {ORDERS["unique_id"]: table(ORDERS, [("id", "INTEGER"), ("amount", "DECIMAL")])},
        "errors": None,
    }
    yield "run_results", {
        "metadata": envelope("run-results/v6"),
        "results": [result(SALES, "success", "OK"), result(PASSES, "pass", None, 0), result(FAILS, "fail", "Got 1 result", 1)],
        "elapsed_time": 1.0,
        "args": {},
    }


if __name__ == "__main__":
    for kind, content in artifacts():
        with open(os.path.join(sys.argv[1], f"{kind}.json"), "w", encoding="utf-8") as out:
            json.dump(content, out, indent=1)
