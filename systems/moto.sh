#!/usr/bin/env bash
# moto's server from PyPI: an S3 on 127.0.0.1 that takes any keys. See README.md.
# moto.sh install | start PORT | stop
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export OMD_SYSTEMS_HOME=${OMD_SYSTEMS_HOME:-$here/.home}
mkdir -p "$OMD_SYSTEMS_HOME"
. "$here/python.sh"
. "$here/processes.sh"

version=${OMD_MOTO_VERSION:-5.2.5}
home=$OMD_SYSTEMS_HOME/moto-$version
export NO_PROXY=127.0.0.1,localhost PYTHONWARNINGS=ignore
# Where its recorder writes to; by default the working directory.
export MOTO_RECORDER_FILEPATH=$home/recording

install() {
  [ -f "$home/.installed" ] && return 0
  need_uv
  mkdir -p "$home"
  "$UV" venv -q --clear --python "$(find_python "3.12 3.11")" "$home/venv"
  "$UV" pip install -q --python "$home/venv/bin/python" --exclude-newer 2026-11-20 "moto[server,s3]==$version"
  touch "$home/.installed"
}

start() {
  install
  launch "$home/pid" "$home/log" "$home/venv/bin/moto_server" -H 127.0.0.1 -p "$1"
  wait_for_http "http://127.0.0.1:$1/moto-api/" 60 "$home/pid" || { tail -n 20 "$home/log" >&2; return 1; }
}

stop() { end "$home/pid"; }

case ${1:?install|start PORT|stop} in
  install | stop) "$1" ;;
  start) start "${2:?port}" ;;
  *) echo "unknown command $1" >&2; exit 2 ;;
esac
