import assert from "node:assert/strict";
import fc from "fast-check";
import { formatRule } from "./format.ts";
import { Matcher } from "./matcher.ts";
import { parseRunglass } from "./runglass.ts";

const entriesOf = (text: string): (string | undefined)[] => {
  const { rules, problems } = parseRunglass(text);
  assert.deepEqual(problems, []);
  return rules.map(formatRule);
};

/** The problem of a list that has just one, with its place as line:column and the text there. */
const problemOf = (text: string): readonly [string, string, string, string | undefined] => {
  const { problems } = parseRunglass(text);
  assert.equal(problems.length, 1, JSON.stringify(problems));
  const { code, place, instead } = problems[0]!;
  const at = text.slice(place.offset, place.offset + place.length);
  return [code, `${place.line}:${place.column}`, at, instead];
};

describe("the policy grammar", () => {
  it("takes entries between any white space, and comments", () => {
    const text =
      "# what npm needs\nnpm.pkg.github.com\tpypi.org:443\r\n\n  *.github.com:22 # ssh\napi.github.com#x y z\n";
    assert.deepEqual(entriesOf(text), ["npm.pkg.github.com", "pypi.org", "*.github.com:22", "api.github.com"]);
    assert.deepEqual(entriesOf(""), []);
    assert.deepEqual(entriesOf(" \n# nothing\n"), []);
  });

  for (const [entry, canonical] of [
    ["PyPI.org.", "pypi.org"],
    ["pypi.org:*", "pypi.org:*"],
    ["bücher.example", "xn--bcher-kva.example"],
    ["*.Bücher.example:8443", "*.xn--bcher-kva.example:8443"],
    ["ntp.ubuntu.com:123/udp", "ntp.ubuntu.com:123/udp"],
    ["pypi.org/UDP", "pypi.org/udp"],
    ["pypi.org:443/tcp", "pypi.org"],
    ["my_bucket.s3.amazonaws.com", "my_bucket.s3.amazonaws.com"],
    ["192.0.2.1", "192.0.2.1"],
    ["192.0.2.0/24:8080", "192.0.2.0/24:8080"],
    ["10.0.0.0/8:53/udp", "10.0.0.0/8:53/udp"],
    ["2001:DB8:0:0::1", "2001:db8::1"],
    ["[2001:db8::1]:8443", "[2001:db8::1]:8443"],
    ["2001:db8::/32", "2001:db8::/32"],
    ["[2001:db8::/32]:*", "[2001:db8::/32]:*"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["localhost:3000", "localhost:3000"],
    ["redis:6379", "redis:6379"],
    ["https://api.github.com/repos/*", "https://api.github.com/repos/*"],
    ["GET https://pypi.org/simple/*", "GET https://pypi.org/simple/*"],
    ["POST|GET https://pypi.org:8443/x", "GET|POST https://pypi.org:8443/x"],
    ["http://*.example.com/*", "http://*.example.com/*"],
  ] as const) {
    it(`reads "${entry}"`, () => assert.deepEqual(entriesOf(entry), [canonical]));
  }

  for (const [text, ...problem] of [
    ["pypi.org files.pythonhosted.org:g443", "bad-port", "1:33", "g443", "443"],
    ["a.example:0", "bad-port", "1:11", "0", undefined],
    ["a.example:65536", "bad-port", "1:11", "65536", undefined],
    ["a.example:", "bad-port", "1:10", ":", undefined],
    ["a.example:80,443", "comma", "1:1", "a.example:80,443", "a.example:80 a.example:443"],
    ["[2001:db8::1]:80,443,", "comma", "1:1", "[2001:db8::1]:80,443,", "[2001:db8::1]:80 [2001:db8::1]:443"],
    ["a.example,b.example", "comma", "1:1", "a.example,b.example", "a.example b.example"],
    ["ok.example\n  https://a.example", "url-without-path", "2:3", "https://a.example", "https://a.example/*"],
    ["ftp://a.example/x", "bad-scheme", "1:1", "ftp://a.example/x", undefined],
    ["https://u:p@a.example/x", "userinfo", "1:1", "https://u:p@a.example/x", "https://a.example/x"],
    ["https://a.example/x?q=1", "url-query", "1:1", "https://a.example/x?q=1", "https://a.example/x"],
    ["https://a.example/*/x", "misplaced-wildcard", "1:1", "https://a.example/*/x", undefined],
    ["*", "misplaced-wildcard", "1:1", "*", undefined],
    ["**.example.com", "misplaced-wildcard", "1:1", "**.example.com", "*.example.com"],
    ["*example.com", "misplaced-wildcard", "1:1", "*example.com", undefined],
    ["a.*.example.com:443", "misplaced-wildcard", "1:1", "a.*.example.com", "*.example.com"],
    ["*.com", "single-label", "1:1", "*.com", undefined],
    ["note", "single-label", "1:1", "note", undefined],
    ["-a.example", "bad-host", "1:1", "-a.example", undefined],
    ["_http._tcp.azure.archive.ubuntu.com:443", "bad-host", "1:1", "_http._tcp.azure.archive.ubuntu.com", undefined],
    ["10.0.0.1/8", "host-bits", "1:1", "10.0.0.1/8", "10.0.0.0/8"],
    ["10.0.0.0/33", "bad-address", "1:1", "10.0.0.0/33", undefined],
    ["256.1.1.1", "bad-address", "1:1", "256.1.1.1", undefined],
    ["010.1.1.1", "bad-address", "1:1", "010.1.1.1", undefined],
    ["[2001:db8::1", "bad-address", "1:1", "[2001:db8::1", "[2001:db8::1]"],
    ["a.example/path", "bad-protocol", "1:10", "/path", undefined],
    ["a.example/v1/x-y", "bad-host", "1:1", "a.example/v1/x-y", "https://a.example/v1/x-y"],
    ["${{ vars.LIST }}", "expression", "1:1", "${{ vars.LIST }}", undefined],
    ["GET", "method-without-url", "1:1", "GET", undefined],
    ["GET pypi.org", "method-without-url", "1:1", "GET", undefined],
    ["GET|FETCH https://pypi.org/x", "bad-method", "1:1", "GET|FETCH", undefined],
  ] as const) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.deepEqual(problemOf(text), problem));
  }

  it("takes a list of ten thousand entries, and goes on behind a bad one", () => {
    const hosts = Array.from({ length: 10_000 }, (_, n) => `h${n}.example.com`);
    const { rules, problems } = parseRunglass([...hosts.slice(0, 5000), "b a d:", ...hosts.slice(5000)].join("\n"));
    assert.equal(rules.length, 10_000);
    assert.deepEqual(
      problems.map(({ code, place }) => [code, place.line]),
      [
        ["single-label", 5001],
        ["single-label", 5001],
        ["bad-port", 5001],
      ],
    );
  });

  it("takes any text without a throw, and names places that are there", () => {
    const pieces = fc.constantFrom(
      ..."a. .*:/[]#,443 \n\t${{}}::1/8GET|https://?@%\\é\u0000".split(""),
      "https://",
      "10.0.0.0/8",
      "*.a.b",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces, { maxLength: 60 }).map((list) => list.join("")),
        ),
        (text) => {
          const { rules, problems } = parseRunglass(text);
          for (const { place, message } of problems) {
            assert.ok(place.length > 0 && place.offset + place.length <= text.length, message);
            const lines = text.slice(0, place.offset).split("\n");
            assert.deepEqual([place.line, place.column], [lines.length, (lines.at(-1)?.length ?? 0) + 1]);
          }
          // What was taken is taken again in its canonical form, and means the same.
          for (const rule of rules) {
            const entry = formatRule(rule);
            assert.ok(entry !== undefined);
            const again = parseRunglass(entry);
            assert.deepEqual(again.problems, []);
            assert.deepEqual(again.rules.map(formatRule), [entry]);
          }
        },
      ),
      { numRuns: 2000, seed: 7 },
    );
  });

  it("writes an address as the standard wants, and reads it again", () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const [entry] = entriesOf(text);
        assert.deepEqual(entriesOf(entry!), [entry]);
        const matcher = new Matcher(parseRunglass(text));
        assert.ok(matcher.connection({ ip: text, port: 443, protocol: "tcp" }));
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});
