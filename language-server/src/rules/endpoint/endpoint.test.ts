import assert from "node:assert/strict";
import { blocking, fixed, found, hardened, only } from "../../../test/judged.ts";

const RULE = "endpoint/";

/** An entry among sound ones, what is found at it, and what its fix makes of the three lines. */
const rows: readonly (readonly [entry: string, rule: string, at: string, after: string | undefined])[] = [
  [
    "a.example.org:443,b.example.org:80",
    "comma-separated",
    "a.example.org:443,b.example.org:80",
    "a.example.org:443 b.example.org:80",
  ],
  ["a.example.org:443,", "comma-separated", "a.example.org:443,", "a.example.org:443"],
  ["https://api.github.com/repos", "scheme-or-path", "https://api.github.com/repos", "api.github.com:443"],
  ["http://a.example.org", "scheme-or-path", "http://a.example.org", "a.example.org:80"],
  ["https://a.example.org:8443/x", "scheme-or-path", "https://a.example.org:8443/x", "a.example.org:8443"],
  ["a.example.org/v1:443", "scheme-or-path", "a.example.org/v1:443", "a.example.org:443"],
  ["10.0.0.0/8:443", "cidr", "10.0.0.0/8:443", ""],
  ["2001:db8::/32", "cidr", "2001:db8::/32", ""],
  ["169.254.169.254:80", "ip-address", "169.254.169.254:80", ""],
  ["[2001:db8::1]:443", "ip-address", "[2001:db8::1]:443", ""],
  ["*", "wildcard-too-broad", "*", undefined],
  ["**", "wildcard-too-broad", "**", undefined],
  ["*.*.example.org:443", "wildcard-too-broad", "*.*.example.org:443", "*.example.org:443"],
  ["foo*", "wildcard-too-broad", "foo*", undefined],
  ["a.*.com", "wildcard-too-broad", "a.*.com", undefined],
  ["*example.org:80", "wildcard-too-broad", "*example.org:80", "*.example.org:80"],
  ["a.example.org:g443", "invalid-port", "a.example.org:g443", "a.example.org:443"],
  ["a.example.org:443/tcp", "invalid-port", "a.example.org:443/tcp", "a.example.org:443"],
  ["a.example.org:0", "invalid-port", "a.example.org:0", "a.example.org:443"],
  ["a.example.org:99999", "invalid-port", "a.example.org:99999", "a.example.org:443"],
  ["a.example.org:*", "invalid-port", "a.example.org:*", "a.example.org:443"],
  [
    "_http._tcp.azure.archive.ubuntu.com:443",
    "not-a-hostname",
    "_http._tcp.azure.archive.ubuntu.com:443",
    "azure.archive.ubuntu.com:80",
  ],
  ["undefined:3306", "not-a-hostname", "undefined:3306", ""],
  ["-a.example.org", "not-a-hostname", "-a.example.org", ""],
  ["bücher.example.org:443", "not-a-hostname", "bücher.example.org:443", "xn--bcher-kva.example.org:443"],
  ["db.internal:443", "unresolvable-suffix", "db.internal:443", ""],
  ["*.cloudfront.net:443", "wildcard-public-suffix", "*.cloudfront.net:443", undefined],
  ["*.com:443", "wildcard-public-suffix", "*.com:443", undefined],
  ["*.co.uk:443", "wildcard-public-suffix", "*.co.uk:443", undefined],
  ["*.amazonaws.com:443", "wildcard-public-suffix", "*.amazonaws.com:443", undefined],
  ["API.example.org:443", "uppercase", "API.example.org:443", "api.example.org:443"],
  ["api.example.org", "missing-port", "api.example.org", "api.example.org:443"],
  ["0.pool.ntp.org:123", "udp-only-port", "0.pool.ntp.org:123", ""],
  ["pypi.org", "duplicate", "pypi.org", ""],
  ["codeload.github.com:443", "implicit", "codeload.github.com:443", ""],
  ["productionresultssa0.blob.core.windows.net:443", "implicit", "productionresultssa0.blob.core.windows.net:443", ""],
  ["api.snapcraft.io:443", "known-noise", "api.snapcraft.io:443", ""],
  ["azure.archive.ubuntu.com:80", "plaintext-http", "azure.archive.ubuntu.com:80", undefined],
  ["hooks.slack.com:443", "exfil-prone", "hooks.slack.com:443", undefined],
];

