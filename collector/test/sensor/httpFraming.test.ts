// The part of the sensor that finds heads among bodies, as an ordinary program under the compiler's checks.
import assert from "node:assert/strict";
import fc from "fast-check";
import { HeadReader, type Head } from "../../src/events/http1.ts";
import { segmentsOf, type Segment, useFramingProgram } from "./framingProgram.ts";

interface Told {
  readonly sent: readonly string[];
  readonly received: readonly Head[];
  /** Directions that were given up. */
  readonly ends: readonly string[];
}

describe("how the sensor frames HTTP", function () {
  this.timeout(60_000);
  const linesFor = useFramingProgram("framing.c");

  const tell = (segments: readonly Segment[]): Told => {
    const readers = [new HeadReader(), new HeadReader()];
    const heads: Head[][] = [[], []];
    const ends: string[] = [];
    for (const words of linesFor(segments)) {
      const [way = "", message = "", offset, whole, hex = ""] = words;
      if (way === "end") ends.push(message);
      else {
        const piece = { message: Number(message), offset: Number(offset), whole: whole === "1" };
        heads[Number(way)]?.push(...(readers[Number(way)]?.add({ ...piece, bytes: Buffer.from(hex, "hex") }) ?? []));
      }
    }
    return { sent: (heads[0] ?? []).map(({ text }) => text), received: heads[1] ?? [], ends };
  };

  const anyCase = (text: string): fc.Arbitrary<string> => fc.constantFrom(text, text.toLowerCase(), text.toUpperCase());
  /** What could be taken for a head, or for the end of a body, and is in one. */
  const decoy = fc.constantFrom(
    "GET /decoy HTTP/1.1\r\nHost: decoy.example\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "\r\n0\r\n\r\n",
    "Content-Length: 3\r\n\r\n",
    "x",
  );
  const body = fc.array(decoy, { maxLength: 30 }).map((parts) => parts.join(""));
  interface Framed {
    readonly headers: string;
    readonly body: string;
  }
  const plain = fc.constantFrom(
    "",
    "Accept: */*\r\n",
    "X-Content-Length: 7\r\n",
    "Cookie: a=b; chunked, c:d\r\n",
    "X:\r\n",
  );
  const sized = fc
    .record({ name: anyCase("Content-Length"), body, space: fc.constantFrom("", " ", "\t ") })
    .map((r): Framed => ({ headers: `${r.name}:${r.space}${r.body.length}\r\n`, body: r.body }));
  const chunked = fc
    .record({
      name: anyCase("Transfer-Encoding"),
      coding: fc.constantFrom("chunked", "Chunked", "gzip, chunked"),
      chunks: fc.array(fc.tuple(body, fc.constantFrom("", ";a=b", ' ; q="x\ty"'), fc.boolean()), { maxLength: 5 }),
      trailer: fc.constantFrom("", "X-Sum: 1\r\n"),
    })
    .map(({ name, coding, chunks, trailer }): Framed => {
      const data = chunks
        .filter(([chunk]) => chunk !== "")
        .map(([chunk, extension, upper]) => {
          const size = chunk.length.toString(16);
          return `${upper ? size.toUpperCase() : size}${extension}\r\n${chunk}\r\n`;
        });
      return { headers: `${name}: ${coding}\r\n`, body: `${data.join("")}0\r\n${trailer}\r\n` };
    });
  const none = fc.constant<Framed>({ headers: "", body: "" });
  const framed = fc.tuple(fc.oneof(none, sized, chunked), plain, plain);

  const request = fc
    .record({
      method: fc.constantFrom("GET", "POST", "HEAD", "PATCH", "M-SEARCH"),
      path: fc.constantFrom("/", "/a,b;c:d", `/${"long/".repeat(300)}`, "*"),
      framed,
      before: fc.constantFrom("", "", "\r\n"),
    })
    .map(({ method, path, framed: [{ headers, body: data }, before, after], before: empty }) => ({
      method,
      head: `${method} ${path} HTTP/1.1\r\n${before}Host: pypi.org\r\n${headers}${after}\r\n`,
      empty,
      data,
    }));
  const response = fc.record({
    status: fc.constantFrom(200, 204, 206, 304, 404, 500),
    reason: fc.constantFrom(" OK", " ", "", " Not, that: 1.1"),
    interim: fc.constantFrom("", "", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
    framed: fc.tuple(fc.oneof(sized, chunked), plain, plain),
  });
  const exchange = fc.tuple(request, response);
  const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

  it("tells each head once and no byte of a body, wherever packets end", () => {
    fc.assert(
      fc.property(fc.array(exchange, { minLength: 1, maxLength: 8 }), cuts, cuts, (exchanges, out, back) => {
        const sent = exchanges.map(([{ head, empty, data }]) => empty + head + data).join("");
        const answers = exchanges.map(([{ method }, { status, reason, interim, framed: parts }]) => {
          const [{ headers, body: data }, before, after] = parts;
          const head = `HTTP/1.1 ${status}${reason}\r\n${before}${headers}${after}\r\n`;
          const bodiless = method === "HEAD" || status === 204 || status === 304;
          return { interim, head, bytes: interim + head + (bodiless ? "" : data) };
        });
        const bytes = Buffer.from(answers.map((answer) => answer.bytes).join(""), "latin1");
        const told = tell([...segmentsOf(false, Buffer.from(sent, "latin1"), out), ...segmentsOf(true, bytes, back)]);
        assert.deepEqual(told.ends, []);
        assert.deepEqual(
          told.sent.map((head) => head.replace(/^\r\n/, "")),
          exchanges.map(([{ head }]) => head),
        );
        assert.deepEqual(
          told.received,
          answers.flatMap(({ interim, head }, message) =>
            [interim, head].filter((text) => text !== "").map((text) => ({ message, text })),
          ),
        );
      }),
      { numRuns: 80 },
    );
  });

  const out = (text: string): Segment => ({ incoming: false, bytes: Buffer.from(text, "latin1") });
  const back = (text: string): Segment => ({ incoming: true, bytes: Buffer.from(text, "latin1") });
  const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  it("stops where a response goes on to the end of the connection, or becomes a tunnel", () => {
    const fake = "HTTP/1.1 404 Fake\r\n\r\n";
    const untilEnd = tell([out(GET), back("HTTP/1.0 200 OK\r\n\r\n"), back(fake), back(fake)]);
    assert.equal(untilEnd.received.length, 1);
    const upgraded = tell([out(GET), back("HTTP/1.1 101 Switching Protocols\r\n\r\n"), out(GET), back(fake)]);
    assert.deepEqual([upgraded.sent.length, upgraded.received.length], [1, 1]);
    const connect = "CONNECT pypi.org:443 HTTP/1.1\r\n\r\n";
    const tunnel = tell([out(connect), back("HTTP/1.1 200 OK\r\n\r\n"), out(GET), back(fake)]);
    assert.deepEqual([tunnel.sent, tunnel.received.length], [[connect], 1]);
    const refused = tell([out(connect), back("HTTP/1.1 407 No\r\nContent-Length: 2\r\n\r\nno"), out(GET), back(fake)]);
    assert.deepEqual([refused.sent.length, refused.received.length], [2, 2]);
  });

  it("takes nothing that nobody asked for", () => {
    const told = tell([back("HTTP/1.1 408 Timeout\r\nContent-Length: 0\r\n\r\n"), out(GET)]);
    assert.deepEqual([told.sent.length, told.received.length], [1, 0]);
  });

  it("gives up what is no HTTP, and what nobody can follow", () => {
    for (const wrong of [
      "EHLO example.com\r\n",
      "SSH-2.0-OpenSSH_9.2\r\n",
      "GET /\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
      "GET / HTTP/1.1\r\nA: \0\r\n\r\n",
      `GET / HTTP/1.1\r\nA: ${"x".repeat(70_000)}\r\n\r\n`,
      "A".repeat(2_000),
    ]) {
      const told = tell([out(wrong), out(GET)]);
      assert.deepEqual(told.ends, ["0"], wrong.slice(0, 60));
      assert.ok(!told.sent.includes(GET), wrong.slice(0, 60));
    }
  });

  it("tells the beginning of a head beyond the cap, and where the next one begins", () => {
    const long = `GET /long HTTP/1.1\r\nHost: a\r\nA: ${"x".repeat(10_000)}\r\n\r\n`;
    const told = tell([out(long + GET + GET)]);
    assert.deepEqual(told.ends, []);
    assert.equal(told.sent.length, 3);
    assert.ok(long.startsWith(told.sent[0] ?? "?") && (told.sent[0]?.length ?? 0) >= 4_096);
    assert.deepEqual(told.sent.slice(1), [GET, GET]);
  });

  it("ends with whatever bytes", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        GET,
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "5\r\n",
        "0\r\n\r\n",
        "HTTP/1.1 200 ",
        "\n",
      ),
      fc.string({ unit: "binary", maxLength: 30 }),
    );
    const segment = fc.record({ incoming: fc.boolean(), bytes: piece.map((text) => Buffer.from(text, "latin1")) });
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 40 }), (segments) => {
        const told = tell(segments);
        assert.ok(told.received.every(({ message }) => message < told.sent.length + 64));
      }),
      { numRuns: 80 },
    );
  });
});
