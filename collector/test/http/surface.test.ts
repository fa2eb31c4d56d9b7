// The HTTP surface as a table: who is let in, what is found, and how refusals read.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { request } from "node:http";
import type { HttpServer } from "../../src/http/server.ts";
import { ask, openStream, type Ask } from "./client.ts";
import { Cleanup, lines, newLog, runEnd, serveLog, sleep, TOKEN, until } from "./support.ts";

interface Document {
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly action: string;
  readonly code: string;
}

describe("the HTTP surface", () => {
  const cleanup = new Cleanup();
  let server: HttpServer;
  const text = lines(1, 3) + runEnd(4);
  before(async () => {
    const log = await newLog(cleanup);
    log.append(Buffer.from(text), 4);
    await log.end();
    server = await serveLog(cleanup, log, { limits: { clients: 3, connections: 20 } });
  });
  after(() => cleanup.run());

  const refused: readonly (readonly [string, string, Ask, number, string])[] = [
    ["no token", "/v1/health", { anonymous: true }, 401, "no-token"],
    ["no token at a path that is not there", "/nope", { anonymous: true }, 401, "no-token"],
    ["no token with a wrong method", "/v1/runs", { anonymous: true, method: "DELETE" }, 401, "no-token"],
    ["a wrong token", "/v1/runs", { headers: { authorization: `Bearer ${TOKEN}x` } }, 401, "wrong-token"],
    [
      "a prefix of the token",
      "/v1/runs",
      { headers: { authorization: `Bearer ${TOKEN.slice(0, -1)}` } },
      401,
      "wrong-token",
    ],
    ["an empty token", "/v1/runs", { headers: { authorization: "Bearer " } }, 401, "wrong-token"],
    ["another scheme", "/v1/runs", { headers: { authorization: `Basic ${TOKEN}` } }, 401, "wrong-token"],
    ["a token in the query", `/v1/runs?token=${TOKEN}`, { anonymous: true }, 401, "no-token"],
    ["a foreign Host", "/v1/health", { headers: { host: "evil.example" } }, 421, "wrong-host"],
    [
      "a foreign Host without a token",
      "/v1/health",
      { anonymous: true, headers: { host: "evil.example" } },
      421,
      "wrong-host",
    ],
    ["a Host that starts well", "/v1/health", { headers: { host: "127.0.0.1.evil.example" } }, 421, "wrong-host"],
    ["a Host of another address", "/v1/health", { headers: { host: "198.51.100.1" } }, 421, "wrong-host"],
    ["a Host with a user", "/v1/health", { headers: { host: "localhost@evil.example" } }, 421, "wrong-host"],
    ["no such path", "/", {}, 404, "not-found"],
    ["no such version", "/v2/runs", {}, 404, "not-found"],
    ["no such run", "/v1/runs/none/events", {}, 404, "not-found"],
    ["no such part of a run", "/v1/runs/run-1/files", {}, 404, "not-found"],
    ["a broken escape", "/v1/runs/%zz/events", {}, 404, "not-found"],
    ["a path that climbs", "/v1/runs/../../etc/passwd", {}, 404, "not-found"],
    ["POST", "/v1/runs", { method: "POST", body: "{}" }, 405, "method-not-allowed"],
    ["OPTIONS, as browsers ask", "/v1/runs/run-1/events", { method: "OPTIONS" }, 405, "method-not-allowed"],
    ["DELETE", "/v1/runs/run-1/log", { method: "DELETE" }, 405, "method-not-allowed"],
    ["a body", "/v1/health", { body: "x", headers: { "content-length": "1" } }, 400, "unexpected-body"],
    ["after that is no number", "/v1/runs/run-1/events?after=x", {}, 400, "bad-resume-point"],
    ["a negative after", "/v1/runs/run-1/events?after=-1", {}, 400, "bad-resume-point"],
    ["a fractional after", "/v1/runs/run-1/events?after=1.5", {}, 400, "bad-resume-point"],
    ["an empty after", "/v1/runs/run-1/events?after=", {}, 400, "bad-resume-point"],
    ["after twice", "/v1/runs/run-1/events?after=1&after=2", {}, 400, "bad-resume-point"],
    ["an unsafe after", "/v1/runs/run-1/events?after=9999999999999999", {}, 400, "bad-resume-point"],
    ["a bad Last-Event-ID", "/v1/runs/run-1/events", { headers: { "last-event-id": "1e3" } }, 400, "bad-resume-point"],
    ["after past the end", "/v1/runs/run-1/events?after=5", {}, 400, "resume-point-past-end"],
    ["headers past the limit", "/v1/health", { headers: { "x-long": "a".repeat(20_000) } }, 431, "headers-too-large"],
  ];
  for (const [name, path, how, status, code] of refused) {
    it(`refuses ${name} with ${status}`, async () => {
      const answer = await ask(server.url + path, how);
      assert.equal(answer.status, status, answer.body);
      assert.equal(answer.headers["content-type"], "application/problem+json");
      const document = JSON.parse(answer.body) as Document;
      assert.equal(document.code, code);
      assert.equal(document.status, status);
      assert.match(document.title, /^[A-Z]/);
      assert.match(document.detail, /\w/);
      assert.match(document.action, /\.$/);
      assert.ok(!answer.body.includes(TOKEN.slice(0, -1)), "the answer does not tell the token");
      if (status === 401) assert.match(answer.headers["www-authenticate"] ?? "", /^Bearer realm="runglass"/);
      if (status === 405) assert.equal(answer.headers.allow, "GET, HEAD");
    });
  }

  const taken: readonly (readonly [string, Ask])[] = [
    ["localhost", { headers: { host: "localhost" } }],
    ["localhost, forwarded to another port", { headers: { host: "LOCALHOST:1234" } }],
    ["a loopback address", { headers: { host: "127.1.2.3:80" } }],
    ["the IPv6 loopback address", { headers: { host: "[::1]:8080" } }],
    ["a scheme in lower case", { headers: { authorization: `bearer ${TOKEN}` } }],
    ["a query that nobody knows", {}],
    ["content-length 0", { headers: { "content-length": "0" } }],
  ];
  for (const [name, how] of taken) {
    it(`takes ${name}`, async () => {
      const answer = await ask(`${server.url}/v1/health?x=1`, how);
      assert.equal(answer.status, 200, answer.body);
    });
  }

  it("tells its health and its runs", async () => {
    const health = JSON.parse((await ask(`${server.url}/v1/health`)).body) as unknown;
    assert.deepEqual(health, { status: "ok", version: "0.1.0", protocol: 1, runs: 1, clients: 0 });
    const runs = JSON.parse((await ask(`${server.url}/v1/runs`)).body) as unknown;
    const path = "/v1/runs/run-1";
    const run = {
      id: "run-1",
      title: "a run",
      state: "ended",
      lastSeq: 4,
      events: `${path}/events`,
      log: `${path}/log`,
    };
    assert.deepEqual(runs, { runs: [run] });
  });

  it("says on every answer what browsers need to know, and lets no other site read", async () => {
    for (const path of ["/v1/health", "/v1/runs", "/v1/runs/run-1/events", "/v1/runs/run-1/log", "/nope"]) {
      const { headers } = await ask(server.url + path, { headers: { origin: "https://evil.example" } });
      assert.equal(headers["cache-control"], "no-store", path);
      assert.equal(headers["x-content-type-options"], "nosniff", path);
      assert.equal(headers["access-control-allow-origin"], undefined, path);
    }
  });

  it("sends the log as it is on disk, and its length to HEAD", async () => {
    const answer = await ask(`${server.url}/v1/runs/run-1/log`);
    assert.equal(answer.headers["content-type"], "application/x-ndjson");
    assert.equal(answer.body, text);
    const head = await ask(`${server.url}/v1/runs/run-1/log`, { method: "HEAD" });
    assert.deepEqual([head.status, head.body], [200, ""]);
    assert.equal(head.headers["content-length"], String(Buffer.byteLength(text)));
    assert.equal((await ask(`${server.url}/v1/runs/run-1/events`, { method: "HEAD" })).status, 200);
  });

  it("frames events as the contract says", async () => {
    const answer = await ask(`${server.url}/v1/runs/run-1/events`);
    assert.match(answer.headers["content-type"] ?? "", /^text\/event-stream/);
    const [first = ""] = text.split("\n");
    assert.ok(answer.body.includes(`id: 1\nevent: file.write\ndata: ${first}\n\n`));
    assert.equal(answer.body.match(/^data: /gm)?.length, 4);
  });

  const raw = (bytes: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(server.port, "127.0.0.1", () => socket.write(bytes));
      let got = "";
      socket.on("data", (chunk: Buffer) => (got += chunk.toString()));
      socket.on("close", () => resolve(got));
      socket.on("error", reject);
    });

  it("answers what is no HTTP with a problem document and closes", async () => {
    assert.match(
      await raw("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
      /^HTTP\/1\.1 400 [\s\S]*problem\+json/,
    );
    assert.match(await raw("GET /v1/health HTTP/1.1\r\n\r\n"), /^HTTP\/1\.1 421 [\s\S]*problem\+json/);
    const expecting = `GET /v1/nothing HTTP/1.1\r\nHost: localhost\r\nExpect: x\r\nConnection: close\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`;
    assert.match(await raw(expecting), /^HTTP\/1\.1 404 [\s\S]*problem\+json/);
    const twoHosts = `GET /v1/health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`;
    assert.match(await raw(twoHosts), /^HTTP\/1\.1 4(00|21) /);
    const absolute = `GET http://evil.example/v1/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`;
    assert.match(await raw(absolute), /^HTTP\/1\.1 404 /);
  });

  it("answers who takes it for a proxy with a problem document, and closes", async () => {
    const answer = await raw(`CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\nmore`);
    assert.match(answer, /^HTTP\/1\.1 405 Method Not Allowed\r\n/);
    assert.match(answer, /\r\nAllow: GET, HEAD\r\n/);
    const document = JSON.parse(answer.split("\r\n\r\n")[1] ?? "") as Document;
    assert.equal(document.code, "method-not-allowed");
    assert.match(document.action, /NO_PROXY/);
  });

  it("serves no more streams than its cap, and says so with 503", async () => {
    const log = await newLog(cleanup);
    const small = await serveLog(cleanup, log, { limits: { clients: 2 } });
    const url = `${small.url}/v1/runs/run-1/events`;
    const open = [await openStream(cleanup, url), await openStream(cleanup, url)];
    const answer = await ask(url);
    assert.equal(answer.status, 503);
    assert.match(answer.headers["retry-after"] ?? "", /^\d+$/);
    assert.equal((JSON.parse(answer.body) as Document).code, "too-many-clients");
    assert.equal((await ask(`${small.url}/v1/health`)).status, 200);
    open[0]?.destroy();
    await until(() => open[0]?.closed === true, "a stream is closed");
    await sleep(50);
    const again = await openStream(cleanup, url);
    assert.equal(again.statusCode, 200);
  });

  it("gives authorised streams precedence over strangers that hold connections open", async () => {
    const log = await newLog(cleanup);
    const small = await serveLog(cleanup, log, { limits: { connections: 8 } });
    const stream = await openStream(cleanup, `${small.url}/v1/runs/run-1/events`);
    let closed = false;
    stream.on("close", () => (closed = true)).resume();
    for (let i = 0; i < 40; i++) {
      const socket = connect(small.port, "127.0.0.1");
      socket.on("error", () => undefined);
      cleanup.add(() => socket.destroy());
    }
    await sleep(100);
    assert.equal((await ask(`${small.url}/v1/health`)).status, 200);
    assert.equal(closed, false);
  });

  it("keeps a connection for further requests", async () => {
    const { Agent } = await import("node:http");
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    cleanup.add(() => agent.destroy());
    const ports = new Set<number | undefined>();
    for (let i = 0; i < 3; i++) {
      await new Promise<void>((resolve, reject) => {
        const headers = { authorization: `Bearer ${TOKEN}` };
        request(`${server.url}/v1/health`, { agent, headers }, (response) => {
          ports.add(response.socket.localPort);
          response.resume().on("end", resolve);
        })
          .on("error", reject)
          .end();
      });
    }
    assert.equal(ports.size, 1);
  });
});
