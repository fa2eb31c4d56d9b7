import assert from "node:assert/strict";
import fc from "fast-check";
import { type Head, type HeadPiece, HeadReader, parseRequest, parseStatus, type RequestHead } from "./http1.ts";

const request = (line: string, ...headers: readonly string[]): RequestHead | undefined =>
  parseRequest([line, ...headers, "", ""].join("\r\n"));
const shown = (head: RequestHead | undefined): string =>
  head === undefined ? "none" : `${head.form} ${head.method} ${head.host ?? "?"} ${head.path} ${head.version}`;

describe("parseRequest", () => {
  it("reads method, host, path and version", () => {
    const cases: readonly (readonly [string, string, ...string[]])[] = [
      ["origin GET pypi.org /simple/ 1.1", "GET /simple/ HTTP/1.1", "Accept: */*", "Host: pypi.org"],
      ["origin POST pypi.org:8080 /a 1.0", "POST /a HTTP/1.0", "hOST:PyPI.org:8080 "],
      ["origin GET [::1]:80 / 1.1", "GET / HTTP/1.1", "Host: [::1]:80"],
      ["origin GET ? / 1.1", "GET / HTTP/1.1"],
      ["origin OPTIONS a * 1.1", "OPTIONS * HTTP/1.1", "Host: a"],
      ["origin GET a /\u00e9 1.1", "GET /\u00e9 HTTP/1.1", "Host: a"],
      ["tunnel CONNECT pypi.org:443  1.1", "CONNECT PyPI.org:443 HTTP/1.1", "Host: other"],
      ["tunnel CONNECT ?  1.1", "CONNECT /x HTTP/1.1"],
      ["absolute GET pypi.org /a 1.1", "GET http://user:pass@pypi.org/a HTTP/1.1", "Host: other"],
      ["absolute GET pypi.org:81 / 1.1", "GET HTTP://pypi.org:81 HTTP/1.1"],
    ];
    for (const [expected, line, ...headers] of cases) assert.equal(shown(request(line, ...headers)), expected);
  });

  it("masks queries and secrets in paths", () => {
    const token = `ghp_${"a1B2".repeat(9)}`;
    assert.equal(request("GET /a?b=c&d=e HTTP/1.1")?.path, "/a?***");
    assert.equal(request("GET /a#b HTTP/1.1")?.path, "/a?***");
    assert.equal(request("GET http://a?token=b HTTP/1.1")?.path, "?***");
    assert.ok(!request(`GET /x/${token}/y HTTP/1.1`)?.path.includes("a1B2"));
  });

  it("names no host that is none, or one of two", () => {
    for (const host of ["a b", "a\u0000b", "<x>", "a/b", "a:b:c", "a:999999", "x".repeat(300), ""]) {
      assert.equal(request("GET / HTTP/1.1", `Host: ${host}`)?.host, undefined, host);
    }
    assert.equal(request("GET / HTTP/1.1", "Host: a", "Host: b")?.host, undefined);
    assert.equal(request("GET / HTTP/1.1", "Host: a", "Host: A")?.host, "a");
    assert.equal(request("GET / HTTP/1.1", "X-Host: a", " Host: b")?.host, undefined);
  });

  it("takes no other line for a request", () => {
    for (const line of [
      "",
      "GET /",
      "GET  / HTTP/1.1",
      "GET / HTTP/2.0",
      "GET / HTTP/1.10",
      "GET /a b HTTP/1.1",
      "G(T / HTTP/1.1",
      `${"G".repeat(33)} / HTTP/1.1`,
      "GET /\u0000 HTTP/1.1",
      "GET /\u001b[2J HTTP/1.1",
      "HTTP/1.1 200 OK",
    ]) {
      assert.equal(shown(request(line)), "none", line);
    }
    assert.equal(parseRequest("GET /cut-off-in-the-line"), undefined);
    assert.equal(parseRequest("GET / HTTP/1.1"), undefined);
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void parseRequest(text)));
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void parseRequest(`GET ${text} HTTP/1.1\r\n\r\n`)));
  });
});

describe("parseStatus", () => {
  it("reads the status, with a reason or without", () => {
    const heads = ["HTTP/1.1 200 OK\r\n\r\n", "\r\nHTTP/1.0 404\r\n\r\n", "HTTP/1.1 999 \r\n\r\n"];
    assert.deepEqual(heads.map(parseStatus), [200, 404, 999]);
    const none = ["HTTP/2 200", "HTTP/1.1 20", "HTTP/1.1 2000", "HTTP/1.1 099", "200 OK", ""];
    assert.deepEqual(
      none.map(parseStatus),
      none.map(() => undefined),
    );
  });
});

describe("HeadReader", () => {
  const line = fc.stringMatching(/^[A-Za-z][A-Za-z :]{0,20}$/);
  const head = fc
    .tuple(fc.array(line, { minLength: 1, maxLength: 6 }), fc.constantFrom("\r\n", "\n"))
    .map(([lines, end]) => [...lines, "", ""].join(end));

  /** The pieces as the sensor makes them: each begins in a head, `whole` where one ends with it. */
  const piecesOf = (heads: readonly string[], sizes: readonly number[]): HeadPiece[] => {
    const stream = heads.join("");
    const pieces: HeadPiece[] = [];
    for (let at = 0, i = 0; at < stream.length; i++) {
      const end = Math.min(stream.length, at + (sizes[i % sizes.length] ?? 1));
      let message = 0;
      let start = 0;
      while (start + (heads[message]?.length ?? 0) <= at) start += heads[message++]?.length ?? 0;
      let [ended, after] = [start, message];
      while (after < heads.length && ended < end) ended += heads[after++]?.length ?? 0;
      const bytes = Buffer.from(stream.slice(at, end), "latin1");
      pieces.push({ message, offset: at - start, bytes, whole: ended === end });
      at = end;
    }
    return pieces;
  };
  const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 });

  it("puts heads together from pieces, with their numbers", () => {
    fc.assert(
      fc.property(fc.array(head, { maxLength: 8 }), sizes, (heads, split) => {
        const reader = new HeadReader();
        const found = piecesOf(heads, split).flatMap((piece) => reader.add(piece));
        assert.deepEqual(
          found,
          heads.map((text, message) => ({ message, text })),
        );
      }),
    );
  });

  it("leaves out what lost a piece, and never makes a head of two", () => {
    fc.assert(
      fc.property(
        fc.array(head, { minLength: 1, maxLength: 8 }),
        sizes,
        fc.array(fc.boolean()),
        (heads, split, lost) => {
          const reader = new HeadReader();
          const pieces = piecesOf(heads, split).filter((_, i) => lost[i] !== true);
          const found: Head[] = pieces.flatMap((piece) => reader.add(piece));
          for (const { message, text } of found) assert.equal(text, heads[message]);
        },
      ),
    );
  });

  it("takes the beginning of a head that is longer than what is told of it", () => {
    const reader = new HeadReader();
    const text = `GET / HTTP/1.1\r\nA: ${"x".repeat(4_100)}`;
    const piece = { message: 3, offset: 0, bytes: Buffer.from(text), whole: false };
    assert.deepEqual(reader.add(piece), []);
    assert.deepEqual(reader.add({ message: 3, offset: 9_000, bytes: Buffer.alloc(0), whole: true }), [
      { message: 3, text },
    ]);
  });
});
