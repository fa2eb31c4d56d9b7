import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";
import { type Events, prepare, record } from "./support.ts";

const ADDRESS = "127.0.0.92";
/** What a body may hold to be taken for messages. */
const DECOY = "GET /decoy HTTP/1.1\r\nHost: decoy.example\r\n\r\nHTTP/1.1 200 OK\r\n\r\n0\r\n\r\n";

/** `port method path status` of each request in the log, by the client's port. */
const requestsIn = (events: Events): string[] => {
  const ports = new Map(events.of("net.connect").map(({ flow }) => [flow.id, flow.local.port]));
  const statuses = new Map(events.of("http.response").map(({ request, status }) => [request, status]));
  return events
    .of("http.request")
    .map(
      ({ seq, http, flow }) => `${ports.get(flow?.id ?? "")} ${http.method} ${http.path} ${statuses.get(seq) ?? "-"}`,
    );
};

describe("record: HTTP in clear text", () => {
  before(prepare);
  let server: Server;
  let url: string;
  let port: number;
  let served: string[] = [];

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const path = (request.url ?? "").replace(/\?.*/, "?***");
    const status = Number(/\/(\d{3})/.exec(path)?.[1] ?? 200);
    request.on("error", () => undefined).resume();
    request.on("end", () => {
      served.push(`${request.socket.remotePort} ${request.method} ${path} ${status}`);
      response.statusCode = status;
      if (path.includes("chunked")) for (let i = 0; i < 20; i++) response.write(DECOY.repeat(1 + i * 20));
      else if (path.includes("large")) return void response.end(DECOY.repeat(20_000));
      else response.setHeader("Content-Length", status === 204 || status === 304 ? 0 : DECOY.length);
      response.end(path.includes("chunked") || status === 204 || status === 304 ? "" : DECOY);
    });
  };
  before(async () => {
    server = createServer({ keepAliveTimeout: 20_000 }, answer);
    await once(server.listen(0, ADDRESS), "listening");
    ({ port } = server.address() as AddressInfo);
    url = `http://${ADDRESS}:${port}`;
  });
  beforeEach(() => (served = []));
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  /** Each request of the server's own log stands once in ours, with its connection and status, and no other. */
  const check = (events: Events, atLeast: number): void => {
    assert.ok(served.length >= atLeast, `only ${served.length} were served`);
    assert.deepEqual(requestsIn(events).toSorted(), served.toSorted());
    assert.equal(events.of("http.response").length, served.length);
    assert.ok(!JSON.stringify([events.of("http.request"), events.of("net.connect")]).includes("decoy"));
  };

  it("has each request of curl, over one connection and over several", async () => {
    const paths = ["/a?token=secret", "/404", "/chunked", "/large", "/204", "/304", "/chunked/500", "/b"];
    const each = paths.flatMap((path) => ["-o", "/dev/null", `${url}${path}`]);
    const { events } = await record("sh", "-c", 'curl -s "$@"; curl -sI "$@"; curl -s --http1.0 "$@"', "sh", ...each);
    check(events, 3 * paths.length);
    assert.ok(!events.of("http.request").some(({ http }) => http.path.includes("secret")));
    const [curl] = events.of("http.request");
    assert.deepEqual([curl?.http.host, curl?.http.version, curl?.http.tls], [`${ADDRESS}:${port}`, "1.1", "none"]);
    assert.ok(events.of("http.request").every(({ process }) => process !== events.of("process.exec")[0]?.process));
  });

  it("has uploads of both kinds, whose bodies hold whole messages", async () => {
    // In pieces that are not too small: of a packet with hundreds of chunks, the rest is given up, which the log says.
    const upload = ["-o", "/dev/null", "--data-binary", "@/proc/self/fd/0"];
    const script = `
decoys() { printf 'GET /decoy HTTP/1.1\\r\\nHost: decoy.example\\r\\n\\r\\n%.0s' $(seq 60); }
body() { i=0; while [ $i -lt 50 ]; do decoys; i=$((i+1)); done; }
body | curl -s "$@" ${url}/sized -o /dev/null ${url}/again
body | curl -s -T - ${url}/put -o /dev/null; body | curl -s -H "Expect:" -H "Transfer-Encoding: chunked" "$@" ${url}/post`;
    const { events } = await record("sh", "-c", script, "sh", ...upload);
    check(events, 4);
  });

  it("has each request of many connections at a time that are kept alive", async () => {
    const code = `
const http = require("node:http");
const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
let left = 400;
for (let i = 0; i < 400; i++) {
  const r = http.request({ host: "${ADDRESS}", port: ${port}, agent, method: i % 3 ? "GET" : "POST", path: ["/n", "/chunked/n", "/404/n"][i % 5 % 3] + i }, (a) => {
    a.resume().on("end", () => { if (--left === 0) agent.destroy(); }); });
  if (i % 3 === 0) for (let k = 0; k < 3; k++) r.write("GET /decoy HTTP/1.1\\r\\nHost: decoy.example\\r\\n\\r\\n".repeat(50));
  r.end();
}`;
    const { events } = await record(process.execPath, "-e", code);
    check(events, 400);
  });

  it("has pipelined requests, many in one packet and cut anywhere", async () => {
    const code = `
import socket
def run(request, n, size):
    s = socket.create_connection(("${ADDRESS}", ${port}))
    data = b"".join(request % i for i in range(n - 1)) + b"GET /last HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n"
    for at in range(0, len(data), size): s.sendall(data[at:at + size])
    while s.recv(65536): pass
run(b"GET /p%d HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n", 40, 1 << 20)
run(b"GET /q%d HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n", 30, 7)
run(b"POST /r%d HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 5\\r\\n\\r\\nGET /", 40, 1 << 20)`;
    const { events } = await record("/usr/bin/python3", "-c", code);
    check(events, 110);
  });

  it("has each of 3,000 pipelined requests, if not the responses to all", async () => {
    const code = `
import socket, threading
s = socket.create_connection(("${ADDRESS}", ${port}))
data = b"".join(b"GET /p%d HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n" % i for i in range(2999)) + b"GET /last HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n"
threading.Thread(target=s.sendall, args=(data,)).start()
while s.recv(65536): pass`;
    const { events } = await record("/usr/bin/python3", "-c", code);
    assert.equal(served.length, 3_000);
    const shown = (lines: readonly string[]): string[] => lines.map((line) => line.replace(/ (?:\d+|-)$/, ""));
    assert.deepEqual(shown(requestsIn(events)), shown(served));
  });

  it("names a connection by Host where nothing else does, and by what a proxy is asked to connect to", async () => {
    const proxy = createTcpServer((socket: Socket) =>
      socket
        .on("error", () => undefined)
        .once("data", () => socket.end("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")),
    );
    await once(proxy.listen(0, ADDRESS), "listening");
    const via = (proxy.address() as AddressInfo).port;
    const script = `
curl -s -o /dev/null --resolve pypi.org:${port}:${ADDRESS} http://pypi.org:${port}/
curl -s -o /dev/null -x http://${ADDRESS}:${via} https://npm.pkg.github.com/x`;
    const { events } = await record("sh", "-c", script);
    proxy.close();
    // A client that takes its time asks after its net.connect was written; then net.close names the host.
    const closed = new Map(events.of("net.close").map(({ flow, host }) => [flow.id, host]));
    assert.deepEqual(
      events.of("net.connect").map(({ flow, host }) => host ?? closed.get(flow.id)),
      [
        { name: "pypi.org", source: "http" },
        { name: "npm.pkg.github.com", source: "proxy" },
      ],
    );
    const [, connect] = events.of("http.request");
    assert.deepEqual(
      [connect?.http.method, connect?.http.host, connect?.http.path],
      ["CONNECT", "npm.pkg.github.com:443", ""],
    );
    assert.equal(events.of("http.response")[1]?.status, 403);
  });
});

