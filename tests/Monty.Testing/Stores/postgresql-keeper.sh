#!/bin/sh
# Runs a PostgreSQL server for a test process. It reads commands as lines from standard input, and answers each with one line. When the
# input ends, also because the test process is killed, it stops the server and deletes its folder.
#   postgresql-keeper.sh BIN      BIN contains initdb, postgres and pg_isready; the first line of output is the folder
#   start PORT   answers "ready" or "failed"
#   kill         kills the postmaster and all its children with SIGKILL, as if the machine lost power; answers "killed"
bin=$1
folder=$(mktemp -d /tmp/monty-postgresql-XXXXXX) || exit 1
data=$folder/data
"$bin/initdb" -D "$data" -U monty --auth=trust --encoding=UTF8 --locale=C --no-sync >"$folder/initdb.log" 2>&1 </dev/null || { cat "$folder/initdb.log" >&2; rm -rf "$folder"; exit 1; }
cat >>"$data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$folder'
max_connections = 200
shared_buffers = 128MB
max_wal_size = 4GB
CONF
echo "$folder"

postmaster=
# The server is a child of this shell, which reaps it. A process that is inherited by init might remain a zombie for a long time.
start() {
  "$bin/postgres" -D "$data" -p "$1" >>"$folder/server.log" 2>&1 </dev/null &
  postmaster=$!
  until "$bin/pg_isready" -q -h 127.0.0.1 -p "$1" -U monty -d postgres; do
    kill -0 "$postmaster" 2>/dev/null || { echo failed; return; }
    sleep 0.05
  done
  echo ready
}

kill_all() {
  kill -STOP "$postmaster" # A stopped postmaster starts no more children.
  children=$(cat "/proc/$postmaster/task/$postmaster/children")
  # shellcheck disable=SC2086 # each process id is one argument
  kill -9 "$postmaster" $children 2>/dev/null
  wait "$postmaster" 2>/dev/null
  for process in $children; do
    while kill -0 "$process" 2>/dev/null && ! grep -q '^State:.Z' "/proc/$process/status" 2>/dev/null; do sleep 0.01; done
  done
  echo killed
}

while read -r command port; do
  case $command in
    start) start "$port" ;;
    kill) kill_all ;;
  esac
done
if [ -n "$postmaster" ]; then kill -QUIT "$postmaster" 2>/dev/null; wait "$postmaster" 2>/dev/null; fi
rm -rf "$folder"
