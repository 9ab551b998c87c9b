# Sourced. Starts servers in process groups of their own and ends exactly those. Linux.

# A process number may have been given away again; with its start time it is one process for sure.
started_at() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

alive() {
  local pid since
  [ -f "$1" ] || return 1
  read -r pid since <"$1" || return 1
  [ -n "$pid" ] && [ "$(started_at "$pid")" = "$since" ]
}

pid_of() { cut -d' ' -f1 "$1"; }

# launch PIDFILE LOG COMMAND...: does nothing when it runs already.
launch() {
  local pid_file=$1 log=$2 pid
  shift 2
  alive "$pid_file" && return 0
  setsid "$@" >>"$log" 2>&1 </dev/null &
  pid=$!
  disown "$pid"
  echo "$pid $(started_at "$pid")" >"$pid_file"
}

# end PIDFILE: asks the group to end, insists after 5 s.
end() {
  local pid_file=$1 pid
  if alive "$pid_file"; then
    pid=$(pid_of "$pid_file")
    kill -TERM -- "-$pid" 2>/dev/null || true
    for _ in $(seq 1 25); do
      kill -0 -- "-$pid" 2>/dev/null || break
      sleep 0.2
    done
    kill -KILL -- "-$pid" 2>/dev/null || true
  fi
  rm -f "$pid_file"
}

# wait_for_http URL SECONDS PIDFILE: fails at once when the process has died.
wait_for_http() {
  for _ in $(seq 1 $(($2 * 4))); do
    alive "$3" || { echo "the server ended before it answered at $1" >&2; return 1; }
    curl -sf -o /dev/null -m 3 "$1" && return 0
    sleep 0.25
  done
  echo "no answer from $1 within $2 s" >&2
  return 1
}
