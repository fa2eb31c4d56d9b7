# Work at a time, and work that goes on in the background when the step is over.
. "${0%/*}/common.sh"
jobs=()
for n in 1 2 3; do
  as 'at a time' curl_many "https://pypi.org/op/at-a-time/curl-$n" 6 --http1.1 &
  jobs+=("$!")
  as 'at a time' "$python" "$requests_py" kept "https://pypi.org/op/at-a-time/python-$n" 6 &
  jobs+=("$!")
  as 'at a time' node "$requests_mjs" kept "http://azure.archive.ubuntu.com/op/at-a-time/node-$n" 6 &
  jobs+=("$!")
done
wait "${jobs[@]}"
export -f as curl_many urls
export requests_py python BENCH_LEFT
# Each waits until the step's own process is gone; so all that it asks for is detached.
BENCH_STEP="$BENCH_STEP+" nohup bash -eu -c '
  while kill -0 "$0" 2>/dev/null; do sleep 0.02; done
  for i in 1 2 3 4 5; do
    as "left behind" curl --silent --http1.1 "https://pypi.org/op/left/$i"
    as "left behind" curl --silent "http://github.com/op/left/$i"
    as "left behind" "$python" "$requests_py" kept https://files.pythonhosted.org/op/left/$i 2
  done
  touch "$BENCH_LEFT"' "$$" >/dev/null 2>&1 &
