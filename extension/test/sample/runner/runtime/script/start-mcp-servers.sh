#!/usr/bin/env bash
# Starts the MCP servers and returns when they are ready; they stay behind when this script and its step have ended.
# The secrets come through stdin, so that they are in no process's environment or command line.
set -euo pipefail
runtime=$(dirname "$(dirname "$(readlink -f "$0")")")
read -r secret
mkdir -p "$RUNNER_TEMP/cca-mcp-debug-logs"

start() { # NAME SCRIPT PORT
  local ready="$RUNNER_TEMP/$1.ready"
  mkfifo "$ready"
  setsid node "$2" --port "$3" <<<"$secret" >"$RUNNER_TEMP/cca-mcp-debug-logs/$1.log" 2>&1 3>"$ready" &
  printf '%d %s\n' "$!" "$1" >>"$RUNNER_TEMP/orphans"
  # The line comes when the server listens; nothing comes when it has ended.
  local line
  read -r line <"$ready"
  rm "$ready"
  printf 'MCP server %s: %s\n' "$1" "$line"
}

start mcp-server "$runtime/mcp/dist/index.js" 2301
start mcp-proxy-bridge "$runtime/mcp-proxy-bridge/index.js" 2302