describe("rules about entries", () => {
  for (const [entry, rule, at, after] of rows) {
    it(`${rule}: ${entry}`, () => {
      const text = blocking("pypi.org:443", entry, "github.com:443");
      const id = `${RULE}${rule}`;
      const finding = only(text, id);
      assert.equal(text.slice(finding.start, finding.end), at);
      if (after === undefined) return;
      const lines = ["pypi.org:443", ...(after === "" ? [] : [after]), "github.com:443"];
      assert.equal(fixed(text, id), blocking(...lines));
    });
  }

  it("says one thing of an entry's syntax, and nothing of what else such an entry could be", () => {
    assert.deepEqual(found(blocking("https://a.example.org:80", "*.example.org:0", "1.2.3.4"), RULE), [
      `endpoint/scheme-or-path "https://a.example.org:80"`,
      `endpoint/invalid-port "*.example.org:0"`,
      `endpoint/ip-address "1.2.3.4"`,
    ]);
  });

  it("has nothing to say of a sound list", () => {
    const sound = [
      "api.github.com:443",
      "github.com:443",
      "*-docker.pkg.dev:443",
      "ghcr.io:8080",
      "x*.blob.core.windows.net:443",
      "pypi.org:443",
    ];
    assert.deepEqual(found(blocking(...sound), RULE), [
      `endpoint/wildcard-public-suffix "x*.blob.core.windows.net:443"`,
    ]);
    assert.deepEqual(found(blocking("*.github.com:443", "github.com:443"), RULE), []);
  });

  it("knows what a wildcard covers, misses, and conflicts with", () => {
    const text = blocking("*.example.org:443", "a.example.org:443", "b.example.org:80", "*.sub.example.org:8080");
    assert.deepEqual(found(text, RULE), [
      `endpoint/wildcard-misses-apex "*.example.org:443"`,
      `endpoint/covered-by-wildcard "a.example.org:443"`,
      `endpoint/plaintext-http "b.example.org:80"`,
      `endpoint/wildcard-port-conflict "*.sub.example.org:8080"`,
    ]);
    assert.equal(
      fixed(blocking("*.example.org:443"), "endpoint/wildcard-misses-apex"),
      blocking("*.example.org:443", "example.org:443"),
    );
    assert.deepEqual(found(blocking("*.sub.example.org:443"), RULE), []);
  });

  it("offers what a host that is none may have meant, the likeliest first, and to remove it", () => {
    const offered = (entry: string): unknown[] =>
      only(blocking(entry), "endpoint/not-a-hostname").fixes.map(({ title, unsafe }) => [title, unsafe === true]);
    const remove = ["Remove the entry", true];
    for (const [entry, ...meant] of [
      ["'pypi.org'", ["Write pypi.org", false]],
      ["_ldap._tcp.example.org:389", ["Write example.org:389", true]],
      [".example.org:443", ["Write example.org:443", true], ["Write *.example.org:443", true]],
      ["api..github.com", ["Write api.github.com", true]],
      ["github", ["Write github.com", true]],
      ["pypi:443", ["Write pypi.org:443", true]],
      ["db:5432"],
      ["my_host.example.org"],
    ] as const)
      assert.deepEqual(offered(entry), [...meant, remove], entry);
  });

  it("knows that the agent keeps its own names, whatever other ports a list has for them, but not those of its patterns", () => {
    assert.deepEqual(found(blocking("codeload.github.com:443", "codeload.github.com:8080"), RULE), [
      `endpoint/implicit "codeload.github.com:443"`,
    ]);
    const below = "x.actions.githubusercontent.com";
    assert.deepEqual(found(blocking(`${below}:443`, `${below}:8080`), RULE), []);
  });

  it("warns of places for anybody's data only where the policy blocks", () => {
    const audit = hardened("egress-policy: audit", "allowed-endpoints: gist.github.com:443");
    assert.deepEqual(found(audit, "endpoint/exfil"), []);
  });

  it("sorts only where that is asked for", () => {
    const text = blocking("pypi.org:443", "github.com:443");
    assert.deepEqual(found(text, "endpoint/unsorted"), []);
    const options = { rules: { "endpoint/unsorted": "hint" } } as const;
    assert.equal(fixed(text, "endpoint/unsorted", undefined, options), blocking("github.com:443", "pypi.org:443"));
  });
});

