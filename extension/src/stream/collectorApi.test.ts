import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { UserError } from "../errors.ts";
import { listRuns } from "./collectorApi.ts";
import { parseEndpoint, type Endpoint } from "./endpoint.ts";
import { problem, startTestCollector, testToken, type TestCollector } from "./testCollector.ts";

const endpoint = (url: string): Endpoint => {
  const parsed = parseEndpoint(url);
  assert.ok(parsed.ok);
  return parsed.endpoint;
};

const failureCode = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.failure.reason, /\S.*\.$/);
    assert.match(error.failure.action, /\S.*\.$/);
    assert.doesNotMatch(error.message, new RegExp(testToken));
    return error.failure.code;
  }
  return "none";
};

describe("listRuns", () => {
  let collector: TestCollector;
  before(async () => {
    collector = await startTestCollector();
  });
  afterEach(() => {
    collector.fault = undefined;
  });
  after(() => collector.close());

  it("lists the runs of a collector", async () => {
    assert.deepEqual(await listRuns(endpoint(collector.url), testToken), [
      { id: "r1", title: "npm ci", attempt: 2, ended: false },
    ]);
  });

  it("says that the token is wrong", async () => {
    assert.equal(await failureCode(listRuns(endpoint(collector.url), "other")), "wrongToken");
  });

  const html = { "Content-Type": "text/html" };
  const faults: readonly (readonly [string, string, TestCollector["fault"]])[] = [
    ["a web page", "notACollector", (_q, r) => (r.writeHead(200, html).end("<html>"), true)],
    ["404 of something else", "notACollector", (_q, r) => (r.writeHead(404, html).end("no"), true)],
    ["a sign-in page's 401", "signInAsked", (_q, r) => (r.writeHead(401, html).end("sign in"), true)],
    ["a redirect", "redirected", (_q, r) => (r.writeHead(302, { Location: "https://evil.example/" }).end(), true)],
    ["a bad gateway", "serverFailed", (_q, r) => (r.writeHead(502, html).end("no"), true)],
    ["too many clients", "serverFailed", (_q, r) => problem(r, 503, "too-many-clients", "As many clients as allowed")],
    ["another host name", "wrongHost", (_q, r) => problem(r, 421, "wrong-host", "The Host header is another")],
    [
      "broken JSON",
      "notACollector",
      (_q, r) => (r.writeHead(200, { "Content-Type": "application/json" }).end("{"), true),
    ],
    [
      "a newer collector",
      "newerVersion",
      (_q, r) => (r.writeHead(200, { "Content-Type": "application/json" }).end('{"protocol":2}'), true),
    ],
    [
      "no runs",
      "noRuns",
      (q, r) =>
        q.url === "/v1/runs" && (r.writeHead(200, { "Content-Type": "application/json" }).end('{"runs":[]}'), true),
    ],
    [
      "runs that are none",
      "notACollector",
      (q, r) => q.url === "/v1/runs" && (r.writeHead(200, { "Content-Type": "application/json" }).end("{}"), true),
    ],
  ];
  for (const [name, code, fault] of faults) {
    it(`tells ${name} from a collector`, async () => {
      collector.fault = fault;
      assert.equal(await failureCode(listRuns(endpoint(collector.url), testToken)), code);
    });
  }

  it("does not send the token to where a redirect points", async () => {
    const seen: (string | undefined)[] = [];
    const other = await startTestCollector();
    other.fault = (request) => {
      seen.push(request.headers.authorization);
      return false;
    };
    collector.fault = (_request, response) => (
      response.writeHead(307, { Location: `${other.url}/v1/health` }).end(),
      true
    );
    assert.equal(await failureCode(listRuns(endpoint(collector.url), testToken)), "redirected");
    assert.deepEqual(seen, []);
    await other.close();
  });

  it("sends no token that a header can't hold, and shows none of it", async () => {
    for (const token of [`${testToken}\nX: y`, `${testToken}\u0000`, `${testToken} ü`, "ключ"]) {
      assert.equal(await failureCode(listRuns(endpoint(collector.url), token)), "wrongToken");
    }
  });

  for (const status of [200, 500]) {
    it(`reads no more than it needs of an answer ${status} without an end`, async () => {
      let sent = 0;
      const type = status === 200 ? "application/json" : "application/problem+json";
      collector.fault = (_request, response) => {
        response.writeHead(status, { "Content-Type": type });
        const more = (): void => {
          while (!response.closed && sent < 1e9) {
            sent += 65_536;
            if (!response.write(Buffer.alloc(65_536, "x"))) break;
          }
        };
        response.on("drain", more);
        more();
        return true;
      };
      const expected = status === 200 ? "notACollector" : "serverFailed";
      assert.equal(await failureCode(listRuns(endpoint(collector.url), testToken)), expected);
      assert.ok(sent < 1e8, String(sent));
    });
  }

  it("says that a collector on this machine speaks no TLS, where its address was given with https", async () => {
    await assert.rejects(listRuns(endpoint(`https://127.0.0.1:${collector.port}`), testToken), /speaks no TLS.*http:/);
  });

  it("says that nobody listens", async () => {
    const gone = await startTestCollector();
    await gone.close();
    assert.equal(await failureCode(listRuns(endpoint(gone.url), testToken)), "unreachable");
  });

  it("tells what is no HTTP server, and no TLS server", async () => {
    const server = createTcpServer((socket) => {
      socket.on("error", () => undefined);
      socket.end("SSH-2.0-OpenSSH_9.2\r\n");
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.unref();
    assert.equal(await failureCode(listRuns(endpoint(`http://127.0.0.1:${port}`), testToken)), "notACollector");
    assert.equal(await failureCode(listRuns(endpoint(`https://127.0.0.1:${port}`), testToken)), "tlsRefused");
    server.close();
  });
});