describe("record: what is not HTTP, or tries to be", () => {
  before(prepare);

  /** A server that sends `reply` once it was sent something; each payload goes over a connection of its own. */
  const talk = async (payloads: readonly string[], reply: string): Promise<Events> => {
    const server = createTcpServer((socket) => {
      socket.on("error", () => undefined).resume();
      socket.once("data", () => socket.write(Buffer.from(reply, "latin1")));
    });
    await once(server.listen(0, ADDRESS), "listening");
    const { port } = server.address() as AddressInfo;
    const code = `
import json, socket, time
for part in json.loads(${JSON.stringify(JSON.stringify(payloads))}):
    head, _, times = part.partition("*")
    s = socket.create_connection(("${ADDRESS}", ${port}))
    try:
        s.sendall(head.encode("latin1") * int(times or 1)); s.settimeout(0.2); s.recv(1000)
        s.sendall(b"GET /after HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"); time.sleep(0.02)
    except OSError: pass
    s.close()`;
    const { events } = await record("/usr/bin/python3", "-c", code);
    server.close();
    return events;
  };

  it("invents no request, and ends nothing", async () => {
    const events = await talk(
      [
        "EHLO example.com\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "GET /old\r\n",
        "GET /null HTTP/1.1\r\nA: \0\r\n\r\n",
        "GET /\u0001 HTTP/1.1\r\n\r\n",
        "G(T / HTTP/1.1\r\n\r\n",
        "A*1000000",
        "GET /1 HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        "\u0016\u0003",
      ],
      "nonsense\r\n",
    );
    // What comes behind a request that only the collector finds unreadable is one again.
    assert.deepEqual(
      events.of("http.request").map(({ http }) => http.path),
      ["/after"],
    );
    assert.equal(events.of("http.response").length, 0);
    assert.equal(events.of("net.connect").length, 9);
    assert.ok(events.of("coverage").some(({ hook }) => hook === "http.clear.unreadable"));
  });

  it("gives a head of a megabyte up, and says so", async () => {
    const events = await talk(
      ["GET /endless HTTP/1.1\r\nHost: a\r\n", "GET /big HTTP/1.1\r\nHost: a\r\nA: b*50000"],
      "",
    );
    assert.equal(events.of("http.request").length, 0);
    assert.ok(events.of("coverage").some(({ hook, state }) => hook === "http.clear.head_too_long" && state === "off"));
  });

  it("follows no connection beyond an upgrade", async () => {
    const events = await talk(
      ["GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"],
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\nHTTP/1.1 200 Fake\r\n\r\n",
    );
    assert.deepEqual(
      events.of("http.request").map(({ http }) => http.path),
      ["/ws"],
    );
    assert.deepEqual(
      events.of("http.response").map(({ status }) => status),
      [101],
    );
  });
});
