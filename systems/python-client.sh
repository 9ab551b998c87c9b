#!/usr/bin/env bash
# The Python client of OpenMetadata as PyPI has it, in an environment of its own, and what its workflows read. See README.md.
# python-client.sh [VERSION]   installs it once and prints its directory
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export OMD_SYSTEMS_HOME=${OMD_SYSTEMS_HOME:-$here/.home}
mkdir -p "$OMD_SYSTEMS_HOME"
. "$here/python.sh"

version=${1:-1.12.8.10}
# Without the pins it does not install or does not start: the dbt models it reads, and pkg_resources.
packages=("openmetadata-ingestion[mysql,dbt]==$version" 'dbt-core<1.12' 'setuptools<81' cachetools)
# The registry as of that day: what appears later cannot break this.
newest=${OMD_PYTHON_CLIENT_DAY:-2026-11-21}
venv=$OMD_SYSTEMS_HOME/openmetadata-client-$version
fingerprint=$(printf '%s\n' "${packages[@]}" "$newest" | sha256sum | cut -c1-16)

need_uv
(
  exec 9>"$venv.lock"
  command -v flock >/dev/null && flock 9
  [ "$(cat "$venv/.made-by" 2>/dev/null)" = "$fingerprint" ] && exit 0
  rm -rf "$venv"
  python=$(find_python "3.11 3.10 3.12")
  "$UV" venv -q --python "$python" "$venv"
  "$UV" pip install -q --python "$venv/bin/python" --exclude-newer "$newest" "${packages[@]}" >&2
  # Starts it once: later starts find its modules compiled, also where the environment forbids to write them.
  env -u PYTHONDONTWRITEBYTECODE PYTHONWARNINGS=ignore "$venv/bin/metadata" --version >&2
  echo "$fingerprint" >"$venv/.made-by"
)
echo "$venv"
