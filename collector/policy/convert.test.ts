import assert from "node:assert/strict";
import { fromCopilot, toCopilot, toHardenRunner, toRunglass, type Conversion } from "./convert.ts";
import { parseCopilotList } from "./copilot.ts";
import { parseHardenRunner } from "./hardenRunner.ts";
import { Matcher } from "./matcher.ts";
import { parseRunglass } from "./runglass.ts";

const own = (text: string) => parseRunglass(text).rules[0]!;
const theirs = (text: string) => parseHardenRunner(text).rules[0]!;
const copilot = (text: string) => parseCopilotList(text).entries[0]!;

type Row = readonly [from: string, entries: string, widens: RegExp | undefined, narrows: RegExp | undefined];

const hold = (rows: readonly Row[], convert: (text: string) => Conversion): void => {
  for (const [from, entries, widens, narrows] of rows) {
    it(`${from} becomes ${entries === "" ? "nothing" : entries}`, () => {
      const conversion = convert(from);
      assert.equal(conversion.from, from);
      assert.equal(conversion.entries.join(" "), entries);
      for (const [said, wanted] of [
        [conversion.widens, widens],
        [conversion.narrows, narrows],
      ] as const) {
        if (wanted === undefined) assert.deepEqual(said, []);
        else assert.match(said.join("; "), wanted);
      }
    });
  }
};

describe("a policy in another dialect", () => {
  describe("from Harden-Runner's to ours", () =>
    hold(
      [
        ["pypi.org", "pypi.org", undefined, undefined],
        ["pypi.org:80", "pypi.org:80", undefined, undefined],
        ["*.github.com:443", "*.github.com", undefined, undefined],
        ["*github.com:22", "github.com:22 *.github.com:22", undefined, /evilgithub\.com/],
        ["productionresultssa*.blob.core.windows.net", "", undefined, /would allow more/],
        ["a.*", "", undefined, /no way/],
        ["pypi.org:g443", "", undefined, undefined],
      ],
      (text) => toRunglass(theirs(text)),
    ));

  describe("from ours to Harden-Runner's", () =>
    hold(
      [
        ["pypi.org", "pypi.org:443", undefined, undefined],
        ["*.github.com:22", "*.github.com:22", undefined, undefined],
        ["pypi.org:*", "pypi.org:443", undefined, /every port but 443/],
        ["ntp.ubuntu.com:123/udp", "", undefined, /no UDP/],
        ["192.0.2.0/24:443", "", undefined, /asks DNS for 192\.0\.2\.0\/24/],
        [
          "GET https://pypi.org/simple/*",
          "pypi.org:443",
          /every other path of the host, and methods other than GET/,
          undefined,
        ],
        ["https://pypi.org/*", "pypi.org:443", undefined, undefined],
      ],
      (text) => toHardenRunner(own(text)),
    ));

  describe("from ours to Copilot's allowlist", () =>
    hold(
      [
        ["pypi.org", "https://pypi.org/", undefined, /no HTTP/],
        ["pypi.org:80", "http://pypi.org/", undefined, /no HTTP/],
        ["pypi.org:*", "pypi.org", /every name below pypi\.org/, undefined],
        ["github.com:22", "github.com", /its other ports/, undefined],
        ["*.github.com", "github.com", /github\.com itself.*every port/, undefined],
        ["https://pypi.org/simple/*", "https://pypi.org/simple/", undefined, undefined],
        ["GET https://pypi.org/simple", "https://pypi.org/simple", /go on behind \/simple.*other than GET/, undefined],
        ["192.0.2.7:443", "192.0.2.7", /other ports/, undefined],
        ["192.0.2.0/24", "", undefined, /no networks/],
        ["pypi.org/udp", "", undefined, /about HTTP/],
      ],
      (text) => toCopilot(own(text)),
    ));

  describe("from Copilot's allowlist to ours", () => {
    hold(
      [
        ["pypi.org", "pypi.org pypi.org:80 *.pypi.org *.pypi.org:80", undefined, /other than 80 and 443/],
        ["localhost", "localhost:443 localhost:80", undefined, /other than/],
        ["168.63.129.16", "168.63.129.16:*", undefined, undefined],
        ["https://github.com/", "https://github.com/*", undefined, undefined],
        ["https://api.github.com/advisories", "https://api.github.com/advisories*", undefined, undefined],
        ["https://*.githubusercontent.com", "https://*.githubusercontent.com/*", undefined, undefined],
      ],
      (text) => fromCopilot(copilot(text)),
    );

    it("says which of its entries are none, and where", () => {
      const { entries, faults } = parseCopilotList("pypi.org, https://a b.example\nftp://x/ *.github.com\n");
      assert.deepEqual(
        entries.map(({ text }) => text),
        ["pypi.org", "https://a", "b.example"],
      );
      assert.deepEqual(
        faults.map(({ place }) => `${place.line}:${place.column}`),
        ["2:1", "2:10"],
      );
    });
  });

  it("makes only entries that are read without a problem, and that allow what they are from", () => {
    for (const text of [
      "pypi.org",
      "*.github.com:22",
      "192.0.2.0/24:*",
      "[2001:db8::1]:443",
      "ntp.ubuntu.com:123/udp",
      "GET https://pypi.org/simple/*",
    ]) {
      const rule = own(text);
      const again = parseRunglass(toRunglass(rule).entries.join(" "));
      assert.deepEqual(again.problems, []);
      assert.deepEqual(
        [again.rules[0]?.target, again.rules[0]?.port, again.rules[0]?.request],
        [rule.target, rule.port, rule.request],
      );
    }
    for (const text of ["pypi.org:8443", "*.github.com"]) {
      const list = parseHardenRunner(toHardenRunner(own(text)).entries.join(" "));
      assert.deepEqual(list.problems, []);
      const host = text.startsWith("*") ? "api.github.com" : "pypi.org";
      const port = text.startsWith("*") ? 443 : 8443;
      assert.ok(new Matcher(list).connection({ host, port, protocol: "tcp" }));
    }
  });
});
