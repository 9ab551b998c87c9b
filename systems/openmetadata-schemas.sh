#!/usr/bin/env bash
# The oracle of the tests: JSON Schemas exported from the models of the PyPI package openmetadata-ingestion. See README.md.
# openmetadata-schemas.sh [VERSION...]   prints one directory a line
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export OMD_SYSTEMS_HOME=${OMD_SYSTEMS_HOME:-$here/.home}
mkdir -p "$OMD_SYSTEMS_HOME"
. "$here/python.sh"

[ $# -gt 0 ] || set -- 1.12.8.10 2.0.7.0
need_uv
for version in "$@"; do
  case $version in 1.*) pydantic='pydantic>=2.7,<2.12' ;; *) pydantic='pydantic>=2.12.5,<3' ;; esac
  target=$OMD_SYSTEMS_HOME/om-schemas-$version
  fingerprint=$(sha256sum "$here/export_schemas.py" | cut -c1-16)
  if [ "$(cat "$target/.made-by" 2>/dev/null)" != "$fingerprint" ]; then
    venv=$OMD_SYSTEMS_HOME/openmetadata-$version
    python=$(find_python "3.12 3.11 3.10")
    [ -x "$venv/bin/python" ] || "$UV" venv -q --python "$python" "$venv"
    "$UV" pip install -q --python "$venv/bin/python" --no-deps "openmetadata-ingestion==$version"
    "$UV" pip install -q --python "$venv/bin/python" "$pydantic" email-validator
    rm -rf "$target.new"
    "$venv/bin/python" "$here/export_schemas.py" "$target.new" >&2
    echo "$fingerprint" >"$target.new/.made-by"
    rm -rf "$target"
    mv "$target.new" "$target"
  fi
  echo "$target"
done
