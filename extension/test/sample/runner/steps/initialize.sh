mkdir -p "$RUNNER_TEMP/runtime-logs"
node --version
git --version
env | cut -d= -f1 | sort >"$RUNNER_TEMP/runtime-logs/params.log"
