# Programs that speak HTTP through the libraries of their languages.
. "${0%/*}/common.sh"
for base in http://azure.archive.ubuntu.com https://pypi.org; do
  tls=TLS
  [[ $base == https:* ]] || tls=clear
  as "python, $tls" "$python" "$requests_py" urllib $base/op/urllib 8
  as "python, $tls" "$python" "$requests_py" kept $base/op/kept 10
  as "python, $tls" "$python" "$requests_py" threads $base/op/threads 4
  as "python, $tls" "$python" "$requests_py" asyncio $base/op/asyncio 6
  as "python, $tls" "$python" "$requests_py" pipelined $base/op/pipelined 12
  as "python, $tls" "$python" "$requests_py" forks $base/op/forks 5
  as "python, $tls" "$python" "$requests_py" requests $base/op/requests 9
  for kind in parallel kept fetch; do
    as "node, $tls" node "$requests_mjs" $kind $base/op/node/$kind 12
    [[ -z $BENCH_OTHER_NODE ]] || as "node of the machine, $tls" "$BENCH_OTHER_NODE" "$requests_mjs" $kind $base/op/other/$kind 8
  done
done
as 'node, HTTP/2' node "$requests_mjs" http2 https://api.github.copilot.com/op/node/http2 20
[[ -z $BENCH_GO ]] || {
  as 'go, clear' "$BENCH_GO" http://azure.archive.ubuntu.com/op/go 15
  as 'go, TLS' "$BENCH_GO" https://pypi.org/op/go 15 1.1
  as 'go, HTTP/2' "$BENCH_GO" https://api.github.copilot.com/op/go 15
}
