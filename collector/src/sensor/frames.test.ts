import assert from "node:assert/strict";
import fc from "fast-check";
import * as encode from "../../test/frames/encode.ts";
import type { Frame } from "./frame.ts";
import { FrameReader } from "./frames.ts";

const who = { pid: 812, start: 123_456_789_012 };
const stream = Buffer.concat([
  encode.hello(),
  encode.coverage("sched_process_exec", "on"),
  encode.coverage("io_uring", "unsupported", "the kernel has no io_uring"),
  encode.coverage("tls", "unsupported", "why", "/lib/é.so"),
  encode.ready(),
  encode.fork(who, { pid: 1, start: 7 }, 1001),
  encode.exec(who, { exe: "/bin/é", argv: ["a", "", "b\n"], cwd: "/w", uid: 1001, truncated: true }),
  encode.step(who, { parent: { pid: 3, start: 5 }, variables: { GITHUB_ACTION: "__run", GITHUB_JOB: "a=b" } }),
  encode.connect(who, { flow: 2n ** 63n + 5n, remote: "2001:db8::1", remotePort: 443 }),
  encode.result(who, 2n ** 63n + 5n, 111),
  encode.close(who, 9, 2 ** 40, 1, 2),
  encode.dns(who, Buffer.from("message"), true),
  encode.file(who, "rename", "/new", "/old", 3, true),
  encode.exit(who, 0, 9),
  encode.loss("file", 12),
  encode.bye(99, 12),
]);
const read = (chunks: Iterable<Buffer>): Frame[] => {
  const frames: Frame[] = [];
  // A message looks into its chunk, so it is copied here to be looked at later.
  const keep = (frame: Frame): void => {
    frames.push(frame.kind === "dns" ? { ...frame, message: Buffer.from(frame.message) } : { ...frame });
  };
  const reader = new FrameReader(keep);
  for (const chunk of chunks) reader.push(chunk);
  assert.ok(!reader.midFrame);
  return frames;
};
const whole = read([stream]);
const refuses = (bytes: Buffer, message: RegExp): void => {
  assert.throws(() => new FrameReader(() => undefined).push(bytes), { message });
};

describe("FrameReader", () => {
  it("decodes every kind of frame", () => {
    const of = (kind: Frame["kind"]): Record<string, unknown> =>
      ({ ...whole.find((frame) => frame.kind === kind) }) as Record<string, unknown>;
    const subset = (kind: Frame["kind"], expected: object): void => {
      const actual = of(kind);
      assert.deepEqual(Object.fromEntries(Object.keys(expected).map((key) => [key, actual[key]])), expected);
    };
    assert.equal(whole.length, 16);
    subset("fork", { ...who, time: encode.TIME, ppid: 1, parentStart: 7, uid: 1001 });
    subset("exec", { exe: "/bin/é", argv: ["a", "", "b\n"], cwd: "/w", truncated: true, existing: false });
    subset("step", { ...who, ppid: 3, parentStart: 5, truncated: false, existing: false });
    assert.deepEqual(of("step")["variables"], new Map(Object.entries({ GITHUB_ACTION: "__run", GITHUB_JOB: "a=b" })));
    subset("connect", { flow: "zik0zk.5", protocol: "tcp", remoteIp: "2001:db8::1", remotePort: 443, family: 6 });
    subset("result", { flow: "zik0zk.5", error: 111, localPort: 40000 });
    subset("close", { flow: "9", sent: 2 ** 40, received: 1, durationUs: 2 });
    subset("dns", { serverIp: "192.0.2.53", serverPort: 53, answer: true, message: Buffer.from("message") });
    subset("file", { op: "rename", path: "/new", from: "/old", count: 3, partial: true });
    subset("exit", { code: 0, signal: 9 });
    subset("loss", { ring: "file", lost: 12 });
    subset("bye", { seen: 99, lost: 12 });
    assert.deepEqual(
      whole
        .filter((frame) => frame.kind === "coverage")
        .map(({ hook, state, reason, target }) => [hook, state, reason, target]),
      [
        ["sched_process_exec", "on", "", ""],
        ["io_uring", "unsupported", "the kernel has no io_uring", ""],
        ["tls", "unsupported", "why", "/lib/é.so"],
      ],
    );
  });

  it("gives the same frames wherever the stream is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }), (sizes) => {
        const chunks: Buffer[] = [];
        for (let at = 0, i = 0; at < stream.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          // A copy, as a chunk of a pipe may begin anywhere in memory.
          chunks.push(Buffer.from(stream.subarray(at, at + size)));
          at += size;
        }
        assert.deepEqual(read(chunks), whole);
      }),
    );
  });

  it("says once and clearly that something is no frame", () => {
    refuses(Buffer.from("runglass-sensor: bash: command not found\n"), /no frame, at byte 0: a frame cannot have \d+/);
    refuses(encode.ready(), /the first frame is not a HELLO/);
    refuses(encode.hello(1), /the sensor speaks version 1 and this collector version 2: take both from one build/);
    const unknown = Buffer.from(encode.ready());
    unknown.writeUInt16LE(77, 4);
    refuses(Buffer.concat([encode.hello(), unknown]), /at byte 40: frame type 77 is not known/);
    const long = Buffer.from(encode.file(who, "write", "/p"));
    long.writeUInt16LE(4000, 38);
    refuses(Buffer.concat([encode.hello(), long]), /shorter than it says/);
  });

  it("takes no bytes for frames that are none, and never reads past its chunk", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat({ max: stream.length }), (noise, at) => {
        const bytes = Buffer.concat([stream.subarray(0, at), noise, stream.subarray(at)]);
        try {
          new FrameReader(() => undefined).push(bytes);
        } catch (error) {
          assert.match((error as Error).message, /no frame|version/);
        }
      }),
    );
  });
});
