import assert from "node:assert/strict";
import { parseDocument } from "yaml";
import { blocking, found, hardened, WORKFLOW } from "../../test/judged.ts";
import { runNeeding } from "../../test/observedRuns.ts";
import { applyEdits } from "../lint/applyFixes.ts";
import { monitorStepsOf } from "../model/monitorSteps.ts";
import { policiesOf } from "../model/policies.ts";
import { readWorkflow } from "../model/workflow.ts";
import type { ObservedRun } from "../observed/observedRun.ts";
import { REFACTORINGS } from "./allRefactorings.ts";
import { addAllowlist, allowlistOf } from "./copilotAllowlist.ts";
import { isRefusal, type Refusal, type Rewrite, type RewriteContext } from "./refactoring.ts";

const REFERENCE = `runglass/runglass/collector@${"1".repeat(40)} # v0.1.0`;

const contextOf = (text: string, at = "uses:", observed: readonly ObservedRun[] = []): RewriteContext => {
  const workflow = readWorkflow(WORKFLOW, text);
  const start = Math.max(0, text.indexOf(at));
  return {
    workflow,
    policies: policiesOf(workflow),
    monitors: monitorStepsOf(workflow),
    observed,
    selection: { start, end: start },
    isExplicit: true,
  };
};

const refactoring = (id: string) => REFACTORINGS.find((one) => one.id === id)!;

const applied = (text: string, result: Rewrite | Refusal): string => {
  assert.ok(!isRefusal(result), isRefusal(result) ? result.problem : "");
  const after = applyEdits(text, result.edits);
  assert.deepEqual(parseDocument(after).errors, [], after);
  return after;
};

const rewritten = (id: string, text: string, at?: string, observed?: readonly ObservedRun[]): [string, string] => {
  const result = refactoring(id).rewrite(contextOf(text, at, observed));
  return [applied(text, result), isRefusal(result) ? "" : result.notes.join(" ")];
};

/** A workflow with one job, whose step of our own Action has these lines below `with:`. */
const monitored = (...inputs: readonly string[]): string =>
  hardened(...inputs).replace(/uses: .*/, `uses: ${REFERENCE}`);

