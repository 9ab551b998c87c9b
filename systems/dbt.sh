#!/usr/bin/env bash
# Real dbt from PyPI with DuckDB and PostgreSQL, and what it leaves behind. See README.md.
# dbt.sh install VERSION...                    1.0 to 1.11
# dbt.sh make VERSION duckdb|postgres DIRECTORY [less]
#                                              runs systems/dbt/market there: artifacts/ and expected.json;
#                                              with `less` again without one of its models: artifacts-less/ and expected-less.json
# dbt.sh billing VERSION DIRECTORY             a second, small project: artifacts/
# dbt.sh kiosk VERSION DIRECTORY               a smaller one for fixtures: artifacts/, fixture/
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export OMD_SYSTEMS_HOME=${OMD_SYSTEMS_HOME:-$here/.home}
mkdir -p "$OMD_SYSTEMS_HOME"
. "$here/python.sh"

# LC_ALL and PYTHONUTF8: names of models and columns are not ASCII only.
export LC_ALL=C.UTF-8 PYTHONUTF8=1 PYTHONWARNINGS=ignore DO_NOT_TRACK=1 DBT_SEND_ANONYMOUS_USAGE_STATS=False DBT_VERSION_CHECK=False NO_PROXY=127.0.0.1,localhost

# Later starts of dbt find its modules compiled, also where the environment forbids to write them.
unset PYTHONDONTWRITEBYTECODE

# The registry as of that day is what users of that version had. CI runs 1.5, 1.8 and 1.11.
choose() {
  case $1 in
    1.0) day=2022-04-01 pythons="3.9 3.8" packages="dbt-core==1.0.4 dbt-duckdb==1.0.2" ;;
    1.1) day=2022-07-01 pythons="3.9 3.10" packages="dbt-core==1.1.1 dbt-duckdb==1.1.3" ;;
    1.2) day=2022-10-01 pythons="3.10 3.9" packages="dbt-core==1.2.1 dbt-duckdb==1.2.0 pandas" ;;
    1.3) day=2023-01-20 pythons="3.10 3.9" packages="dbt-core==1.3.2 dbt-duckdb==1.3.4" ;;
    1.4) day=2023-04-15 pythons="3.10 3.11" packages="dbt-core==1.4.5 dbt-duckdb==1.4.1" ;;
    1.5) day=2023-07-15 pythons="3.11 3.10" packages="dbt-core==1.5.2 dbt-duckdb==1.5.2" ;;
    1.6) day=2023-10-15 pythons="3.11 3.10" packages="dbt-core==1.6.6 dbt-duckdb==1.6.1" ;;
    1.7) day=2024-05-01 pythons="3.11 3.10" packages="dbt-core==1.7.13 dbt-duckdb==1.7.4" ;;
    1.8) day=2024-11-15 pythons="3.11 3.12" packages="dbt-core==1.8.8 dbt-duckdb==1.8.4" ;;
    1.9) day=2025-05-15 pythons="3.12 3.11" packages="dbt-core==1.9.4 dbt-duckdb==1.9.3" ;;
    1.10) day=2025-11-15 pythons="3.12 3.11" packages="dbt-core==1.10.15 dbt-duckdb==1.10.0" ;;
    1.11) day=2026-11-20 pythons="3.12 3.11" packages="dbt-core==1.11.16 dbt-duckdb==1.11.1 dbt-postgres==1.11.0" ;;
    *) echo "unknown dbt version $1: 1.0 to 1.11" >&2; exit 2 ;;
  esac
  version=$1 venv=$OMD_SYSTEMS_HOME/dbt-$1
}

install() {
  need_uv
  (
    exec 9>"$venv.lock"
    command -v flock >/dev/null && flock 9
    fingerprint=$(printf '%s\n' "$packages" "$day" | sha256sum | cut -c1-16)
    [ "$(cat "$venv/.made-by" 2>/dev/null)" = "$fingerprint" ] && exit 0
    rm -rf "$venv"
    python=$(find_python "$pythons")
    "$UV" venv -q --python "$python" "$venv"
    # shellcheck disable=SC2086
    "$UV" pip install -q --python "$venv/bin/python" --exclude-newer "$day" $packages setuptools
    echo "$fingerprint" >"$venv/.made-by"
  )
}

# at_least 1.8: true for 1.8 and all after it
at_least() { [ "$(printf '%s\n' "$1" "$version" | sort -V | head -n 1)" = "$1" ]; }

# lay NAME: copies a part of the project over what is there.
lay() { if [ -d "$here/dbt/$1" ]; then cp -r "$here/dbt/$1/." "$project"; fi; }

lay_market() {
  rm -rf "$project"
  mkdir -p "$project"
  lay market
  if ! at_least 1.5; then lay market-before-1.5; fi
  if ! at_least 1.4; then lay market-before-1.4; fi
  if ! at_least 1.3; then lay market-before-1.3; elif ! at_least 1.6; then lay market-1.3-to-1.5; fi
  if at_least 1.8; then lay market-1.8; fi
  if at_least 1.11; then lay market-1.11; fi
  if at_least 1.4; then lay "market-$target"; fi
}

