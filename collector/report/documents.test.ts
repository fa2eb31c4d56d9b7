// HAR and SARIF documents against what their specifications require of each object, on any run.
import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeEvent } from "../protocol/decode.ts";
import { createHash } from "node:crypto";
import { LogVerifier } from "./logVerifier.ts";
import { harWriter } from "./har.ts";
import { renderSarif } from "./sarif.ts";
import { RunTally } from "./tally.ts";

type Check = (value: unknown, at: string) => void;
type Fields = Readonly<Record<string, unknown>>;

const text: Check = (value, at) => assert.equal(typeof value, "string", at);
const number =
  (least: number): Check =>
  (value, at) =>
    assert.ok(typeof value === "number" && Number.isFinite(value) && value >= least, `${at}: ${String(value)}`);
const integer =
  (least: number): Check =>
  (value, at) => {
    number(least)(value, at);
    assert.ok(Number.isInteger(value), at);
  };
const matching =
  (pattern: RegExp): Check =>
  (value, at) =>
    assert.match(String(value), pattern, at);
const list =
  (each: Check): Check =>
  (value, at) => {
    assert.ok(Array.isArray(value), at);
    for (const [i, one] of value.entries()) each(one, `${at}[${i}]`);
  };
/** A list without any that are equal. */
const setOf =
  (each: Check): Check =>
  (value, at) => {
    list(each)(value, at);
    const texts = (value as unknown[]).map((one) => JSON.stringify(one));
    assert.equal(new Set(texts).size, texts.length, `${at}: one of them stands there twice`);
  };
/** All of `required` are there, what is there of `optional` fits, and nothing else is there. */
const object =
  (required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}): Check =>
  (value, at) => {
    assert.ok(typeof value === "object" && value !== null, at);
    const fields = value as Fields;
    for (const [name, check] of Object.entries(required)) check(fields[name], `${at}.${name}`);
    for (const name of Object.keys(fields)) {
      const check = required[name] ?? optional[name];
      assert.ok(check !== undefined, `${at}.${name} is no field of it`);
      if (!(name in required)) check(fields[name], `${at}.${name}`);
    }
  };
const url: Check = (value, at) => assert.ok(URL.canParse(String(value)), `${at}: ${String(value)}`);
const oneOf =
  (...values: readonly unknown[]): Check =>
  (value, at) =>
    assert.ok(values.includes(value), `${at}: ${String(value)}`);

/** https://w3c.github.io/web-performance/specs/HAR/Overview.html */
const pair = object({ name: text, value: text });
const har12 = object({
  log: object({
    version: oneOf("1.2"),
    creator: object({ name: text, version: text }),
    pages: list(object({})),
    entries: list(
      object(
        {
          startedDateTime: matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
          time: number(0),
          request: object({
            method: text,
            url,
            httpVersion: matching(/^HTTP\/\d/),
            cookies: list(pair),
            headers: list(pair),
            queryString: list(pair),
            headersSize: integer(-1),
            bodySize: integer(-1),
          }),
          response: object(
            {
              status: integer(0),
              statusText: text,
              httpVersion: matching(/^HTTP\/\d/),
              cookies: list(pair),
              headers: list(pair),
              content: object({ size: integer(-1), mimeType: text }),
              redirectURL: text,
              headersSize: integer(-1),
              bodySize: integer(-1),
            },
            { comment: text },
          ),
          cache: object({}),
          timings: object({ send: number(0), wait: number(0), receive: number(0) }),
        },
        {
          serverIPAddress: matching(/^[\da-f.:]+$/),
          connection: text,
          comment: text,
          _seq: integer(1),
          _process: object({ id: text }, { pid: integer(0), program: text, commandLine: text }),
          _step: object({ id: text }, { name: text, number: integer(1) }),
          _tool: object({ id: text }, { name: text }),
          _verdict: oneOf("allowed", "would-block", "blocked"),
          _rule: text,
        },
      ),
    ),
  }),
});

