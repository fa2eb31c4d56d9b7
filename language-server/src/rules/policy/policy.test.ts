import assert from "node:assert/strict";
import { blocking, fixed, found, hardened, only, WORKFLOW } from "../../../test/judged.ts";

const RULE = "policy/";

/** A step's inputs, the findings of the policy rules, and what the fix of the first makes of the inputs. */
const rows: readonly (readonly [inputs: readonly string[], findings: readonly string[], after?: readonly string[]])[] =
  [
    [["egress-policy: audit"], []],
    [["egress-policy: Block"], [`policy/invalid-value "Block"`], ["egress-policy: block"]],
    [["egress-policy: 'AUDIT'"], [`policy/invalid-value "'AUDIT'"`], ["egress-policy: 'audit'"]],
    [["egress-policy: ${{ vars.MODE }}"], []],
    [["egress-policy: block"], [`policy/block-empty-list "block"`]],
    [["egress-policy: block", "allowed-endpoints: ''"], [`policy/block-empty-list "block"`]],
    [
      ["egress-policy: block", "allowed-endpoints: ${{ secrets.LIST }}"],
      [`policy/unresolved-expression "\${{ secrets.LIST }}"`],
    ],
    [
      ["egress-policy: audit", "allowed-endpoints: github.com:443"],
      [`policy/audit-with-list "allowed-endpoints: github.com:443"`],
      ["egress-policy: block", "allowed-endpoints: github.com:443"],
    ],
    [
      [`egress-policy: audit # ${"TO"}${"DO"}: change to 'egress-policy: block' after couple of runs`],
      [`policy/audit-todo "audit"`],
      ["egress-policy: block"],
    ],
    [["egress-policy: audit # we only watch"], []],
    [
      ["egress-policy: audit", "allowed-endpoint: x"],
      [`policy/unknown-input "allowed-endpoint"`],
      ["egress-policy: audit", "allowed-endpoints: x"],
    ],
    [["Egress-Policy: audit"], []],
    [
      ["egress-policy: audit", "disable-sudo: yes"],
      [`policy/boolean-input "yes"`],
      ["egress-policy: audit", "disable-sudo: true"],
    ],
    [["egress-policy: audit", "disable-file-monitoring: ${{ inputs.x }}"], []],
    [
      ["egress-policy: block", "allowed-endpoints:", "  - github.com:443", "  - pypi.org:443"],
      [`policy/wrong-node-type "allowed-endpoints:\\n            - github.com:443\\n            - pypi.org:443"`],
      ["egress-policy: block", "allowed-endpoints: >", "  github.com:443", "  pypi.org:443"],
    ],
    [
      ["egress-policy: block", "allowed-endpoints:", "  github.com: 443"],
      [`policy/wrong-node-type "allowed-endpoints:\\n            github.com: 443"`],
      ["egress-policy: block", "allowed-endpoints: >", "  github.com:443"],
    ],
    [
      ["egress-policy: audit", "disable-sudo: true"],
      [`policy/deprecated-disable-sudo "disable-sudo: true"`],
      ["egress-policy: audit", "disable-sudo-and-containers: true"],
    ],
    [
      ["egress-policy: audit", "disable-telemetry: true"],
      [`policy/telemetry-in-audit "disable-telemetry: true"`],
      ["egress-policy: audit"],
    ],
    [["policy: release"], [`policy/store-needs-id-token "policy: release"`]],
    [["use-policy-store: true"], [`policy/store-needs-api-key "use-policy-store: true"`]],
    [["use-policy-store: true", "api-key: ''"], [`policy/store-needs-api-key "use-policy-store: true"`]],
    [
      ["use-policy-store: true", "api-key: ${{ secrets.KEY }}", "egress-policy: audit"],
      [`policy/store-conflict "egress-policy: audit"`],
      ["use-policy-store: true", "api-key: ${{ secrets.KEY }}"],
    ],
    [
      ["egress-policy: block", "allowed-endpoints: ${{ steps.list.outputs.hosts }}"],
      [`policy/late-expression "\${{ steps.list.outputs.hosts }}"`],
    ],
  ];

