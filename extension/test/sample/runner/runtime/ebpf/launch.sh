#!/usr/bin/env bash
# launch.sh COMMAND LOG_DIR DEBUG: starts COMMAND (words, split at blanks) under the firewall.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
read -ra command <<<"$1"
mkdir -p "$2"
"$here/padawan-fw" "$here/padawan-fw.sh" run --allow-list="$COPILOT_AGENT_FIREWALL_ALLOW_LIST" \
  --log-file="$COPILOT_AGENT_FIREWALL_LOG_FILE" --debug="$3" -- "${command[@]}"
