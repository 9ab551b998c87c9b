#!/usr/bin/env bash
# A real PostgreSQL on 127.0.0.1: the one on the machine, or Debian's package, which it installs (as root or with sudo). See README.md.
# postgres.sh install | start PORT | stop       start makes an empty database `market` of user `dbt`, each time anew
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export OMD_SYSTEMS_HOME=${OMD_SYSTEMS_HOME:-$here/.home}
mkdir -p "$OMD_SYSTEMS_HOME"

place_file=$OMD_SYSTEMS_HOME/postgres-place
password=${OMD_POSTGRES_PASSWORD:-canary/pg+7=}
export LC_ALL=C.UTF-8

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

# PostgreSQL refuses to run as root; Debian's package brings the user `postgres`.
as_server() {
  if [ "$(id -u)" -eq 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

find_programs() {
  local found
  for found in ${OMD_POSTGRES_BIN:+"$OMD_POSTGRES_BIN"} $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V -r); do
    if [ -x "$found/initdb" ]; then programs=$found && return 0; fi
  done
  return 1
}

install() {
  find_programs && return 0
  if ! command -v apt-get >/dev/null; then
    echo "No PostgreSQL found. Install one and name its directory of programs in OMD_POSTGRES_BIN." >&2
    return 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  as_root apt-get update -qq >&2
  # Only the programs are wanted, not the server that the package would make and start.
  if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    as_root mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
  fi
  as_root apt-get install -y -qq --no-install-recommends postgresql >&2
  find_programs
}

start() {
  local port=$1 place
  install
  stop
  # The server's user must reach it, and a socket's path is short: not below the home.
  place=$(mktemp -d "${TMPDIR:-/tmp}/omd-postgres.XXXXXX")
  echo "$place" >"$place_file"
  echo "$password" >"$place/password"
  if [ "$(id -u)" -eq 0 ]; then chown -R postgres "$place"; fi
  # Locale C: with others dbt's own catalog leaves out names in letters outside ASCII.
  as_server "$programs/initdb" -D "$place/data" -U dbt -A scram-sha-256 --pwfile="$place/password" -E UTF8 --locale=C >"$place.log" 2>&1 || {
    cat "$place.log" >&2
    return 1
  }
  mv "$place.log" "$place/initdb.log"
  as_server "$programs/pg_ctl" -D "$place/data" -l "$place/log" -w -t 60 start \
    -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$place -c fsync=off -c shared_buffers=32MB" >&2 || {
    cat "$place/log" >&2
    return 1
  }
  PGPASSWORD=$password "$programs/psql" -q -h 127.0.0.1 -p "$port" -U dbt -d postgres -v ON_ERROR_STOP=1 -c 'create database market'
}

stop() {
  local place
  [ -f "$place_file" ] || return 0
  place=$(cat "$place_file")
  if [ -f "$place/data/postmaster.pid" ]; then
    find_programs
    as_server "$programs/pg_ctl" -D "$place/data" -m immediate -w stop >&2 || true
  fi
  case $place in */omd-postgres.*) rm -rf "$place" ;; esac
  rm -f "$place_file"
}

case ${1:?install|start PORT|stop} in
  install | stop) "$1" ;;
  start) start "${2:?port}" ;;
  *) echo "unknown command $1" >&2; exit 2 ;;
esac
