"""Writes down what dbt and its database say of a run, for the tests to compare with.

Sources are dbt's log, what `dbt ls` prints and the database's own catalog; never manifest.json, catalog.json, run_results.json
or sources.json, which are what omd reads. facts.py DIRECTORY OF LOGS
"""
import json
import os
import re
import sys

from database import can_attach, connect, on_postgres


def events(path):
    # Of the run without one of the models there is only the build.
    if not os.path.exists(path):
        return
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("{"):
                event = json.loads(line)
                yield event if "log_version" not in event else as_today(event)


# Events before dbt 1.4 have codes. Lines of nodes that ended: `12 of 47 FAIL 3 name ... [FAIL 3 in 0.07s]`.
old_messages = {"Z021": "RunResultWarning", "Z022": "RunResultFailure", "Z024": "RunResultError", "Z028": "FirstRunResultError"}
old_line = re.compile(r"^\d+ of \d+ (OK|PASS|WARN|FAIL|ERROR STALE|ERROR|SKIP)\b(?: (\d+) )?")
old_status = {"OK": "success", "ERROR STALE": "error", "SKIP": "skipped"}


def as_today(event):
    """An event of dbt 1.0 to 1.3 in the shape of newer ones."""
    data = event.get("data") or {}
    node = data.get("node_info") or event.get("node_info") or {}
    name, line = old_messages.get(event["code"], event["code"]), old_line.match(plain(event["msg"]))
    if line:
        name = "LogNodeResult"
        of_freshness = " freshness of " in event["msg"]
        status = old_status.get(line[1], line[1].lower())
        if of_freshness:
            status = {"ERROR": "runtime error", "PASS": "pass"}.get(line[1], status)
        node = {**node, "node_status": status}
        data = {**data, "num_failures": data.get("failures")}
    return {"info": {"name": name, "msg": event["msg"]}, "data": {**data, "node_info": node}}


def listed(logs):
    """`dbt ls --output json`: one object a line, some versions print it bare, others as the message of an event."""
    for event in events(os.path.join(logs, "ls.jsonl")):
        text = event.get("info", {}).get("msg", "")
        node = json.loads(text) if text.startswith('{"') else event
        if "unique_id" in node and "resource_type" in node:
            yield node


def plain(text):
    """Without the colours of a terminal."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text or "")


ends = {"LogTestResult", "LogModelResult", "LogSeedResult", "LogSnapshotResult", "LogNodeResult", "LogFreshnessResult", "LogNodeNoOpResult", "SkippingDetails"}
messages = {"RunResultError", "RunResultWarningMessage", "FirstRunResultError"}


def status_of(kind, node, data):
    if kind == "SkippingDetails":
        return "skipped"
    told = node.get("node_status")
    # dbt 1.8 has no status for unit tests that fail.
    return told if told not in (None, "", "None") else str(data.get("status")).split(" ")[0].lower()


def by_name(found, name):
    """Unique ids begin with type and project; generic tests end with a hash."""
    return next((id for id in found if name in id.split(".")[2:]), None)


def results(path):
    """What dbt told of each node as it ended: status, number of failures, message; by unique id."""
    found, about = {}, None
    for event in events(path):
        kind, data = event["info"]["name"], event.get("data") or {}
        node = data.get("node_info") or {}
        if kind in ends and node.get("unique_id"):
            found[node["unique_id"]] = {
                "status": status_of(kind, node, data),
                "failures": data.get("num_failures"),
                "line": plain(event["info"]["msg"]).strip(),
            }
        elif kind in {"RunResultFailure", "RunResultWarning"}:
            about = by_name(found, data["node_name"])
        elif kind in messages:
            text = plain(data.get("msg") or event["info"]["msg"]).strip()
            # dbt 1.5 says in the message only what an error is about.
            named = re.search(r"\bin (?:model|test|snapshot|seed|source) (\S+) \(", text)
            id = node.get("unique_id") or (by_name(found, named[1]) if named else about)
            if id in found:
                found[id]["message"] = text
    return found


def tables():
    """Tables and views with their columns in order, as the database lists them."""
    with connect() as execute:
        if on_postgres():
            # information_schema knows no materialized views.
            rows = execute("""
                select current_database(), n.nspname, c.relname, c.relkind, a.attname, format_type(a.atttypid, a.atttypmod)
                from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
                where c.relkind in ('r', 'v', 'm', 'p') and a.attnum > 0 and not a.attisdropped
                  and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_toast%'
                order by 1, 2, 3, a.attnum""")
        elif not can_attach():
            # DuckDB had one database then, which dbt calls main.
            rows = execute("""
                select 'main', c.table_schema, c.table_name, t.table_type, c.column_name, c.data_type
                from information_schema.columns c
                join information_schema.tables t using (table_schema, table_name)
                where c.table_schema not in ('information_schema', 'pg_catalog', 'temp')
                order by 1, 2, 3, c.ordinal_position""")
        else:
            rows = execute("""
                select c.table_catalog, c.table_schema, c.table_name, t.table_type, c.column_name, c.data_type
                from information_schema.columns c
                join information_schema.tables t using (table_catalog, table_schema, table_name)
                where c.table_catalog in ('market', 'archive') and c.table_schema not in ('information_schema', 'pg_catalog')
                order by 1, 2, 3, c.ordinal_position""")
    kinds = {"r": "table", "p": "table", "BASE TABLE": "table", "v": "view", "VIEW": "view", "m": "materialized view"}
    found = {}
    for database, schema, name, kind, column, data_type in rows:
        table = found.setdefault((database, schema, name), {"database": database, "schema": schema, "name": name, "kind": kinds[kind], "columns": []})
        table["columns"].append({"name": column, "type": data_type})
    return list(found.values())


def counted():
    """How many rows a few tables have: that dbt really ran."""
    with connect() as execute:
        return {name: execute(f'select count(*) from shop."{name}"')[0][0] for name in ("fct_sales", "dim_customers_v2")}


if __name__ == "__main__":
    logs = sys.argv[1]
    runs = [results(os.path.join(logs, name)) for name in ("build.jsonl", "rebuild.jsonl")]
    newest = dict(runs[0])
    # What ran later is newer, unless it was only skipped.
    for id, result in runs[1].items():
        if result["status"] != "skipped" or id not in newest:
            newest[id] = result
    json.dump({
        "nodes": {node["unique_id"]: node for node in listed(logs)},
        "runs": runs,
        "results": newest,
        "freshness": results(os.path.join(logs, "freshness.jsonl")),
        "tables": tables(),
        "rows": counted(),
    }, sys.stdout, ensure_ascii=False, indent=1)
