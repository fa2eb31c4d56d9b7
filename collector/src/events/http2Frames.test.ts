import assert from "node:assert/strict";
import { connect, constants, createServer, type ClientHttp2Session, type ServerHttp2Session } from "node:http2";
import { duplexPair, type Duplex } from "node:stream";
import fc from "fast-check";
import { FLAG, frame, HpackEncoder, toldOf, TYPE } from "../../test/frames/http2Wire.ts";
import { type HeaderBlock, HeaderBlocks } from "./http2Frames.ts";

const WANTED = new Set([":method", ":path", ":status", "x-wanted"]);

/** Feeds bytes in pieces that end at these places; undefined once they cannot be read. */
const blocksOf = (bytes: Buffer, ends: readonly number[] = []): HeaderBlock[] | undefined => {
  const reader = new HeaderBlocks(WANTED);
  const cuts = [...ends.filter((end) => end < bytes.length).toSorted((a, b) => a - b), bytes.length];
  const found: HeaderBlock[] = [];
  for (const [i, end] of cuts.entries()) {
    const blocks = reader.add(bytes.subarray(i === 0 ? 0 : cuts[i - 1], end));
    if (blocks === undefined) return undefined;
    found.push(...blocks);
  }
  return found;
};
const valueOf = ({ fields }: HeaderBlock, name: string): string | undefined =>
  fields.find((field) => field.name === name)?.value;

