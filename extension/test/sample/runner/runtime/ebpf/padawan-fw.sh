# The stand-in for the agent's firewall, run by a program named padawan-fw. It blocks nothing: it is there for the shape of the
# process tree, and it starts pip and the agent like the real one.
set -euo pipefail
log=/dev/null
while [[ $1 != -- ]]; do
  [[ $1 == --log-file=* ]] && log=${1#--log-file=}
  shift
done
shift
printf '{"time":"%(%FT%TZ)T","level":"INFO","msg":"DNS server started","pid":%d}\n' -1 "$$" >>"$log"
python3 -m pip install --no-input --target "$RUNNER_TEMP/python" octo-pgm octo-glyphs
"$@"
