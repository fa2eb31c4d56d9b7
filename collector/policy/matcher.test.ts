import assert from "node:assert/strict";
import { defaultRules } from "./defaults.ts";
import { Matcher, type Question } from "./matcher.ts";
import { parseRunglass } from "./runglass.ts";

const matcherOf = (text: string): Matcher => {
  const policy = parseRunglass(text, defaultRules());
  assert.deepEqual(policy.problems, []);
  return new Matcher(policy);
};

const tcp = (host: string | undefined, port: number, ip?: string): Question => ({ host, ip, port, protocol: "tcp" });

describe("what a policy allows", () => {
  const matcher = matcherOf(`
    pypi.org  files.pythonhosted.org:*  *.github.com  ntp.ubuntu.com:123/udp
    192.0.2.0/24:8080  192.0.2.7:22  [2001:db8::/32]:443  203.0.113.5:*
    GET|HEAD https://api.example.com/v1/*  https://api.example.com/status
  `);

  for (const [question, rule] of [
    [tcp("pypi.org", 443), "pypi.org"],
    [tcp("PyPI.org.", 443), "pypi.org"],
    [tcp("pypi.org", 80), undefined],
    [{ host: "pypi.org", port: 443, protocol: "udp" }, undefined],
    [tcp("evilpypi.org", 443), undefined],
    [tcp("pypi.org.evil.example", 443), undefined],
    [tcp("files.pythonhosted.org", 8443), "files.pythonhosted.org:*"],
    [tcp("api.github.com", 443), "*.github.com"],
    [tcp("a.b.github.com", 443), "*.github.com"],
    [tcp("github.com", 443), undefined],
    [tcp("evilgithub.com", 443), undefined],
    [{ host: "ntp.ubuntu.com", port: 123, protocol: "udp" }, "ntp.ubuntu.com:123/udp"],
    [tcp("ntp.ubuntu.com", 123), undefined],
    [tcp(undefined, 8080, "192.0.2.99"), "192.0.2.0/24:8080"],
    [tcp(undefined, 443, "192.0.2.99"), undefined],
    [tcp("x.example", 22, "192.0.2.7"), "192.0.2.7:22"],
    [tcp(undefined, 443, "2001:db8:1::9"), "[2001:db8::/32]:443"],
    [tcp(undefined, 443, "2001:db9::9"), undefined],
    [tcp(undefined, 8080, "::ffff:192.0.2.99"), "192.0.2.0/24:8080"],
    [tcp(undefined, 443, "127.0.0.53"), "127.0.0.0/8"],
    [tcp(undefined, 443, "::1"), "::1"],
    [tcp(undefined, 80, "169.254.169.254"), "169.254.169.254"],
    [tcp(undefined, 80, "169.254.0.9"), undefined],
    [tcp("results-receiver.actions.githubusercontent.com", 443), "*.actions.githubusercontent.com"],
    [tcp("productionresultssa99.blob.core.windows.net", 443), undefined],
    [tcp("api.example.com", 443), "GET|HEAD https://api.example.com/v1/*"],
    [tcp(undefined, 443, "not an address"), undefined],
  ] as const satisfies readonly (readonly [Question, string | undefined])[]) {
    it(`${JSON.stringify(question)}: ${rule ?? "nothing"}`, () =>
      assert.equal(matcher.connection(question)?.text, rule));
  }

  it("expects the requests that a URL entry names, and others not", () => {
    const ask = (method: string, path: string, scheme: "http" | "https" = "https") =>
      matcher.request({ host: "api.example.com", port: 443, scheme, method, path })?.text;
    assert.equal(ask("GET", "/v1/items"), "GET|HEAD https://api.example.com/v1/*");
    assert.equal(ask("POST", "/v1/items"), undefined);
    assert.equal(ask("POST", "/status"), "https://api.example.com/status");
    assert.equal(ask("GET", "/status/more"), undefined);
    assert.equal(ask("GET", "/v1/items", "http"), undefined);
    const pypi = { host: "pypi.org", port: 443, scheme: "https", method: "PUT", path: "/anything" } as const;
    assert.equal(matcher.request(pypi)?.text, "pypi.org");
  });

  it("lets the names be looked up that may be connected to", () => {
    assert.equal(matcher.name("a.github.com")?.text, "*.github.com");
    assert.equal(matcher.name("github.com"), undefined);
    assert.equal(matcher.name("exfil.evil.example"), undefined);
  });

  it("says the default sets, and goes without those that are left out", () => {
    assert.ok(defaultRules().every(({ set }) => set !== undefined));
    const bare = new Matcher(parseRunglass("pypi.org", defaultRules(["loopback"])));
    assert.equal(bare.connection(tcp(undefined, 443, "10.1.2.3")), undefined);
    assert.equal(bare.connection(tcp(undefined, 443, "127.0.0.1"))?.set, "loopback");
  });
});
