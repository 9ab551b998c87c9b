#!/usr/bin/env bash
# OpenLineage's own producers from PyPI: its Python client and its dbt wrapper (with DuckDB). See README.md.
# openlineage.sh install | client | dbt DIRECTORY [fail]
# Where events go is told by OPENLINEAGE__TRANSPORT__TYPE, __URL, __COMPRESSION, … as OpenLineage reads them.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export OMD_SYSTEMS_HOME=${OMD_SYSTEMS_HOME:-$here/.home}
mkdir -p "$OMD_SYSTEMS_HOME"
. "$here/python.sh"

version=${OMD_OPENLINEAGE_VERSION:-1.54.0}
venv=$OMD_SYSTEMS_HOME/openlineage-$version
export LC_ALL=C.UTF-8 PYTHONUTF8=1 DO_NOT_TRACK=1 DBT_SEND_ANONYMOUS_USAGE_STATS=False NO_PROXY=127.0.0.1,localhost
export OPENLINEAGE_NAMESPACE=omd-dbt

install() {
  [ -f "$venv/ok" ] && return 0
  need_uv
  "$UV" venv -q --clear --python "$(find_python "3.12 3.11")" "$venv"
  "$UV" pip install -q --python "$venv/bin/python" --exclude-newer 2026-11-20 \
    "openlineage-python==$version" "openlineage-dbt==$version" dbt-core==1.11.16 dbt-duckdb==1.11.1 setuptools
  touch "$venv/ok"
}

# Seed, run, tests; with `fail` a run of which one model fails. dbt's own exit code says nothing of the events.
run_dbt() {
  local project=$1
  mkdir -p "$project"
  cp -r "$here/openlineage/." "$project"
  cd "$project"
  export OMD_DUCKDB=$project/bakery.duckdb PATH=$venv/bin:$PATH
  if [ "${2:-}" = fail ]; then
    dbt-ol run --profiles-dir . --project-dir . --vars '{fail: true}' || true
  else
    dbt-ol seed --profiles-dir . --project-dir .
    dbt-ol run --profiles-dir . --project-dir .
    dbt-ol test --profiles-dir . --project-dir .
  fi
}

case ${1:?install|client|dbt DIRECTORY [fail]} in
  install) install ;;
  client) install && "$venv/bin/python" "$here/openlineage/send.py" ;;
  dbt) install && run_dbt "${2:?directory}" "${3:-}" ;;
  *) echo "unknown command $1" >&2; exit 2 ;;
esac
