#!/bin/sh
# Keeps a PostgreSQL server for a test process. Commands come as lines on standard input, each is answered with one line. When the input
# ends, which it also does when the test process is killed, the server and its folder go.
#   postgresql-keeper.sh BIN      BIN holds initdb, postgres, pg_isready; first line of output: the folder
#   start PORT   ready | failed
#   kill         killed: the postmaster and all its children by SIGKILL, as when the machine loses power
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
# It is a child of this shell, so that nothing of it is left once it has ended; a process that init inherits may stay a zombie for long.
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
  kill -STOP "$postmaster" # it starts no more children
  children=$(cat "/proc/$postmaster/task/$postmaster/children")
  # shellcheck disable=SC2086 # one argument a process
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