# run LOG COMMAND...: dbt's own exit code is 1 when a test fails, which is wanted here; 2 is a broken project.
run() {
  local log=$1 code=0 level=
  shift
  # Older ones have no such option and log no more than this.
  if at_least 1.5; then level="--log-level info"; fi
  (cd "$project" && "$venv/bin/dbt" --log-format json $level "$@" --profiles-dir . --project-dir . >"$log" 2>"$log.err") || code=$?
  if [ "$code" -gt 1 ]; then
    echo "dbt $version $* ended with $code:" >&2
    tail -n 15 "$log" "$log.err" | cut -c1-2000 >&2
    return "$code"
  fi
}

# keep NAME: dbt overwrites run_results.json with every command.
keep() { cp "$project/target/run_results.json" "$artifacts/run_results.$1.json"; }

collect() {
  local name
  for name in manifest catalog sources semantic_manifest run_results; do
    if [ -f "$project/target/$name.json" ]; then cp "$project/target/$name.json" "$artifacts/"; fi
  done
}

script() { PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" "$here/dbt/$1.py" "${@:2}"; }

# facts NAME: what dbt and the database say, for the tests.
facts() {
  script facts "$logs" >"$directory/$1.new"
  mv "$directory/$1.new" "$directory/$1"
}

prepare() {
  export OMD_DBT_TARGET=$target OMD_DUCKDB=$directory/market.duckdb
  unset OMD_DUCKDB_ARCHIVE
  if at_least 1.4; then export OMD_DUCKDB_ARCHIVE=$directory/archive.duckdb; fi
  project=$directory/project$1 logs=$directory/logs$1 artifacts=$directory/artifacts$1
  rm -rf "$logs" "$artifacts"
  mkdir -p "$logs" "$artifacts"
}

# Builds; the first time also a part again with another result, and the freshness, which compares with the clock.
story() {
  run "$logs/build.jsonl" build
  keep build
  local keys=(unique_id name resource_type alias identifier database schema description tags meta config columns depends_on group access
    version owner original_file_path attached_node column_name)
  # One word in older versions.
  if ! at_least 1.5; then keys=("${keys[*]}"); fi
  if [ "$1" = whole ]; then
    script settle
    run "$logs/rebuild.jsonl" build --select fct_sales
    keep rebuild
    run "$logs/freshness.jsonl" source freshness
  fi
  run "$logs/ls.jsonl" ls --output json --output-keys "${keys[@]}"
  # The last command's run_results.json is of compiled nodes only, as `dbt docs generate` leaves it.
  run "$logs/docs.jsonl" docs generate
  collect
}

make() {
  prepare ""
  rm -f "$OMD_DUCKDB" "$directory/archive.duckdb"
  script load
  lay_market
  story whole
  facts expected.json
  if [ "$less" = less ]; then make_less; fi
}

# The tables of the models that are gone stay in the database, as they do for users.
make_less() {
  prepare -less
  lay_market
  rm "$project"/models/marts/sales_by_country.* "$project/tests/no_negative_amount.sql"
  story build
  facts expected-less.json
}

billing() {
  project=$directory/project logs=$directory/logs artifacts=$directory/artifacts target=duckdb
  export OMD_DUCKDB=$directory/billing.duckdb
  rm -rf "$project" "$logs" "$artifacts" "$OMD_DUCKDB"
  mkdir -p "$project" "$logs" "$artifacts"
  lay billing
  run "$logs/build.jsonl" build
  keep build
  run "$logs/docs.jsonl" docs generate
  collect
}

# What the fixtures of the connector's own tests are made of.
kiosk() {
  project=$directory/project logs=$directory/logs artifacts=$directory/artifacts
  rm -rf "$project" "$logs" "$artifacts" "$directory/fixture"
  mkdir -p "$project" "$logs" "$artifacts" "$directory/fixture"
  lay kiosk
  if ! at_least 1.3; then lay kiosk-before-1.3; elif ! at_least 1.6; then lay kiosk-1.3-to-1.5; else lay kiosk-1.6; fi
  if at_least 1.10; then lay kiosk-1.10; fi
  # dbt checks that a source is there before the seed that makes it has run.
  run "$logs/seed.jsonl" seed
  run "$logs/build.jsonl" build
  keep build
  run "$logs/freshness.jsonl" source freshness
  run "$logs/ls.jsonl" ls --output json
  run "$logs/docs.jsonl" docs generate
  mv "$artifacts/run_results.build.json" "$project/target/run_results.json"
  collect
  script trim "$artifacts" "$directory/fixture" "$project"
}

# once COMMAND: does nothing when it was done with the same files.
once() {
  local wanted
  wanted="$version ${less:-} $(find "$here/dbt" "$here/dbt.sh" -type f -print0 | sort -z | xargs -0 cat | sha256sum | cut -c1-16)"
  mkdir -p "$directory"
  directory=$(cd "$directory" && pwd)
  [ "$(cat "$directory/.$1" 2>/dev/null)" = "$wanted" ] && return 0
  rm -f "$directory/.$1"
  "$1"
  echo "$wanted" >"$directory/.$1"
}

command=${1:?install|make|billing|kiosk}
shift
case $command in
  install)
    for each in "${@:-1.11}"; do choose "$each" && install; done
    ;;
  make)
    choose "${1:?version}" && install
    target=${2:?duckdb or postgres} directory=${3:?directory} less=${4:-}
    once make
    ;;
  billing)
    choose "${1:?version}" && install
    directory=${2:?directory}
    once billing
    ;;
  kiosk)
    choose "${1:?version}" && install
    directory=${2:?directory} target=duckdb
    once kiosk
    ;;
  *) echo "unknown command $command" >&2; exit 2 ;;
esac
