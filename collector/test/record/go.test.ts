// Requests of Go's own crypto/tls, by real Go programs.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from "node:http2";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buildGo, buildGoWithoutTls, CLIENT } from "../go/build.ts";
import { selfSigned } from "./selfSigned.ts";
import { type Events, prepare, record, scratch } from "./support.ts";

const ADDRESS = "127.0.0.93";
/** A program is attached to when it is found: what it asks before that is missing. */
const FOUND = "-wait=1500ms";

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

/** What the server answers: something else at every third path. */
const statusOf = (path = ""): number => (Number(path.split("/").at(-1)) % 3 === 0 ? 404 : 200);

describe("record: HTTP inside Go's TLS", function () {
  this.timeout(120_000);
  const folder = scratch();
  let server: Server;
  let server2: Http2SecureServer;
  let url: string;
  let url2: string;
  /** What the server was asked: method, host, path, and the client's port. */
  let asked: string[] = [];
  let client: string;
  before(async () => {
    prepare();
    client = buildGo(join(folder.path, "client"), CLIENT, { ldflags: "-s -w" });
    const answer = (request: Request, response: Response): void => {
      const { method, url: path = "", headers, socket } = request;
      asked.push(`${method} ${headers[":authority"] ?? headers.host} ${path} ${socket.remotePort}`);
      response.statusCode = statusOf(path);
      request.resume().on("end", () => response.end("HTTP/1.1 500 Invented\r\n\r\n".repeat(path.length)));
    };
    server = createServer({ ...selfSigned(), keepAliveTimeout: 60_000 }, answer);
    server2 = createSecureServer({ ...selfSigned(), maxSessionMemory: 1000 }, answer);
    [url, url2] = (await Promise.all(
      [server, server2].map(async (listener) => {
        await once(listener.listen(0, ADDRESS), "listening");
        return `https://${ADDRESS}:${(listener.address() as AddressInfo).port}`;
      }),
    )) as [string, string];
  });
  beforeEach(() => (asked = []));
  after(() => {
    server.closeAllConnections();
    server.close();
    server2.close();
    folder.remove();
  });

  /** Each request of the server's own log is in the run's, once, with the flow and the process that it came from. */
  const check = (events: Events, count: number, version = "1.1", program = client): void => {
    assert.equal(asked.length, count, `the server was asked ${count} times`);
    const connects = new Map(events.of("net.connect").map((event) => [event.flow.id, event]));
    const programs = new Map(events.of("process.exec").map((event) => [event.process, event.exec.exe]));
    const paths = new Map(events.of("http.request").map(({ seq, http }) => [seq, http.path]));
    const told = events.of("http.request").map((event) => {
      const connect = connects.get(event.flow?.id ?? "");
      assert.ok(connect !== undefined && connect.seq < event.seq, "its connection is told before it");
      assert.equal(event.process, connect.process);
      assert.equal(programs.get(event.process ?? ""), program);
      assert.deepEqual([event.http.tls, event.http.version], ["go", version]);
      return `${event.http.method} ${event.http.host} ${event.http.path} ${connect.flow.local.port}`;
    });
    assert.deepEqual(told.toSorted(), asked.toSorted());
    const answered = events.of("http.response").map((event) => ({ ...event, path: paths.get(event.request) }));
    assert.deepEqual(
      answered.map(({ path, status }) => `${path} ${status}`).toSorted(),
      [...paths.values()].map((path) => `${path} ${statusOf(path)}`).toSorted(),
    );
    assert.deepEqual(saidOf(events, program), ["on"]);
  };
  const saidOf = (events: Events, target: string): string[] =>
    events
      .of("coverage")
      .filter((event) => event.target === target)
      .map(({ state }) => state);

  it("has those of many goroutines over connections that are kept", async () => {
    const { outcome, events } = await record(client, FOUND, "-workers=20", "-requests=20", url);
    assert.equal(outcome.code, 0, outcome.stderr);
    check(events, 400);
  });

  it("has each once where calls begin twice, as the runtime stops them", async () => {
    const command = ["env", "GODEBUG=asyncpreemptoff=1", client, FOUND, "-stopped", "-requests=4000", url];
    const { outcome, events } = await record(...command);
    assert.equal(outcome.code, 0, outcome.stderr);
    check(events, 4000);
  });

  it("has those whose responses are read to a stack that moves meanwhile", async () => {
    const { outcome, events } = await record(client, FOUND, "-small", "-requests=30", url);
    assert.equal(outcome.code, 0, outcome.stderr);
    check(events, 30);
  });

  it("has those of one connection each", async () => {
    const { events } = await record(client, FOUND, "-workers=10", "-requests=10", "-close", url);
    check(events, 100);
  });

  it("has those with bodies that look like requests, and none of what is in them", async () => {
    const { events } = await record(client, FOUND, "-workers=4", "-requests=10", "-body=100000", url);
    check(events, 40);
  });

  it("has those over connections that are of another type than the library's own", async () => {
    const { events } = await record(client, FOUND, "-workers=4", "-requests=5", "-wrap", url);
    check(events, 20);
  });

  it("has those over HTTP/2, of many goroutines, and with bodies", async () => {
    const script = '"$0" "$2" -h2 -workers=20 -requests=20 "$1" && "$0" -h2 -workers=5 -requests=8 -body=100000 "$1"';
    const { outcome, events } = await record("sh", "-c", script, client, url2, FOUND);
    assert.equal(outcome.code, 0, outcome.stderr);
    check(events, 440, "2");
  });

  it("has those of processes that come and go", async () => {
    const script = '"$0" -wait=1500ms "$1" && for i in 1 2 3 4 5 6 7 8 9; do "$0" -requests=2 "$1" || exit 1; done';
    const { outcome, events } = await record("sh", "-c", script, client, url);
    assert.equal(outcome.code, 0, outcome.stderr);
    check(events, 19);
  });

  it("says nothing of a Go program that has no TLS", async () => {
    const program = buildGoWithoutTls(join(folder.path, "without"));
    const { outcome, events } = await record(program);
    assert.equal(outcome.stdout, "fine\n");
    assert.deepEqual(saidOf(events, program), []);
  });
});
