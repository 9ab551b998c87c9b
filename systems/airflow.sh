#!/usr/bin/env bash
# A real Apache Airflow from PyPI, on 127.0.0.1 only, with SQLite. See README.md.
# airflow.sh install|start|seed|stop|status|resume|freeze|drop-dag|restore-dag|facts|env [VERSION]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export OMD_SYSTEMS_HOME=${OMD_SYSTEMS_HOME:-$here/.home}
mkdir -p "$OMD_SYSTEMS_HOME"
. "$here/python.sh"
. "$here/processes.sh"

command=${1:?install|start|seed|stop|status|resume|freeze|drop-dag|restore-dag|facts|env}
version=${2:-2.11.2}
case $version in 2) version=2.11.2 ;; 3) version=3.3.2 ;; esac
# The registry as of that day takes the place of Airflow's constraint files.
case $version in
  2.10.*) registry_day=2025-02-15 port=28181 ;;
  2.*) registry_day=2026-04-15 port=28180 ;;
  3.0.*) registry_day=2025-09-15 port=28191 ;;
  3.*) registry_day=2026-11-21 port=28190 ;;
  *) echo "unknown Airflow version $version" >&2; exit 2 ;;
esac
major=${version%%.*}
port=${OMD_AIRFLOW_PORT:-$port}
base=http://127.0.0.1:$port
user=${OMD_AIRFLOW_USER:-admin}
password=${OMD_AIRFLOW_PASSWORD:-canary/4f2b+pw=}
home=$OMD_SYSTEMS_HOME/airflow-$version
venv=$home/venv

export LC_ALL=C.UTF-8 PYTHONUTF8=1 PYTHONWARNINGS=ignore SCARF_ANALYTICS=false DO_NOT_TRACK=1 NO_PROXY=127.0.0.1,localhost
export AIRFLOW_HOME=$home/home \
  AIRFLOW__CORE__DAGS_FOLDER="$home/dags" \
  AIRFLOW__CORE__LOAD_EXAMPLES=False \
  AIRFLOW__DATABASE__SQL_ALCHEMY_CONN="sqlite:///$home/home/airflow.db?timeout=120" \
  AIRFLOW__CORE__EXECUTOR=LocalExecutor \
  AIRFLOW__CORE__PARALLELISM=4 \
  AIRFLOW__CORE__FERNET_KEY= \
  AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION=True \
  AIRFLOW__LOGGING__LOGGING_LEVEL=WARNING \
  AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK=False \
  AIRFLOW__USAGE_DATA_COLLECTION__ENABLED=False \
  _AIRFLOW__SKIP_DATABASE_EXECUTOR_COMPATIBILITY_CHECK=1
processes="web scheduler processor"
if [ "$major" = 2 ]; then
  health=$base/health
  export AIRFLOW__API__AUTH_BACKENDS=airflow.api.auth.backend.basic_auth,airflow.api.auth.backend.session \
    AIRFLOW__WEBSERVER__WORKERS=2 \
    AIRFLOW__WEBSERVER__SECRET_KEY=for-tests-only \
    AIRFLOW__WEBSERVER__WORKER_REFRESH_INTERVAL=0 \
    AIRFLOW__SCHEDULER__DAG_DIR_LIST_INTERVAL=3 \
    AIRFLOW__SCHEDULER__MIN_FILE_PROCESS_INTERVAL=60 \
    AIRFLOW__SCHEDULER__PARSING_CLEANUP_INTERVAL=3 \
    AIRFLOW__CORE__DAG_FILE_PROCESSOR_TIMEOUT=300 \
    AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT=120
else
  health=$base/api/v2/monitor/health
  export AIRFLOW__API__HOST=127.0.0.1 \
    AIRFLOW__API__PORT="$port" \
    AIRFLOW__API__BASE_URL="$base" \
    AIRFLOW__API__SECRET_KEY=for-tests-only-for-tests-only-for-tests \
    AIRFLOW__API_AUTH__JWT_SECRET=for-tests-only-for-tests-only-for-tests-only-for-tests-only-for-tests \
    AIRFLOW__CORE__EXECUTION_API_SERVER_URL="$base/execution/" \
    AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS="$user:admin,viewer:viewer" \
    AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE="$home/passwords.json" \
    AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL=3 \
    AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL=60 \
    AIRFLOW__DAG_PROCESSOR__PARSING_CLEANUP_INTERVAL=3 \
    AIRFLOW__DAG_PROCESSOR__DAG_FILE_PROCESSOR_TIMEOUT=300
fi

airflow() { PATH=$venv/bin:$PATH "$venv/bin/airflow" "$@"; }
seeder() { OMD_BASE=$base OMD_USER=$user OMD_PASSWORD=$password OMD_HOME=$home OMD_VERSION=$version "$venv/bin/python" "$here/airflow_seed.py" "$@"; }

install() {
  need_uv
  [ -f "$venv/.installed" ] && return 0
  local python
  python=$(find_python "3.12 3.11")
  mkdir -p "$home"
  "$UV" venv -q --clear --python "$python" "$venv"
  "$UV" pip install -q --python "$venv/bin/python" --exclude-newer "$registry_day" "apache-airflow==$version" ${OMD_AIRFLOW_EXTRA:-}
  touch "$venv/.installed"
}

