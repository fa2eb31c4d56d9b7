// The part of the sensor that finds header fields among HTTP/2's frames, as an ordinary program under the compiler's checks.
import assert from "node:assert/strict";
import fc from "fast-check";
import { HTTP_ENDS } from "../../src/sensor/layout.ts";
import { FLAG, frame, PREFACE, toldOf, TYPE } from "../frames/http2Wire.ts";
import { segmentsOf, type Segment, useFramingProgram } from "./framingProgram.ts";

interface Told {
  readonly sent: string;
  readonly received: string;
  /** Why directions were given up. */
  readonly ends: readonly string[];
}

describe("how the sensor frames HTTP/2", function () {
  this.timeout(60_000);
  const linesFor = useFramingProgram("http2Framing.c");

  const tell = (segments: readonly Segment[]): Told => {
    const told = ["", ""];
    const ends: string[] = [];
    for (const words of linesFor(segments)) {
      const [way = "", second = "", third = ""] = words;
      if (way === "end") ends.push(`${second} ${HTTP_ENDS[Number(third)]}`);
      else {
        assert.equal(Number(second), (told[Number(way)]?.length ?? 0) / 2, "its offset says what was told before");
        told[Number(way)] += third;
      }
    }
    return { sent: told[0] ?? "", received: told[1] ?? "", ends };
  };

  const settings = frame(TYPE.settings, 0, 0, Buffer.from([0, 3, 0, 0, 0, 100]));
  const stream = fc.nat(2 ** 31 - 2).map((number) => number + 1);
  /** What could be taken for frames, or for the client's preface, and is in one. */
  const payload = (most: number): fc.Arbitrary<Buffer> =>
    fc
      .array(
        fc.oneof(
          fc.constantFrom(frame(TYPE.headers, FLAG.endHeaders, 1, Buffer.from([0x82])), PREFACE, settings),
          fc.uint8Array({ maxLength: 60 }),
        ),
        {
          maxLength: most,
        },
      )
      .map((parts) => Buffer.concat(parts));
  const flags = fc.nat(255).map((all) => all & ~FLAG.endHeaders);
  const block = fc
    .tuple(
      fc.constantFrom(TYPE.headers, TYPE.headers, TYPE.promise),
      flags,
      stream,
      fc.array(payload(30), { minLength: 1, maxLength: 4 }),
    )
    .map(([type, flag, number, parts]) =>
      parts.map((part, i) =>
        frame(i === 0 ? type : TYPE.continuation, flag | (i === parts.length - 1 ? FLAG.endHeaders : 0), number, part),
      ),
    );
  const others = fc.oneof(
    fc.tuple(fc.nat(255), stream, payload(200)).map(([flag, number, part]) => frame(TYPE.data, flag, number, part)),
    stream.map((number) => frame(TYPE.priority, 0, number, Buffer.alloc(5))),
    stream.map((number) => frame(TYPE.reset, 0, number, Buffer.alloc(4))),
    fc.constantFrom(settings, frame(TYPE.settings, FLAG.ack, 0), frame(TYPE.ping, 0, 0, Buffer.alloc(8))),
    payload(3).map((part) => frame(TYPE.goaway, 0, 0, Buffer.concat([Buffer.alloc(8), part]))),
    fc.oneof(stream, fc.constant(0)).map((number) => frame(TYPE.window, 0, number, Buffer.alloc(4))),
    fc.tuple(fc.integer({ min: 10, max: 255 }), fc.nat(255), fc.nat(3), payload(3)).map((parts) => frame(...parts)),
  );
  const frames = fc
    .array(
      fc.oneof(
        block,
        others.map((one) => [one]),
      ),
      { maxLength: 25 },
    )
    .map((all) => Buffer.concat([settings, ...all.flat()]));
  const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 });

  it("tells each frame with header fields once and whole, and no byte of another, wherever packets end", () => {
    fc.assert(
      fc.property(frames, frames, cuts, cuts, (out, back, outCuts, backCuts) => {
        const told = tell([
          ...segmentsOf(false, Buffer.concat([PREFACE, out]), outCuts),
          ...segmentsOf(true, back, backCuts),
        ]);
        assert.deepEqual(told.ends, []);
        assert.equal(told.sent, toldOf(out).toString("hex"));
        assert.equal(told.received, toldOf(back).toString("hex"));
      }),
      { numRuns: 100 },
    );
    const out = Buffer.concat([
      PREFACE,
      settings,
      frame(TYPE.headers, 0, 1, Buffer.alloc(700)),
      frame(TYPE.continuation, 4, 1),
    ]);
    const told = tell([...out].map((byte) => ({ incoming: false, bytes: Buffer.from([byte]) })));
    assert.equal(told.sent, toldOf(out).toString("hex"));
  });

  it("takes nothing for HTTP/2 that does not begin as it", () => {
    const headers = frame(TYPE.headers, FLAG.endHeaders, 1, Buffer.from([0x82]));
    for (const lead of [
      "PRI * HTTP/1.1\r\n\r\nSM\r\n\r\n",
      "PRI * HTTP/2.0 \r\n\r\nSM\r\n\r\n",
      "GET * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      "SSH-2.0-x\r\n",
    ]) {
      const told = tell([{ incoming: false, bytes: Buffer.concat([Buffer.from(lead), settings, headers]) }]);
      assert.deepEqual([told.sent, told.ends], ["", []], lead);
    }
  });

  it("gives up what breaks the rules, and tells nothing more of it", () => {
    const headers = frame(TYPE.headers, FLAG.endHeaders, 1, Buffer.from([0x82]));
    const open = frame(TYPE.headers, 0, 1, Buffer.from([0x82]));
    const most = frame(TYPE.continuation, 0, 1, Buffer.alloc(16_000));
    for (const [why, end, ...wrong] of [
      ["a continuation of nothing", "not_http", frame(TYPE.continuation, FLAG.endHeaders, 1)],
      ["another frame in a block", "not_http", open, frame(TYPE.data, 0, 1)],
      ["another stream in a block", "not_http", open, frame(TYPE.continuation, FLAG.endHeaders, 3)],
      ["another block in a block", "not_http", open, headers],
      ["header fields of no stream", "not_http", frame(TYPE.headers, FLAG.endHeaders, 0)],
      ["data of no stream", "not_http", frame(TYPE.data, 0, 0, Buffer.alloc(3))],
      ["settings of a stream", "not_http", frame(TYPE.settings, 0, 1)],
      ["settings that are cut", "not_http", frame(TYPE.settings, 0, 0, Buffer.alloc(5))],
      ["a ping that is none", "not_http", frame(TYPE.ping, 0, 0, Buffer.alloc(7))],
      ["text", "not_http", Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")],
      ["a block without an end", "head_too_long", open, most, most, most, most, most],
      [
        "continuations without an end",
        "head_too_long",
        open,
        ...Array.from({ length: 8000 }, () => frame(TYPE.continuation, 0, 1)),
      ],
    ] as const)
      for (const incoming of [false, true]) {
        const bytes = Buffer.concat([...(incoming ? [] : [PREFACE]), settings, headers, ...wrong, headers]);
        const told = tell([{ incoming, bytes }]);
        assert.deepEqual(told.ends, [`${incoming ? 1 : 0} ${end}`], why);
        const text = incoming ? told.received : told.sent;
        assert.ok(text.startsWith(headers.toString("hex")) && text.length < 2 * 70_000, why);
        assert.equal(text.split(headers.toString("hex")).length, 2, why);
      }
    for (const [lead, incoming] of [
      [PREFACE, false],
      [Buffer.alloc(0), true],
    ] as const) {
      const told = tell([{ incoming, bytes: Buffer.concat([lead, headers]) }]);
      assert.deepEqual(
        [told.sent, told.received, told.ends],
        ["", "", [`${incoming ? 1 : 0} not_http`]],
        "no settings first",
      );
    }
  });

  it("ends with whatever bytes", () => {
    const part = fc.oneof(
      fc.constantFrom(PREFACE, settings),
      frames,
      fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
    );
    const segment = fc.record({ incoming: fc.boolean(), bytes: part });
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 30 }), (segments) => {
        const length = segments.reduce((sum, { bytes }) => sum + bytes.length, 0);
        const { sent, received } = tell(segments);
        assert.ok(sent.length + received.length <= 2 * length);
      }),
      { numRuns: 80 },
    );
  });
});
