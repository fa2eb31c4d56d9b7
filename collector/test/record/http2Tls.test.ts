import assert from "node:assert/strict";
import { once } from "node:events";
import { createSecureServer, type Http2SecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buildGo, CLIENT } from "../go/build.ts";
import { selfSigned } from "./selfSigned.ts";
import { type Events, prepare, record, scratch } from "./support.ts";

const ADDRESS = "127.0.0.94";
const NAME = "api.github.copilot.com";
const PYTHON = "/usr/bin/python3";
/** What a client waits whose library is found only when it runs: see tls.test.ts. */
const FOUND_MS = 1500;

describe("record: HTTP/2 inside TLS", () => {
  before(prepare);
  let server: Http2SecureServer;
  let port: number;
  let url: string;
  /** What the server was asked: method, host, path, the client's port, and what it has answered. */
  let asked: string[] = [];
  before(async () => {
    server = createSecureServer({ ...selfSigned(), allowHTTP1: true, maxSessionMemory: 1000 }, (request, response) => {
      const { method, url: path, headers, authority, httpVersion, stream } = request;
      const masked = path.replace(/\?.*/, "?***");
      const status = Number(/\/(\d{3})/.exec(path)?.[1] ?? 200);
      request.on("error", () => undefined).resume();
      request.on("end", () => {
        if (request.destroyed && httpVersion === "2.0" && stream.destroyed) return;
        const host = headers.host ?? authority;
        asked.push(`${httpVersion} ${method} ${host} ${masked} ${request.socket.remotePort} ${status}`);
        response.statusCode = status;
        response.setHeader("x-long", masked.repeat(10));
        response.end(status === 204 ? "" : "HTTP/1.1 200 Fake\r\n\r\n".repeat(path.includes("large") ? 3_000 : 1));
      });
    });
    server.on("sessionError", () => undefined).on("tlsClientError", () => undefined);
    await once(server.listen(0, ADDRESS), "listening");
    ({ port } = server.address() as AddressInfo);
    url = `https://${NAME}:${port}`;
  });
  beforeEach(() => (asked = []));
  after(() => server.close());

  /** Each request of the server's own log is in the run's, once, with its flow, process and status. */
  const check = (events: Events, count: number, comm: RegExp, tls = "openssl"): void => {
    assert.equal(asked.length, count, `the server was asked ${count} times`);
    const connects = new Map(events.of("net.connect").map((event) => [event.flow.id, event]));
    const programs = new Map(events.of("process.exec").map((event) => [event.process, event.exec.exe]));
    const statuses = new Map(events.of("http.response").map(({ request, status }) => [request, status]));
    const told = events.of("http.request").map((event) => {
      const { method, host, path, version } = event.http;
      const connect = connects.get(event.flow?.id ?? "");
      assert.ok(connect !== undefined && connect.seq < event.seq, "its connection is told before it");
      assert.equal(event.process, connect.process);
      assert.match(programs.get(event.process) ?? "", comm);
      assert.equal(event.http.tls, tls);
      return `${version === "2" ? "2.0" : version} ${method} ${host} ${path} ${connect.flow.local.port} ${statuses.get(event.seq)}`;
    });
    assert.deepEqual(told.toSorted(), asked.toSorted());
    assert.equal(events.of("http.response").length, count);
    assert.ok(events.of("http.request").some(({ http }) => http.version === "2"));
    assert.deepEqual(
      events.of("coverage").filter(({ hook }) => hook.startsWith("http.tls")),
      [],
    );
  };
  const resolve = (): string[] => ["--resolve", `${NAME}:${port}:${ADDRESS}`];

  it("has those of curl, over one connection and over several, beside HTTP/1.1", async () => {
    const { events } = await record(
      "sh",
      "-c",
      'for i in 1 2; do curl -sk "$@" || exit 1; done; curl -sk --http1.1 "$@"; curl -skZ "$@"; curl -skI "$1" "$2" "$3"',
      "curl",
      ...resolve(),
      `${url}/one?token=secret`,
      `${url}/404`,
      `${url}/large`,
      "-d",
      `a=${"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".repeat(2000)}`,
    );
    check(events, 13, /curl/);
    assert.ok(!JSON.stringify(events.of("http.request")).includes("secret"));
  });

  it("has those of nghttp", async () => {
    const paths = Array.from({ length: 30 }, (_, i) => `https://${ADDRESS}:${port}/n${i}`);
    const { events } = await record("nghttp", "-n", "--continuation", "--padding=100", "-H", "x-own: a", ...paths);
    check(events, 30, /nghttp/);
  });

  it("has those of git", async () => {
    const git = ["git", "-c", "http.sslVerify=false", "-c", "http.version=HTTP/2"];
    const { events } = await record(...git, "ls-remote", `https://${ADDRESS}:${port}/owner/repository.git`);
    assert.ok(asked.length > 0);
    check(events, asked.length, /git-remote-http/, "gnutls");
  });

  it("has those of Node's http2, many at a time, whose writes are repeated until the handshake is done", async () => {
    const code = `
const http2 = require("node:http2");
setTimeout(() => {
  let left = 300;
  for (let c = 0; c < 6; c++) {
    const client = http2.connect("https://${ADDRESS}:${port}", { rejectUnauthorized: false, settings: { headerTableSize: [4096, 0, 65536][c % 3] } });
    for (let i = 0; i < 50; i++) {
      const path = (i % 9 ? i % 7 ? "/n" : "/large/n" : "/404/n") + c + "-" + i;
      const r = client.request({ ":method": i % 3 ? "GET" : "POST", ":path": path, "x-own": "v" + i % 7, cookie: "c=" + i }, { endStream: i % 3 !== 0 });
      if (i % 3 === 0) { r.write("GET / HTTP/1.1\\r\\n\\r\\n".repeat(i * 40)); r.end(); }
      r.resume().on("end", () => { if (--left === 0) setTimeout(() => process.exit(0), 50); });
    }
  }
}, ${FOUND_MS});`;
    const { events } = await record(process.execPath, "-e", code);
    check(events, 300, /node/);
  });

  it("has those of fetch, which may use either", async () => {
    const code = `
process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
(async () => {
  await new Promise((resolve) => setTimeout(resolve, ${FOUND_MS}));
  await fetch("https://${ADDRESS}:${port}/first").then((r) => r.text());
  const Agent = globalThis[Symbol.for("undici.globalDispatcher.1")].constructor;
  const dispatcher = new Agent({ allowH2: true, pipelining: 1 });
  await Promise.all(Array.from({ length: 20 }, (_, i) =>
    fetch("https://${ADDRESS}:${port}/f" + i, { dispatcher, method: "POST", body: "b".repeat(1 + i * 3_000) }).then((r) => r.text())));
  process.exit(0);
})();`;
    const { events } = await record(process.execPath, "-e", code);
    check(events, 21, /node/);
  });

  it("has those of Python's httpx, of its threads and of asyncio", async () => {
    const code = `
import asyncio, httpx, threading
def work(n):
    with httpx.Client(http2=True, verify=False) as client:
        for i in range(5): client.post(f"https://${ADDRESS}:${port}/{n}/{i}", content=b"x" * 5000)
threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
for t in threads: t.start()
for t in threads: t.join()
async def main():
    async with httpx.AsyncClient(http2=True, verify=False) as client:
        await asyncio.gather(*[client.get(f"https://${ADDRESS}:${port}/async/{i}") for i in range(20)])
asyncio.run(main())`;
    const { events } = await record(PYTHON, "-c", code);
    check(events, 40, /python/);
  });

  it("has those of Go", async function () {
    this.timeout(120_000);
    const { path, remove } = scratch();
    try {
      const client = buildGo(join(path, "client"), CLIENT);
      const go = [client, `-wait=${FOUND_MS}ms`, "-h2", "-workers=10", "-requests=20", "-body=30000"];
      const { events } = await record(...go, `https://${ADDRESS}:${port}`);
      check(events, 200, /client/, "go");
    } finally {
      remove();
    }
  });

  it("says of a connection that has begun before it could be read that it is not followed", async () => {
    // A library that is found only after the connection has begun.
    const code = `
const http2 = require("node:http2");
const client = http2.connect("https://${ADDRESS}:${port}", { rejectUnauthorized: false });
const ask = (path) => new Promise((resolve) => client.request({ ":path": path }).resume().on("end", resolve));
(async () => { await ask("/early"); await new Promise((r) => setTimeout(r, ${FOUND_MS})); await ask("/late"); client.close(); })();`;
    const { path, remove } = scratch();
    // Of a file that nobody has seen yet.
    const script = `cp ${process.execPath} "$0" && exec "$0" -e "$1"`;
    const { events } = await record("sh", "-c", script, join(path, "node"), code).finally(remove);
    const told = events.of("http.request").map(({ http }) => http.path);
    if (told.length > 0) return assert.deepEqual(told, ["/early", "/late"]);
    assert.ok(events.of("coverage").some(({ hook, state }) => hook === "http.tls.begun_before" && state === "off"));
  });
});
