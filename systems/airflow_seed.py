"""Triggers the seed runs over REST and waits; tells facts from the server's own database. Python's standard library only.

airflow_seed.py await-files MANY | seed MANY RUNS | facts | await-gone DAG_ID | await-there DAG_ID
"""

import base64
import json
import os
import sqlite3
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

BASE, HOME, VERSION = os.environ["OMD_BASE"], os.environ["OMD_HOME"], os.environ["OMD_VERSION"]
V3 = VERSION.startswith("3")
DATABASE = f"{HOME}/home/airflow.db"
API = f"{BASE}/api/{'v2' if V3 else 'v1'}"
TRIGGERED = ["bakery_daily", "outcome_failing", "outcome_branch", "outcome_mapped", "names_größe.日本", "names_display", "chain_1_producer", "omd_removable"]
# Started by the server itself: by the clock and by assets.
AWAITED = ["schedule_hourly", "chain_2_clean", "chain_3_mart", "chain_4_consumer"]
ASSET = "asset" if V3 else "dataset"


def rows(sql, *values):
    connection = sqlite3.connect(f"file:{DATABASE}?mode=ro", uri=True, timeout=30)
    try:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql, values)]
    finally:
        connection.close()


def columns(table):
    return {row["name"] for row in rows(f"PRAGMA table_info({table})")}


def active():
    """SQL that tells whether a DAG is still there."""
    return "is_stale = 0" if "is_stale" in columns("dag") else "is_active = 1"