describe("HeaderBlocks", () => {
  describe("of nghttp2, which Node has", () => {
    let [client, server]: [ClientHttp2Session | undefined, ServerHttp2Session | undefined] = [undefined, undefined];
    const wires: [Buffer[], Buffer[]] = [[], []];
    const keep = (end: Duplex, wire: Buffer[]): void => {
      const write = end.write.bind(end);
      end.write = ((chunk: Buffer, ...more: []) => {
        wire.push(Buffer.from(chunk));
        return write(chunk, ...more);
      }) as typeof end.write;
    };
    /** What is asked for, and the status that is answered. */
    const asked: [string, string, number][] = [];

    before(async () => {
      const [near, far] = duplexPair();
      keep(near, wires[0]);
      keep(far, wires[1]);
      const listener = createServer({ settings: { headerTableSize: 16_384 } });
      listener.on("session", (session) => (server = session));
      listener.on("stream", (stream, headers) => {
        if (stream.destroyed) return;
        stream.on("error", () => undefined);
        const status = Number(String(headers[":path"]).slice(1, 4));
        stream.additionalHeaders({ ":status": 103, link: "</a>; rel=preload" });
        stream.respond(
          { ":status": status, "x-wanted": "y".repeat(status * 40), "set-cookie": `c=${status}` },
          { waitForTrailers: true },
        );
        stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": "1" }));
        stream.end("body");
      });
      listener.emit("connection", far);
      client = connect("http://pypi.org", { createConnection: () => near, settings: { headerTableSize: 100 } });
      const ends: Promise<unknown>[] = [];
      for (let i = 0; i < 300; i++) {
        const method = i % 3 === 0 ? "POST" : "GET";
        const path = `/${200 + (i % 300)}/${i}${"long".repeat(i % 7)}?q=${i}`;
        const request = client.request(
          { ":method": method, ":path": path, "x-own": `v${i % 50}`, "x-wanted": "\xe4 ".repeat(i), cookie: `s=${i}` },
          { endStream: false },
        );
        request.on("error", () => undefined).resume();
        request.end("some body");
        if (i % 5 === 0) request.close(constants.NGHTTP2_CANCEL);
        const closed = new Promise((resolve) => request.once("close", resolve));
        ends.push(closed);
        if (i % 5 === 0) continue;
        asked.push([method, path, 200 + (i % 300)]);
        if (i % 11 === 0) await closed;
      }
      await Promise.all(ends);
    });
    after(() => {
      client?.destroy();
      server?.destroy();
    });

    it("has each request, and each response with its interim one and its trailers", () => {
      const requests = blocksOf(toldOf(Buffer.concat(wires[0])));
      assert.ok(requests !== undefined);
      const sent = new Map(requests.map((block) => [valueOf(block, ":path"), block]));
      for (const [method, path] of asked) {
        const block = sent.get(path);
        assert.ok(block !== undefined, path);
        assert.equal(valueOf(block, ":method"), method);
      }
      const paths = new Map(requests.map((block) => [block.stream, valueOf(block, ":path")]));
      const responses = blocksOf(toldOf(Buffer.concat(wires[1])));
      assert.ok(responses !== undefined && responses.length >= asked.length * 3);
      const answered = responses.flatMap((block) => {
        const status = valueOf(block, ":status");
        return status === undefined || status === "103" ? [] : [[paths.get(block.stream), Number(status)] as const];
      });
      const statuses = new Map(answered);
      assert.equal(statuses.size, answered.length);
      assert.deepEqual(
        asked.filter(([, path, status]) => statuses.get(path) !== status),
        [],
      );
    });

    it("has the same wherever the pieces end", () => {
      for (const wire of wires) {
        const told = toldOf(Buffer.concat(wire)).subarray(0, 20_000);
        const whole = blocksOf(told);
        fc.assert(
          fc.property(fc.array(fc.nat(20_000), { maxLength: 60 }), (ends) =>
            assert.deepEqual(blocksOf(told, ends), whole),
          ),
          { numRuns: 20 },
        );
        assert.deepEqual(
          blocksOf(
            told,
            Array.from({ length: told.length }, (_, i) => i),
          ),
          whole,
        );
      }
    });
  });

  const GET = [
    { name: ":method", value: "GET" },
    { name: ":path", value: "/a" },
  ];
  const block = (): Buffer => new HpackEncoder().block(GET.map((field) => ({ ...field, form: "plain" as const })));
  const readable = { stream: 1, isPromise: false, fields: GET };

  it("leaves padding, priority and the number of a promise out", () => {
    const padded = Buffer.concat([Buffer.from([3]), block(), Buffer.from([1, 2, 3])]);
    const priority = Buffer.concat([Buffer.from([128, 0, 0, 0, 15]), block()]);
    const both = Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 15]), block(), Buffer.from([9, 9])]);
    const { endHeaders, endStream } = FLAG;
    assert.deepEqual(blocksOf(frame(TYPE.headers, endHeaders | FLAG.padded, 1, padded)), [readable]);
    assert.deepEqual(blocksOf(frame(TYPE.headers, endHeaders | FLAG.priority, 1, priority)), [readable]);
    assert.deepEqual(blocksOf(frame(TYPE.headers, endHeaders | endStream | FLAG.padded | FLAG.priority, 1, both)), [
      readable,
    ]);
    const promise = Buffer.concat([Buffer.from([1, 0, 0, 0, 2]), block(), Buffer.from([0])]);
    assert.deepEqual(blocksOf(frame(TYPE.promise, endHeaders | FLAG.padded, 1, promise)), [
      { ...readable, isPromise: true },
    ]);
  });

  it("puts continuations together", () => {
    const [bytes, parts] = [block(), [] as Buffer[]];
    for (let i = 0; i < bytes.length; i++)
      parts.push(
        frame(
          i === 0 ? TYPE.headers : TYPE.continuation,
          i === bytes.length - 1 ? FLAG.endHeaders : 0,
          1,
          bytes.subarray(i, i + 1),
        ),
      );
    assert.deepEqual(blocksOf(Buffer.concat(parts)), [readable]);
    assert.deepEqual(blocksOf(Buffer.concat(parts.slice(0, -1))), []);
    const empty = [
      frame(TYPE.headers, 0, 1),
      frame(TYPE.continuation, 0, 1),
      frame(TYPE.continuation, FLAG.endHeaders, 1, bytes),
    ];
    assert.deepEqual(blocksOf(Buffer.concat(empty)), [readable]);
  });

  it("refuses what breaks the rules, and what never ends", () => {
    const open = frame(TYPE.headers, 0, 1, block());
    for (const [why, ...frames] of [
      ["a stream of number 0", frame(TYPE.headers, FLAG.endHeaders, 0, block())],
      ["a continuation of nothing", frame(TYPE.continuation, FLAG.endHeaders, 1, block())],
      ["a continuation of another stream", open, frame(TYPE.continuation, FLAG.endHeaders, 3)],
      ["another block in a block", open, frame(TYPE.headers, FLAG.endHeaders, 3, block())],
      ["more padding than payload", frame(TYPE.headers, FLAG.endHeaders | FLAG.padded, 1, Buffer.from([2, 0]))],
      ["padding without a payload", frame(TYPE.headers, FLAG.endHeaders | FLAG.padded, 1)],
      ["priority that is cut", frame(TYPE.headers, FLAG.endHeaders | FLAG.priority, 1, Buffer.from([0, 0]))],
      ["a promise that is cut", frame(TYPE.promise, FLAG.endHeaders, 1, Buffer.from([0, 0]))],
      ["a broken block", frame(TYPE.headers, FLAG.endHeaders, 1, Buffer.from([0x80]))],
      ["a frame that is never told", frame(TYPE.data, 0, 1, Buffer.from("x"))],
      ["a frame of more than 64 KB", frame(TYPE.headers, FLAG.endHeaders, 1, Buffer.alloc(65_537, 0x82))],
      [
        "a block of more than 64 KB",
        open,
        ...Array.from({ length: 6 }, () => frame(TYPE.continuation, 0, 1, Buffer.alloc(16_000, 0x82))),
      ],
      ["continuations without an end", open, ...Array.from({ length: 200 }, () => frame(TYPE.continuation, 0, 1))],
    ] as const)
      assert.equal(blocksOf(Buffer.concat(frames)), undefined, why);
  });

  it("takes whatever bytes, and keeps no more than it may", () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .tuple(fc.constantFrom(1, 5, 9), fc.nat(255), fc.nat(3), fc.uint8Array({ maxLength: 30 }))
        .map((parts) => frame(...parts)),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        const reader = new HeaderBlocks(WANTED);
        for (const bytes of parts) {
          const blocks = reader.add(bytes);
          assert.ok(reader.heldBytes <= 3 * 65_536 + 9);
          if (blocks === undefined) return;
        }
      }),
      { numRuns: 500 },
    );
  });
});
