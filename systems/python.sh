# Sourced. Finds a Python that is installed, and uv beside it. Nothing here downloads an interpreter.

# Where pyenv may keep its versions; HOME may be another than the user's own.
pyenv_roots() {
  local program
  program=$(command -v pyenv 2>/dev/null) && dirname "$(dirname "$program")"
  echo "${PYENV_ROOT:-$HOME/.pyenv}"
  getent passwd "$(id -u)" 2>/dev/null | cut -d: -f6 | sed 's|$|/.pyenv|'
}

# The first usable interpreter among the given versions ("3.12 3.11"): OMD_PYTHON, PATH, pyenv's. Prints its real path.
find_python() {
  local wanted candidate found root candidates
  for wanted in $1; do
    candidates="${OMD_PYTHON:-} python$wanted python3 /usr/bin/python$wanted /usr/local/bin/python$wanted"
    for root in $(pyenv_roots); do candidates="$candidates $(echo "$root/versions/$wanted".*/bin/python)"; done
    for candidate in $candidates; do
      found=$("$candidate" -c 'import sys, ensurepip
print(sys._base_executable if "%d.%d" % sys.version_info[:2] == sys.argv[1] else "")' "$wanted" 2>/dev/null) || continue
      [ -n "$found" ] && { echo "$found"; return 0; }
    done
  done
  echo "No Python $1 with the venv module was found. Install one (Debian: apt install python3.11-venv) or set OMD_PYTHON." >&2
  return 1
}

# Makes $OMD_SYSTEMS_HOME/uv once, also when several scripts start at the same time. Sets UV.
need_uv() {
  UV=$OMD_SYSTEMS_HOME/uv/bin/uv
  export UV_CACHE_DIR=$OMD_SYSTEMS_HOME/uv-cache UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1
  # uv brings its own certificate store; a machine whose store is set for pip has it set for uv too.
  if [ -z "${SSL_CERT_FILE:-}" ] && [ -f "${PIP_CERT:-/etc/ssl/certs/ca-certificates.crt}" ]; then
    export SSL_CERT_FILE=${PIP_CERT:-/etc/ssl/certs/ca-certificates.crt}
  fi
  (
    exec 9>"$OMD_SYSTEMS_HOME/uv.lock"
    command -v flock >/dev/null && flock 9
    [ -x "$UV" ] && exit 0
    python=$(find_python "3.12 3.11 3.13 3.10") || exit 1
    "$python" -m venv "$OMD_SYSTEMS_HOME/uv" && "$OMD_SYSTEMS_HOME/uv/bin/pip" install -q "uv>=0.8,<1"
  )
}
