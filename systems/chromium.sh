#!/usr/bin/env bash
# Finds a Chromium, or installs Debian's package; prints its path. OMD_CHROMIUM names another one.
set -euo pipefail

find_chromium() {
  local name
  for name in ${OMD_CHROMIUM:+"$OMD_CHROMIUM"} chromium chromium-browser google-chrome; do
    if command -v "$name"; then return 0; fi
  done
  return 1
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

install_chromium() {
  if ! command -v apt-get >/dev/null; then
    echo "No Chromium found. Install one and name it in OMD_CHROMIUM." >&2
    return 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  as_root apt-get update -qq >&2
  as_root apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >&2
}

find_chromium || { install_chromium && find_chromium; }