describe("our step in every job", () => {
  it("is the first one, or behind another monitor, and is left out with a reason where it cannot work", () => {
    const text = [
      `# ${REFERENCE.slice(0, 5)}`,
      "on: push",
      "jobs:",
      "  plain:",
      "    runs-on: ubuntu-latest",
      "    steps:",
      "      # the code",
      "      - uses: actions/checkout@v5 # v5",
      "      - run: |",
      "          make",
      "",
      "  hardened:",
      "    runs-on: ubuntu-latest",
      "    steps:",
      "    - uses: step-security/harden-runner@v2 # first",
      "      with:",
      "        egress-policy: audit # on purpose",
      "",
      "    - run: make",
      "  here:",
      "    runs-on: ubuntu-latest",
      "    steps:",
      `      - uses: ${REFERENCE}`,
      "  called:",
      "    uses: ./.github/workflows/other.yml",
      "  boxed:",
      "    runs-on: ubuntu-latest",
      "    container: node:24",
      "    steps: [{ run: make }]",
      "  apple:",
      "    runs-on: macos-latest",
      "    steps:",
      "      - run: make",
      "",
    ].join("\n");
    const step = (indent: string): string[] =>
      ["- name: Watch the job (Runglass)", `  uses: ${REFERENCE}`, "  with:", "    egress-policy: audit"].map(
        (line) => indent + line,
      );
    const lines = text.split("\n");
    const expected = [
      ...lines.slice(0, 7),
      ...step("      "),
      ...lines.slice(7, 17),
      ...step("    "),
      ...lines.slice(17),
    ].join("\n");
    const [after, notes] = rewritten("insertMonitor", text);
    assert.equal(after, expected);
    assert.match(
      notes,
      /called: it calls another workflow.*boxed: it runs in a container.*apple: it runs on macos-latest/,
    );
    assert.ok("problem" in refactoring("insertMonitor").rewrite(contextOf(after)));
  });

  it("keeps the file's line ends, and names a version of its own where the file names none", () => {
    const text = "on: push\r\njobs:\r\n  a:\r\n    runs-on: ubuntu-latest\r\n    steps:\r\n      - run: make\r\n";
    const [after] = rewritten("insertMonitor", text);
    assert.ok(!/[^\r]\n/.test(after));
    assert.match(after, /uses: runglass\/runglass\/collector@v0\.1\.0 # pin this/);
  });

  it("is offered at jobs, or where it is asked for", () => {
    const text = hardened("egress-policy: audit");
    const offer = (at: string, isExplicit: boolean): unknown =>
      refactoring("insertMonitor").offer({ ...contextOf(text, at), isExplicit });
    assert.equal(offer("build:", false), "Add Runglass's step to the job without one");
    assert.equal(offer("audit", false), undefined);
    assert.equal(offer("audit", true), "Add Runglass's step to the job without one");
  });
});

describe("from audit to block", () => {
  const observed = [runNeeding(["github.com", "pypi.org"])];

  it("allows what the runs needed, and says what it takes away", () => {
    const text = hardened("egress-policy: audit # watch", "allowed-endpoints: old.example.org:443 pypi.org:443");
    const [after, notes] = rewritten("switchToBlock", text, "audit", observed);
    assert.equal(
      after,
      hardened("egress-policy: block # watch", "allowed-endpoints: >", "  github.com:443", "  pypi.org:443"),
    );
    assert.match(notes, /rests on 1 .*no run used it: old\.example\.org:443\.$/);
    const [own] = rewritten("switchToBlock", monitored("fail-on-block: true"), "fail", observed);
    assert.equal(
      own,
      monitored(
        "fail-on-block: true",
        "egress-policy: block",
        "allowed-endpoints: |",
        "  github.com:443",
        "  pypi.org:443",
      ),
    );
  });

  it("is not offered without runs, nor where the mode is another one", () => {
    assert.equal(refactoring("switchToBlock").offer(contextOf(hardened("egress-policy: audit"))), undefined);
    assert.equal(
      refactoring("switchToBlock").offer(contextOf(blocking("a.example.org:443"), "uses:", observed)),
      undefined,
    );
    assert.match(
      JSON.stringify(refactoring("switchToBlock").rewrite(contextOf(hardened("egress-policy: audit")))),
      /No recorded run/,
    );
  });
});

describe("a step of the other Action", () => {
  it("becomes one of ours: with its comments, and a note for what it allows more or less", () => {
    const text = hardened(
      "disable-sudo: true",
      "disable-telemetry: true",
      "allowed-endpoints: >",
      "  github.com:443 # git",
      "  *example.org:22",
      "  a.*",
      "  198.51.100.7:8080",
      "  ${{ vars.MORE }}",
    );
    const [after, notes] = rewritten("toRunglass", text);
    assert.equal(
      after,
      hardened(
        "disable-sudo: true",
        "# example.org:22 *.example.org:22 allows less than *example.org:22: not names such as evilexample.org, which end alike and belong to others.",
        "# Left out: a.* (all of it: there is no way to say this).",
        "allowed-endpoints: |",
        "  github.com",
        "  # git",
        "  example.org:22",
        "  *.example.org:22",
        "  198.51.100.7:8080",
        "  ${{ vars.MORE }}",
        "egress-policy: block",
      ).replace(/uses: .*/, "uses: runglass/runglass/collector@v0.1.0 # pin this to the release's commit"),
    );
    assert.match(notes, /Left out: the input disable-telemetry/);
  });

  it("is read as before where its list stands elsewhere", () => {
    const [after, notes] = rewritten(
      "toRunglass",
      hardened("egress-policy: block", "allowed-endpoints: ${{ vars.LIST }}"),
    );
    assert.match(after, /allowed-endpoints: \$\{\{ vars\.LIST \}\}\n {10}dialect: harden-runner\n/);
    assert.match(notes, /read in Harden-Runner's dialect, as before/);
  });

  it("becomes one of theirs", () => {
    const text = monitored(
      "allowed-endpoints: |",
      "  pypi.org # the index",
      "  GET https://api.github.com/meta",
      "  ntp.example.org:123/udp",
      "fail-on-block: true",
    );
    const [after, notes] = rewritten("toHardenRunner", text);
    assert.equal(
      after,
      hardened(
        "# api.github.com:443 allows more than GET https://api.github.com/meta: every other path of the host, and methods other than GET.",
        "# Left out: ntp.example.org:123/udp (all of it: that agent opens no UDP port).",
        "allowed-endpoints: >",
        "  pypi.org:443",
        "  api.github.com:443",
        "egress-policy: audit",
      ).replace(/uses: .*/, "uses: step-security/harden-runner@v2.20.0 # pin this to the release's commit"),
    );
    assert.match(notes, /the input fail-on-block/);
  });

  it("comes back as it was, where both can say it", () => {
    const text = blocking("github.com:443", "*.example.org:8443");
    const [ours] = rewritten("toRunglass", text);
    const [back] = rewritten("toHardenRunner", ours);
    assert.equal(back.replace(/uses: .*/, ""), text.replace(/uses: .*/, ""));
  });

  it("is left alone where its inputs are in one line", () => {
    const text =
      "jobs:\n  a:\n    steps:\n      - uses: step-security/harden-runner@v2\n        with: { disable-telemetry: true, egress-policy: block }\n";
    assert.match(JSON.stringify(refactoring("toRunglass").rewrite(contextOf(text))), /one below the other/);
  });
});

describe("Copilot's set-up", () => {
  it("is a file that the rules have nothing to say of", () => {
    const result = refactoring("createSetupSteps").rewrite(contextOf("", ""));
    assert.ok(!isRefusal(result) && result.newFile !== undefined);
    const { path, text } = result.newFile;
    assert.equal(path, ".github/workflows/copilot-setup-steps.yml");
    assert.deepEqual(parseDocument(text).errors, []);
    assert.deepEqual(found(text, "copilot/", path), []);
  });
});

describe("Copilot's allowlist", () => {
  it("is made of a policy", () => {
    const list = allowlistOf(contextOf(blocking("github.com:443", "*.example.org:443", "https://bad/")));
    assert.ok(!isRefusal(list));
    assert.equal(list.text, "https://github.com/\nexample.org\n");
    assert.match(list.notes.join(" "), /example\.org itself/);
    const own = allowlistOf(contextOf(monitored("allowed-endpoints: |", "  # git", "  github.com:22")));
    assert.ok(!isRefusal(own) && own.text === "github.com\n");
    assert.ok(isRefusal(allowlistOf(contextOf(hardened("egress-policy: audit")))));
  });

  it("is added to a policy, what is there left out", () => {
    const text = monitored("allowed-endpoints: |", "  pypi.org", "  *.pypi.org");
    assert.equal(
      applied(text, addAllowlist(contextOf(text), "pypi.org, https://api.github.com/meta ftp://x/")),
      monitored(
        "allowed-endpoints: |",
        "  pypi.org",
        "  *.pypi.org",
        "  pypi.org:80",
        "  *.pypi.org:80",
        "  https://api.github.com/meta*",
      ),
    );
    const theirs = hardened("egress-policy: block");
    const result = addAllowlist(contextOf(theirs), "https://api.github.com/meta");
    assert.equal(
      applied(theirs, result),
      hardened("egress-policy: block", "allowed-endpoints: >", "  api.github.com:443"),
    );
    assert.match(isRefusal(result) ? "" : result.notes.join(" "), /every other path of the host/);
    assert.ok(isRefusal(addAllowlist(contextOf(text), "")));
  });
});
