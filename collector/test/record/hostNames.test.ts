import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server as HttpsServer } from "node:https";
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { answerTo } from "../frames/dnsWire.ts";
import { clientHello } from "../frames/tlsWire.ts";
import { selfSigned } from "./selfSigned.ts";
import { type Events, prepare, record } from "./support.ts";

const ADDRESS = "127.0.0.89";

/** The hosts of all TCP connects to the port, as the log has them: where a busy machine's client says hello late, at its end. */
const hostsOf = (events: Events, port: number): (string | undefined)[] => {
  const later = new Map(events.of("net.close").map(({ flow, host }) => [flow.id, host]));
  return events
    .of("net.connect")
    .filter(({ flow }) => flow.remote.port === port)
    .map(({ flow, host }) => host ?? later.get(flow.id))
    .map((host) => (host === undefined ? undefined : `${host.source} ${host.name}`))
    .toSorted();
};

describe("record: host names from TLS", () => {
  before(prepare);
  let server: HttpsServer;
  let port: number;
  let asked: string[] = [];
  before(async () => {
    server = createServer(selfSigned(), (_, response) => response.end("fine"));
    server.on("secureConnection", (socket: TLSSocket & { servername?: string | false }) =>
      asked.push(String(socket.servername)),
    );
    await once(server.listen(0, ADDRESS), "listening");
    port = (server.address() as AddressInfo).port;
  });
  beforeEach(() => (asked = []));
  after(() => server.close());

  /** The names that the server was asked for are those in the log, each once. */
  const check = (events: Events, names: readonly string[]): void => {
    assert.deepEqual(asked.toSorted(), names.toSorted());
    assert.deepEqual(hostsOf(events, port), names.map((name) => `sni ${name}`).toSorted());
  };

  it("are those that curl asks for, two on one address", async () => {
    const url = (name: string): string[] => ["--resolve", `${name}:${port}:${ADDRESS}`, `https://${name}:${port}/`];
    const { events } = await record("curl", "-sk", ...url("pypi.org"), ...url("npm.pkg.github.com"));
    check(events, ["pypi.org", "npm.pkg.github.com"]);
  });

  it("are those that Node asks for, in a hello of more than one packet", async () => {
    const names = Array.from({ length: 20 }, (_, i) => `n${i}.${"long-".repeat(8)}name.example.com`);
    const code = `
const https = require("node:https");
for (const servername of ${JSON.stringify(names)})
  https.get({ host: "${ADDRESS}", port: ${port}, servername, agent: false, rejectUnauthorized: false,
    ALPNProtocols: Array.from({ length: 60 }, (_, i) => "protocol-number-" + i).concat("http/1.1") }, (r) => r.resume());`;
    const { events } = await record(process.execPath, "-e", code);
    check(events, names);
  });

  it("are those that Python asks for", async () => {
    const code = `
import socket, ssl
context = ssl._create_unverified_context()
for name in ("azure.archive.ubuntu.com", "api.github.copilot.com"):
    with socket.create_connection(("${ADDRESS}", ${port})) as raw, context.wrap_socket(raw, server_hostname=name) as tls:
        tls.do_handshake()`;
    const { events } = await record("/usr/bin/python3", "-c", code);
    check(events, ["azure.archive.ubuntu.com", "api.github.copilot.com"]);
  });

  it("are said in the end where the client says hello late", async () => {
    const code = `
import socket, ssl, time
raw = socket.create_connection(("${ADDRESS}", ${port})); time.sleep(0.5)
ssl._create_unverified_context().wrap_socket(raw, server_hostname="pypi.org").close()`;
    const { events } = await record("/usr/bin/python3", "-c", code);
    const connect = events.of("net.connect").find(({ flow }) => flow.remote.port === port);
    const close = events.of("net.close").find(({ flow }) => flow.id === connect?.flow.id);
    assert.deepEqual(connect?.host ?? close?.host, { name: "pypi.org", source: "sni" });
  });

  it("are not made up where a client names none", async () => {
    const { events } = await record("curl", "-sk", `https://${ADDRESS}:${port}/`);
    assert.deepEqual(hostsOf(events, port), [undefined]);
  });
});

