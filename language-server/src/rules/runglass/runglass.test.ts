import assert from "node:assert/strict";
import { applyEdits } from "../../lint/applyFixes.ts";
import { lintText } from "../../lint/lintText.ts";
import { fixed, found, hardened, only, WORKFLOW } from "../../../test/judged.ts";
import { runNeeding } from "../../../test/observedRuns.ts";

const REFERENCE = `runglass/runglass/collector@${"1".repeat(40)}`;

/** A workflow with one job, whose step of our own Action has these lines below `with:`. */
const monitored = (...inputs: readonly string[]): string =>
  hardened(...inputs).replace(/uses: .*/, `uses: ${REFERENCE}`);

/** Inputs, what is found, and what the fix of the first finding makes of the inputs. */
const rows: readonly (readonly [inputs: readonly string[], findings: readonly string[], after?: readonly string[]])[] =
  [
    [["egress-policy: audit"], []],
    [
      [
        "egress-policy: block",
        "dialect: runglass",
        "disable-sudo: TRUE",
        "on-unenforceable: fail",
        "upload: end",
        "listen: 127.0.0.1:4711",
        "cgroup: /sys/fs/cgroup/x",
        "allowed-endpoints: |",
        "  # what the build needs, in $HOME too",
        "  pypi.org *.pypi.org:8443 # the index",
        "  GET|HEAD https://api.github.com/$metadata/*",
        "  [2001:db8::1]:443 192.0.2.0/24:* ntp.ubuntu.com:123/udp",
        "  ${{ vars.MORE }} h-${{ matrix.x }}.example.org:443",
      ],
      [`policy/unresolved-expression "\${{ vars.MORE }}"`, `policy/unresolved-expression "\${{ matrix.x }}"`],
    ],
    [
      ["egress-policy: block", "allowed-endpoint: github.com"],
      [`runglass/block-empty-list "block"`, `runglass/unknown-input "allowed-endpoint"`],
    ],
    [
      ["allowed-endpoint: github.com"],
      [`runglass/unknown-input "allowed-endpoint"`],
      ["allowed-endpoints: github.com"],
    ],
    [
      ["egress-policy: audit", "disable-telemetry: true"],
      [`runglass/unknown-input "disable-telemetry"`],
      ["egress-policy: audit"],
    ],
    [["egress-policy: Block"], [`runglass/invalid-value "Block"`], ["egress-policy: block"]],
    [["fail-on-block: 'yes'"], [`runglass/invalid-value "'yes'"`], ["fail-on-block: 'true'"]],
    [["dialect: harden_runner"], [`runglass/invalid-value "harden_runner"`], ["dialect: harden-runner"]],
    [["upload: never"], [`runglass/invalid-value "never"`]],
    [["egress-policy: ${{ vars.MODE }}", "upload: ''"], []],
    [
      ["allowed-endpoints: |", "  pypi.org:g443 # the index"],
      [`runglass/bad-entry "g443"`],
      ["allowed-endpoints: |", "  pypi.org:443 # the index"],
    ],
    [
      ["allowed-endpoints: a.example.org,b.example.org"],
      [`runglass/bad-entry "a.example.org,b.example.org"`],
      ["allowed-endpoints: a.example.org b.example.org"],
    ],
    [
      ["allowed-endpoints: >-", "  github.com # code", "  pypi.org"],
      [`runglass/swallowed-entries "# code"`],
      ["allowed-endpoints: |-", "  github.com # code", "  pypi.org"],
    ],
    [["allowed-endpoints: >", "  github.com", "  pypi.org # the index"], []],
    [
      ["dialect: harden-runner", "allowed-endpoints: >", "  github.com:443 https://pypi.org", "  *.*.example.org:443"],
      [
        `runglass/bad-entry "https://pypi.org"`,
        `runglass/bad-entry "https://pypi.org"`,
        `runglass/bad-entry "*.*.example.org:443"`,
      ],
    ],
    [["egress-policy: block", "allowed-endpoints: ''"], [`runglass/block-empty-list "block"`]],
    [
      ["egress-policy: block", "allowed-endpoints: ${{ vars.HOSTS }}"],
      [`policy/unresolved-expression "\${{ vars.HOSTS }}"`],
    ],
    [["egress-policy: audit", "on-unenforceable: audit"], [`runglass/unenforceable-audit "audit"`]],
    [
      ["allowed-endpoints: |", "  $HOSTS ${MORE} {{ x }} $(cat list) %HOSTS%", "  github.com"],
      ["$HOSTS", "${MORE}", "{{ x }}", "$(cat list)", "%HOSTS%"].map(
        (one) => `runglass/unexpanded-expression ${JSON.stringify(one)}`,
      ),
    ],
    [
      ["allowed-endpoints: ${{ steps.list.outputs.hosts }}"],
      [`runglass/late-expression "\${{ steps.list.outputs.hosts }}"`],
    ],
    [["listen: 0.0.0.0:4711"], [`runglass/public-listen "0.0.0.0:4711"`], ["listen: 127.0.0.1:4711"]],
    [["listen: '[::]:80'"], [`runglass/public-listen "'[::]:80'"`], ["listen: '127.0.0.1:80'"]],
    [["listen: 8.8.4.4:4711"], [`runglass/public-listen "8.8.4.4:4711"`]],
    [["listen: 10.1.2.3:4711"], []],
    [
      ["allowed-endpoints:", "  - github.com", "  - pypi.org"],
      [`runglass/wrong-node-type "allowed-endpoints:\\n            - github.com\\n            - pypi.org"`],
      ["allowed-endpoints: |", "  github.com", "  pypi.org"],
    ],
  ];