describe("rules about comments in lists", () => {
  it("are told once a comment, from # to the last word of its line", () => {
    const text = blocking("pypi.org:443 # the index  ", "# all of this line", "github.com:443");
    assert.deepEqual(found(text, "endpoint/comment"), [
      `endpoint/comment-in-list "# the index"`,
      `endpoint/comment-in-list "# all of this line"`,
    ]);
    const one = blocking("pypi.org:443 # the index", "github.com:443");
    assert.equal(
      fixed(one, "endpoint/comment-in-list"),
      hardened("egress-policy: block", "# the index", "allowed-endpoints: >", "  pypi.org:443", "  github.com:443"),
    );
  });

  it("are not told of comments behind a header or a plain scalar", () => {
    assert.deepEqual(
      found(hardened("egress-policy: block", "allowed-endpoints: > # why", "  github.com:443"), RULE),
      [],
    );
    assert.deepEqual(found(hardened("egress-policy: block", "allowed-endpoints: github.com:443 # why"), RULE), []);
  });
});

describe("the rule about what separates entries", () => {
  const id = "endpoint/newline-separated";

  for (const [what, lines, at, after] of [
    [
      "a literal block",
      ["allowed-endpoints: |", "  a.example.org:443", "  b.example.org:443"],
      "|",
      ["allowed-endpoints: >", "  a.example.org:443", "  b.example.org:443"],
    ],
    [
      "a literal block that strips",
      ["allowed-endpoints: |-", "  a.example.org:443", "  b.example.org:443"],
      "|-",
      ["allowed-endpoints: >-", "  a.example.org:443", "  b.example.org:443"],
    ],
    [
      "an empty line",
      ["allowed-endpoints: >", "  a.example.org:443", "", "  b.example.org:443"],
      "b.example.org:443",
      ["allowed-endpoints: >", "  a.example.org:443", "  b.example.org:443"],
    ],
    [
      "a deeper line",
      ["allowed-endpoints: >", "  a.example.org:443", "    b.example.org:443"],
      "b.example.org:443",
      ["allowed-endpoints: >", "  a.example.org:443", "  b.example.org:443"],
    ],
    [
      "an escape",
      ['allowed-endpoints: "a.example.org:443\\nb.example.org:443"'],
      '"a.example.org:443\\nb.example.org:443"',
      ['allowed-endpoints: "a.example.org:443 b.example.org:443"'],
    ],
    [
      "a tab",
      ["allowed-endpoints: a.example.org:443\tb.example.org:443"],
      "b.example.org:443",
      ["allowed-endpoints: a.example.org:443 b.example.org:443"],
    ],
    [
      "an empty line of a plain scalar",
      ["allowed-endpoints: a.example.org:443", "", "  b.example.org:443"],
      "b.example.org:443",
      undefined,
    ],
  ] as const) {
    it(`finds ${what}, once a list`, () => {
      const text = hardened("egress-policy: block", ...lines);
      const finding = only(text, id);
      assert.deepEqual([text.slice(finding.start, finding.end), finding.severity], [at, "error"]);
      const result = fixed(text, id);
      if (after !== undefined) assert.equal(result, hardened("egress-policy: block", ...after));
      assert.deepEqual(found(result, id), []);
    });
  }

  it("says of a literal block with one entry that a second would be lost", () => {
    assert.equal(
      only(hardened("egress-policy: block", "allowed-endpoints: |", "  a.example.org:443"), id).severity,
      "hint",
    );
  });

  it("has nothing to say of folded, plain and quoted lists, nor of trailing lines", () => {
    for (const lines of [
      ["allowed-endpoints: >", "  a.example.org:443", "  b.example.org:443"],
      ["allowed-endpoints: >+", "  a.example.org:443", "  b.example.org:443", ""],
      ["allowed-endpoints: a.example.org:443", "  b.example.org:443"],
      ["allowed-endpoints: 'a.example.org:443 b.example.org:443'"],
      ['allowed-endpoints: "a.example.org:443', '  b.example.org:443"'],
    ]) {
      assert.deepEqual(found(hardened("egress-policy: block", ...lines), RULE), [], lines.join("\n"));
    }
  });

  it("keeps CRLF line ends", () => {
    const text = hardened(
      "egress-policy: block",
      "allowed-endpoints: >",
      "  a.example.org:443",
      "",
      "  b.example.org:443",
    ).replaceAll("\n", "\r\n");
    const result = fixed(text, id);
    assert.ok(!/[^\r]\n/.test(result));
    assert.deepEqual(found(result, RULE), []);
  });
});
