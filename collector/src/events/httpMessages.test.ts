import assert from "node:assert/strict";
import { answerTo, query } from "../../test/frames/dnsWire.ts";
import * as encode from "../../test/frames/encode.ts";
import { MemoryLog } from "../../test/frames/memoryLog.ts";
import { clientHello } from "../../test/frames/tlsWire.ts";
import { FrameReader } from "../sensor/frames.ts";
import { EventLog } from "./eventLog.ts";
import { Pipeline } from "./pipeline.ts";

const curl = { pid: 100, start: 1_000_000_000 };
const GET = "GET /a?b=c HTTP/1.1\r\nHost: pypi.org\r\nCookie: secret-cookie\r\n\r\n";
const OK = "HTTP/1.1 200 OK\r\nSet-Cookie: secret-cookie\r\n\r\n";

class Run {
  readonly log = new MemoryLog();
  readonly events = new EventLog(this.log);
  readonly #pipeline = new Pipeline(this.events, () => 0);
  readonly #reader = new FrameReader((frame) => this.#pipeline.take(frame));

  constructor(...frames: readonly Buffer[]) {
    this.take(encode.hello(), encode.exec(curl, { argv: ["curl"] }), ...frames);
  }
  take(...frames: readonly Buffer[]): this {
    this.#reader.push(Buffer.concat(frames));
    this.events.flush();
    return this;
  }
}
const established = (flow = 1): Buffer[] => [
  encode.connect(curl, { flow, remote: "198.51.100.7", remotePort: 80 }),
  encode.result(curl, flow, 0),
];
const sent = (text: string, message = 0, flow = 1): Buffer => encode.http(curl, { flow, message }, text);
const received = (text: string, message = 0, flow = 1): Buffer =>
  encode.http(curl, { flow, message, incoming: true }, text);

