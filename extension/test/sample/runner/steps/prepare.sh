touch "$RUNNER_TEMP/runtime-logs/output.log" "$RUNNER_TEMP/runtime-logs/session-log.log"
chmod 600 "$RUNNER_TEMP/runtime-logs/session-log.log"
find "$RUNNER_TEMP/copilot-developer-action-main" -name '*.js' -exec node --check {} ';'
