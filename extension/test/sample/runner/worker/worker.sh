# The stand-in for the Actions runner's worker. It runs as a program named Runner.Worker (see session/home.ts) and uses nothing
# but builtins itself, so that each of its children is a step. Its stdin stays open and silent as long as the session lives.
set -u
number=0
failed=0

# Waits until $2 percent of the pace have passed since $1; ends when the session is gone.
pause_since() {
  local left=$((SAMPLE_PACE_MS * $2 * 10 - (${EPOCHREALTIME/./} - ${1/./})))
  ((left > 0)) || return 0
  local seconds
  printf -v seconds '%d.%06d' $((left / 1000000)) $((left % 1000000))
  read -rt "$seconds" || (($? > 128)) || exit 143
}

# What the real one writes of its steps into a log of its own, beside its programs.
diag=${0%/bin/*}/_diag
TZ=UTC0 printf -v stamp '%(%Y%m%d-%H%M%S)T' -1
say() { # SOURCE MESSAGE
  TZ=UTC0 printf '[%(%Y-%m-%d %H:%M:%S)TZ INFO %s] %s\n' -1 "$1" "$2" >>"$diag/Worker_$stamp-utc.log"
}

# step ID NAME PERCENT: plays the step of that id, and makes it last PERCENT of the pace at least. Like the real one it goes on after a failure
# only with steps that clean up; see the end of this file.
step() {
  local began=$EPOCHREALTIME status=0
  number=$((number + 1))
  printf '##[step]%d %s\n' "$number" "$2"
  say StepsRunner "Processing step: DisplayName='$2'"
  GITHUB_ACTION=$1 bash -e "$RUNNER_TEMP/$1.sh" </dev/null &
  say ProcessInvokerWrapper "Process started with process id $!, waiting for process exit."
  wait "$!" || status=$?
  local result=Succeeded
  ((status == 0)) || result=Failed
  say StepsRunner "No need for updating job result with current step result '$result'."
  ((status == 0)) || printf '##[error]Process completed with exit code %d.\n' "$status"
  pause_since "$began" "$3"
  return "$status"
}

steps() {
  step install-packages 'Install system packages' 100 &&
    step initialize 'Initialize' 25 &&
    step validate-runner 'Validate runner OS' 25 &&
    step prepare 'Prepare Copilot (Linux)' 25 &&
    step firewall-ca 'Generate agent firewall CA (Linux)' 50 &&
    step start-mcp-servers 'Start MCP Servers (Linux)' 100 &&
    step processing-request 'Processing Request (Linux)' 0
}

say JobRunner 'Total job steps: 8.'
steps || failed=1
step clean-up 'Clean Up (Linux)' 100 || failed=1

printf 'Cleaning up orphan processes\n'
if [[ -e $RUNNER_TEMP/orphans ]]; then
  while read -r pid name; do
    printf 'Terminate orphan process: pid (%d) (%s)\n' "$pid" "$name"
    kill -TERM "$pid" 2>/dev/null || continue
    for ((tries = 0; tries < 100; tries++)); do
      kill -0 "$pid" 2>/dev/null || break
      read -rt 0.02 || (($? > 128)) || break
    done
  done <"$RUNNER_TEMP/orphans"
fi
exit "$failed"
