import assert from "node:assert/strict";
import fc from "fast-check";
import { parseFirewallLine } from "./firewallLog.ts";

const blockedName = {
  time: "2026-04-19T15:50:52.642Z",
  level: "WARN",
  msg: "DNS BLOCKED",
  because: "NotInAllowList",
  blocked: true,
  blockedAt: "dns",
  domains: "Blob.Example.COM.",
  ruleSource: "NotInAllowList",
  ruleSourceComment: "Domain doesn't match any allowlist prefixes",
  pid: 4711,
  port: "53",
  ip: "",
  originalIp: "unknown",
  url: "",
  cmd: "dotnet restore ",
};
const redirect = {
  time: "2026-04-19T15:50:52.7Z",
  level: "INFO",
  msg: "HTTP Redirect",
  eventType: "HTTP Redirect",
  ip: "127.0.0.1",
  originalIp: "198.51.100.7",
  port: 18_080,
  pid: 4711,
  cmd: "curl https://pypi.org ",
  allowed: true,
};
const parse = (fields: object): ReturnType<typeof parseFirewallLine> => parseFirewallLine(JSON.stringify(fields));

describe("parseFirewallLine", () => {
  it("takes a verdict", () => {
    assert.deepEqual(parse(blockedName), {
      verdict: "blocked",
      at: "dns",
      time: 1_776_613_852_642_000,
      because: "NotInAllowList",
      rule: "Domain doesn't match any allowlist prefixes",
      names: ["blob.example.com"],
      pid: 4711,
      command: "dotnet restore ",
      ip: "",
      originalIp: "",
      port: 53,
      url: "",
    });
    assert.equal(parse({ ...blockedName, blocked: false })?.verdict, "allowed");
  });

  it("takes a redirect with both of its addresses", () => {
    const { verdict, at, ip, originalIp, port } = parse(redirect) ?? {};
    assert.deepEqual([verdict, at, ip, originalIp, port], ["redirected", "http", "127.0.0.1", "198.51.100.7", 18_080]);
  });

  it("knows no process by the numbers that stand for nobody, or for none", () => {
    for (const pid of [0, -1, 1.5, "x", null, 2 ** 40, {}]) {
      assert.equal(parse({ ...blockedName, pid })?.pid, undefined, String(pid));
    }
  });

  it("takes several names, in the forms of older firewalls too", () => {
    const names = (fields: object): readonly string[] | undefined => parse({ ...blockedName, ...fields })?.names;
    assert.deepEqual(names({ domains: "a.example., b.example:443  None" }), ["a.example", "b.example"]);
    assert.deepEqual(names({ domains: undefined, domain: "c.example" }), ["c.example"]);
    assert.deepEqual(names({ domains: "<b>x</b> $(id) \u0000", url: "https://u.example/" }), []);
    assert.equal(
      names({
        domains: Array(1000)
          .fill("d.example")
          .map((name, i) => `${i}.${name}`)
          .join(","),
      })?.length,
      16,
    );
  });

  it("takes nothing from what says nothing of a connection, or is no such line", () => {
    const others = [
      '{"time":"2026-04-19T15:50:52Z","level":"INFO","msg":"DNS server started"}',
      JSON.stringify({ ...blockedName, blocked: "true" }),
      JSON.stringify({ ...blockedName, blockedAt: "moon" }),
      JSON.stringify({ ...blockedName, blockedAt: ["dns"] }),
      JSON.stringify({ ...blockedName, domains: "" }),
      JSON.stringify({ ...redirect, eventType: "HTTP Proxy Packet Bypass" }),
      JSON.stringify({ ...redirect, ip: "300.1.1.1", originalIp: "unknown" }),
      JSON.stringify(blockedName).slice(0, -2),
      `[${JSON.stringify(blockedName)}]`,
      `{"blocked":true,"blockedAt":"dns","domains":"a.example","x":"${"y".repeat(70_000)}"}`,
      "null",
      "",
      "\0",
    ];
    for (const line of others) assert.equal(parseFirewallLine(line), undefined, line.slice(0, 80));
  });

  it("never throws, and gives bounded texts only, whatever the line is", () => {
    const value = fc.oneof(fc.jsonValue(), fc.string({ maxLength: 5_000 }), fc.constant("x.".repeat(40_000)));
    const fields = fc.dictionary(fc.constantFrom(...Object.keys({ ...blockedName, ...redirect }), "__proto__"), value);
    fc.assert(
      fc.property(fields, fc.boolean(), fc.nat(200), (some, whole, cut) => {
        const text = JSON.stringify(whole ? { ...blockedName, ...some } : some);
        for (const line of [text, text.slice(0, cut), text.slice(cut)]) {
          const entry = parseFirewallLine(line);
          if (entry === undefined) continue;
          assert.ok(JSON.stringify(entry).length < 60_000);
          assert.ok(["allowed", "blocked", "redirected"].includes(entry.verdict));
          for (const name of entry.names) assert.match(name, /^[a-z0-9_*.-]{1,253}$/);
          for (const ip of [entry.ip, entry.originalIp]) assert.match(ip, /^[\da-f.:]*$/);
        }
      }),
      { seed: 11, numRuns: 500 },
    );
  });
});
