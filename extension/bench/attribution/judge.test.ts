import assert from "node:assert/strict";
import type { RunEvent } from "../../../collector/protocol/events.ts";
import { judge } from "./judge.ts";
import type { Asked } from "./truth.ts";

const CLIENT = { ip: "198.51.100.20", port: 40_000 };
const SERVER = { ip: "192.0.2.60", port: 443 };

const asked = (path: string, more: Partial<Asked> = {}): Asked => ({
  t: 1_000_000,
  method: "GET",
  host: "pypi.org",
  path,
  version: "1.1",
  tls: true,
  status: 200,
  client: CLIENT,
  server: SERVER,
  pid: 7,
  label: "build curl, TLS",
  ...more,
});

/** A log of what is given, after one process with pid 7. */
const log = (...events: readonly object[]): RunEvent[] =>
  [{ type: "process.exec", process: "p", t: 1, exec: { id: "p", pid: 7 } }, ...events].map(
    (event, i) => ({ v: 1, seq: i + 1, ...event }) as RunEvent,
  );
const connect = (more: object = {}): object => ({
  type: "net.connect",
  t: 900_000,
  process: "p",
  step: "build",
  flow: { id: "f", protocol: "tcp", local: CLIENT, remote: SERVER },
  host: { name: "pypi.org", source: "sni" },
  result: "ok",
  ...more,
});
const request = (path: string, more: object = {}): object => ({
  type: "http.request",
  t: 950_000,
  process: "p",
  step: "build",
  flow: { id: "f" },
  http: { method: "GET", host: "pypi.org", path, version: "1.1", tls: "openssl" },
  ...more,
});

const marks = (truth: readonly Asked[], events: readonly RunEvent[]): string[] =>
  judge(truth, events).verdicts.map(({ process, step, host, request: told, status }) =>
    Object.entries({ process, step, host, request: told, status })
      .filter(([, right]) => right)
      .map(([name]) => name)
      .join(" "),
  );

describe("the attribution benchmark's judge", () => {
  it("finds all right that is right, with the query masked", () => {
    const events = log(connect(), request("/a?***"), { type: "http.response", t: 960_000, request: 3, status: 200 });
    assert.deepEqual(marks([asked("/a?b")], events), ["process step host request status"]);
    assert.deepEqual(judge([asked("/a?b")], events).invented, []);
  });

  it("judges the connection where no request is told", () => {
    assert.deepEqual(marks([asked("/a")], log(connect())), ["process step host"]);
    assert.deepEqual(marks([asked("/a")], log()), [""]);
  });

  it("wants the process and the step of request and connection right", () => {
    assert.deepEqual(marks([asked("/a")], log(connect(), request("/a", { process: "q", step: "other" }))), [
      "host request",
    ]);
    assert.deepEqual(marks([asked("/a")], log(connect({ process: "q" }), request("/a"))), ["step host request"]);
    const left = asked("/a", { label: "build+ curl, TLS" });
    assert.deepEqual(marks([left], log(connect())), ["process host"]);
    assert.deepEqual(marks([left], log(connect({ detached: true }))), ["process step host"]);
  });

  it("wants the name right of the connection and of the request", () => {
    const other = { host: { name: "files.pythonhosted.org", source: "dns" } };
    assert.deepEqual(marks([asked("/a")], log(connect(other))), ["process step"]);
    assert.deepEqual(marks([asked("/a")], log(connect(other), request("/a"))), ["process step request"]);
    const corrected = { type: "net.close", t: 990_000, flow: { id: "f" }, host: { name: "pypi.org", source: "sni" } };
    assert.deepEqual(marks([asked("/a")], log(connect(other), corrected)), ["process step host"]);
  });

  it("calls a request wrong on its connection, and invented on another or when it stands there twice", () => {
    const wrong = judge([asked("/a")], log(connect(), request("/b")));
    assert.deepEqual([wrong.verdicts[0]?.request, wrong.invented.length], [false, 0]);
    const twice = judge([asked("/a")], log(connect(), request("/a"), request("/a")));
    assert.deepEqual([twice.verdicts[0]?.request, twice.invented.length], [true, 1]);
    const elsewhere = judge([asked("/a")], log(connect(), request("/a", { flow: { id: "g" } })));
    assert.deepEqual([elsewhere.verdicts[0]?.request, elsewhere.invented.length], [false, 1]);
  });

  it("knows a request without a connection by its process", () => {
    const alone = { flow: undefined };
    assert.deepEqual(marks([asked("/a")], log(connect(), request("/a", alone))), ["process step host request"]);
    assert.equal(judge([asked("/a")], log(connect(), request("/a", { ...alone, process: "q" }))).invented.length, 1);
  });

  it("takes the last connection between two ends that was made before the request", () => {
    const again = connect({
      t: 5_000_000,
      process: "q",
      flow: { id: "g", protocol: "tcp", local: CLIENT, remote: SERVER },
    });
    assert.deepEqual(marks([asked("/a"), asked("/b", { t: 5_100_000 })], log(connect(), again)), [
      "process step host",
      "step host",
    ]);
  });
});
