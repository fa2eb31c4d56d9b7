# The stand-in for the agent's firewall, run by a program named padawan-fw. It blocks nothing: the small internet has only
# hosts that are allowed. It is there for the shape of the process tree, starts pip and the agent like the real one, and
# writes the log of the real one about what it has started itself: a name that nobody answers for, and what pip may do.
set -euo pipefail
log=/dev/null
while [[ $1 != -- ]]; do
  [[ $1 == --log-file=* ]] && log=${1#--log-file=}
  shift
done
shift

# say LEVEL MESSAGE [FIELDS]: a line of the log; fields are JSON, beginning with a comma.
say() {
  local now=$EPOCHREALTIME
  printf '{"time":"%(%FT%T)T.%sZ","level":"%s","msg":"%s"%s}\n' "${now%.*}" "${now#*.}" "$1" "$2" "${3:-}" >>"$log"
}
# verdict BLOCKED POINT BECAUSE NAME PID PORT URL COMMAND
verdict() {
  local level=INFO word=ALLOWED rule=$3
  if [[ $1 == true ]]; then
    level=WARN word="${2^^} BLOCKED" rule="Domain doesn't match any allowlist prefixes"
  fi
  say "$level" "$word" ",\"because\":\"$3\",\"blocked\":$1,\"blockedAt\":\"$2\",\"domains\":\"$4\",\"ruleSource\":\"$3\",\
\"ruleSourceComment\":\"$rule\",\"pid\":$5,\"port\":\"$6\",\"ip\":\"\",\"originalIp\":\"unknown\",\"url\":\"$7\",\"cmd\":\"$8 \""
}

export TZ=UTC
say INFO "DNS server started" ",\"pid\":$$"
say INFO "HTTP proxy started" ",\"pid\":$$"

# The real one starts nothing of that kind; on a real machine it is the agent's apt that asks for this host.
curl --silent --max-time 5 https://esm.ubuntu.com/ &
pid=$!
wait "$pid" || true
verdict true dns NotInAllowList esm.ubuntu.com. "$pid" 53 "" "curl --silent --max-time 5 https://esm.ubuntu.com/"

python3 -m pip install --no-input --target "$RUNNER_TEMP/python" octo-pgm octo-glyphs &
pid=$!
wait "$pid"
verdict false http Allowed pypi.org "$pid" 443 "https://pypi.org/simple/octo-pgm/" "python3 -m pip install"
verdict false http Allowed files.pythonhosted.org "$pid" 443 "" "python3 -m pip install"
unset TZ
"$@"
