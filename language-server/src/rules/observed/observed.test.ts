import assert from "node:assert/strict";
import { lintText } from "../../lint/lintText.ts";
import type { ObservedRun } from "../../observed/observedRun.ts";
import { blocking, fixed, found, hardened, only, WORKFLOW } from "../../../test/judged.ts";
import { runNeeding as run } from "../../../test/observedRuns.ts";

const RULE = "observed/";

describe("rules about recorded runs", () => {
  it("missing-endpoint: one finding each, whose first fix adds just that", () => {
    const text = blocking("github.com:443");
    const observed = [run(["github.com", "PyPI.org.", { host: "a.files.example.org", port: 8443 }])];
    const key = text.slice(text.indexOf("allowed-endpoints"), text.indexOf("github.com:443") + 14);
    assert.deepEqual(found(text, RULE, WORKFLOW, { observed }), [
      `observed/missing-endpoint ${JSON.stringify(key)}`,
      `observed/missing-endpoint ${JSON.stringify(key)}`,
    ]);
    const one = { observed: [run(["github.com", "pypi.org"])] };
    const finding = only(text, "observed/missing-endpoint", WORKFLOW, one);
    assert.equal(finding.severity, "error");
    assert.match(
      finding.message,
      /^pypi\.org:443 is not allowed \(seen in 1 of 1 runs, last on \d{4}-\d\d-\d\d, by pip in "Install"\)$/,
    );
    assert.equal(fixed(text, "observed/missing-endpoint", WORKFLOW, one), blocking("github.com:443", "pypi.org:443"));
    const audit = hardened("egress-policy: audit", "allowed-endpoints: github.com:443");
    assert.equal(only(audit, "observed/missing-endpoint", WORKFLOW, one).severity, "info");
    assert.equal(
      fixed(audit, "observed/missing-endpoint", WORKFLOW, one),
      hardened("egress-policy: audit", "allowed-endpoints: github.com:443 pypi.org:443"),
    );
  });

  it("missing-endpoint: also where it blocks and lists nothing, in whatever way that is written", () => {
    const observed = [run(["pypi.org"])];
    const id = "observed/missing-endpoint";
    const listed = blocking("pypi.org:443");
    for (const [text, at, after] of [
      [hardened("egress-policy: block"), "block", listed],
      [hardened("egress-policy: block", "allowed-endpoints: ''"), "allowed-endpoints: ''", listed],
      [hardened("egress-policy: block", "allowed-endpoints:"), "allowed-endpoints:", listed],
      [hardened("egress-policy: block", "allowed-endpoints: >"), "allowed-endpoints: >", listed],
    ] as const) {
      assert.deepEqual(found(text, id, WORKFLOW, { observed }), [`${id} ${JSON.stringify(at)}`], text);
      assert.equal(fixed(text, id, WORKFLOW, { observed }), after);
    }
    const inBraces = (inputs: string): string =>
      hardened("egress-policy: x").replace(/with:\n.*/, `with: { ${inputs} }`);
    for (const [before, after] of [
      ["egress-policy: block", `egress-policy: block, allowed-endpoints: "pypi.org:443"`],
      ["allowed-endpoints: '', egress-policy: block", `allowed-endpoints: "pypi.org:443", egress-policy: block`],
    ] as const)
      assert.equal(fixed(inBraces(before), id, WORKFLOW, { observed }), inBraces(after));
    const bare = hardened("disable-sudo: true").replace(/ {8}with:\n.*\n/, "");
    assert.equal(only(bare, id, WORKFLOW, { observed }).start, bare.indexOf("step-security"));
    for (const text of [
      hardened("egress-policy: audit"),
      hardened("egress-policy: audit", "allowed-endpoints: ''"),
      hardened("egress-policy: block", "policy: release"),
      hardened("egress-policy: block", "allowed-endpoints: [github.com]"),
      hardened("egress-policy: ${{ inputs.mode }}"),
    ])
      assert.deepEqual(found(text, id, WORKFLOW, { observed }), [], text);
  });

  it("missing-endpoint: in each leg of a matrix, as nobody knows which of them a run was", () => {
    const legs = (...more: readonly string[]): string =>
      hardened("egress-policy: block", "allowed-endpoints: ${{ matrix.hosts }}").replace(
        "    steps:",
        [
          "    strategy:",
          "      matrix:",
          "        hosts:",
          ...["a", "b"].flatMap((leg) => [
            "          - >",
            ...[`${leg}.example.org:443`, ...more].map((one) => `            ${one}`),
          ]),
          "    steps:",
        ].join("\n"),
      );
    const observed = [run(["pypi.org"])];
    assert.equal(fixed(legs(), "observed/missing-endpoint", WORKFLOW, { observed }), legs("pypi.org:443"));
  });

  it("needs nothing for what is open anyway, has no name, or is no TCP", () => {
    const observed = [
      run([
        "github.com",
        { ip: "198.51.100.9" },
        { host: "db", ip: "10.0.0.7" },
        { host: "meta", ip: "168.63.129.16" },
        { host: "ntp.example.org", protocol: "udp", port: 123 },
        "results-receiver.actions.githubusercontent.com",
      ]),
    ];
    assert.deepEqual(found(blocking("github.com:443"), RULE, WORKFLOW, { observed }), []);
  });

  it("takes the runs of the job that the log names, by the workflow's name or path", () => {
    const text = blocking("github.com:443");
    const count = (observed: ObservedRun): number => found(text, RULE, WORKFLOW, { observed: [observed] }).length;
    assert.deepEqual([count(run(["pypi.org"], "other")), count(run(["pypi.org"], "build", "Another"))], [0, 0]);
    assert.equal(count(run(["pypi.org"], "build", WORKFLOW)), 1);
    assert.equal(
      found(`name: My CI\n${text}`, RULE, WORKFLOW, { observed: [run(["pypi.org"], "build", "My CI")] }).length,
      1,
    );
  });

  it("unused-endpoint: not of what the agent allows by itself, which is not counted", () => {
    const runs = [1, 2, 3].map(() => run(["github.com", "codeload.github.com"]));
    assert.deepEqual(
      found(blocking("github.com:443", "codeload.github.com:443"), RULE, WORKFLOW, { observed: runs }),
      [],
    );
  });

  it("unused-endpoint: after three runs", () => {
    const text = blocking("github.com:443", "pypi.org:443", "*.example.org:443");
    const runs = [run(["github.com", "a.example.org"]), run(["github.com"]), run(["github.com"])];
    assert.deepEqual(found(text, RULE, WORKFLOW, { observed: runs.slice(1) }), []);
    assert.deepEqual(found(text, RULE, WORKFLOW, { observed: runs }), [`observed/unused-endpoint "pypi.org:443"`]);
    assert.equal(
      fixed(text, "observed/unused-endpoint", WORKFLOW, { observed: runs }),
      blocking("github.com:443", "*.example.org:443"),
    );
  });

  it("unused-endpoint: not of a list that another job has, which needs it or is not known well enough", () => {
    const job = (id: string): string =>
      `  ${id}:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: step-security/harden-runner@${"0".repeat(40)}\n        with:\n          egress-policy: block\n          allowed-endpoints: \${{ env.HOSTS }}\n`;
    const text = `on: push\nenv:\n  HOSTS: github.com:443 pypi.org:443\njobs:\n${job("build")}${job("test")}`;
    const runs = (id: string, host: string): ObservedRun[] => [1, 2, 3].map(() => run(["github.com", host], id));
    const unused = (...observed: readonly ObservedRun[]): string[] =>
      found(text, "observed/unused", WORKFLOW, { observed });
    const build = runs("build", "github.com");
    assert.deepEqual(unused(...build), []);
    const action =
      "runs:\n  using: composite\n  steps:\n    - uses: step-security/harden-runner@v2\n      with:\n        allowed-endpoints: pypi.org:443\n";
    assert.deepEqual(found(action, RULE, "a/action.yml", { observed: build }), []);
    assert.deepEqual(unused(...build, ...runs("test", "pypi.org")), []);
    assert.deepEqual(unused(...build, ...runs("test", "github.com")), [`observed/unused-endpoint "pypi.org:443"`]);
  });

  it("takes the runs of all jobs that share a step by an alias", () => {
    const text = `${blocking("github.com:443").replace("steps:", "steps: &steps")}  test:\n    runs-on: ubuntu-latest\n    steps: *steps\n`;
    const observed = [run(["pypi.org"], "test")];
    assert.deepEqual(
      lintText(WORKFLOW, text, { observed }).flatMap(({ rule, message }) =>
        rule.startsWith(RULE) ? [message.split(" ")[0]] : [],
      ),
      ["pypi.org:443"],
    );
    const audit = text.replace("block", "audit");
    const three = (id: string): ObservedRun[] => [1, 2, 3].map(() => run(["github.com"], id));
    const ready = (...runs: readonly ObservedRun[]): number =>
      found(audit, "observed/ready", WORKFLOW, { observed: runs }).length;
    assert.deepEqual([ready(...three("build")), ready(...three("build"), ...three("test"))], [0, 1]);
  });

  it("ready-to-block: when the newest of three runs brought nothing new", () => {
    const text = hardened("egress-policy: audit");
    const runs = [run(["github.com", "pypi.org"]), run(["github.com"]), run(["pypi.org"])];
    assert.deepEqual(found(text, RULE, WORKFLOW, { observed: [...runs.slice(0, 2), run(["new.example.org"])] }), []);
    assert.equal(
      fixed(text, "observed/ready-to-block", WORKFLOW, { observed: runs.toReversed() }),
      hardened("egress-policy: block", "allowed-endpoints: >", "  github.com:443", "  pypi.org:443"),
    );
    assert.equal(only(text, "observed/ready-to-block", WORKFLOW, { observed: runs }).start, text.indexOf("audit"));
    const inBraces = (inputs: string): string => hardened("x: y").replace(/with:\n.*/, `with: { ${inputs} }`);
    assert.equal(
      fixed(inBraces("egress-policy: 'audit'"), "observed/ready-to-block", WORKFLOW, { observed: runs }),
      inBraces(`egress-policy: 'block', allowed-endpoints: "github.com:443 pypi.org:443"`),
    );
  });

  it("blocked-call: what the newest run was cut off from", () => {
    const text = blocking("github.com:443");
    const observed = [
      run([{ host: "old.example.org", verdict: "blocked" }]),
      run([{ host: "evil.example.org", verdict: "blocked" }]),
    ];
    const { message } = only(text, "observed/blocked-call", WORKFLOW, { observed });
    assert.match(
      message,
      /^the newest run was cut off from evil\.example\.org:443 \(1×, last on \d{4}-\d\d-\d\d, by pip in "Install"\)$/,
    );
    assert.deepEqual(found(blocking("*.example.org:443"), "observed/blocked", WORKFLOW, { observed }), []);
    const id = "observed/blocked-call";
    assert.equal(fixed(text, id, WORKFLOW, { observed }), blocking("github.com:443", "evil.example.org:443"));
    const empty = hardened("egress-policy: block");
    assert.equal(fixed(empty, id, WORKFLOW, { observed }), blocking("evil.example.org:443"));
  });

  it("give their evidence: which endpoints, in how many runs, by whom, and in which steps", () => {
    const evidence = (text: string, rule: string, observed: readonly ObservedRun[]): unknown[] =>
      (only(text, rule, WORKFLOW, { observed }).evidence ?? []).map((one) => [
        one.endpoint,
        `${one.runs} of ${one.of}`,
        one.connections,
        ...one.programs,
        ...one.steps,
      ]);
    const runs = [run(["github.com", "pypi.org"]), run(["github.com", "github.com"]), run(["pypi.org"])];
    const pypi = ["pypi.org:443", "2 of 3", 2, "pip", "Install"];
    const github = ["github.com:443", "2 of 3", 3, "pip", "Install"];
    assert.deepEqual(evidence(blocking("github.com:443"), "observed/missing-endpoint", runs), [pypi]);
    assert.deepEqual(evidence(hardened("egress-policy: audit"), "observed/ready-to-block", runs), [github, pypi]);
    const unused = blocking("github.com:443", "pypi.org:443", "old.example.org:443");
    assert.deepEqual(evidence(unused, "observed/unused-endpoint", runs), [["old.example.org:443", "0 of 3", 0]]);
    assert.match(
      only(unused, "observed/unused-endpoint", WORKFLOW, { observed: runs }).message,
      /^none of 3 runs \(of 2026-\d\d-\d\d\) used this$/,
    );
    const blocked = [run([{ host: "pypi.org", verdict: "blocked" }])];
    assert.deepEqual(evidence(blocking("github.com:443"), "observed/blocked-call", blocked), [
      ["pypi.org:443", "1 of 1", 1, "pip", "Install"],
    ]);
  });

  it("wildcard-suggest: below a name that one owner holds, never at a public suffix", () => {
    const hosts = (domain: string): string[] => [1, 2, 3, 4].map((n) => `r${n}.${domain}`);
    const judged = (domain: string): string[] => {
      const entries = hosts(domain).map((host) => `${host}:443`);
      return found(blocking(...entries), "observed/wildcard", WORKFLOW, { observed: [run(hosts(domain))] });
    };
    assert.deepEqual(judged("example.org"), [`observed/wildcard-suggest "r1.example.org:443"`]);
    assert.deepEqual(judged("cloudfront.net"), []);
    const text = blocking("github.com:443", ...hosts("example.org").map((host) => `${host}:443`));
    const observed = [run(hosts("example.org"))];
    assert.equal(
      fixed(text, "observed/wildcard-suggest", WORKFLOW, { observed }),
      blocking("github.com:443", "*.example.org:443"),
    );
  });

  describe("of a step of our own Action", () => {
    const monitored = (...inputs: readonly string[]): string =>
      hardened(...inputs).replace(/uses: .*/, `uses: runglass/runglass/collector@${"1".repeat(40)}`);

    it("read its list by its own dialect, and add what is missing behind the comments", () => {
      const text = monitored(
        "egress-policy: block",
        "allowed-endpoints: |",
        "  GET https://pypi.org/simple/* # the index",
        "  *.example.org # all of ours",
      );
      const observed = [run(["pypi.org", "a.example.org", "new.example.com", "codeload.github.com"])];
      const finding = only(text, "observed/missing-endpoint", WORKFLOW, { observed });
      assert.match(finding.message, /^new\.example\.com:443 is not allowed/);
      assert.ok(
        fixed(text, "observed/missing-endpoint", WORKFLOW, { observed }).endsWith(
          "            *.example.org # all of ours\n            new.example.com:443\n",
        ),
      );
    });

    it("count names and TCP only", () => {
      const entries = [
        "pypi.org",
        "old.example.org",
        "ntp.example.org:123/udp",
        "192.0.2.0/24",
        "https://a.example.org/*",
      ];
      const text = monitored("egress-policy: block", "allowed-endpoints: |", ...entries.map((one) => `  ${one}`));
      const observed = [run(["pypi.org"]), run(["pypi.org"]), run(["pypi.org"])];
      assert.deepEqual(found(text, RULE, WORKFLOW, { observed }), [`observed/unused-endpoint "old.example.org"`]);
    });

    it("make it block by a list that keeps its lines", () => {
      const observed = [run(["pypi.org"]), run(["pypi.org"]), run(["pypi.org"])];
      assert.equal(
        fixed(monitored("egress-policy: audit"), "observed/ready-to-block", WORKFLOW, { observed }),
        monitored("egress-policy: block", "allowed-endpoints: |", "  pypi.org:443"),
      );
    });
  });

  it("say nothing of a list that is not known", () => {
    const text = hardened("egress-policy: block", "allowed-endpoints: ${{ vars.HOSTS }}");
    assert.deepEqual(found(text, RULE, WORKFLOW, { observed: [run(["pypi.org"])] }), []);
  });
});
