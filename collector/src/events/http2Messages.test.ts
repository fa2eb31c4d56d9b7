import assert from "node:assert/strict";
import * as encode from "../../test/frames/encode.ts";
import { FLAG, frame, HpackEncoder, TYPE, type WireField } from "../../test/frames/http2Wire.ts";
import { MemoryLog } from "../../test/frames/memoryLog.ts";
import { clientHello } from "../../test/frames/tlsWire.ts";
import { FrameReader } from "../sensor/frames.ts";
import { EventLog } from "./eventLog.ts";
import { Pipeline } from "./pipeline.ts";

const curl = { pid: 100, start: 1_000_000_000 };
type Fields = Readonly<Record<string, string>>;
const GET: Fields = {
  ":method": "GET",
  ":scheme": "https",
  ":authority": "pypi.org",
  ":path": "/a?b=c",
  cookie: "secret-cookie",
};
const OK: Fields = { ":status": "200", "set-cookie": "secret-cookie" };

/** One end of a connection, which packs what it sends and counts what the sensor tells of it. */
class End {
  readonly #encoder = new HpackEncoder();
  readonly #options: encode.HttpOptions;
  #told = 0;

  constructor(options: encode.HttpOptions) {
    this.#options = { ...options, http2: true };
  }
  bytes(stream: number, fields: Fields, type: number = TYPE.headers, before: Buffer = Buffer.alloc(0)): Buffer {
    const list: WireField[] = Object.entries(fields).map(([name, value]) => ({
      name,
      value,
      packed: value.length === 9,
    }));
    return frame(type, FLAG.endHeaders, stream, Buffer.concat([before, this.#encoder.block(list)]));
  }
  tell(bytes: Buffer): Buffer {
    const offset = this.#told;
    this.#told += bytes.length;
    return encode.http(curl, { ...this.#options, offset }, bytes);
  }
  send(stream: number, fields: Fields, type?: number, before?: Buffer): Buffer {
    return this.tell(this.bytes(stream, fields, type, before));
  }
}
class Run {
  readonly log = new MemoryLog();
  readonly events = new EventLog(this.log);
  readonly #pipeline = new Pipeline(this.events, () => 0);
  readonly #reader = new FrameReader((one) => this.#pipeline.take(one));

  constructor(...frames: readonly Buffer[]) {
    this.take(encode.hello(), encode.exec(curl, { argv: ["curl"] }), ...frames);
  }
  take(...frames: readonly Buffer[]): this {
    this.#reader.push(Buffer.concat(frames));
    this.events.flush();
    return this;
  }
  requests(): string[] {
    return this.log.of("http.request").map(({ http }) => `${http.method} ${http.host ?? "-"} ${http.path}`);
  }
  coverage(): string[] {
    return this.log.of("coverage").map(({ hook }) => hook);
  }
}
const established = (flow = 1): Buffer[] => [
  encode.connect(curl, { flow, remote: "198.51.100.7", remotePort: 80 }),
  encode.result(curl, flow, 0),
];

describe("Http2Messages", () => {
  it("writes a request behind its connect, and its final response", () => {
    const [near, far] = [new End({ flow: 1 }), new End({ flow: 1, incoming: true })];
    const { log } = new Run(
      ...established(),
      near.send(1, GET),
      far.send(1, { ":status": "103" }),
      far.send(1, OK),
      far.send(1, { "x-sum": "1" }),
      far.send(1, OK),
    );
    const [, connect, request, response, ...more] = log.events;
    assert.equal(more.length, 0);
    assert.deepEqual(connect?.["host"], { name: "pypi.org", source: "http" });
    const http = { method: "GET", host: "pypi.org", path: "/a?***", version: "2", tls: "none" };
    assert.deepEqual(
      [request?.type, request?.["http"], request?.["flow"]],
      ["http.request", http, connect?.["flow"] && { id: connect["flow"].id }],
    );
    assert.deepEqual(
      [response?.type, response?.["request"], response?.["status"]],
      ["http.response", request?.seq, 200],
    );
    assert.equal(request?.process, connect?.process);
    assert.ok(!JSON.stringify(log.events).includes("secret"));
  });

  it("joins responses to their own requests, in whatever order they come", () => {
    const [near, far] = [new End({ flow: 1 }), new End({ flow: 1, incoming: true })];
    const paths = ["/a", "/b", "/c"];
    const run = new Run(...established(), ...paths.map((path, i) => near.send(1 + 2 * i, { ...GET, ":path": path })));
    run.take(far.send(5, { ":status": "404" }), far.send(1, OK), far.send(9, OK), far.send(3, { ":status": "500" }));
    const known = new Map(run.log.of("http.request").map((event) => [event.seq, event["http"].path]));
    assert.deepEqual(
      run.log.of("http.response").map(({ request, status }) => `${known.get(request)} ${status}`),
      ["/c 404", "/a 200", "/b 500"],
    );
  });

  it("takes each stream for one request, and no promise or trailer for any", () => {
    const [near, far] = [new End({ flow: 1 }), new End({ flow: 1, incoming: true })];
    const run = new Run(
      ...established(),
      near.send(1, GET),
      near.send(1, { "x-sum": "1" }),
      near.send(1, { ...GET, ":path": "/again" }),
      near.send(5, { ...GET, ":path": "/b" }),
      near.send(3, { ...GET, ":path": "/back" }),
      far.send(1, { ...GET, ":path": "/promised" }, TYPE.promise, Buffer.from([0, 0, 0, 2])),
      far.send(2, OK),
      far.send(5, OK),
    );
    assert.deepEqual(run.requests(), ["GET pypi.org /a?***", "GET pypi.org /b"]);
    assert.deepEqual(
      run.log.of("http.response").map(({ request }) => request),
      [run.log.of("http.request")[1]?.seq],
    );
    assert.deepEqual(run.coverage(), []);
  });

  it("takes the host from Host where there is no authority, else from the ClientHello", () => {
    const near = new End({ flow: 1, tls: "openssl" });
    const { ":authority": _, ...bare } = GET;
    const run = new Run(
      ...established(),
      encode.stream(curl, 1, "tls_hello", clientHello("pypi.org")),
      near.send(1, { ...GET, ":authority": "Fronted.example.com:8443" }),
      near.send(3, { ...bare, host: "api.github.copilot.com" }),
      near.send(5, bare),
      near.send(7, { ":method": "CONNECT", ":authority": "npm.pkg.github.com:443" }),
      near.send(9, { ...GET, ":method": "CONNECT", ":protocol": "websocket", ":path": "/chat" }),
    );
    assert.deepEqual(run.requests(), [
      "GET fronted.example.com:8443 /a?***",
      "GET api.github.copilot.com /a?***",
      "GET pypi.org /a?***",
      "CONNECT npm.pkg.github.com:443 ",
      "CONNECT pypi.org /chat",
    ]);
    assert.ok(run.log.of("http.request").every(({ http }) => http.tls === "openssl"));
  });

  it("counts what cannot be read, and goes on", () => {
    const near = new End({ flow: 1 });
    const twice = frame(TYPE.headers, FLAG.endHeaders, 9, Buffer.from("828284", "hex"));
    const run = new Run(
      ...established(),
      near.send(1, { ...GET, ":method": "G T" }),
      near.send(3, { ...GET, ":path": "/a b" }),
      near.send(5, { ":method": "GET" }),
      near.send(7, { ...GET, ":path": `/${"x".repeat(9000)}` }),
      near.tell(twice),
      near.send(11, GET),
    );
    assert.deepEqual(run.requests(), ["GET pypi.org /a?***"]);
    assert.deepEqual(
      run.coverage(),
      Array.from({ length: 3 }, () => "http.clear.unreadable"),
    );
  });

  it("reads nothing more of a direction of which something is missing or broken, and says so once", () => {
    for (const [why, hook] of [
      ["lost", "http.clear.lost_fields"],
      ["broken", "http.clear.unreadable_fields"],
      ["ended", "http.clear.not_http"],
    ] as const) {
      const [near, far] = [new End({ flow: 1 }), new End({ flow: 1, incoming: true })];
      const run = new Run(...established(), near.send(1, GET), near.send(3, GET), far.send(1, OK));
      if (why === "lost") near.send(5, GET);
      if (why === "broken") run.take(near.tell(frame(TYPE.headers, FLAG.endHeaders, 7, Buffer.from([0x80]))));
      if (why === "ended") run.take(encode.http(curl, { flow: 1, http2: true, end: "not_http" }));
      run.take(near.send(9, GET), near.send(11, GET), far.send(3, OK));
      assert.deepEqual(run.requests().length, 2, why);
      assert.equal(run.log.of("http.response").length, 2, why);
      assert.deepEqual(run.coverage(), [hook], why);
    }
  });

  it("reads nothing of a connection whose beginning it has not seen", () => {
    const near = new End({ flow: 1 });
    near.send(1, GET);
    const run = new Run(...established(), near.send(3, GET), near.send(5, GET));
    run.take(encode.http(curl, { flow: 2, http2: true, tls: "openssl", end: "begun_before" }));
    assert.deepEqual(run.requests(), []);
    assert.deepEqual(run.coverage(), ["http.clear.lost_fields", "http.tls.begun_before"]);
  });

  it("keeps flows apart, and forgets them with their end", () => {
    const [one, two] = [new End({ flow: 1 }), new End({ flow: 2 })];
    const run = new Run(...established(1), ...established(2), one.send(1, GET), two.send(1, GET), two.send(3, GET));
    run.take(one.send(3, GET), encode.close(curl, 1, 10, 10), one.send(5, GET));
    assert.equal(run.requests().length, 4);
    assert.deepEqual(run.coverage(), ["http.clear.lost_fields"]);
  });

  it("keeps no more than it may of connections that fill their tables", () => {
    const run = new Run();
    const fields: Fields = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`x-${i}`, "v".repeat(900)]));
    const table = Buffer.from([0x3f, 0xe1, 0xff, 0x03]);
    const [first, last] = [new End({ flow: 1, tls: "openssl" }), new End({ flow: 400, tls: "openssl" })];
    const full = (end: End): Buffer[] => {
      const bytes = end.bytes(1, { ...GET, ...fields }, TYPE.headers, table);
      const pieces: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += 30_000) pieces.push(end.tell(bytes.subarray(at, at + 30_000)));
      return pieces;
    };
    run.take(...full(first));
    for (let flow = 2; flow < 400; flow++) run.take(...full(new End({ flow, tls: "openssl" })));
    run.take(...full(last), last.send(3, GET), first.send(3, GET));
    assert.equal(run.requests().length, 401);
    assert.deepEqual(run.coverage(), ["http.tls.lost_fields"]);
  });
});
