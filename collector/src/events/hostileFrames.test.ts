// What is watched chooses nearly all that the sensor tells of it. Whatever that is, and however frames are mixed up, cut
// off or without an end: nothing ends the collector, invents an event, or grows without bound.
import assert from "node:assert/strict";
import fc from "fast-check";
import { answerTo, query } from "../../test/frames/dnsWire.ts";
import * as encode from "../../test/frames/encode.ts";
import { MemoryLog } from "../../test/frames/memoryLog.ts";
import { clientHello } from "../../test/frames/tlsWire.ts";
import { FrameReader } from "../sensor/frames.ts";
import { DENIED_REASONS } from "../sensor/layout.ts";
import { EventLog } from "./eventLog.ts";
import { Pipeline } from "./pipeline.ts";

/** What came of some frames: the log, and why the reader gave up, if it did. */
const play = (frames: readonly Buffer[], pieces = 1): { readonly log: MemoryLog; readonly failure: string } => {
  const log = new MemoryLog();
  const events = new EventLog(log);
  let now = 0;
  const pipeline = new Pipeline(events, () => now);
  const reader = new FrameReader((frame) => pipeline.take(frame));
  const bytes = Buffer.concat([encode.hello(), ...frames]);
  let failure = "";
  try {
    const size = Math.ceil(bytes.length / pieces);
    for (let at = 0; at < bytes.length; at += size) {
      reader.push(bytes.subarray(at, at + size));
      now += 500;
      pipeline.tick();
      events.flush();
    }
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
  }
  pipeline.finish();
  events.flush();
  return { log, failure };
};

const who = fc.nat(5).map((n) => ({ pid: 100 + n, start: (1 + n) * 1_000_000_000 }));
const flow = fc.nat(4);
const bytes = fc.uint8Array({ maxLength: 1_500 }).map((some) => Buffer.from(some));
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.constantFrom("", "\0", "\u202e\u0007", "x".repeat(4_000), "/".repeat(3_000), "__proto__", "*".repeat(500)),
);

/** A DNS message with some of its bytes changed: counts, lengths, pointers into itself and beyond. */
const dnsBytes = fc
  .tuple(
    fc.constantFrom("pypi.org", "a.b.c.d.e", "x".repeat(60)),
    fc.boolean(),
    fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 6 }),
    fc.nat(120),
  )
  .map(([name, isAnswer, changes, cut]) => {
    const question = query(7, name, "A");
    const message = Buffer.from(isAnswer ? answerTo(question, []) : question);
    for (const [at, value] of changes) if (at < message.length) message[at] = value;
    return cut < 20 ? message.subarray(0, cut) : message;
  });
const HEADS = [
  "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
  "GET http://u:p@b.example/x?q=1 HTTP/1.1\r\nHost: a.example\r\n\r\n",
  "CONNECT c.example:443 HTTP/1.1\r\n\r\n",
  "GET / HTTP/1.1\nHost: a.example\n\n",
  "GET / HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n",
  "GET / HTTP/1.1\r\nX: folded\r\n continuation: Host: b.example\r\nHost: a.example\r\n\r\n",
  "GET /\0\x01 HTTP/1.1\r\nHost: a\0.example\r\n\r\n",
  "GET / HTTP/1.1\rHost: a.example\r\r",
  `GET /${"a".repeat(60_000)} HTTP/1.1\r\n\r\n`,
  `GET / HTTP/1.1\r\n${"X: y\r\n".repeat(5_000)}\r\n`,
  "\r\n".repeat(20_000),
  "HTTP/1.1 200 OK\r\n\r\n",
  "HTTP/1.1 999999 \r\n\r\n",
  "get / http/9.9\r\n\r\n",
];
const head = fc.oneof(
  fc.constantFrom(...HEADS).map((one) => Buffer.from(one, "latin1")),
  fc.tuple(fc.constantFrom(...HEADS), fc.nat(60), fc.nat(255)).map(([one, at, value]) => {
    const changed = Buffer.from(one.slice(0, 3_000), "latin1");
    if (at < changed.length) changed[at] = value;
    return changed;
  }),
  bytes,
);
/** A frame holds no more than this, and the sensor tells longer heads in pieces. */
const CHUNK = 8_000;
const httpFrames = fc
  .record({
    who,
    flow,
    head,
    message: fc.nat(3),
    offset: fc.constantFrom(0, 0, 1, 65_000),
    incoming: fc.boolean(),
    whole: fc.boolean(),
  })
  .map(({ head: whole, offset, who: process, ...options }) => {
    const frames: Buffer[] = [];
    for (let at = 0; at < whole.length; at += CHUNK) {
      const piece = whole.subarray(at, at + CHUNK);
      frames.push(encode.http(process, { ...options, offset: offset + at }, piece));
    }
    return Buffer.concat(frames);
  });
