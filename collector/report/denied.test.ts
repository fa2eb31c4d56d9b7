import assert from "node:assert/strict";
import type { HttpRequest, NetClose, NetConnect, Verdict } from "../protocol/events.ts";
import { DeniedTally } from "./denied.ts";

const base = { v: 1, seq: 1, t: 1, step: "__run" } as const;

const connect = (id: string, verdict: Verdict, ip: string, port: number, name?: string): NetConnect => ({
  ...base,
  type: "net.connect",
  flow: { id, protocol: "tcp", local: { ip: "10.0.0.1", port: 1 }, remote: { ip, port } },
  ...(name === undefined ? {} : { host: { name, source: "dns" } }),
  verdict,
  result: "ok",
});
const close = (id: string, more: Partial<NetClose> = {}): NetClose => ({
  ...base,
  type: "net.close",
  flow: { id },
  bytesSent: 1,
  bytesReceived: 1,
  durationUs: 1,
  ...more,
});
const query = (name: string, verdict: Verdict) =>
  ({
    ...base,
    type: "dns.query",
    dns: { name, qtype: "A", transport: "udp", server: { ip: "10.0.0.2", port: 53 }, answers: [] },
    verdict,
  }) as const;
const request = (method: string, path: string, verdict: Verdict): HttpRequest => ({
  ...base,
  type: "http.request",
  http: { method, host: "pypi.org", path, version: "1.1", tls: "openssl" },
  verdict,
});

const rows = (tally: DeniedTally): string[] =>
  tally.list(10).items.map(({ what, blocked, times, allow }) => `${times} ${what} ${blocked} ${allow ?? "-"}`);

describe("DeniedTally", () => {
  it("says what was not allowed, how often, and what would allow it", () => {
    const tally = new DeniedTally();
    tally.connect(connect("1", "would-block", "192.0.2.1", 443, "evil.example"), "curl");
    tally.close(close("1"));
    tally.connect(connect("2", "would-block", "192.0.2.1", 8443, "evil.example"), "curl");
    tally.connect(connect("3", "blocked", "2001:db8::1", 22), "ssh");
    tally.connect(connect("4", "allowed", "192.0.2.2", 443, "pypi.org"), "curl");
    tally.query(query("other.example", "would-block"), "dig");
    tally.request(request("PUT", "/legacy/?***", "would-block"), "curl");
    tally.request(request("GET", "/a b", "would-block"), "curl");
    assert.deepEqual(rows(tally), [
      "1 GET https://pypi.org/a b false -",
      "1 PUT https://pypi.org/legacy/ false PUT https://pypi.org/legacy/",
      "1 [2001:db8::1]:22 true [2001:db8::1]:22",
      "1 evil.example:443 false evil.example",
      "1 evil.example:8443 false evil.example:8443",
      "1 other.example false other.example",
    ]);
    const ssh = tally.list(10).items.find(({ blocked }) => blocked);
    assert.deepEqual([ssh?.programs, ssh?.steps], [["ssh"], ["__run"]]);
  });

  it("judges a connection by what its client said last", () => {
    const tally = new DeniedTally();
    const host = { name: "pypi.org", source: "sni" } as const;
    tally.connect(connect("1", "would-block", "192.0.2.1", 443), "curl");
    tally.close(close("1", { host, verdict: "allowed", rule: "pypi.org" }));
    tally.connect(connect("2", "allowed", "192.0.2.1", 443, "pypi.org"), "curl");
    tally.close(close("2", { host: { ...host, name: "evil.example" }, verdict: "would-block" }));
    assert.deepEqual(rows(tally), ["1 evil.example:443 false evil.example"]);
  });

  it("does not tell of a question beside the connection that it was for", () => {
    const tally = new DeniedTally();
    tally.query(query("evil.example", "would-block"), "curl");
    tally.connect(connect("1", "would-block", "192.0.2.1", 443, "evil.example"), "curl");
    assert.deepEqual(rows(tally), ["1 evil.example:443 false evil.example"]);
  });

  it("remembers no more than its bound, and says how many it leaves out", () => {
    const tally = new DeniedTally();
    for (let i = 0; i < 6_000; i++) tally.query(query(`n${i}.example`, "blocked"), undefined);
    const { items, omitted } = tally.list(10);
    assert.deepEqual([items.length, omitted], [10, 4_991]);
  });
});