def call(method, path, body=None, headers=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(path, data, {"content-type": "application/json", **(headers or {})}, method=method)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
        return json.load(answer)


def credentials():
    user, password = os.environ["OMD_USER"], os.environ["OMD_PASSWORD"]
    if V3:
        token = call("POST", f"{BASE}/auth/token", {"username": user, "password": password})["access_token"]
        return {"authorization": f"Bearer {token}"}
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def wait(what, ready, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            missing = ready()
        except sqlite3.OperationalError as busy:
            missing = str(busy)
        if not missing:
            return
        time.sleep(0.5)
    sys.exit(f"gave up after {seconds} s waiting for {what}: {missing}")


def trigger(dag_id, run_id, headers, null_date=False):
    body = {"dag_run_id": run_id, "conf": {"seed": run_id}}
    if V3:
        body["logical_date"] = None if null_date else f"2026-02-0{run_id[-1]}T00:00:00Z"
    path = f"{API}/dags/{urllib.parse.quote(dag_id, safe='')}/dagRuns"
    for attempt in range(30):
        try:
            call("POST", path, body, headers)
            return
        except urllib.error.HTTPError as error:
            if error.code == 409:  # it is there from an earlier seed or attempt
                return
            if error.code < 500 or attempt == 29:
                sys.exit(f"trigger {dag_id}: {error.code} {error.read().decode()[:500]}")
        except (TimeoutError, urllib.error.URLError) as error:
            if attempt == 29:
                sys.exit(f"trigger {dag_id}: {error}")
        time.sleep(1)  # a busy database


def await_files(many):
    needed = {*TRIGGERED, *AWAITED, "schedule_paused_bare", "names.with-dots.and-dashes", *(f"many_{n:04d}" for n in range(many))}

    def unknown():
        known = {row["dag_id"] for row in rows(f"SELECT dag_id FROM dag WHERE {active()} AND dag_id IN (SELECT dag_id FROM serialized_dag)")}
        return sorted(needed - known)[:3] or (not rows("SELECT 1 FROM import_error") and "the import error")

    wait("the DAG files to be read", unknown, 180 + many)


def seed(many, runs):
    headers = credentials()
    for number in (1, 2):
        for dag_id in TRIGGERED:
            trigger(dag_id, f"seed_{number}", headers)
        for n in range(many if number <= runs else 0):
            trigger(f"many_{n:04d}", f"seed_{number}", headers)
    for number in range(3, runs + 1):
        for n in range(many):
            trigger(f"many_{n:04d}", f"seed_{number}", headers)
    if V3:
        trigger("outcome_branch", "seed_without_date", headers, null_date=True)

    def unended():
        left = rows("SELECT dag_id, count(*) n FROM dag_run WHERE state NOT IN ('success', 'failed') GROUP BY dag_id LIMIT 5")
        queue = rows(f"SELECT target_dag_id FROM {ASSET}_dag_run_queue q JOIN dag d ON d.dag_id = q.target_dag_id WHERE d.is_paused = 0")
        ran = {row["dag_id"] for row in rows("SELECT DISTINCT dag_id FROM dag_run WHERE end_date IS NOT NULL")}
        return left or queue or [dag_id for dag_id in AWAITED if dag_id not in ran]

    quiet = 0
    while quiet < 3:  # an asset's event may start a run a moment after the producer ended
        wait("all runs to end", unended, 420 + many * runs)
        time.sleep(1)
        quiet = 0 if unended() else quiet + 1


def tally(pairs):
    counts = {}
    for key in pairs:
        counts[str(key)] = counts.get(str(key), 0) + 1
    return dict(sorted(counts.items()))


def serialized(dag_id):
    order = "last_updated" if "last_updated" in columns("serialized_dag") else "created_at"
    row = rows(f"SELECT data, data_compressed FROM serialized_dag WHERE dag_id = ? ORDER BY {order} DESC, rowid DESC LIMIT 1", dag_id)[0]
    text = row["data"]
    if text is None:
        import zlib

        text = zlib.decompress(row["data_compressed"])
    return json.loads(text)


def plain(value):
    """Serialized values stand bare or in an envelope {__type, __var}."""
    return value["__var"] if isinstance(value, dict) and "__var" in value else value


def task_facts(dag_id):
    document = serialized(dag_id)
    dag = document["dag"]
    defaults = document.get("client_defaults", {}).get("tasks", {})
    facts = {}
    for envelope in dag["tasks"]:
        item = plain(envelope)
        partial = plain(item.get("partial_kwargs", {})) or {}
        default_args = plain(plain(dag.get("default_args", {})) or {}) or {}
        facts[item["task_id"]] = {
            "operator": item.get("task_type") or item.get("_task_type"),
            "module": item.get("_task_module"),
            "owner": item.get("owner") or partial.get("owner") or defaults.get("owner") or default_args.get("owner") or "airflow",
            "downstream": sorted(plain(item.get("downstream_task_ids", [])) or []),
            "mapped": bool(item.get("_is_mapped")),
            "displayName": item.get("_task_display_name") or item.get("_task_display_property_value") or item["task_id"],
            "docMd": item.get("doc_md"),
        }
    return dag.get("doc_md"), facts


def asset_facts():
    producers = rows(f"SELECT * FROM task_outlet_{ASSET}_reference")
    consumers = rows(f"SELECT * FROM dag_schedule_{ASSET}_reference")
    key = f"{ASSET}_id"
    return [
        {
            "uri": item["uri"],
            "producingTasks": sorted(f"{p['dag_id']}.{p['task_id']}" for p in producers if p[key] == item["id"]),
            "consumingDags": sorted(c["dag_id"] for c in consumers if c[key] == item["id"]),
        }
        for item in rows(f"SELECT * FROM {ASSET} ORDER BY uri")
    ]


def dag_facts(dag):
    dag_id = dag["dag_id"]
    date = "logical_date" if "logical_date" in columns("dag_run") else "execution_date"
    runs = rows(f"SELECT run_id, state, run_type, {date} AS logical_date, start_date, end_date FROM dag_run WHERE dag_id = ? ORDER BY id", dag_id)
    instances = rows("SELECT run_id, task_id, map_index, state, start_date, end_date FROM task_instance WHERE dag_id = ?", dag_id)
    doc_md, tasks = task_facts(dag_id)
    return {
        "displayName": dag.get("dag_display_name") or dag.get("_dag_display_property_value") or dag_id,
        "paused": bool(dag["is_paused"]),
        "description": dag["description"],
        "docMd": doc_md,
        "owners": sorted({name.strip() for name in (dag["owners"] or "").split(",")}),
        "tags": sorted(row["name"] for row in rows("SELECT name FROM dag_tag WHERE dag_id = ?", dag_id)),
        "schedule": dag["timetable_summary"] if V3 else json.loads(dag["schedule_interval"] or "null"),
        "timetable": dag["timetable_description"],
        "tasks": tasks,
        "runs": [
            {
                **run,
                "taskInstances": sorted(
                    ({k: v for k, v in i.items() if k != "run_id"} for i in instances if i["run_id"] == run["run_id"]),
                    key=lambda i: (i["task_id"], i["map_index"]),
                ),
            }
            for run in runs
        ],
        "runsByState": tally(run["state"] for run in runs),
        "runsByType": tally(run["run_type"] for run in runs),
        "taskInstancesByState": tally(item["state"] for item in instances),
    }


def facts():
    dags = {dag["dag_id"]: dag_facts(dag) for dag in rows(f"SELECT * FROM dag WHERE {active()} ORDER BY dag_id")}
    gone = [row["dag_id"] for row in rows(f"SELECT dag_id FROM dag WHERE NOT {active()}")]
    everything = [run for dag in dags.values() for run in dag["runs"]]
    instances = [item for run in everything for item in run["taskInstances"]]
    return {
        "version": VERSION,
        "api": "v2" if V3 else "v1",
        "url": BASE,
        "counts": {
            "dags": len(dags),
            "tasks": sum(len(dag["tasks"]) for dag in dags.values()),
            "runs": len(everything),
            "runsByState": tally(run["state"] for run in everything),
            "runsByType": tally(run["run_type"] for run in everything),
            "runsWithoutLogicalDate": sum(run["logical_date"] is None for run in everything),
            "taskInstances": len(instances),
            "taskInstancesByState": tally(item["state"] for item in instances),
            "importErrors": len(rows("SELECT 1 FROM import_error")),
        },
        "owners": sorted({name for dag in dags.values() for name in dag["owners"]}),
        "tags": sorted({name for dag in dags.values() for name in dag["tags"]}),
        "importErrors": [row["filename"] for row in rows("SELECT filename FROM import_error")],
        "assets": asset_facts(),
        "goneDags": gone,
        "dags": dags,
    }


def is_there(dag_id):
    return bool(rows(f"SELECT 1 FROM dag WHERE dag_id = ? AND {active()}", dag_id))


if __name__ == "__main__":
    command, arguments = sys.argv[1], sys.argv[2:]
    if command == "await-files":
        await_files(int(arguments[0]))
    elif command == "seed":
        seed(int(arguments[0]), int(arguments[1]))
    elif command == "await-gone":
        wait("the DAG to go", lambda: is_there(arguments[0]) and arguments[0], 120)
    elif command == "await-there":
        wait("the DAG to come", lambda: not is_there(arguments[0]) and arguments[0], 120)
    elif command == "facts":
        json.dump(facts(), sys.stdout, ensure_ascii=False, indent=1, default=str)
    else:
        sys.exit(f"unknown command {command}")
