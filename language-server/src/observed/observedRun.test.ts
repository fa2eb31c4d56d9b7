import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { RunReader, type ObservedRun } from "./observedRun.ts";
import { distinctRuns, readRun } from "./readRun.ts";

const flow = {
  id: "1",
  protocol: "tcp",
  local: { ip: "10.0.0.1", port: 1 },
  remote: { ip: "198.51.100.7", port: 443 },
};
const START = {
  v: 1,
  seq: 1,
  t: 1,
  type: "run.start",
  run: { id: "1", job: "build", workflow: "CI" },
  host: { name: "runner", os: "linux", kernel: "6.8", arch: "x64" },
  collector: { version: "0" },
  policy: { mode: "block", endpoints: [] },
};
const CONNECT = {
  v: 1,
  seq: 2,
  t: 1_790_000_000_000_000,
  type: "net.connect",
  process: "1",
  step: "s1",
  flow,
  host: { name: "PyPI.org.", source: "sni" },
  verdict: "blocked",
  result: "EPERM",
};

const read = (lines: readonly (object | string)[]): ObservedRun => {
  const reader = new RunReader();
  for (const line of lines) reader.line(typeof line === "string" ? line : JSON.stringify(line));
  return reader.finish();
};
const needed = ({ needs }: ObservedRun): unknown[] =>
  needs.map(({ host, port, programs, steps }) => [`${host}:${port}`, [...programs], [...steps]]);

describe("what a recorded run tells a policy", () => {
  it("is read from JSON however it is spaced, and broken lines are passed over", () => {
    for (const indent of [undefined, 1]) {
      const lines = [START, CONNECT].map((line) => JSON.stringify(line, undefined, indent).replaceAll(/\n\s*/g, " "));
      const { job, workflow, blocked } = read([...lines, '{"type": "net.connect"', "{}", "[1]", "null", ""]);
      assert.deepEqual([job, workflow, blocked.map(({ text }) => text)], ["build", "CI", ["pypi.org:443"]]);
    }
  });

  it("is read in time where a line says its type again and again", () => {
    const types = '"type":"dns.query",'.repeat(200_000);
    const start = process.cpuUsage();
    const { blocked } = read([START, `{${types}"x":"blocked"}`, CONNECT]);
    // Compared with what is behind each of them, it would take minutes.
    assert.ok(process.cpuUsage(start).user < 10_000_000);
    assert.equal(blocked.length, 1);
  });

  it("needs no more of an event than policies do", () => {
    const { job, workflow, needs, problem } = read([
      { type: "run.start", run: { job: "build", workflow: "CI" } },
      { type: "process.exec", process: "p", exec: { exe: "/usr/bin/pip" } },
      { type: "step.start", stepInfo: { id: "s", name: "Install" } },
      {
        type: "net.connect",
        process: "p",
        step: "s",
        flow: { protocol: "tcp", remote: { ip: "198.51.100.7", port: 443 } },
        host: { name: "pypi.org" },
        verdict: "of a later version",
      },
      {
        type: "net.connect",
        flow: { protocol: "tcp", remote: { ip: "198.51.100.7", port: 99_999 } },
        host: { name: "a.b" },
      },
      {
        type: "net.connect",
        flow: { protocol: "sctp", remote: { ip: "198.51.100.7", port: 1 } },
        host: { name: "a.b" },
      },
      { type: "net.connect", host: 7, flow: null },
    ]);
    assert.deepEqual([job, workflow, problem], ["build", "CI", undefined]);
    assert.deepEqual(
      needs.map(({ host, port, programs, steps }) => [host, port, ...programs, ...steps]),
      [["pypi.org", 443, "pip", "Install"]],
    );
  });

  it("takes no name that could not be one: what a run calls itself is written into workflows", () => {
    const hostile = { ...CONNECT, host: { name: "a.example.org\n          run: evil", source: "sni" } };
    const { needs, blocked } = read([START, hostile]);
    assert.deepEqual([needs, blocked], [[], []]);
  });

  it("tells what a policy has refused, also names that were never answered, but none that was reached otherwise", () => {
    const refused = (name: string): object => ({
      ...CONNECT,
      type: "dns.query",
      dns: { name, qtype: "A", transport: "udp", server: { ip: "192.0.2.1", port: 53 }, answers: [] },
    });
    const step = { v: 1, seq: 2, t: 2, type: "step.start", stepInfo: { id: "s1", name: "Install" } };
    const { blocked } = read([
      START,
      step,
      CONNECT,
      { ...CONNECT, flow: { ...flow, id: "2" } },
      refused("new.example.org"),
      refused("new.example.org"),
      refused("pypi.org"),
      refused("db"),
      refused("7.2.0.192.in-addr.arpa"),
      { ...refused("asked.example.org"), verdict: "allowed" },
    ]);
    assert.deepEqual(
      blocked.map(({ text, entry, connections, steps }) => [text, entry, connections, ...steps]),
      [
        ["new.example.org", "new.example.org:443", 2, "Install"],
        ["pypi.org:443", "pypi.org:443", 2, "Install"],
      ],
    );
  });

  it("says why it tells nothing", () => {
    const problem = (...lines: readonly (object | string)[]): unknown => read(lines).problem?.kind;
    assert.deepEqual(
      [problem(), problem("# A page", "of words"), problem({ ...START, v: 2 }), problem(CONNECT), problem(START)],
      ["empty", "unreadable", "unreadable", "partial", undefined],
    );
    const file = { v: 1, seq: 1, t: 1, type: "file.write", file: { op: "write", path: "/a" } };
    assert.equal(problem(file), "partial");
  });

  describe("in a file", () => {
    let folder = "";
    before(() => (folder = mkdtempSync(join(tmpdir(), "runglass-observed-"))));
    after(() => rmSync(folder, { recursive: true, force: true }));
    const written = (bytes: Buffer | string): Promise<ObservedRun> => {
      const path = join(folder, "run.ndjson");
      writeFileSync(path, bytes);
      return readRun(path);
    };
    const log = [START, CONNECT].map((line) => `${JSON.stringify(line)}\n`).join("");

    it("is read with any line ends, without the last one, cut off, with a line of too much, and packed", async () => {
      const expected = needed(await written(log));
      assert.deepEqual(expected, [["pypi.org:443", [], ["s1"]]]);
      for (const bytes of [
        log.replaceAll("\n", "\r\n"),
        log.trimEnd(),
        `${log}{"v":1,"seq":3,"t":3,"type":"net.conn`,
        `${"x".repeat(5 * 1024 * 1024)}\n${log}`,
        gzipSync(log),
      ])
        assert.deepEqual(needed(await written(bytes)), expected);
      const long =
        log + `${JSON.stringify({ ...CONNECT, host: undefined, flow: { ...flow, id: "n" } })}\n`.repeat(20_000);
      const packed = gzipSync(long);
      const cut = await written(packed.subarray(0, packed.length - 20));
      assert.deepEqual([needed(cut), cut.problem?.kind], [expected, "partial"]);
    });

    it("is one run, however many of its logs are given", async () => {
      const seal = { v: 1, seq: 3, t: 3, type: "seal", first: 1, last: 3, sha256: "ab", previous: "0" };
      const early = await written(`${log.split("\n")[0]}\n${JSON.stringify(seal)}\n`);
      const late = await written(`${log}${JSON.stringify(seal)}\n`);
      const unsealed = await written(log);
      assert.deepEqual(
        distinctRuns([early, late, early, unsealed, unsealed]).map(({ needs }) => needs.length),
        [1, 1, 1],
      );
    });
  });
});
