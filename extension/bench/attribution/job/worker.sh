# The stand-in for the Actions runner's worker: it runs under the name Runner.Worker, and each of its children is a step.
# Arguments: the names of the steps, which are the names of their scripts.
set -u
for step in "$@"; do
  GITHUB_ACTION=$step BENCH_STEP=$step bash -eu "${0%/*}/steps/$step.sh" </dev/null &
  wait "$!" || {
    printf 'the step %s failed\n' "$step" >&2
    exit 1
  }
done
