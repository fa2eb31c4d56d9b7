import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeEvent } from "../protocol/decode.ts";
import { renderMarkdown } from "./renderMarkdown.ts";
import type { RunSummary } from "./runSummary.ts";
import { createHash } from "node:crypto";
import { LogVerifier } from "./logVerifier.ts";
import { RunTally } from "./tally.ts";

const LIMITS = {
  steps: 3,
  tools: 2,
  containers: 2,
  programs: 3,
  endpoints: 3,
  blocked: 2,
  denied: 2,
  directories: 5,
  reads: 2,
  findings: 2,
};

/** Numbers the events, decodes them as a reader would, and adds them up. */
const summarize = (events: readonly object[], limits = LIMITS): RunSummary => {
  const tally = new RunTally();
  for (const [i, event] of events.entries()) {
    const decoded = decodeEvent({ v: 1, seq: i + 1, t: 1_790_000_000_000_000 + i * 1_000, ...event });
    assert.ok(decoded.ok, decoded.ok ? "" : decoded.reason);
    tally.take(decoded.event);
  }
  return tally.summary(
    "a.ndjson",
    undefined,
    new LogVerifier(() => createHash("sha256")).broken(1, "of no matter here"),
    limits,
  );
};

const exec = (id: string, exe: string): object => ({
  type: "process.exec",
  process: id,
  exec: { id, pid: 1, ppid: 1, exe, argv: [exe], cwd: "/", uid: 0 },
});
const exit = (id: string, code: number, signal = 0): object => ({
  type: "process.exit",
  process: id,
  exit: { code, signal, durationUs: 1 },
});
const connect = (process: string, id: string, ip: string, port: number, name?: string, result = "ok"): object => ({
  type: "net.connect",
  process,
  flow: { id, protocol: "tcp", local: { ip: "192.0.2.1", port: 1 }, remote: { ip, port } },
  ...(name === undefined ? {} : { host: { name, source: "dns" } }),
  result,
});
const close = (id: string, bytesSent: number, bytesReceived: number, result?: string): object => ({
  type: "net.close",
  flow: { id },
  bytesSent,
  bytesReceived,
  durationUs: 1,
  ...(result === undefined ? {} : { result }),
});

const firewall = (verdict: string, at: string, names: readonly string[], more: object = {}): object => ({
  type: "firewall",
  ...more,
  firewall: {
    verdict,
    at,
    names,
    reason: "NotInAllowList",
    ...(names.length === 0 ? { address: "198.51.100.9" } : {}),
  },
});

