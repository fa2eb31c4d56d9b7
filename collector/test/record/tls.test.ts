import assert from "node:assert/strict";
import { once } from "node:events";
import { copyFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { selfSigned } from "./selfSigned.ts";
import { type Events, prepare, record, scratch } from "./support.ts";

const ADDRESS = "127.0.0.91";
const NAME = "npm.pkg.github.com";
const PYTHON = "/usr/bin/python3";
/**
 * A library that is not one of the machine's own is attached to when it is found: what a program asks before that is
 * missing. On a busy machine that can take a while, so these clients look at their watch first.
 */
const FOUND_MS = 1500;

/** Of the responses in turn; some have a length, some are chunked, and all but those to HEAD have a body. */
const STATUSES = [200, 404, 500, 201, 403];

describe("record: HTTP inside TLS", () => {
  before(prepare);
  let server: Server;
  let port: number;
  let url: string;
  /** What the server was asked and answered: method, host, path, the client's port, and status. */
  let asked: string[] = [];
  before(async () => {
    server = createServer({ ...selfSigned(), keepAliveTimeout: 60_000 }, (request, response) => {
      const { method, url: path, headers, socket } = request;
      const masked = path?.replace(/\?.*/, "?***");
      const status = STATUSES[asked.length % STATUSES.length] ?? 0;
      const count = asked.push(`${method} ${headers.host ?? "-"} ${masked} ${socket.remotePort} ${status}`);
      request.resume().on("end", () => {
        if (method === "GET" && count % 2 === 0) response.writeContinue();
        response.writeHead(status, count % 3 === 0 ? { "content-length": 20_004 } : {});
        if (count % 3 === 0) response.write("HTTP/1.1 500 Body\r\n\r\n".padEnd(20_000, "x"));
        response.end("fine");
      });
    });
    await once(server.listen(0, ADDRESS), "listening");
    port = (server.address() as AddressInfo).port;
    url = `https://${NAME}:${port}`;
  });
  beforeEach(() => (asked = []));
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  /** Each request of the server's own log is in the run's, once, with its flow, its process and the status of its response. */
  const check = (events: Events, count: number, comm: RegExp, tls = "openssl"): void => {
    assert.equal(asked.length, count, `the server was asked ${count} times`);
    const connects = new Map(events.of("net.connect").map((event) => [event.flow.id, event]));
    const programs = new Map(events.of("process.exec").map((event) => [event.process, event.exec.exe]));
    const statuses = new Map(events.of("http.response").map(({ request, status }) => [request, status]));
    assert.equal(statuses.size, events.of("http.response").length, "no request has two responses");
    const told = events.of("http.request").map((event) => {
      const connect = connects.get(event.flow?.id ?? "");
      assert.ok(connect !== undefined && connect.seq < event.seq, "its connection is told before it");
      assert.equal(event.process, connect.process);
      assert.match(programs.get(event.process) ?? "", comm);
      assert.equal(event.http.tls, tls);
      assert.equal(event.http.version, "1.1");
      return `${event.http.method} ${event.http.host} ${event.http.path} ${connect.flow.local.port} ${statuses.get(event.seq)}`;
    });
    assert.deepEqual(told.toSorted(), asked.toSorted());
    const unread = events.of("coverage").filter(({ reason }) => reason?.includes("inside TLS is not read"));
    assert.deepEqual(unread, []);
  };
  const resolve = (): string[] => ["--resolve", `${NAME}:${port}:${ADDRESS}`];

  it("has those of curl, over one connection and over several", async () => {
    const { events } = await record(
      "sh",
      "-c",
      'for i in 1 2 3; do curl --http1.1 -sk "$@" || exit 1; done',
      "curl",
      ...resolve(),
      `${url}/one`,
      `${url}/two`,
      "-d",
      "a=b",
    );
    check(events, 6, /curl/);
  });

  it("has those of Python, of eight threads at a time, with bodies that look like requests", async () => {
    const code = `
import http.client, ssl, threading
context = ssl._create_unverified_context()
def work(thread):
    connection = http.client.HTTPSConnection("${ADDRESS}", ${port}, context=context)
    for i in range(10):
        connection.request("POST", f"/{thread}/{i}", body=b"GET /invented HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n" * i)
        connection.getresponse().read()
threads = [threading.Thread(target=work, args=(t,)) for t in range(8)]
for t in threads: t.start()
for t in threads: t.join()`;
    const { events } = await record(PYTHON, "-c", code);
    check(events, 80, /python/);
  });

  it("has those of Python's asyncio", async () => {
    const code = `
import asyncio, ssl
context = ssl._create_unverified_context()
async def work(n):
    reader, writer = await asyncio.open_connection("${ADDRESS}", ${port}, ssl=context)
    for i in range(5):
        writer.write(f"GET /{n}/{i} HTTP/1.1\\r\\nHost: pypi.org\\r\\n\\r\\n".encode())
        await writer.drain()
        await reader.readuntil(b"fine")
    writer.close()
async def main(): await asyncio.gather(*[work(n) for n in range(20)])
asyncio.run(main())`;
    const { events } = await record(PYTHON, "-c", code);
    check(events, 100, /python/);
  });

  it("has those of Node's https, whose writes are repeated until the handshake is done", async () => {
    const code = `
const https = require("node:https");
setTimeout(() => {
for (let i = 0; i < 100; i++) {
  const request = https.request({ host: "${ADDRESS}", port: ${port}, path: "/" + i, method: "PUT", agent: false,
    servername: "${NAME}", headers: { host: "h" + i + ".example.com" }, rejectUnauthorized: false }, (r) => r.resume());
  request.end("x".repeat(i * 1_000));
}
}, ${FOUND_MS});`;
    const { events } = await record(process.execPath, "-e", code);
    check(events, 100, /node/);
  });

  it("has those of Node's https over connections that are kept", async () => {
    const code = `
const https = require("node:https");
const agent = new https.Agent({ keepAlive: true, maxSockets: 3, rejectUnauthorized: false });
const ask = (path) => new Promise((resolve) =>
  https.get({ host: "${ADDRESS}", port: ${port}, path, agent }, (r) => r.resume().on("end", resolve)));
setTimeout(() =>
  Promise.all(Array.from({ length: 60 }, (_, i) => ask("/same" + (i % 2)))).then(() => agent.destroy()), ${FOUND_MS});`;
    const { events } = await record(process.execPath, "-e", code);
    check(events, 60, /node/);
  });

  it("has those of fetch", async () => {
    const code = `
process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
(async () => {
  await new Promise((resolve) => setTimeout(resolve, ${FOUND_MS}));
  await Promise.all(Array.from({ length: 30 }, (_, i) =>
    fetch("https://${ADDRESS}:${port}/" + i, { method: "POST", body: "b".repeat(i * 3_000) }).then((r) => r.text())));
  process.exit(0);
})();`;
    const { events } = await record(process.execPath, "-e", code);
    check(events, 30, /node/);
  });

  it("has those of a private copy of the library under another name", async () => {
    const { path, remove } = scratch();
    try {
      copyFileSync("/usr/lib/x86_64-linux-gnu/libssl.so.3", join(path, "libssl.so.3"));
      const code = `
import http.client, ssl, time
time.sleep(${FOUND_MS / 1000})
connection = http.client.HTTPSConnection("${ADDRESS}", ${port}, context=ssl._create_unverified_context())
connection.request("GET", "/private")
connection.getresponse().read()`;
      const { events } = await record("env", `LD_LIBRARY_PATH=${path}`, PYTHON, "-c", code);
      check(events, 1, /python/);
      assert.ok(events.of("coverage").some((event) => event.target === join(path, "libssl.so.3")));
    } finally {
      remove();
    }
  });

  it("has those of wget, over one connection and over several", async () => {
    const wget = ["wget", "-q", "--no-check-certificate", "-O", "/dev/null"];
    const { events } = await record(
      "sh",
      "-c",
      '"$@"; "$@" --post-data=GET',
      "sh",
      ...wget,
      `https://${ADDRESS}:${port}/one`,
      `https://${ADDRESS}:${port}/two`,
    );
    check(events, 4, /wget/, "gnutls");
  });

  it("has those of git", async () => {
    const { events } = await record(
      "git",
      "-c",
      "http.sslVerify=false",
      "-c",
      "http.version=HTTP/1.1",
      "ls-remote",
      `https://${ADDRESS}:${port}/owner/repository.git`,
    );
    check(events, asked.length, /git-remote-http/, "gnutls");
    assert.ok(asked.length > 0);
  });

  it("has those of a program under a filter of its system calls, and does it no harm", async () => {
    // Refuses what it does not know, as the filter of a container does: here, the call that probes at returns make.
    const code = `
import ctypes, http.client, ssl, struct
code = struct.pack("=" + "HBBI" * 4, 0x20, 0, 0, 0, 0x15, 0, 1, 335, 0x06, 0, 0, 0x50001, 0x06, 0, 0, 0x7fff0000)
buffer = ctypes.create_string_buffer(code)
program = struct.pack("HxxxxxxQ", 4, ctypes.addressof(buffer))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, program, 0, 0) == 0
connection = http.client.HTTPSConnection("${ADDRESS}", ${port}, context=ssl._create_unverified_context())
connection.request("GET", "/filtered")
connection.getresponse().read()`;
    const { outcome, events } = await record(PYTHON, "-c", code);
    assert.equal(outcome.code, 0, outcome.stderr);
    check(events, 1, /python/);
  });

  it("writes nothing of what else is sent", async () => {
    const { events } = await record(
      "curl",
      "--http1.1",
      "-sk",
      ...resolve(),
      "-H",
      "Authorization: Bearer hidden-one",
      "-d",
      "hidden-two",
      `${url}/path?token=hidden-three`,
    );
    assert.equal(asked.length, 1);
    assert.deepEqual(
      events.of("http.request").map(({ http }) => http.path),
      ["/path?***"],
    );
    const told = events.all.filter(({ type }) => /^(?:http|net|coverage)/.test(type));
    assert.ok(!JSON.stringify(told).includes("hidden"));
  });
});
