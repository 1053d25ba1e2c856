#!/bin/sh
# Runs a command in the process group of this shell, and ends the whole group when descriptor 3 is closed at its other
# end, which happens when the test process ends, however it ends: no server outlives its test.
trap : TERM
"$@" 3<&- &
command=$!
{
  read -r _
  kill -KILL 0
} <&3 &
while kill -0 "$command" 2>/dev/null; do wait "$command"; done
wait "$command"
echo "guard: exit code $?" >&2
kill -KILL 0