const hello = fc
  .tuple(fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 5 }), fc.nat(300), fc.boolean())
  .map(([changes, cut, random]) => {
    const message = Buffer.from(clientHello("pypi.org"));
    for (const [at, value] of changes) if (at < message.length) message[at] = value;
    return random ? message.subarray(0, cut) : message;
  });

const frame = fc.oneof(
  fc.tuple(who, who).map(([child, parent]) => encode.fork(child, parent)),
  fc
    .tuple(who, text, fc.array(text, { maxLength: 5 }), text, fc.boolean())
    .map(([process, exe, argv, cwd, truncated]) => encode.exec(process, { exe, argv, cwd, truncated })),
  fc
    .tuple(who, who, text, text)
    .map(([process, parent, action, value]) =>
      encode.step(process, { parent, variables: { GITHUB_ACTION: action, GITHUB_RUN_ID: "1", RUNNER_TEMP: value } }),
    ),
  fc.tuple(who, fc.nat(300), fc.nat(70)).map(([process, code, signal]) => encode.exit(process, code, signal)),
  fc
    .tuple(who, flow, fc.constantFrom("198.51.100.7", "2001:db8::7"), fc.nat(65_535), fc.boolean())
    .map(([process, id, remote, remotePort, udp]) => encode.connect(process, { flow: id, remote, remotePort, udp })),
  fc.tuple(who, flow, fc.nat(200)).map(([process, id, error]) => encode.result(process, id, error)),
  fc.tuple(who, flow, fc.nat()).map(([process, id, sent]) => encode.close(process, id, sent, sent)),
  fc
    .tuple(who, fc.oneof(dnsBytes, bytes), fc.boolean())
    .map(([process, message, answer]) => encode.dns(process, message, answer)),
  fc.tuple(who, flow, hello).map(([process, id, message]) => encode.stream(process, id, "tls_hello", message)),
  fc
    .tuple(who, flow, dnsBytes, fc.nat(65_535))
    .map(([process, id, message, length]) =>
      encode.stream(process, id, "dns_tcp", Buffer.concat([Buffer.from([length >> 8, length & 255]), message])),
    ),
  httpFrames,
  fc
    .record({
      who: fc.oneof(who, fc.constant({ pid: 0, start: 0 })),
      flow: fc.nat(4),
      remote: fc.constantFrom("198.51.100.7", "2001:db8::7", "0.0.0.0"),
      remotePort: fc.nat(65_535),
      protocol: fc.nat(255),
      reason: fc.constantFrom(...DENIED_REASONS),
      rule: fc.nat(9),
      count: fc.nat(3),
      name: fc.uint8Array({ maxLength: 255 }).map((some) => Buffer.from(some)),
    })
    .map(({ who: process, ...options }) => encode.denied(process, options)),
  fc.tuple(who, text, text).map(([process, path, from]) => encode.file(process, "rename", path, from)),
);

const countOf = (log: MemoryLog, type: string): number => log.of(type).length;

