import assert from "node:assert/strict";
import fc from "fast-check";
import { hardenRunnerImplicit } from "./defaults.ts";
import { parseHardenRunner } from "./hardenRunner.ts";
import { Matcher } from "./matcher.ts";

/** The agent's own reading, from the description of its code: host -> ports. */
const reference = (input: string): Map<string, number[]> => {
  const endpoints = new Map<string, number[]>();
  for (const endpoint of input.trim().split(" ")) {
    if (endpoint === "") continue;
    const [host = "", text] = endpoint.split(":");
    const number = text === undefined ? 443 : /^[+-]?[0-9]+$/.test(text) ? Number(text) : 0;
    endpoints.set(host, [...(endpoints.get(host) ?? []), number]);
  }
  return endpoints;
};

const referenceAllows = (endpoints: Map<string, number[]>, host: string, port: number): boolean => {
  const fqdn = (name: string): string => (name.endsWith(".") ? name : `${name}.`);
  for (const [pattern, ports] of endpoints) {
    if (!pattern.includes("*") && fqdn(pattern) === fqdn(host)) return ports.includes(port) && port > 0;
  }
  // Where several wildcards fit, Go's random order of maps decides: any of them may.
  return [...endpoints].some(([pattern, [first]]) => {
    if (!pattern.includes("*")) return false;
    const [prefix = "", suffix = ""] = fqdn(pattern).split("*");
    return fqdn(host).startsWith(prefix) && fqdn(host).endsWith(suffix) && first === port && port > 0;
  });
};

const allows = (list: string, host: string, port: number): boolean =>
  new Matcher(parseHardenRunner(list)).connection({ host, port, protocol: "tcp" }) !== undefined;

const codes = (list: string): string[] =>
  parseHardenRunner(list).problems.map(({ code, effect }) => `${code} ${effect}`);

describe("a Harden-Runner list", () => {
  it("is read as the agent reads it, whatever stands in it", () => {
    const host = fc.constantFrom(
      "a.example.com",
      "b.example.com",
      "example.com",
      "A.example.com",
      "*.example.com",
      "*",
      "a.*",
      "*a.example.com",
      "x*.example.com",
      "*.b.*.com",
      "https",
      "#",
      "1.2.3.4",
    );
    const port = fc.constantFrom(
      "",
      ":443",
      ":80",
      ":g443",
      ":0",
      ":443/tcp",
      ":*",
      ":80,443",
      ":443:9",
      "://a.example.com",
      ":+80",
      ":-1",
    );
    const blank = fc.constantFrom(" ", "  ", "\n", "\t", " \n");
    const list = fc
      .array(
        fc.tuple(host, port, blank).map((parts) => parts.join("")),
        { maxLength: 8 },
      )
      .map((all) => all.join(""));
    const asked = fc.constantFrom(
      "a.example.com",
      "x.a.example.com",
      "example.com",
      "evila.example.com",
      "a.evil.net",
      "b.example.com",
    );
    fc.assert(
      fc.property(list, asked, fc.constantFrom(443, 80, 9), (text, name, number) => {
        assert.equal(allows(text, name, number), referenceAllows(reference(text), name, number), text);
      }),
      { numRuns: 3000, seed: 11 },
    );
  });

  // The rows of the grammar as it was measured.
  for (const [list, host, port, allowed, ...said] of [
    ["api.github.com", "api.github.com", 443, true],
    ["a.com:443 a.com:80", "a.com", 80, true],
    ["a.com:443\nb.com:443", "a.com", 443, false, "newline-separated lost"],
    ["a.com:443\nb.com:443", "b.com", 443, false, "newline-separated lost"],
    ["a.com\nb.com:443", "a.com", 443, false, "newline-separated reverts"],
    ["a.com:443\tb.com", "b.com", 443, false, "newline-separated lost"],
    ["a.com:443\n", "a.com", 443, true],
    ["https://a.com", "a.com", 443, false, "invalid-port lost", "unresolvable reverts"],
    ["a.com:443/tcp", "a.com", 443, false, "invalid-port lost"],
    ["a.com:*", "a.com", 443, false, "invalid-port lost"],
    ["a.com:80,443", "a.com", 80, false, "invalid-port lost"],
    ["a.com:99999", "a.com", 443, false, "invalid-port reverts"],
    ["a.com # note", "a.com", 443, true, "unresolvable reverts", "unresolvable reverts"],
    ["a.com,b.com:443", "b.com", 443, false, "unresolvable reverts"],
    ["1.1.1.1:53", "1.1.1.1", 53, true, "unresolvable reverts"],
    ["10.0.0.0/8:443", "10.0.0.1", 443, false, "unresolvable reverts"],
    ["[::1]:443", "::1", 443, false, "invalid-port lost", "more-colons ignored", "unresolvable reverts"],
    ["*.a.com", "y.x.a.com", 443, true],
    ["*.a.com", "a.com", 443, false],
    ["*.a.com", "evila.com", 443, false],
    ["*a.com", "evila.com", 443, true, "wide-wildcard wide"],
    ["x*.a.com", "x.evil.a.com", 443, true, "wide-wildcard wide"],
    ["*.a.*.com", "x.a.", 443, true, "second-wildcard wide"],
    ["a.*", "a.evil.net", 443, true, "wide-wildcard wide"],
    ["*", "evil.net", 443, true, "wide-wildcard wide"],
    ["*.a.com:443 *.a.com:80", "x.a.com", 80, false, "wildcard-port lost"],
    ["A.com", "a.com", 443, false, "uppercase lost"],
    ["_http._tcp.azure.archive.ubuntu.com:443", "x", 443, false, "unresolvable reverts"],
    ["db.internal:443", "db.internal", 443, true, "unresolvable reverts"],
  ] as const) {
    it(`${JSON.stringify(list)}: ${host}:${port} is ${allowed ? "allowed" : "not allowed"}${said.length > 0 ? `; ${said.join(", ")}` : ""}`, () => {
      assert.equal(allows(list, host, port), allowed);
      assert.deepEqual(codes(list), said);
    });
  }

  it("has what the agent allows by itself", () => {
    const matcher = new Matcher(parseHardenRunner("", hardenRunnerImplicit()));
    const open = (host: string): boolean => matcher.connection({ host, port: 443, protocol: "tcp" }) !== undefined;
    assert.ok(open("productionresultssa-of-anyone.blob.core.windows.net"));
    assert.ok(open("agent.api.stepsecurity.io"));
    assert.ok(!open("github.com") && !open("api.github.com"));
    assert.ok(matcher.connection({ ip: "10.9.8.7", port: 5, protocol: "udp" }));
    assert.ok(!matcher.connection({ ip: "169.254.169.254", port: 53, protocol: "udp" }));
    const quiet = new Matcher(parseHardenRunner("", hardenRunnerImplicit(false)));
    assert.equal(quiet.connection({ host: "agent.api.stepsecurity.io", port: 443, protocol: "tcp" }), undefined);
  });

  it("takes any text without a throw, and names places that are there", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."a.*:/ \n\t#,-_4é") }), (text) => {
        for (const { place } of parseHardenRunner(text).problems) {
          assert.ok(place.offset >= 0 && place.length > 0 && place.offset + place.length <= text.length);
        }
      }),
      { numRuns: 1000, seed: 3 },
    );
  });
});
