import assert from "node:assert/strict";
import { defaultRules } from "../../policy/defaults.ts";
import { NeedTally } from "../../policy/needs.ts";
import { parseHardenRunner } from "../../policy/hardenRunner.ts";
import { parseRunglass } from "../../policy/runglass.ts";
import type { RunEvent } from "../../protocol/events.ts";
import { PolicyCheck } from "./check.ts";
import { suggestionText, suggestPolicy } from "./suggest.ts";

let seq = 0;
const event = (fields: object): RunEvent =>
  ({ v: 1, seq: ++seq, t: 1_790_000_000_000_000 + seq, ...fields }) as RunEvent;

interface Connection {
  readonly host?: string;
  readonly ip?: string;
  readonly port?: number;
  readonly protocol?: "tcp" | "udp";
  readonly later?: string;
  readonly requests?: readonly string[];
}

const connection = ({
  host,
  ip = "198.51.100.7",
  port = 443,
  protocol = "tcp",
  later,
  requests = [],
}: Connection): RunEvent[] => {
  const id = `f${++seq}`;
  const flow = { id, protocol, local: { ip: "192.0.2.1", port: 40_000 }, remote: { ip, port } };
  const named = host === undefined ? {} : { host: { name: host, source: "dns" } };
  return [
    event({ type: "net.connect", process: "p1", step: "build", flow, ...named, result: "ok" }),
    ...requests.map((request) => {
      const [method = "", path = ""] = request.split(" ");
      const http = { method, host: host ?? later, path, version: "1.1", tls: "openssl" };
      return event({ type: "http.request", process: "p1", http, flow: { id } });
    }),
    event({
      type: "net.close",
      flow: { id },
      bytesSent: 1,
      bytesReceived: 1,
      durationUs: 1,
      ...(later === undefined ? {} : { host: { name: later, source: "sni" } }),
    }),
  ];
};

const run = (...connections: readonly Connection[]): RunEvent[] => [
  event({ type: "step.start", stepInfo: { id: "build", name: "Build it" } }),
  event({
    type: "process.exec",
    process: "p1",
    exec: { id: "p1", pid: 1, ppid: 0, exe: "/usr/bin/curl", argv: ["curl"], cwd: "/", uid: 0 },
  }),
  ...connections.flatMap(connection),
];

const tallyOf = (...runs: readonly (readonly RunEvent[])[]): NeedTally => {
  const tally = new NeedTally();
  for (const events of runs) {
    tally.beginRun();
    for (const one of events) tally.take(one);
  }
  return tally;
};

const first = run(
  { host: "PyPI.org", requests: ["GET /simple/", "GET /simple/"] },
  { host: "pypi.org", port: 80 },
  { ip: "2001:db8::7" },
  { ip: "198.51.100.9", later: "api.github.com", requests: ["POST /graphql"] },
  { host: "time.example.com", port: 123, protocol: "udp" },
  { host: "results-receiver.actions.githubusercontent.com" },
  { host: "localhost", ip: "127.0.0.1", port: 3000 },
  { host: "db", ip: "10.0.0.5", port: 5432 },
  { ip: "198.51.100.53", port: 53, protocol: "udp" },
  { host: "metadata", ip: "169.254.169.254", port: 80 },
);
const second = run({ host: "pypi.org" });

describe("a policy of recorded runs", () => {
  it("lists just what left the machine, in our own dialect, with its evidence", () => {
    const tally = tallyOf(first, second);
    const suggested = suggestPolicy(tally.finish(), "runglass");
    assert.deepEqual(
      suggested.entries.map(({ entry }) => entry),
      ["time.example.com:123/udp", "api.github.com:443", "pypi.org:80", "pypi.org:443", "[2001:db8::7]:443"],
    );
    assert.equal(suggested.implicit, 1);
    const text = suggestionText(suggested, "runglass", tally.runs);
    assert.match(
      text,
      /^pypi\.org:443 +# in 2 of 2 runs, 2 times; last \d{4}-\d\d-\d\d \d\d:\d\d; curl; step "Build it"; GET \/simple\/$/m,
    );
    // What is suggested is a policy without a mistake, under which nothing would be blocked.
    const policy = parseRunglass(text, defaultRules());
    assert.deepEqual(policy.problems, []);
    const check = new PolicyCheck(policy);
    for (const events of [first, second]) {
      check.beginRun();
      for (const one of events) check.take(one);
    }
    const checked = check.finish();
    assert.deepEqual([checked.blocked, checked.unused, checked.unexpected.size], [[], [], 0]);
    assert.deepEqual([checked.runs, checked.allowed], [2, 6]);
  });

  it("lists what Harden-Runner can hold, and says what it cannot", () => {
    const tally = tallyOf(first);
    const suggested = suggestPolicy(tally.finish(), "harden-runner");
    const text = suggestionText(suggested, "harden-runner", tally.runs);
    const [, list = ""] = text.split("allowed-endpoints: >\n");
    const folded = list.trim().split(/\s+/).join(" ");
    assert.equal(folded, "api.github.com:443 pypi.org:80 pypi.org:443");
    assert.deepEqual(parseHardenRunner(folded).problems, []);
    assert.match(text, /^# not listed: time\.example\.com:123: that agent opens no UDP port/m);
    assert.match(text, /^# not listed: \[2001:db8::7\]:443: that agent knows names only/m);
  });

  it("lets no text of the log out of its comment", () => {
    const hostile = run({ host: "a.example.com" });
    const step = event({ type: "step.start", stepInfo: { id: "build", name: "x\n*.evil.example:443 # \u202e" } });
    const tally = tallyOf([step, ...hostile.slice(1)]);
    const text = suggestionText(suggestPolicy(tally.finish(), "runglass"), "runglass", 1);
    assert.deepEqual(
      parseRunglass(text).rules.map((rule) => rule.text),
      ["a.example.com:443"],
    );
    assert.doesNotMatch(text, /\u202e/);
  });

  it("tells what a policy would block, does not expect, and does not need", () => {
    const check = new PolicyCheck(
      parseRunglass("GET https://pypi.org/simple/* api.github.com unused.example", defaultRules()),
    );
    check.beginRun();
    const extra = run(
      { host: "pypi.org", requests: ["GET /simple/", "PUT /legacy/?***"] },
      { host: "evil.example", port: 8443 },
    );
    for (const one of [...first, ...extra]) check.take(one);
    const { blocked, unexpected, unused } = check.finish();
    assert.deepEqual(
      blocked.map(({ host, ip, port, protocol }) => `${host ?? ip} ${port} ${protocol}`),
      ["time.example.com 123 udp", "evil.example 8443 tcp", "pypi.org 80 tcp", "2001:db8::7 443 tcp"],
    );
    assert.deepEqual([...unexpected], [["PUT pypi.org/legacy/", 1]]);
    assert.deepEqual(
      unused.map(({ text }) => text),
      ["unused.example"],
    );
  });
});
