curl --silent --show-error --fail --header "Authorization: Bearer $GITHUB_TOKEN" \
  "$COPILOT_API_URL/agents/sessions/$COPILOT_AGENT_SESSION_ID"
echo
rm -f "$RUNNER_TEMP/firewall-ca.key"
