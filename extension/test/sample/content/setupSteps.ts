// The repository's own setup steps for Copilot: what starts the collector there, and the egress policy that it is given.

/** What the story's agent may reach by the policy: all that it does, but for where Python's packages are kept. */
export const ALLOWED_ENDPOINTS: readonly string[] = [
  "api.github.copilot.com:443",
  "azure.archive.ubuntu.com:80",
  "github.com:443",
  "npm.pkg.github.com:443",
  "packages.microsoft.com:443",
  "pypi.org:443",
];

export const SETUP_STEPS = {
  path: ".github/workflows/copilot-setup-steps.yml",
  text: `name: Copilot setup steps
on: workflow_dispatch
jobs:
  copilot-setup-steps:
    runs-on: ubuntu-latest
    permissions:
      contents: read
    steps:
      - uses: runglass/runglass/collector@5f7c4d1e2b3a49586776879098a1b2c3d4e5f607 # v0.1.0
        with:
          egress-policy: audit
          allowed-endpoints: |
${ALLOWED_ENDPOINTS.map((endpoint) => `            ${endpoint}\n`).join("")}      - name: Install system packages
        run: sudo apt-get update
`,
} as const;