# 2.x keeps its users in the database, 3.x in a file. `nobody` may log in and see nothing; `viewer` may only read.
make_users() {
  if [ "$major" = 2 ]; then
    OMD_USER=$user OMD_PASSWORD=$password "$venv/bin/python" - >>"$home/init.log" 2>&1 <<'PYTHON'
import os
from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder

with get_application_builder() as builder:
    security = builder.sm
    security.sync_roles()
    for name, password, role in [(os.environ["OMD_USER"], os.environ["OMD_PASSWORD"], "Admin"), ("viewer", "viewer", "Viewer"), ("nobody", "nobody", "Public")]:
        if not security.find_user(name):
            assert security.add_user(name, name, name, f"{name}@example.invalid", security.find_role(role), password)
PYTHON
  else
    printf '{"%s":"%s","viewer":"viewer"}\n' "$user" "$password" >"$home/passwords.json"
  fi
}

start() {
  install
  mkdir -p "$AIRFLOW_HOME" "$home/dags"
  if [ ! -f "$home/database-ready" ]; then
    airflow db migrate >"$home/init.log" 2>&1 || { tail -n 20 "$home/init.log" >&2; return 1; }
    # Its own journal lets web server, scheduler and file processor work side by side; without it a busy machine sees "database is locked".
    "$venv/bin/python" -c 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute("PRAGMA journal_mode=WAL")' "$AIRFLOW_HOME/airflow.db"
    make_users || { tail -n 20 "$home/init.log" >&2; return 1; }
    touch "$home/database-ready"
  fi
  export PATH=$venv/bin:$PATH
  if ! alive "$home/web.pid" && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    echo "port $port is taken by another server; set OMD_AIRFLOW_PORT" >&2
    return 1
  fi
  if [ "$major" = 2 ]; then
    alive "$home/web.pid" || rm -f "$AIRFLOW_HOME"/airflow-webserver*.pid
    launch "$home/web.pid" "$home/web.log" "$venv/bin/airflow" webserver --hostname 127.0.0.1 --port "$port"
  else
    launch "$home/web.pid" "$home/web.log" "$venv/bin/airflow" api-server --host 127.0.0.1 --port "$port" --workers 1
  fi
  wait_for_http "$health" 180 "$home/web.pid" || { tail -n 20 "$home/web.log" >&2; return 1; }
  echo "Airflow $version: $base"
}

# The scheduler and the file processor run only while something is to happen, so that a seeded state stays as it is.
# In 2.x with SQLite the scheduler reads the files itself.
resume_files() {
  export PATH=$venv/bin:$PATH
  if [ "$major" = 2 ]; then resume_runs; else launch "$home/processor.pid" "$home/processor.log" "$venv/bin/airflow" dag-processor; fi
}
resume_runs() {
  export PATH=$venv/bin:$PATH
  launch "$home/scheduler.pid" "$home/scheduler.log" "$venv/bin/airflow" scheduler --skip-serve-logs
}
resume() { resume_files; resume_runs; }
freeze() { end "$home/scheduler.pid"; end "$home/processor.pid"; }
stop() { freeze; end "$home/web.pid"; }

seed() {
  alive "$home/web.pid" || { echo "start the server first: airflow.sh start $version" >&2; return 1; }
  local wanted many=${OMD_SEED_MANY:-0} runs=${OMD_SEED_MANY_RUNS:-0}
  wanted="$(cat "$here"/dags/*.py "$here/airflow_seed.py" | sha256sum | cut -c1-16) many=$many runs=$runs"
  if [ "$(cat "$home/seeded" 2>/dev/null)" != "$wanted" ]; then
    rm -f "$home/seeded"
    cp "$here"/dags/*.py "$here/dags/.airflowignore" "$home/dags/"
    printf '{"dags": %d, "runs": %d}\n' "$many" "$runs" >"$home/dags/many.json"
    # One after the other: reading hundreds of DAGs keeps SQLite so busy that tasks fail beside it.
    local failed=0
    resume_files
    seeder await-files "$many" || failed=$?
    end "$home/processor.pid"
    resume_runs
    [ $failed != 0 ] || seeder seed "$many" "$runs" || failed=$?
    freeze
    [ $failed = 0 ] || { tail -n 5 "$home"/*.log >&2; return $failed; }
    echo "$wanted" >"$home/seeded"
  elif [ ! -f "$home/dags/removable.py" ]; then
    restore_dag
  fi
  facts
}
facts() { seeder facts >"$home/facts.json.new" && mv "$home/facts.json.new" "$home/facts.json" && echo "$home/facts.json"; }

move_file() {
  resume_files
  local failed=0
  seeder "$1" omd_removable || failed=$?
  freeze
  [ $failed = 0 ] && facts
}
drop_dag() { rm -f "$home/dags/removable.py"; move_file await-gone; }
restore_dag() { cp "$here/dags/removable.py" "$home/dags/"; move_file await-there; }

status() {
  local name
  for name in $processes; do
    alive "$home/$name.pid" && echo "$name $(pid_of "$home/$name.pid")" || echo "$name -"
  done
}

# For a test: eval "$(airflow.sh env 3)"
print_env() {
  printf 'OMD_AIRFLOW%s_URL=%s\nOMD_AIRFLOW%s_FACTS=%s\nOMD_AIRFLOW_USER=%q\nOMD_AIRFLOW_PASSWORD=%q\n' \
    "$major" "$base" "$major" "$home/facts.json" "$user" "$password"
}

case $command in
  install | start | seed | stop | status | resume | freeze | facts) "$command" ;;
  drop-dag) drop_dag ;;
  restore-dag) restore_dag ;;
  env) print_env ;;
  *) echo "unknown command $command" >&2; exit 2 ;;
esac
