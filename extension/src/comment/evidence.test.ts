import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeEvent, isKnownEvent } from "../../../collector/protocol/decode.ts";
import type { RunEvent } from "../../../collector/protocol/events.ts";
import { RunFacts } from "../diff/runFacts.ts";
import { reviewPlace, targetName } from "./commentTarget.ts";
import { evidenceOf } from "./evidence.ts";

const T = Date.parse("2026-06-26T12:25:03.000Z") * 1000;

const exec = (id: string, argv: readonly string[], parent?: string): object => ({
  type: "process.exec",
  process: id,
  exec: {
    id,
    pid: 7,
    ppid: 1,
    exe: `/bin/${argv[0]}`,
    argv,
    cwd: "/",
    uid: 0,
    ...(parent === undefined ? {} : { parent }),
  },
});

/** Facts of the events, and the last of them. */
const read = (
  ...events: readonly object[]
): { readonly facts: RunFacts; readonly last: RunEvent; readonly all: RunEvent[] } => {
  const facts = new RunFacts();
  const all = events.map((fields, i) => {
    const decoded = decodeEvent({ v: 1, seq: i + 1, t: T, ...fields });
    assert.ok(decoded.ok && isKnownEvent(decoded.event), JSON.stringify(fields));
    facts.take(decoded.event);
    return decoded.event;
  });
  const last = all.at(-1);
  assert.ok(last !== undefined);
  return { facts, last, all };
};

const start = {
  type: "run.start",
  run: { id: "26705165931", repository: "octo-org/receipt-ocr" },
  host: { name: "h", os: "l", kernel: "6", arch: "x64" },
  collector: { version: "1" },
  policy: { mode: "audit", endpoints: [] },
};
const step = { type: "step.start", stepInfo: { id: "__run", number: 6, name: "Processing Request" } };
const tool = { type: "tool.start", toolInfo: { id: "t1", name: "bash", input: { command: "pip install x" } } };
const connect = (name: string): object => ({
  type: "net.connect",
  process: "b",
  step: "__run",
  tool: "t1",
  flow: { id: "f", protocol: "tcp", local: { ip: "10.0.0.1", port: 1 }, remote: { ip: "198.51.100.7", port: 443 } },
  host: { name, source: "sni" },
  verdict: "would-block",
  allowedBy: name,
  result: "ok",
});

describe("the evidence in a comment", () => {
  it("says what, who, where, when, and what the policy says", () => {
    const { facts, last } = read(
      start,
      step,
      tool,
      exec("a", ["bash", "step.sh"]),
      exec("b", ["pip", "install"], "a"),
      connect("evil.example"),
    );
    assert.equal(
      evidenceOf(last, { facts, web: "https://github.com" }),
      [
        "The run connected to `evil.example:443` (`198.51.100.7`, tcp).",
        "",
        "- By: `bash step.sh` → `pip install`",
        "- Step: 6. `Processing Request`",
        "- Tool call: `bash`: `pip install x`",
        "- When: 2026-06-26 12:25:03.000 UTC",
        "- Verdict: **not allowed** by the egress policy; it was let through, as the policy only audits; the entry `evil.example` would allow it",
        "- Where to look: [run 26705165931](https://github.com/octo-org/receipt-ocr/actions/runs/26705165931), event 6 of its Runglass log",
        "",
      ].join("\n"),
    );
  });

  it("tells of a finding who did what it rests on", () => {
    const finding = {
      type: "finding",
      finding: { rule: "secret-read", severity: "high", title: "Keys were read", evidence: [3] },
    };
    const read3 = { type: "file.read", process: "b", file: { path: "/root/.ssh/id_rsa" } };
    const { facts, last, all } = read(start, exec("b", ["cat", "id_rsa"]), read3, finding);
    const text = evidenceOf(last, { facts, web: undefined, cause: all[2] });
    assert.match(text, /^`Keys were read` \(rule `secret-read`, severity `high`\)\.\n/);
    assert.match(text, /- By: `cat id_rsa`/);
    assert.match(text, /- Because of: event 3: it read a file that holds secrets: `\/root\/\.ssh\/id_rsa`/);
    assert.match(text, /run 26705165931 of `octo-org\/receipt-ocr`/);
  });

  it("has nothing of a runner outside of code, whatever it wrote", () => {
    const hostile = fc.string({
      unit: fc.constantFrom("`", "*", "@alice ", "<img>", "](x)", "[", "|", "\n", "\u202e", "#1 ", "a", "~", "$"),
      maxLength: 12,
    });
    fc.assert(
      fc.property(hostile, hostile, hostile, (name, command, path) => {
        const { facts, last } = read(
          start,
          { ...step, stepInfo: { id: "__run", name } },
          { ...tool, toolInfo: { id: "t1", name, input: { command } } },
          exec("b", [command, path]),
          connect(`a${name}`),
        );
        const text = evidenceOf(last, { facts, web: "https://github.com", path });
        const outside = text.replaceAll(/<code>[^<>\n]*<\/code>|`[^`\n]*`/g, "CODE");
        assert.doesNotMatch(outside, /[@<>`\u202e|#~$]|alice|\]\(x/);
        assert.equal(outside.split("\n").length, 9);
      }),
      { numRuns: 200, seed: 7 },
    );
  });
});

describe("where a comment goes", () => {
  const candidate = { path: "a.txt", line: 3, side: "right", score: 0.9, rule: "host", reason: "names it" } as const;
  const pull = { owner: "octo-org", name: "receipt-ocr", number: 7 };

  it("is the line that is sure, else the pull request as a whole", () => {
    const open = (more: object = {}): Parameters<typeof reviewPlace>[0] => ({
      kind: "open",
      candidate: { ...candidate, ...more },
      others: 0,
    });
    const place = { commit: "c0ffee", path: "a.txt", line: 3, side: "right" } as const;
    assert.deepEqual(reviewPlace(open(), "c0ffee"), place);
    assert.equal(reviewPlace(open({ commit: "abc" }), "c0ffee"), undefined);
    assert.equal(reviewPlace(open({ line: undefined }), "c0ffee"), undefined);
    assert.equal(reviewPlace({ kind: "choose", candidates: [candidate, candidate] }, "c0ffee"), undefined);
    assert.equal(reviewPlace({ kind: "none", why: "", commit: candidate }, "c0ffee"), undefined);
    assert.equal(targetName({ pull, place }), "octo-org/receipt-ocr#7, at a.txt:3");
    assert.equal(targetName({ pull, place: undefined }), "octo-org/receipt-ocr#7");
  });
});