describe("rules about a policy", () => {
  for (const [inputs, findings, after] of rows) {
    it(`${inputs.join("; ")}: ${findings.map((one) => one.split(" ")[0]).join(", ") || "nothing"}`, () => {
      const text = hardened(...inputs);
      assert.deepEqual(found(text, RULE), findings);
      if (after !== undefined) assert.equal(fixed(text, findings[0]?.split(" ")[0] ?? ""), hardened(...after));
    });
  }

  it("wants the mode written, and writes it where it belongs", () => {
    const bare =
      "on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - name: x\n        uses: step-security/harden-runner@v2 # v2\n";
    const id = "policy/implicit-block";
    assert.deepEqual(found(bare, RULE), [`policy/implicit-block "step-security/harden-runner@v2"`]);
    assert.ok(fixed(bare, id).endsWith("@v2 # v2\n        with:\n          egress-policy: block\n"));
    const listed = hardened("allowed-endpoints: github.com:443");
    assert.equal(fixed(listed, id), hardened("egress-policy: block", "allowed-endpoints: github.com:443"));
    assert.deepEqual(found(hardened("policy: p"), id), []);
  });

  it("knows what a job does without", () => {
    const with_ = (input: string, run: string): string =>
      `${hardened("egress-policy: audit", `${input}: true`)}      - run: ${run}\n`;
    assert.deepEqual(found(with_("disable-sudo", "sudo apt-get install jq"), "policy/sudo"), [
      `policy/sudo-disabled-but-used "disable-sudo: true"`,
    ]);
    assert.deepEqual(found(with_("disable-sudo", "timeout -k 5 60s sudo true"), "policy/sudo").length, 1);
    assert.deepEqual(found(with_("disable-sudo", "echo pseudo"), "policy/sudo"), []);
    const text = with_("disable-sudo-and-containers", "docker build .");
    assert.deepEqual(found(text, "policy/containers"), [
      `policy/containers-disabled-but-used "disable-sudo-and-containers: true"`,
    ]);
    assert.ok(fixed(text, "policy/containers-disabled-but-used").includes("disable-sudo: true"));
  });

  it("follows what matrix, inputs and env give, and judges that where it stands", () => {
    const matrix = [
      "on: push",
      "env:",
      "  HOSTS: https://a.example.org",
      "jobs:",
      "  build:",
      "    runs-on: ubuntu-latest",
      "    strategy:",
      "      matrix:",
      "        include:",
      "          - hosts: |",
      "              a.example.org:443",
      "              b.example.org:443",
      "    steps:",
      "      - uses: step-security/harden-runner@v2",
      "        with:",
      "          egress-policy: block",
      "          allowed-endpoints: ${{ matrix.hosts }}",
      "      - uses: step-security/harden-runner@v2",
      "        with:",
      "          egress-policy: block",
      "          allowed-endpoints: ${{ env.HOSTS }}",
    ].join("\n");
    assert.deepEqual(found(matrix, "endpoint/"), [
      `endpoint/scheme-or-path "https://a.example.org"`,
      `endpoint/newline-separated "|"`,
    ]);
    assert.deepEqual(found(matrix, RULE), []);
  });

  it("tells of env that nobody defines, as a note", () => {
    const text = hardened("egress-policy: block", "allowed-endpoints: ${{ env.LIST }}");
    assert.equal(only(text, "policy/late-expression").severity, "info");
  });

  it("judges the literal words of a mixed list, and leaves the rest", () => {
    const text = blocking("a.example.org:g443", "${{ vars.MORE }}", "b.example.org:443");
    assert.deepEqual(found(text), [
      `endpoint/invalid-port "a.example.org:g443"`,
      `policy/unresolved-expression "\${{ vars.MORE }}"`,
    ]);
  });

  it("leaves other actions alone", () => {
    const text = blocking("https://a").replace("step-security/harden-runner", "bullfrogsec/bullfrog");
    assert.deepEqual(found(text, "", WORKFLOW), []);
  });
});
