# Sourced. Starts servers in process groups of their own and ends exactly those.

alive() { [ -f "$1" ] && kill -0 "$(cat "$1")" 2>/dev/null; }

# launch PIDFILE LOG COMMAND...: does nothing when it runs already.
launch() {
  local pid_file=$1 log=$2
  shift 2
  alive "$pid_file" && return 0
  setsid "$@" >>"$log" 2>&1 </dev/null &
  echo $! >"$pid_file"
}

# end PIDFILE: asks the group to end, insists after 10 s.
end() {
  local pid_file=$1 pid
  [ -f "$pid_file" ] || return 0
  pid=$(cat "$pid_file")
  kill -TERM -- "-$pid" 2>/dev/null || { rm -f "$pid_file"; return 0; }
  for _ in $(seq 1 50); do
    kill -0 -- "-$pid" 2>/dev/null || break
    sleep 0.2
  done
  kill -KILL -- "-$pid" 2>/dev/null || true
  rm -f "$pid_file"
}

# wait_for_http URL SECONDS PIDFILE: fails at once when the process has died.
wait_for_http() {
  for _ in $(seq 1 $(($2 * 4))); do
    curl -sf -o /dev/null -m 3 "$1" && return 0
    alive "$3" || { echo "the server ended before it answered at $1" >&2; return 1; }
    sleep 0.25
  done
  echo "no answer from $1 within $2 s" >&2
  return 1
}
