import assert from "node:assert/strict";
import { once } from "node:events";
import {
  createServer,
  performServerHandshake,
  type Http2Server,
  type ServerHttp2Stream,
  type IncomingHttpHeaders,
} from "node:http2";
import { createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";
import { type Events, prepare, record } from "./support.ts";

const ADDRESS = "127.0.0.93";
/** What a body may hold to be taken for frames: a request, and the client's preface. */
const DECOY =
  "\\0\\0\\x0b\\x01\\x05\\0\\0\\0\\x01\\x82\\x84\\x86\\x41\\x05decoy PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n";

/** `port method path status` of each request in the log, by the client's port. */
const requestsIn = (events: Events): string[] => {
  const ports = new Map(events.of("net.connect").map(({ flow }) => [flow.id, flow.local.port]));
  const statuses = new Map(events.of("http.response").map(({ request, status }) => [request, status]));
  return events.of("http.request").map(({ seq, http, flow }) => {
    return `${ports.get(flow?.id ?? "")} ${http.method} ${http.path} ${statuses.get(seq) ?? "-"}`;
  });
};

describe("record: HTTP/2 in clear text", () => {
  before(prepare);
  let server: Http2Server;
  let url: string;
  let port: number;
  let served: string[] = [];

  const answer = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void => {
    const path = String(headers[":path"]).replace(/\?.*/, "?***");
    const status = Number(/\/(\d{3})/.exec(path)?.[1] ?? 200);
    const client = stream.session?.socket.remotePort;
    stream.on("error", () => undefined).resume();
    stream.on("end", () => {
      if (stream.destroyed) return;
      served.push(`${client} ${String(headers[":method"])} ${path} ${status}`);
      if (path.includes("early")) stream.additionalHeaders({ ":status": 103, link: "</a>" });
      stream.respond({ ":status": status, "x-long": path.repeat(20) }, { waitForTrailers: path.includes("early") });
      stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": "1" }));
      stream.end(
        status === 204 || status === 304
          ? ""
          : "GET /decoy HTTP/1.1\r\n\r\n".repeat(path.includes("large") ? 3_000 : 1),
      );
    });
  };
  before(async () => {
    server = createServer({ maxSessionMemory: 1000 });
    server.on("stream", answer).on("sessionError", () => undefined);
    await once(server.listen(0, ADDRESS), "listening");
    ({ port } = server.address() as AddressInfo);
    url = `http://${ADDRESS}:${port}`;
  });
  beforeEach(() => (served = []));
  after(() => server.close());

  /** Each request of the server's own log stands once in ours, with its connection and status, and no other. */
  const check = (events: Events, atLeast: number): void => {
    assert.ok(served.length >= atLeast, `only ${served.length} were served`);
    assert.deepEqual(requestsIn(events).toSorted(), served.toSorted());
    assert.equal(events.of("http.response").length, served.length);
    for (const { http } of events.of("http.request"))
      assert.deepEqual([http.host, http.version, http.tls], [`${ADDRESS}:${port}`, "2", "none"]);
    assert.deepEqual(
      events.of("coverage").filter(({ hook }) => hook.startsWith("http.clear")),
      [],
    );
  };

  it("has each request of curl", async () => {
    const paths = ["/a?token=secret", "/404", "/large", "/204", "/early/500"];
    const script = `for path in ${paths.map((path) => `'${path}'`).join(" ")}; do curl -s --http2-prior-knowledge -o /dev/null "${url}$path"; done
curl -sI --http2-prior-knowledge -o /dev/null ${url}/head; head -c 300000 /dev/zero | curl -s --http2-prior-knowledge -T - -o /dev/null ${url}/put`;
    const { events } = await record("sh", "-c", script);
    check(events, paths.length + 2);
    assert.ok(!JSON.stringify(events.of("http.request")).includes("secret"));
  });

  it("has each of many at a time of Node, with bodies that look like frames", async () => {
    const code = `
const http2 = require("node:http2");
const body = Buffer.from("${DECOY}", "latin1");
let left = 4 * 120;
for (let c = 0; c < 4; c++) {
  const client = http2.connect("${url}", { settings: { headerTableSize: [4096, 0, 65536, 100][c] } });
  for (let i = 0; i < 120; i++) {
    const path = ["/n", "/early/n", "/404/n", "/large/n"][i % 17 % 4] + c + "-" + i;
    const r = client.request({ ":method": i % 3 ? "GET" : "POST", ":path": path, "x-own": "v" + i % 7, "x-big": "b".repeat(i % 20 ? 0 : 20000), cookie: "c=" + i }, { endStream: i % 3 !== 0 });
    if (i % 3 === 0) { for (let k = 0; k < 3; k++) r.write(Buffer.concat(Array(20 * (i % 9)).fill(body))); r.end(); }
    r.resume().on("end", () => { if (--left % 120 === 0) ; if (left === 0) setTimeout(() => process.exit(0), 50); });
  }
}`;
    const { events } = await record(process.execPath, "-e", code);
    check(events, 480);
  });

  it("has those behind an upgrade from HTTP/1.1", async () => {
    const upgrade = createTcpServer((socket: Socket) => {
      socket
        .on("error", () => undefined)
        .once("data", () => {
          socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
          performServerHandshake(socket)
            .on("stream", answer)
            .on("error", () => undefined);
        });
    });
    await once(upgrade.listen(0, ADDRESS), "listening");
    const via = (upgrade.address() as AddressInfo).port;
    const code = `
const http2 = require("node:http2"), net = require("node:net");
const socket = net.connect(${via}, "${ADDRESS}");
socket.write("GET /first HTTP/1.1\\r\\nHost: pypi.org\\r\\nConnection: Upgrade, HTTP2-Settings\\r\\nUpgrade: h2c\\r\\nHTTP2-Settings: AAMAAABkAAQAAP__\\r\\n\\r\\n");
socket.on("readable", function once() {
  let head = "";
  for (let c; !head.endsWith("\\r\\n\\r\\n");) { c = socket.read(1); if (c === null) return socket.unshift(Buffer.from(head)); head += c; }
  socket.removeListener("readable", once);
  const client = http2.connect("http://pypi.org", { createConnection: () => socket });
  let left = 5;
  for (let i = 0; i < 5; i++) client.request({ ":path": "/up" + i }).resume().on("end", () => { if (--left === 0) client.close(); });
});`;
    const { events } = await record(process.execPath, "-e", code);
    upgrade.close();
    assert.deepEqual(
      requestsIn(events).map((line) => line.replace(/^\d+ /, "")),
      ["GET /first 101", ...Array.from({ length: 5 }, (_, i) => `GET /up${i} 200`)],
    );
    assert.deepEqual([...new Set(events.of("http.request").map(({ http }) => http.host))], ["pypi.org", "pypi.org:80"]);
  });

  it("invents nothing of what breaks the rules, and says what it does not follow", async () => {
    const sink = createTcpServer((socket) => socket.on("error", () => undefined).resume());
    await once(sink.listen(0, ADDRESS), "listening");
    const sinkPort = (sink.address() as AddressInfo).port;
    const code = `
import socket, struct, time
def frame(kind, flags, stream, payload=b""): return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload
preface = b"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n" + frame(4, 0, 0)
get = bytes.fromhex("828684")
def send(*parts):
    s = socket.create_connection(("${ADDRESS}", ${sinkPort}))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        for part in parts: s.sendall(part); time.sleep(0.01)
    except OSError: pass
    s.close()
good = frame(1, 5, 1, get)
send(preface + good, frame(9, 4, 1), good)                            # nothing to continue
send(preface, good[:3], good[3:11], good[11:], frame(1, 5, 3, b"\\x80"), frame(1, 5, 5, get))  # broken HPACK
send(preface + frame(1, 0, 1, get) + frame(9, 0, 1, b"\\x82" * 16000) * 6 + good)  # endless
send(preface + frame(0, 0, 0, b"GET / HTTP/1.1\\r\\n\\r\\n") + good)
send(b"PRI * HTTP/2.0\\r\\n", b"\\r\\nSM\\r\\n\\r\\n" + frame(4, 0, 0), good)
send(b"PRI * HTTP/2.0\\r\\n\\r\\nXX\\r\\n\\r\\n" + frame(4, 0, 0) + good)
send(preface[:24] + good)
send(preface + frame(6, 0, 0, b"12345678") * 5000 + good)              # many in one packet
`;
    const { events } = await record("/usr/bin/python3", "-c", code);
    sink.close();
    const flows = events.of("net.connect").map(({ flow }) => flow.id);
    assert.equal(flows.length, 8);
    const told = events
      .of("http.request")
      .map(({ flow, http }) => `${flows.indexOf(flow?.id ?? "")} ${http.method} ${http.path}`);
    assert.deepEqual(told, ["0 GET /", "1 GET /", "4 GET /", "7 GET /"]);
    assert.equal(events.of("http.response").length, 0);
    const hooks = new Set(
      events
        .of("coverage")
        .filter(({ hook }) => hook.startsWith("http.clear"))
        .map(({ hook }) => hook),
    );
    assert.deepEqual([...hooks].toSorted(), [
      "http.clear.head_too_long",
      "http.clear.not_http",
      "http.clear.unreadable_fields",
    ]);
  });
});
