import assert from "node:assert/strict";
import { defaultRules } from "../../policy/defaults.ts";
import { parseRunglass } from "../../policy/runglass.ts";
import { Verdicts } from "./verdicts.ts";

const read = (fields: string): unknown => JSON.parse(`{${fields.slice(1)}}`);
const allowed = (rule: string): unknown => ({ verdict: "allowed", rule });
const refused = { verdict: "would-block" };

const connect = (remoteIp: string, remotePort = 443, flow = "f1") =>
  ({ flow, protocol: "tcp", remoteIp, remotePort }) as const;
const named = (name: string) => ({ name, source: "dns" }) as const;
const request = (host: string, path: string, tls: string, method = "GET") => ({
  method,
  host,
  path,
  version: "1.1",
  tls,
});

describe("Verdicts", () => {
  it("says nothing without a policy", () => {
    const none = new Verdicts(undefined);
    assert.equal(none.connection(connect("198.51.100.7"), named("pypi.org")), "");
    assert.equal(none.question("pypi.org"), "");
    assert.equal(none.request(request("pypi.org", "/", "openssl"), undefined), "");
  });

  it("names the rule that lets a connection or a question through, a default one by its set", () => {
    const verdicts = new Verdicts(parseRunglass("pypi.org", defaultRules(["loopback"])));
    assert.deepEqual(read(verdicts.connection(connect("198.51.100.7"), named("pypi.org"))), allowed("pypi.org"));
    assert.deepEqual(read(verdicts.connection(connect("198.51.100.7", 444), named("pypi.org"))), refused);
    assert.deepEqual(read(verdicts.connection(connect("198.51.100.7"), undefined)), refused);
    assert.match(verdicts.connection(connect("127.0.0.1", 9), undefined), /"rule":"default:loopback 127\./);
    assert.deepEqual(read(verdicts.question("pypi.org")), allowed("pypi.org"));
    assert.deepEqual(read(verdicts.question("files.example")), refused);
  });

  it("judges a request by the port of its Host, or else that of its scheme, and not by its query", () => {
    const rules = [
      "https://tls.example/*",
      "http://clear.example/*",
      "https://odd.example:8443/*",
      "https://one.example/a",
    ];
    const verdicts = new Verdicts(parseRunglass(rules.join(" ")));
    const says = (host: string, path: string, tls: string): unknown =>
      read(verdicts.request(request(host, path, tls), undefined));
    assert.deepEqual(says("tls.example", "/x", "openssl"), allowed("https://tls.example/*"));
    assert.deepEqual(says("tls.example:443", "/x", "go"), allowed("https://tls.example/*"));
    assert.deepEqual(says("tls.example:8443", "/x", "openssl"), refused);
    assert.deepEqual(says("tls.example", "/x", "none"), refused);
    assert.deepEqual(says("clear.example", "/x", "none"), allowed("http://clear.example/*"));
    assert.deepEqual(says("clear.example", "/x", "openssl"), refused);
    assert.deepEqual(says("odd.example:8443", "/x", "openssl"), allowed("https://odd.example:8443/*"));
    assert.deepEqual(says("odd.example", "/x", "openssl"), refused);
    assert.deepEqual(says("one.example", "/a?next=/b", "openssl"), allowed("https://one.example/a"));
    assert.deepEqual(says("one.example", "/b?next=/a", "openssl"), refused);
  });

  it("lets ask what it likes whoever may go to the address, while the connection lasts", () => {
    const verdicts = new Verdicts(parseRunglass("198.51.100.0/24 pypi.org"));
    const asks = (flow: string | undefined): unknown =>
      read(verdicts.request(request("any.example", "/", "openssl"), flow));
    verdicts.connection(connect("198.51.100.7", 443, "byAddress"), undefined);
    verdicts.connection(connect("192.0.2.7", 443, "byName"), named("pypi.org"));
    assert.deepEqual(asks("byAddress"), allowed("198.51.100.0/24"));
    assert.deepEqual(asks("byName"), refused);
    assert.deepEqual(asks(undefined), refused);
    verdicts.closed("byAddress");
    assert.deepEqual(asks("byAddress"), refused);
    verdicts.connection(connect("198.51.100.7", 443, "byAddress"), undefined);
    verdicts.connection(connect("192.0.2.7", 443, "byAddress"), undefined);
    assert.deepEqual(asks("byAddress"), refused);
  });
});
