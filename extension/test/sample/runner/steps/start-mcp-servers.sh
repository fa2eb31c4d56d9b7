printf '%s\n' "$GITHUB_TOKEN" | "$RUNNER_TEMP/copilot-developer-action-main/script/start-mcp-servers.sh"
