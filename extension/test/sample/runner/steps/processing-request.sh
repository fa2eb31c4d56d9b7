echo '::stop-commands::'
runtime="$RUNNER_TEMP/copilot-developer-action-main"
"$runtime/ebpf/launch.sh" "$(command -v node) --enable-source-maps $runtime/dist-cca-v3/index.js" "$RUNNER_TEMP/runtime-logs" false