describe("whatever the sensor tells", () => {
  it("ends nothing, and gives no more events than it tells of", () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (frames, pieces) => {
        const { log, failure } = play(frames, pieces);
        assert.equal(failure, "");
        const all = Buffer.concat(frames);
        const told = new Map<string, number>();
        new FrameReader(({ kind }) => void told.set(kind, (told.get(kind) ?? 0) + 1)).push(
          Buffer.concat([encode.hello(), all]),
        );
        const most = (kind: string): number => told.get(kind) ?? 0;
        assert.ok(countOf(log, "net.connect") <= most("connect") + most("denied"));
        assert.ok(countOf(log, "net.close") <= most("close") + most("result"));
        assert.ok(countOf(log, "file.write") <= most("file"));
        assert.ok(countOf(log, "process.exit") <= most("exit"));
        assert.ok(countOf(log, "step.start") <= most("step"));
        assert.ok(countOf(log, "dns.query") <= most("dns") + 64 * most("stream") + most("denied"));
        assert.ok(countOf(log, "finding") <= most("denied"));
        assert.equal(countOf(log, "tool.start") + countOf(log, "firewall"), 0);
        for (const { http } of log.of("http.request")) assert.match(String(http.method), /^[!#$%&'*+.^_`|~\w-]{1,32}$/);
        for (const event of log.events) assert.ok(JSON.stringify(event).length < 200_000, event.type);
      }),
      { seed: 17, numRuns: 400 },
    );
  }).timeout(60_000);

  it("gives the same events, or none more, where its bytes are cut off or damaged", () => {
    fc.assert(
      fc.property(
        fc.array(frame, { minLength: 1, maxLength: 12 }),
        fc.nat(4_000),
        fc.nat(4_000),
        fc.nat(255),
        (frames, cut, at, value) => {
          const whole = Buffer.concat(frames);
          const before = play([whole]).log.events.filter(({ type }) => type !== "coverage").length;
          const shorter = play([whole.subarray(0, Math.min(cut, whole.length))]);
          assert.equal(shorter.failure, "");
          assert.ok(shorter.log.events.filter(({ type }) => type !== "coverage").length <= before + frames.length);
          const damaged = Buffer.from(whole);
          if (at < damaged.length) damaged[at] = value;
          // A stream that is none any more is given up, with a word for the user.
          assert.match(play([damaged], 3).failure, /^(?:|[\x20-\x7e]{1,200})$/);
        },
      ),
      { seed: 19, numRuns: 150 },
    );
  }).timeout(60_000);

  it("keeps no more memory than its bounds, in a flood of processes, flows, names and heads without an end", () => {
    const log = { append: (): boolean => true };
    const events = new EventLog(log);
    let now = 0;
    const pipeline = new Pipeline(events, () => now);
    const reader = new FrameReader((one) => pipeline.take(one));
    reader.push(encode.hello());
    const flood = (round: number): void => {
      for (let i = 0; i < 4_000; i++) {
        const n = round * 4_000 + i;
        const process = { pid: 1_000 + (n % 3_000_000), start: n * 1_000 };
        reader.push(
          Buffer.concat([
            encode.exec(process, { argv: ["x", "y".repeat(200)] }),
            encode.connect(process, { flow: n, remote: "198.51.100.7", remotePort: 80 }),
            encode.http(process, { flow: n, message: 0 }, `GET /${"a".repeat(300)}`),
            ...(n % 4 === 0 ? [encode.dns(process, query(n & 0xffff, `n${n}.example`, "A"), false)] : []),
          ]),
        );
      }
      now += 100;
      pipeline.tick();
      events.flush();
    };
    const used = (): number => {
      globalThis.gc?.();
      return process.memoryUsage().heapUsed;
    };
    for (let round = 0; round < 34; round++) flood(round);
    const before = used();
    for (let round = 34; round < 42; round++) flood(round);
    const grown = (used() - before) / (1 << 20);
    assert.ok(grown < 120, `${Math.round(grown)} MB more after 32,000 further processes`);
  }).timeout(120_000);
});