describe("rules about Runglass's own step", () => {
  for (const [inputs, findings, after] of rows) {
    it(`${inputs.join("; ")}: ${findings.map((one) => one.split(" ")[0]).join(", ") || "nothing"}`, () => {
      const text = monitored(...inputs);
      // An unexpanded word is no entry either.
      assert.deepEqual(found(text), findings);
      if (after !== undefined) assert.equal(fixed(text, findings[0]?.split(" ")[0] ?? ""), monitored(...after));
    });
  }

  const job = (...lines: readonly string[]): string =>
    ["on: push", "jobs:", "  build:", ...lines.map((line) => `    ${line}`), ""].join("\n");

  it("wants the step to be the first one, and moves it with its comment", () => {
    const text = job(
      "runs-on: ubuntu-latest",
      "steps:",
      "  # the code",
      "  - uses: actions/checkout@v5",
      "",
      "  # what it does",
      `  - uses: ${REFERENCE} # v0.1.0`,
      "    with:",
      "      egress-policy: audit",
      "  - run: make",
    );
    assert.deepEqual(found(text), [`runglass/not-first ${JSON.stringify(REFERENCE)}`]);
    assert.equal(
      fixed(text, "runglass/not-first"),
      job(
        "runs-on: ubuntu-latest",
        "steps:",
        "  # what it does",
        `  - uses: ${REFERENCE} # v0.1.0`,
        "    with:",
        "      egress-policy: audit",
        "  # the code",
        "  - uses: actions/checkout@v5",
        "",
        "  - run: make",
      ),
    );
    const behind = `${hardened("egress-policy: audit")}      - uses: ${REFERENCE}\n`;
    assert.deepEqual(found(behind), []);
  });

  it("wants a runner that it can watch, and a pinned version", () => {
    const text = job(
      "runs-on: windows-latest",
      "container: node:24",
      "steps:",
      "  - uses: runglass/runglass/collector@v1",
    );
    assert.deepEqual(found(text), [
      `runglass/unsupported-job "windows-latest"`,
      `runglass/unsupported-job "container: node:24"`,
      `runglass/unpinned-ref "runglass/runglass/collector@v1"`,
    ]);
  });

  it("follows a list that env or an input's default holds, judges it where it stands, and once", () => {
    const shared = (list: string): string =>
      `env:\n  HOSTS: ${list}\n${monitored("egress-policy: block", "allowed-endpoints: ${{ env.HOSTS }}")}      - uses: ${REFERENCE}\n        with:\n          allowed-endpoints: \${{ env.HOSTS }}\n`;
    assert.deepEqual(found(shared("pypi.org *.pypi.org")), []);
    assert.deepEqual(found(shared("pypi.org:g443 github.com")), [`runglass/bad-entry "g443"`]);
    assert.deepEqual(found(shared("'${{ vars.MORE }}'"), "policy/"), [
      `policy/unresolved-expression "\${{ env.HOSTS }}"`,
      `policy/unresolved-expression "\${{ env.HOSTS }}"`,
    ]);
    const observed = [runNeeding(["pypi.org", "new.example.org"])];
    const options = { observed };
    const finding = lintText(WORKFLOW, shared("pypi.org"), options).find(({ rule }) => rule.startsWith("observed/"));
    assert.equal(
      applyEdits(shared("pypi.org"), finding?.fixes[0]?.edits ?? []),
      shared("pypi.org new.example.org:443"),
    );
    const unknown = monitored("egress-policy: block", "allowed-endpoints: ${{ vars.HOSTS }}");
    assert.equal(
      fixed(unknown, "policy/unresolved-expression", WORKFLOW, options),
      monitored("egress-policy: block", "allowed-endpoints: |", "  new.example.org:443", "  pypi.org:443"),
    );
  });

  it("can be suppressed on a list's key, as others can", () => {
    const text = monitored("allowed-endpoints: | # runglass: ignore[runglass/bad-entry] on purpose", "  a.*");
    assert.deepEqual(found(text), []);
    assert.equal(only(text.replace(/ # runglass.*/, ""), "runglass/bad-entry", WORKFLOW).severity, "error");
  });
});