describe("RunTally", () => {
  it("counts processes once, however often they exec, and names programs of all", () => {
    const { processes } = summarize([
      exec("1", "/bin/sh"),
      exec("1", "/usr/bin/node"),
      exec("2", "/usr/bin/node"),
      exit("1", 1),
      exit("2", 0, 9),
      exec("3", "/usr/bin/git"),
    ]);
    assert.equal(processes.started, 3);
    assert.equal(processes.failed, 2);
    assert.deepEqual(processes.programs.items, [
      { name: "node", started: 2, failed: 2 },
      { name: "git", started: 1, failed: 0 },
      { name: "sh", started: 1, failed: 0 },
    ]);
  });

  it("counts a connection to the host that says its name only at its end", () => {
    const late = (id: string, name: string): object => ({ ...close(id, 10, 20), host: { name, source: "sni" } });
    const { network } = summarize([
      exec("1", "/usr/bin/curl"),
      { ...connect("1", "a", "198.51.100.1", 443), verdict: "allowed" },
      connect("1", "b", "198.51.100.1", 443, "pypi.org"),
      connect("1", "c", "198.51.100.1", 443),
      { ...late("a", "npm.pkg.github.com"), verdict: "would-block" },
      late("b", "npm.pkg.github.com"),
      close("c", 1, 2),
    ]);
    assert.equal(network.connections, 3);
    const seen = network.endpoints.items.map(({ host, named, connections, bytesSent, programs, verdicts }) =>
      [host, named, connections, bytesSent, programs.join(), JSON.stringify(verdicts)].join(" "),
    );
    assert.deepEqual(seen, ['npm.pkg.github.com true 2 20 curl {"would-block":1}', "198.51.100.1 false 1 1 curl {}"]);
  });

  it("adds up connections by endpoint, with the programs that made them", () => {
    const { network } = summarize([
      exec("1", "/usr/bin/node"),
      connect("1", "a", "198.51.100.1", 443, "pypi.org"),
      connect("1", "b", "198.51.100.2", 443, "pypi.org", "EINPROGRESS"),
      close("a", 10, 100),
      close("b", 1, 2, "ECONNREFUSED"),
      connect("9", "c", "198.51.100.1", 443, undefined, "ENETUNREACH"),
      close("never opened", 5, 6),
    ]);
    assert.equal(network.connections, 3);
    assert.equal(network.failed, 2);
    assert.deepEqual([network.bytesSent, network.bytesReceived], [16, 108]);
    const [first, second] = network.endpoints.items;
    assert.deepEqual(first, {
      host: "pypi.org",
      named: true,
      port: 443,
      protocol: "tcp",
      connections: 2,
      failures: { ECONNREFUSED: 1 },
      verdicts: {},
      bytesSent: 11,
      bytesReceived: 102,
      programs: ["node"],
      requests: 0,
      steps: [],
    });
    assert.deepEqual([second?.host, second?.named, second?.failures], ["198.51.100.1", false, { ENETUNREACH: 1 }]);
  });

  it("groups by step, in the order in which the steps began", () => {
    const inStep = (step: string, event: object): object => ({ ...event, step });
    const stepInfo = { id: "__run", number: 2, name: "Build" };
    const { steps } = summarize([
      { type: "step.start", stepInfo: { id: "__run", name: "__run" } },
      inStep("__run", exec("1", "/bin/sh")),
      inStep("__run", exec("1", "/usr/bin/make")),
      { ...inStep("__run", exec("2", "/usr/bin/node")), detached: true },
      inStep("__run", connect("2", "a", "198.51.100.1", 443)),
      inStep("__run", { type: "file.write", file: { op: "write", path: "/a" }, count: 4 }),
      exec("3", "/usr/bin/other"),
      { type: "step.end", stepInfo, conclusion: "failure" },
      inStep("unseen", exec("4", "/bin/sh")),
      { type: "step.start", stepInfo: { id: "third" } },
      { type: "step.start", stepInfo: { id: "fourth" } },
    ]);
    const none = { processes: 0, detached: 0, connections: 0, fileOperations: 0 };
    assert.deepEqual(steps.items, [
      {
        id: "__run",
        name: "Build",
        processes: 2,
        detached: 1,
        connections: 1,
        fileOperations: 4,
        number: 2,
        conclusion: "failure",
        durationUs: 7_000,
      },
      { ...none, id: "unseen", name: "unseen", processes: 1 },
      { ...none, id: "third", name: "third" },
    ]);
    assert.equal(steps.omitted, 1);
  });

  it("groups by tool call, in the order in which the calls began", () => {
    const by = (tool: string, event: object): object => ({ ...event, tool });
    const { tools } = summarize([
      by("t1", {
        type: "tool.start",
        toolInfo: { id: "t1", name: "bash", input: { command: "npm ci", mode: "sync" } },
      }),
      by("t1", exec("1", "/bin/sh")),
      by("t1", exec("1", "/usr/bin/npm")),
      by("t1", connect("1", "a", "198.51.100.1", 443)),
      { ...by("t1", { type: "file.write", file: { op: "write", path: "/a" }, count: 4 }), toolGuess: true },
      exec("3", "/usr/bin/other"),
      by("t1", { type: "tool.end", toolInfo: { id: "t1", name: "bash" }, ok: true }),
      by("t2", { type: "tool.start", toolInfo: { id: "t2", name: "x", input: { a: 1 } } }),
      by("t3", exec("4", "/bin/sh")),
    ]);
    assert.deepEqual(tools.items, [
      {
        id: "t1",
        name: "bash",
        input: "npm ci",
        processes: 1,
        connections: 1,
        requests: 0,
        hosts: ["198.51.100.1"],
        fileOperations: 4,
        guessed: 1,
        ok: true,
        durationUs: 6_000,
      },
      {
        id: "t2",
        name: "x",
        input: '{"a":1}',
        processes: 0,
        connections: 0,
        requests: 0,
        hosts: [],
        fileOperations: 0,
        guessed: 0,
      },
    ]);
    assert.equal(tools.omitted, 1);
  });

  it("says what was lost and what could not be seen, by the last word on each", () => {
    const summary = summarize([
      { type: "coverage", hook: "exec", state: "off", reason: "starting" },
      { type: "coverage", hook: "exec", state: "on" },
      { type: "coverage", hook: "tls", state: "unsupported", target: "/lib/x", reason: "static" },
      { type: "loss", source: "file", lost: 5 },
      { type: "loss", source: "file", lost: 2 },
      { type: "loss", source: "disk", lost: 1 },
    ]);
    assert.deepEqual(summary.losses, { total: 8, bySource: { file: 7, disk: 1 } });
    const gap = { hook: "tls", state: "unsupported", target: "/lib/x", reason: "static" };
    assert.deepEqual(summary.coverageGaps, { items: [gap], omitted: 0 });
  });

  it("counts by container, a process that goes into one from then on", () => {
    const inside = (process: string, container?: string, containerInfo?: object): object => ({
      type: "process.exec",
      process,
      exec: { id: process, pid: 1, ppid: 1, exe: "/x", argv: [], cwd: "/", uid: 0, container, containerInfo },
    });
    const { containers } = summarize([
      inside("a"),
      inside("a", "c1", { runtime: "docker", name: "web", image: "alpine:3", by: "state", pid: 1 }),
      inside("a", "c1", { runtime: "docker", name: "web", image: "alpine:3", by: "state", pid: 1 }),
      inside("b", "c2"),
      inside("c", "c3"),
      connect("a", "f1", "198.51.100.7", 443),
      { type: "file.write", process: "a", file: { op: "write", path: "/y" }, count: 3 },
      inside("b"),
      connect("b", "f2", "198.51.100.7", 443),
      exit("a", 0),
    ]);
    const nothing = { connections: 0, fileOperations: 0 };
    assert.deepEqual(containers, {
      items: [
        {
          id: "c1",
          runtime: "docker",
          name: "web",
          image: "alpine:3",
          processes: 1,
          connections: 1,
          fileOperations: 3,
        },
        { id: "c2", processes: 1, ...nothing },
      ],
      omitted: 1,
    });
  });

  it("lists which secrets were read, by whom", () => {
    const read = (process: string, path: string, kind: string, count?: number): object => ({
      type: "file.read",
      process,
      file: { path, kind },
      ...(count === undefined ? {} : { count }),
    });
    const { reads } = summarize([
      exec("a", "/bin/cat"),
      exec("b", "/bin/tar"),
      read("a", "/k.pem", "private key"),
      read("b", "/k.pem", "private key", 4),
      read("b", "/.npmrc", "token"),
      read("b", "/third", "token"),
    ]);
    assert.deepEqual(reads.items, [
      { path: "/k.pem", kind: "private key", count: 5, programs: ["tar", "cat"] },
      { path: "/.npmrc", kind: "token", count: 1, programs: ["tar"] },
    ]);
    assert.equal(reads.omitted, 1);
  });

  it("counts requests, steps and the firewall's verdicts to the endpoint of their connection", () => {
    const http = { method: "GET", host: "pypi.org", path: "/", version: "1.1", tls: "openssl" };
    const summary = summarize([
      exec("1", "/usr/bin/pip"),
      { ...connect("1", "a", "198.51.100.1", 443, "pypi.org"), step: "build" },
      { type: "http.request", process: "1", http, flow: { id: "a" } },
      { type: "http.request", process: "1", http },
      firewall("allowed", "http", ["pypi.org"], { process: "1", flow: { id: "a" } }),
      firewall("blocked", "dns", ["evil.example"], { process: "1" }),
      firewall("blocked", "dns", ["evil.example"]),
      firewall("blocked", "packet", []),
    ]);
    const [endpoint] = summary.network.endpoints.items;
    assert.deepEqual([summary.network.requests, endpoint?.requests, endpoint?.steps], [2, 1, ["build"]]);
    assert.deepEqual(endpoint?.verdicts, { "allowed by the agent's firewall": 1 });
    assert.equal(summary.firewall.blocked, 3);
    assert.deepEqual(summary.firewall.items.items, [
      { host: "evil.example", at: "dns", reason: "NotInAllowList", times: 2, programs: ["pip"] },
      { host: "198.51.100.9", at: "packet", reason: "NotInAllowList", times: 1, programs: [] },
    ]);
    const markdown = renderMarkdown(summary);
    for (const part of [
      "2 HTTP requests read",
      "**The agent's firewall blocked 3 calls**",
      "| <code>evil.example</code> | dns | <code>NotInAllowList</code> | <code>pip</code> | 2 |",
      "| Endpoint | Programs | Steps | Verdicts | Failed | Requests | Connections | Sent | Received |",
    ]) {
      assert.ok(markdown.includes(part), `${part} in\n${markdown}`);
    }
  });

  it("counts the firewall's word on a connection and a program that have ended already", () => {
    const { network, firewall: said } = summarize([
      exec("1", "/usr/bin/pip"),
      connect("1", "a", "198.51.100.1", 443, "pypi.org"),
      close("a", 1, 1),
      exit("1", 0),
      firewall("blocked", "http", ["pypi.org"], { process: "1", flow: { id: "a" } }),
    ]);
    assert.deepEqual(network.endpoints.items[0]?.verdicts, { "blocked by the agent's firewall": 1 });
    assert.deepEqual(said.items.items[0]?.programs, ["pip"]);
  });

  it("says which run it was, of what and where", () => {
    const start = {
      type: "run.start",
      run: {
        id: "7",
        attempt: 2,
        repository: "o/r",
        workflow: "CI",
        job: "b",
        sha: "0a1b",
        url: "https://github.com/o/r",
      },
      host: { name: "runner", os: "Ubuntu 24.04", kernel: "6.11", arch: "x64" },
      collector: { version: "0.1.0" },
      policy: { mode: "audit", endpoints: [] },
    };
    const markdown = renderMarkdown(summarize([start]));
    for (const part of [
      "- Run: <code>o/r</code> · <code>CI</code> · <code>b</code> · <code>0a1b</code> · attempt 2 · <code>https&#58;//github.com/o/r</code>",
      "- Run id: <code>7</code>, by Runglass <code>0.1.0</code>",
      "- Machine: <code>runner</code> · <code>Ubuntu 24.04</code> · <code>6.11</code> · <code>x64</code>",
      "- Egress policy: audit",
    ]) {
      assert.ok(markdown.includes(part), `${part} in\n${markdown}`);
    }
  });

  it("fits into a job's summary, and says where it is cut", () => {
    const most = {
      steps: 2_000,
      tools: 2_000,
      containers: 2_000,
      programs: 1_000,
      endpoints: 9_000,
      blocked: 9,
      denied: 9,
      directories: 9,
      reads: 9,
      findings: 9,
    };
    const name = `${"&".repeat(200)}.example`;
    const events = Array.from({ length: 2_000 }, (_, i) => connect("1", `f${i}`, "198.51.100.1", i, `${i}${name}`));
    const markdown = renderMarkdown(summarize(events, most));
    assert.ok(Buffer.byteLength(markdown) < 1 << 20);
    assert.match(markdown, /\|\n\n\*\*Cut here\*\*: .*has the rest\.\n$/);
  });

  it("says how many entries a list leaves out", () => {
    const finding = { type: "finding", finding: { rule: "r", severity: "high", title: "t", evidence: [1] } };
    const execs = ["a", "b", "c", "d", "e"].map((name) => exec(name, `/bin/${name}`));
    const summary = summarize([finding, finding, finding, ...execs]);
    assert.deepEqual([summary.findings.items.length, summary.findings.omitted], [2, 1]);
    assert.deepEqual([summary.processes.programs.items.length, summary.processes.programs.omitted], [3, 2]);
  });

  it("reports on any events without failing, and its Markdown tables keep their shape", () => {
    const text = fc.string({ unit: "binary", maxLength: 30 });
    const event = fc.oneof(
      fc.tuple(text, text).map(([id, exe]) => exec(id, exe)),
      fc.tuple(text, text, text).map(([p, id, name]) => connect(p, id, name, 443, name, name)),
      text.map((path) => ({ type: "file.write", file: { op: "write", path } })),
      fc.tuple(text, text).map(([path, kind]) => ({ type: "file.read", file: { path, kind } })),
      text.map((hook) => ({ type: "coverage", hook, state: "off", target: hook, reason: hook })),
      text.map((source) => ({ type: "loss", source, lost: 1 })),
      text.map((id) => ({ type: "step.start", stepInfo: { id, name: id } })),
      text.map((id) => ({ type: "step.end", stepInfo: { id, name: id }, conclusion: id })),
      text.map((title) => ({ type: "finding", finding: { rule: title, severity: title, title, evidence: [1] } })),
      fc.tuple(text, text).map(([name, path]) => firewall("blocked", "dns", [name], { process: path })),
      text.map((path) => ({ type: "file.read", file: { path } })),
      text.map((type) => ({ type: `x${type}` })),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), (events) => {
        const markdown = renderMarkdown(summarize(events));
        assert.equal(JSON.stringify(summarize(events)), JSON.stringify(summarize(events)));
        for (const table of markdown.matchAll(/(?:^\|.*\n?)+/gm)) {
          const widths = new Set(
            table[0]
              .trimEnd()
              .split("\n")
              .map((row) => row.split("|").length),
          );
          assert.equal(widths.size, 1, table[0]);
        }
        assert.doesNotMatch(markdown, /<(?!\/?code>)/);
        // oxlint-disable-next-line no-control-regex
        assert.doesNotMatch(markdown, /[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/);
      }),
      { numRuns: 300 },
    );
  });

  it("reports on no events at all", () => {
    const summary = summarize([]);
    assert.deepEqual([summary.events, summary.durationUs, summary.startedAt], [0, 0, undefined]);
    assert.match(renderMarkdown(summary), /^## Runglass: <code>a\.ndjson<\/code>/);
  });
});