describe("HttpMessages", () => {
  it("writes a request behind its connect, and its final response", () => {
    const { log } = new Run(...established(), sent(GET), received("HTTP/1.1 100 Continue\r\n\r\n"), received(OK));
    const [, connect, request, response, ...more] = log.events;
    assert.equal(more.length, 0);
    assert.deepEqual(connect?.["host"], { name: "pypi.org", source: "http" });
    const http = { method: "GET", host: "pypi.org", path: "/a?***", version: "1.1", tls: "none" };
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

  it("keeps a thousand requests of a connection that wait for their response, and says where there are more", () => {
    const run = new Run(...established(), ...Array.from({ length: 1_026 }, (_, i) => sent(GET, i)));
    const { log } = run.take(received(OK, 1_025), received(OK, 2), received(OK, 1));
    const requests = log.of("http.request");
    assert.deepEqual(
      log.of("http.response").map((event) => event["request"]),
      [requests[1_025]?.seq, requests[2]?.seq],
    );
    const said = log.of("coverage").filter((event) => event["hook"] === "http.clear.unanswered");
    assert.deepEqual(
      said.map((event) => /more than 1024 .*so far (\d)/.exec(String(event["reason"]))?.[1]),
      ["1", "2"],
    );
  });

  it("joins pipelined responses to their own requests, also where some are missing", () => {
    const run = new Run(...established(), sent(GET + GET.replace("/a", "/b") + GET.replace("/a", "/c")));
    const { log } = run.take(received(OK.replace("200", "404"), 2), received(OK, 0), received(OK, 0), received(OK, 7));
    const paths = new Map(log.of("http.request").map((event) => [event.seq, event["http"].path]));
    assert.deepEqual([...paths.values()], ["/a?***", "/b?***", "/c?***"]);
    assert.deepEqual(
      log.of("http.response").map(({ request, status }) => [paths.get(request), status]),
      [
        ["/c?***", 404],
        ["/a?***", 200],
      ],
    );
  });

  it("gives a request inside TLS the host that it names, else that of the ClientHello", () => {
    const hello = encode.stream(curl, 1, "tls_hello", clientHello("pypi.org"));
    const inside = (message: number, text: string): Buffer =>
      encode.http(curl, { flow: 1, message, tls: "openssl" }, text);
    const { log } = new Run(
      ...established(),
      hello,
      inside(0, GET.replace("pypi.org", "fronted.example.com")),
      inside(1, "GET / HTTP/1.0\r\n\r\n"),
    );
    assert.deepEqual(
      log.of("http.request").map((event) => [event["http"].host, event["http"].tls]),
      [
        ["fronted.example.com", "openssl"],
        ["pypi.org", "openssl"],
      ],
    );
    assert.deepEqual(log.of("net.connect")[0]?.["host"], { name: "pypi.org", source: "sni" });
  });

  it("writes a request inside TLS whose flow is not known without one, and its response", () => {
    const unknown = { flow: 2n ** 63n, tls: "gnutls", flowless: true } as const;
    const { log } = new Run(encode.http(curl, unknown, GET), encode.http(curl, { ...unknown, incoming: true }, OK));
    const [request] = log.of("http.request");
    assert.equal(request?.["http"].tls, "gnutls");
    assert.ok(request !== undefined && !("flow" in request));
    assert.deepEqual(log.of("http.response")[0]?.["request"], request.seq);
  });

  it("keeps what goes through a tunnel apart from what made it, on the same flow", () => {
    const inside = { flow: 1, tls: "openssl" } as const;
    const run = new Run(...established(), sent("CONNECT pypi.org:443 HTTP/1.1\r\n\r\n"));
    run.take(encode.http(curl, inside, GET), received(OK.replace("200", "201")));
    run.take(encode.http(curl, { ...inside, incoming: true }, OK.replace("200", "404")));
    const methods = new Map(run.log.of("http.request").map((event) => [event.seq, event["http"].method]));
    assert.deepEqual(
      run.log.of("http.response").map(({ request, status }) => [methods.get(request), status]),
      [
        ["CONNECT", 201],
        ["GET", 404],
      ],
    );
  });

  it("keeps flows apart", () => {
    const { log } = new Run(...established(1), ...established(2), sent(GET, 0, 1), sent(GET, 0, 2), received(OK, 0, 2));
    const [first, second] = log.of("http.request");
    assert.notEqual(first?.["flow"].id, second?.["flow"].id);
    assert.deepEqual(
      log.of("http.response").map(({ request }) => request),
      [second?.seq],
    );
  });

  it("does not answer a request that the log has refused, or any from before that", () => {
    const run = new Run(...established(), sent(GET));
    run.log.full = true;
    run.take(sent(GET, 1));
    run.log.full = false;
    run.take(received(OK, 0), received(OK, 1), sent(GET, 2), received(OK, 2));
    const responses = run.log.of("http.response");
    assert.deepEqual(
      responses.map(({ request }) => run.log.events[request - 1]?.type),
      ["http.request"],
    );
  });

  it("names a flow by its request only where DNS does not, or says which of several names is meant", () => {
    const dns = (id: number, name: string): Buffer[] => {
      const question = query(id, name, "A");
      const data = Buffer.from([198, 51, 100, 7]);
      return [encode.dns(curl, question, false), encode.dns(curl, answerTo(question, [{ type: 1, data }]), true)];
    };
    const hostOf = (...frames: readonly Buffer[]): unknown => new Run(...frames).log.of("net.connect")[0]?.["host"];
    const other = dns(1, "other.example.com");
    assert.deepEqual(hostOf(...other, ...established(), sent(GET)), { name: "other.example.com", source: "dns" });
    const both = [...dns(1, "pypi.org"), ...other];
    assert.deepEqual(hostOf(...both, ...established(), sent(GET)), { name: "pypi.org", source: "dns" });
    const connect = sent("CONNECT npm.pkg.github.com:443 HTTP/1.1\r\n\r\n");
    assert.deepEqual(hostOf(...other, ...established(), connect), { name: "npm.pkg.github.com", source: "proxy" });
    const absolute = sent("GET http://pypi.org/ HTTP/1.1\r\n\r\n");
    assert.equal(hostOf(...established(), absolute), undefined);
    assert.equal(hostOf(...established(), sent(GET.replace("pypi.org", "198.51.100.7:80"))), undefined);
  });

  it("says what is not followed, ever more seldom", () => {
    const run = new Run(...established());
    for (let i = 0; i < 100; i++) run.take(encode.http(curl, { flow: 1, end: "head_too_long" }));
    run.take(sent("nonsense\r\n\r\n"));
    assert.deepEqual(
      run.log.of("coverage").map(({ hook, state, reason }) => [hook, state, /\d+\)$/.exec(reason)?.[0]]),
      [
        ...["1)", "2)", "4)", "8)", "16)", "32)", "64)"].map((count) => ["http.clear.head_too_long", "off", count]),
        ["http.clear.unreadable", "off", "1)"],
      ],
    );
    assert.equal(run.log.of("http.request").length, 0);
    assert.equal(run.log.of("net.connect").length, 1, "the connect does not wait for a name any more");
  });
});