/** https://docs.oasis-open.org/sarif/sarif/v2.1.0/ : what is required, and the bounds of what we give. */
const location = object(
  {
    physicalLocation: object({
      artifactLocation: object({ uri: matching(/^(?:[A-Za-z0-9\-._~/]|%[0-9A-F]{2})+$/) }, { uriBaseId: text }),
      region: object({ startLine: integer(1) }),
    }),
  },
  { message: object({ text }) },
);
const sarif210 = object({
  $schema: url,
  version: oneOf("2.1.0"),
  runs: list(
    object({
      tool: object({
        driver: object({
          name: text,
          version: text,
          rules: list(object({ id: text }, { shortDescription: object({ text }) })),
        }),
      }),
      invocations: list(object({ executionSuccessful: oneOf(true, false) })),
      columnKind: oneOf("utf16CodeUnits", "unicodeCodePoints"),
      results: list(
        object(
          {
            ruleId: text,
            ruleIndex: integer(0),
            level: oneOf("none", "note", "warning", "error"),
            message: object({ text }),
            locations: list(location),
            partialFingerprints: object({ "runglass/v1": text }),
          },
          { relatedLocations: setOf(location) },
        ),
      ),
    }),
  ),
});

const word = fc.string({ unit: "binary", maxLength: 20 });
const hostile = fc.string({ unit: fc.constantFrom(..."a.1:[]%/?#@ \\\u202e\ud800é<|`_\n"), maxLength: 12 });
const host = fc.oneof(fc.constantFrom("pypi.org", "example.com:8443", "[2001:db8::1]:81", undefined), hostile);
const verdict = fc.constantFrom("allowed", "would-block", "blocked", undefined);
const ip = fc.constantFrom("198.51.100.7", "2001:db8::7");
const event = fc.oneof(
  fc.tuple(ip, fc.constantFrom(80, 443, 8_080)).map(([address, port]) => ({
    type: "net.connect",
    flow: { id: "f", protocol: "tcp", local: { ip: "192.0.2.1", port: 1 }, remote: { ip: address, port } },
    result: "ok",
  })),
  fc
    .record({
      host,
      tls: fc.constantFrom("none", "openssl"),
      path: fc.oneof(fc.constantFrom("/", "/a?***", ""), hostile),
      version: fc.constantFrom("1.0", "1.1", "2"),
    })
    .chain((http) =>
      fc.record({ process: fc.constantFrom("p", undefined), step: hostile, verdict }).map((around) => ({
        type: "http.request",
        flow: { id: "f" },
        http: { method: "GET", ...http },
        ...around,
      })),
    ),
  hostile.map((name) => ({
    type: "process.exec",
    process: "p",
    exec: { id: "p", pid: 7, ppid: 1, exe: `/${name}`, argv: [name], cwd: "/", uid: 0 },
  })),
  fc.nat(30).map((request) => ({ type: "http.response", request, status: 200 })),
  fc
    .record({ rule: word, severity: word, title: word, evidence: fc.array(fc.nat(50), { maxLength: 20 }) })
    .map((finding) => ({ type: "finding", finding })),
);

describe("the documents of summary", () => {
  it("have the fields that HAR 1.2 and SARIF 2.1.0 require, and no others, on any run", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 30 }), word, async (events, name) => {
        let text2 = "";
        const har = harWriter("1", (more) => (text2 += more));
        const tally = new RunTally();
        for (const [i, fields] of events.entries()) {
          const decoded = decodeEvent({ v: 1, seq: i + 1, t: 1_790_000_000_000_000 + i * 1_000, ...fields });
          assert.ok(decoded.ok, decoded.ok ? "" : decoded.reason);
          har.take(decoded.event);
          tally.take(decoded.event);
        }
        await har.finish(() => undefined);
        har12(JSON.parse(har.head + text2 + har.foot), "har");
        const all = 1_000;
        const most = {
          steps: all,
          tools: all,
          containers: all,
          programs: all,
          endpoints: all,
          blocked: all,
          denied: all,
          directories: all,
          reads: all,
          findings: all,
        };
        const file = `${name.replaceAll("/", "")}x.ndjson`;
        const summary = tally.summary(
          file,
          undefined,
          new LogVerifier(() => createHash("sha256")).broken(1, "of no matter here"),
          most,
        );
        sarif210(JSON.parse(renderSarif(summary, "1")), "sarif");
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});