describe("record: what begins like TLS and is none", () => {
  before(prepare);
  let server: Server;
  let port: number;
  before(async () => {
    server = createTcpServer((socket) => socket.on("error", () => undefined).resume());
    await once(server.listen(0, ADDRESS), "listening");
    port = (server.address() as AddressInfo).port;
  });
  after(() => server.close());

  /** Sends each in a connection of its own, in writes of the given sizes. */
  const send = (payloads: readonly (readonly Buffer[])[]): string[] => [
    "/usr/bin/python3",
    "-c",
    `
import socket, time
for payload in ${JSON.stringify(payloads.map((parts) => parts.map((part) => part.toString("hex"))))}:
    s = socket.create_connection(("${ADDRESS}", ${port}))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for part in payload: s.sendall(bytes.fromhex(part)); time.sleep(0.005)
    s.close()`,
  ];

  it("ends nothing and names nothing", async () => {
    const hello = clientHello("pypi.org", 100);
    const { events } = await record(
      ...send([
        [hello.subarray(0, 60)],
        [Buffer.from([0x16])],
        [Buffer.concat([Buffer.from([0x16, 3, 1, 0xff, 0xff, 1, 0xff, 0xff, 0xff]), Buffer.alloc(20_000)])],
        [Buffer.from([0x16, 3, 1, 0, 9, 1, 0, 0, 5, 3, 3, 0, 0, 0])],
        [clientHello("pypi.org\0evil")],
        [Buffer.alloc(1_000)],
      ]),
    );
    assert.deepEqual(
      hostsOf(events, port),
      Array.from({ length: 6 }, () => undefined),
    );
  });

  it("does not keep a hello from being read that comes a byte at a time", async () => {
    const hello = clientHello("pypi.org");
    const { events } = await record(
      ...send([Array.from({ length: 12 }, (_, i) => hello.subarray(i, i + 1)).concat(hello.subarray(12))]),
    );
    assert.deepEqual(hostsOf(events, port), ["sni pypi.org"]);
  });

  it("does not hold a connect back for long", async () => {
    const code = `
import socket, time
s = socket.create_connection(("${ADDRESS}", ${port})); time.sleep(1)`;
    const { events } = await record("/usr/bin/python3", "-c", code);
    const connect = events.of("net.connect").find(({ flow }) => flow.remote.port === port);
    const exit = events.of("process.exit").find(({ process }) => process === connect?.process);
    assert.ok(connect!.seq < exit!.seq);
  });
});

const NAME_SERVER = "127.0.0.90";

describe("record: DNS over TCP", () => {
  before(prepare);
  let server: Server;
  before(async () => {
    server = createTcpServer((socket: Socket) => {
      let rest = Buffer.alloc(0);
      socket.setNoDelay(true);
      socket
        .on("error", () => undefined)
        .on("data", (chunk: Buffer) => {
          rest = Buffer.concat([rest, chunk]);
          while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
            const question = rest.subarray(2, 2 + rest.readUInt16BE(0));
            rest = rest.subarray(2 + question.length);
            const answer = answerTo(question, [{ type: 1, data: Buffer.from(ADDRESS.split(".").map(Number)) }]);
            const length = Buffer.from([answer.length >> 8, answer.length & 255]);
            // In two pieces: the length alone is one of them.
            socket.write(length, () => socket.write(answer));
          }
        });
    });
    await once(server.listen(53, NAME_SERVER), "listening");
  });
  after(() => server.close());

  it("has each query of a connection, and names the flow that follows", async () => {
    const peer = createTcpServer((socket) => socket.on("error", () => undefined).end("four"));
    await once(peer.listen(0, ADDRESS), "listening");
    const { port } = peer.address() as AddressInfo;
    const code = `
import socket, struct
def ask(s, i, name):
    q = struct.pack(">6H", i, 0x100, 1, 0, 0, 0) + b"".join(bytes([len(l)]) + l.encode() for l in name.split(".")) + b"\\0\\0\\1\\0\\1"
    s.sendall(struct.pack(">H", len(q))); s.sendall(q)
    n, = struct.unpack(">H", s.recv(2, socket.MSG_WAITALL)); s.recv(n, socket.MSG_WAITALL)
s = socket.create_connection(("${NAME_SERVER}", 53))
for i in range(50): ask(s, i, "n%d.example.com" % i)
s.close()
socket.create_connection(("${ADDRESS}", ${port})).recv(4)`;
    const { events } = await record("/usr/bin/python3", "-c", code);
    peer.close();
    assert.deepEqual(
      events.of("dns.query").map(({ dns }) => [dns.name, dns.transport, dns.server.ip, dns.rcode, dns.answers]),
      Array.from({ length: 50 }, (_, i) => [`n${i}.example.com`, "tcp", NAME_SERVER, "NOERROR", [ADDRESS]]),
    );
    assert.deepEqual(hostsOf(events, port), ["dns n49.example.com"]);
  });
});
