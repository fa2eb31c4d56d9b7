import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { answerTo } from "../frames/dnsWire.ts";
import { prepare, record } from "./support.ts";

const ADDRESS = "127.0.0.87";
const NAME_SERVER = "127.0.0.88";

const listen = async (host: string): Promise<{ server: Server; port: number }> => {
  const server = createServer((socket) => socket.on("data", () => socket.end("four")).on("error", () => undefined));
  await once(server.listen(0, host), "listening");
  return { server, port: (server.address() as AddressInfo).port };
};

/** Connects, sends "abc", reads to the end. */
const client = (port: number, host: string): string[] => [
  process.execPath,
  "-e",
  `require("node:net").connect(${port}, "${host}", function () { this.write("abc") }).resume().on("error", () => 0)`,
];

describe("record: flows", () => {
  before(prepare);
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  for (const host of [ADDRESS, "::1"]) {
    it(`has a TCP connection to ${host}, its two ends and its bytes`, async () => {
      const { server, port } = await listen(host);
      servers.push(server);
      const { events } = await record(...client(port, host));
      const [connect, ...more] = events.of("net.connect");
      assert.equal(more.length, 0);
      assert.equal(connect?.process, events.of("process.exec")[0]?.process);
      assert.deepEqual(
        [connect?.flow.protocol, connect?.flow.remote, connect?.result],
        ["tcp", { ip: host, port }, "ok"],
      );
      assert.ok(connect!.flow.local.port > 0);
      const [close] = events.of("net.close");
      assert.deepEqual([close?.flow.id, close?.bytesSent, close?.bytesReceived], [connect?.flow.id, 3, 4]);
      assert.ok(close!.durationUs > 0 && close!.seq > connect!.seq);
    });
  }

  it("has the error of a connection that is refused", async () => {
    const { server, port } = await listen(ADDRESS);
    server.close();
    const { events } = await record(...client(port, ADDRESS));
    assert.deepEqual(
      events.of("net.connect").map(({ result, flow }) => [result, flow.remote.port]),
      [["ECONNREFUSED", port]],
    );
    assert.ok((events.of("net.connect")[0]?.flow.local.port ?? 0) > 0, "the local port is known");
    assert.equal(events.of("net.close").length, 0);
  });

  it("has a connection that nobody answers as EINPROGRESS, and its end", async () => {
    // A full backlog: SYNs to it stay unanswered.
    const code = `
import socket, time
s = socket.socket(); s.bind(("127.0.0.87", 0)); s.listen(0)
fill = [socket.socket() for _ in range(2)]
for f in fill: f.setblocking(False); f.connect_ex(s.getsockname())
time.sleep(0.1)
c = socket.socket(); c.settimeout(4.6)
try: c.connect(s.getsockname())
except Exception: pass
c.close()
time.sleep(0.1)`;
    const { events } = await record("/usr/bin/python3", "-c", code);
    const open = events.of("net.connect").filter(({ result }) => result === "EINPROGRESS");
    assert.ok(open.length >= 1, events.text);
    const closes = events.of("net.close").filter(({ flow }) => open.some((event) => event.flow.id === flow.id));
    assert.equal(closes.length, open.length);
    assert.ok(closes.every(({ result }) => result !== undefined));
  });

  it("has UDP flows with their bytes", async () => {
    const sink = createSocket("udp4").bind(0, ADDRESS);
    await once(sink, "listening");
    const { port } = sink.address();
    const code = `const s = require("node:dgram").createSocket("udp4"); s.send("hello", ${port}, "${ADDRESS}", () => s.send("you", ${port}, "${ADDRESS}", () => s.close()))`;
    const { events } = await record(process.execPath, "-e", code);
    sink.close();
    const [connect, ...more] = events.of("net.connect");
    assert.equal(more.length, 0);
    assert.deepEqual(
      [connect?.flow.protocol, connect?.flow.remote, connect?.result],
      ["udp", { ip: ADDRESS, port }, "ok"],
    );
    assert.equal(events.of("net.close")[0]?.bytesSent, 8);
  });
});

const resolve = (name: string, then: string): string[] => [
  process.execPath,
  "-e",
  `const dns = require("node:dns"); const r = new dns.Resolver({ timeout: 300, tries: 1 }); r.setServers(["${NAME_SERVER}"]);
   r.resolve4("${name}", (error, found) => { ${then} })`,
];

describe("record: DNS", () => {
  before(prepare);
  let server: Socket;
  before(async () => {
    server = createSocket("udp4").bind(53, NAME_SERVER);
    await once(server, "listening");
    server.on("message", (message, { port, address }) => {
      const name = message.toString("latin1");
      if (name.includes("silent")) return;
      const data = Buffer.from(ADDRESS.split(".").map(Number));
      const answer = name.includes("missing") ? answerTo(message, [], 3) : answerTo(message, [{ type: 1, data }]);
      server.send(answer, port, address);
    });
  });
  after(() => void server.close());

  it("has the query, its answer, and names the flow that follows", async () => {
    const { server: peer, port } = await listen(ADDRESS);
    const then = `require("node:net").connect(${port}, found[0], function () { this.end() })`;
    const { events } = await record(...resolve("Label.Example.com", then));
    peer.close();
    const [query, ...more] = events.of("dns.query");
    assert.equal(more.length, 0);
    assert.deepEqual(query?.dns, {
      name: "label.example.com",
      qtype: "A",
      transport: "udp",
      server: { ip: NAME_SERVER, port: 53 },
      rcode: "NOERROR",
      answers: [ADDRESS],
    });
    const connect = events.of("net.connect").find(({ flow }) => flow.protocol === "tcp");
    assert.deepEqual(connect?.host, { name: "label.example.com", source: "dns" });
  });

  it("has names that do not exist", async () => {
    const { events } = await record(...resolve("missing.example.com", ""));
    assert.deepEqual(
      events.of("dns.query").map(({ dns }) => [dns.rcode, dns.answers]),
      [["NXDOMAIN", []]],
    );
  });

  it("has queries that nobody answers", async () => {
    const { events } = await record(...resolve("silent.example.com", ""));
    const queries = events.of("dns.query").filter(({ dns }) => dns.name === "silent.example.com");
    assert.ok(queries.length >= 1);
    assert.ok(queries.every(({ dns }) => dns.rcode === undefined && dns.answers.length === 0));
  });
});
