import assert from "node:assert/strict";
import fc from "fast-check";
import { clientHello, extension, helloMessage, records, serverName } from "../../test/frames/tlsWire.ts";
import { type ClientHello, ClientHelloReader, readClientHello } from "./clientHello.ts";

const named = (name: string): ClientHello => ({ kind: "name", name });

describe("readClientHello", () => {
  it("reads the server name, in lower case", () => {
    assert.deepEqual(readClientHello(clientHello("PyPI.org")), named("pypi.org"));
    assert.deepEqual(readClientHello(clientHello("npm.pkg.github.com.")), named("npm.pkg.github.com"));
  });

  it("waits for the end of what is cut, at any byte", () => {
    const hello = clientHello("pypi.org", 1_700);
    for (let length = 0; length < hello.length; length++) {
      assert.equal(readClientHello(hello.subarray(0, length)).kind, "more", `${length} bytes`);
    }
  });

  it("reads one that is split over records, and ignores what follows it", () => {
    const message = helloMessage(serverName("pypi.org"));
    for (const most of [1, 3, 40, 4_000]) {
      const bytes = Buffer.concat([records(message, most), Buffer.from([0x17, 3, 3, 0, 1, 9])]);
      assert.deepEqual(readClientHello(bytes), named("pypi.org"), `records of ${most} bytes`);
    }
  });

  it("finds nothing where there is no name, or none that a host can have", () => {
    const none = [
      records(helloMessage()),
      records(helloMessage(extension(0, Buffer.alloc(0)))),
      records(helloMessage(serverName("pypi.org", 7))),
      ...["", "a b", "198.51.100.7", "pypi.org\0.evil.example", "<b>", "x".repeat(64), "a..b"].map((n) =>
        clientHello(n),
      ),
      Buffer.from("GET / HTTP/1.1\r\n\r\n"),
      Buffer.from([0x16, 2, 0, 0, 5]),
      Buffer.from([0x16, 3, 1, 0, 0]),
      Buffer.from([0x16, 3, 1, 0xff, 0xff, 1]),
      Buffer.from([0x16, 3, 1, 0, 4, 2, 0, 0, 0]),
      Buffer.from([0x16, 3, 1, 0, 4, 1, 0xff, 0xff, 0xff]),
    ];
    for (const bytes of none) assert.deepEqual(readClientHello(bytes), { kind: "none" }, bytes.toString("latin1"));
  });

  it("never throws, whatever bytes are changed", () => {
    const hello = clientHello("pypi.org", 20);
    const change = fc.record({ at: fc.nat(hello.length - 1), byte: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), fc.nat(hello.length), (changes, length) => {
        const bytes = Buffer.from(hello.subarray(0, length));
        for (const { at, byte } of changes) if (at < length) bytes[at] = byte;
        assert.ok(["more", "none", "name"].includes(readClientHello(bytes).kind));
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        assert.ok(["more", "none", "name"].includes(readClientHello(bytes).kind));
      }),
    );
  });
});

describe("ClientHelloReader", () => {
  it("reads a name from pieces in any order, with repeats", () => {
    const hello = clientHello("api.github.copilot.com", 1_500);
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: hello.length - 1 }), { maxLength: 6 });
    fc.assert(
      fc.property(cuts, fc.infiniteStream(fc.nat()), (at, order) => {
        const ends = [...at.toSorted((a, b) => a - b), hello.length];
        const pieces = ends.map((end, i) => ({ from: i === 0 ? 0 : (ends[i - 1] ?? 0), end }));
        const shuffled = [...pieces, ...pieces]
          .map((piece) => ({ piece, key: order.next().value ?? 0 }))
          .toSorted((a, b) => a.key - b.key);
        const reader = new ClientHelloReader();
        const results = shuffled.map(({ piece }) => reader.add(piece.from, hello.subarray(piece.from, piece.end)));
        assert.deepEqual(results.at(-1), named("api.github.copilot.com"));
      }),
    );
  });

  it("gives up on what never ends", () => {
    const reader = new ClientHelloReader();
    const endless = Buffer.concat([Buffer.from([0x16, 3, 1, 0x40, 0, 1, 0, 0xff, 0xff]), Buffer.alloc(2_000)]);
    let last: ClientHello = { kind: "more" };
    for (let i = 0; i < 100 && last.kind === "more"; i++) last = reader.add(i * 2_000, endless.subarray(0, 2_000));
    assert.equal(last.kind, "none");
  });
});
