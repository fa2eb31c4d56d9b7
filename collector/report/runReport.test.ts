import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { decodeEvent } from "../protocol/decode.ts";
import { LogVerifier } from "./logVerifier.ts";
import { runReport, type ReportFormat } from "./runReport.ts";
import type { RepositoryPlaces } from "./sarif.ts";

const exec = { id: "p", pid: 7, ppid: 1, exe: "/usr/bin/curl", argv: ["curl", "-X", "PUT"], cwd: "/", uid: 0 };
const flow = {
  id: "f",
  protocol: "tcp",
  local: { ip: "192.0.2.1", port: 40_000 },
  remote: { ip: "198.51.100.7", port: 443 },
};
const around = { process: "p", step: "__run", tool: "t1" };
const http = { method: "PUT", host: "api.octo.example", path: "/v1/a b?***", version: "2", tls: "openssl" };
const events: readonly object[] = [
  { type: "step.start", stepInfo: { id: "__run", number: 6, name: "Processing Request" } },
  { type: "tool.start", toolInfo: { id: "t1", name: "bash", input: "secret" } },
  { type: "process.exec", process: "p", exec },
  {
    type: "net.connect",
    ...around,
    flow,
    host: { name: http.host, source: "sni" },
    verdict: "would-block",
    result: "ok",
  },
  { type: "http.request", ...around, flow: { id: "f" }, http, verdict: "would-block" },
  { type: "http.response", request: 5, status: 204 },
  { type: "http.request", process: "q", http: { method: "GET", path: "/", version: "1.1", tls: "none" } },
  { type: "finding", finding: { rule: "secret-read", severity: "high", title: "A <b>secret</b>", evidence: [3] } },
];

const reportOf = async (format: ReportFormat, places?: RepositoryPlaces, run = events): Promise<string> => {
  let text = "";
  const report = runReport(format, "1.2.3", (more) => (text += more));
  for (const [i, fields] of run.entries()) {
    const decoded = decodeEvent({ v: 1, seq: i + 1, t: 1_790_000_000_000_000 + i * 1500, ...fields });
    assert.ok(decoded.ok, decoded.ok ? "" : decoded.reason);
    report.take(decoded.event);
  }
  const verification = new LogVerifier(() => createHash("sha256")).finish({ unterminated: false, cutLine: undefined });
  const end = { file: "/tmp/agent run.ndjson", notice: "It goes on.", verification };
  await report.finish({ ...end, ...(places === undefined ? {} : { places: async () => places }) });
  return text;
};

describe("a run's report", () => {
  it("has each request in HAR with who asked, in which step and tool call, and what the policy says", async () => {
    const har = JSON.parse(await reportOf("har")) as { log: { entries: Record<string, unknown>[] } };
    const [put, get, ...more] = har.log.entries;
    assert.equal(more.length, 0);
    assert.deepEqual(put, {
      startedDateTime: "2026-09-21T14:13:20.006Z",
      time: 1.5,
      request: {
        method: "PUT",
        url: "https://api.octo.example/v1/a%20b?***",
        httpVersion: "HTTP/2.0",
        cookies: [],
        headers: [{ name: "Host", value: "api.octo.example" }],
        queryString: [],
        headersSize: -1,
        bodySize: -1,
      },
      response: {
        status: 204,
        statusText: "No Content",
        httpVersion: "HTTP/2.0",
        cookies: [],
        headers: [],
        content: { size: -1, mimeType: "" },
        redirectURL: "",
        headersSize: -1,
        bodySize: -1,
      },
      cache: {},
      timings: { send: 0, wait: 1.5, receive: 0 },
      serverIPAddress: "198.51.100.7",
      connection: "f",
      comment: "seq 5, curl",
      _seq: 5,
      _process: { id: "p", pid: 7, program: "curl", commandLine: "curl -X PUT" },
      _step: { id: "__run", number: 6, name: "Processing Request" },
      _tool: { id: "t1", name: "bash" },
      _verdict: "would-block",
    });
    assert.deepEqual([get?.["_process"], get?.["_step"]], [{ id: "q" }, undefined]);
    assert.match(JSON.stringify(get?.["response"]), /"status":0,.*"comment":"no response was seen"/);
  });

  interface Sarif {
    readonly runs: readonly [
      {
        readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
        readonly results: readonly {
          readonly ruleId: string;
          readonly level: string;
          readonly message: { readonly text: string };
          readonly locations: readonly [Location];
          readonly relatedLocations?: readonly Location[];
        }[];
      },
    ];
  }
  interface Location {
    readonly message?: { readonly text: string };
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string };
      readonly region: { readonly startLine: number };
    };
  }
  const placeOf = ({ physicalLocation: { artifactLocation, region } }: Location): string =>
    `${artifactLocation.uri}:${region.startLine}`;
  const results = async (places?: RepositoryPlaces): Promise<string[]> => {
    const { results: all, tool } = (JSON.parse(await reportOf("sarif", places)) as Sarif).runs[0];
    assert.deepEqual(new Set(all.map(({ ruleId }) => ruleId)), new Set(tool.driver.rules.map(({ id }) => id)));
    return all.map(({ ruleId, level, locations, relatedLocations = [] }) =>
      [ruleId, level, ...[...locations, ...relatedLocations].map(placeOf)].join(" "),
    );
  };

  it("points in SARIF at the lines of the log where nothing else is known", async () => {
    assert.deepEqual(await results(), [
      "secret-read error agent%20run.ndjson:3",
      "egress/would-block warning agent%20run.ndjson:5",
      "egress/would-block warning agent%20run.ndjson:4",
    ]);
  });

  it("points in SARIF at the policy's line and at that of a change, and at the log beside it", async () => {
    const policy = { path: ".github/workflows/ci.yml", line: 9, reason: "the policy" };
    const line = { path: "a dir/run#1.sh", line: 2, reason: "names it" };
    assert.deepEqual(await results({ policy, events: new Map([[3, line]]) }), [
      "secret-read error a%20dir/run%231.sh:2 agent%20run.ndjson:3",
      "egress/would-block warning .github/workflows/ci.yml:9 agent%20run.ndjson:5",
      "egress/would-block warning .github/workflows/ci.yml:9 agent%20run.ndjson:4",
    ]);
    const text = await reportOf("sarif", { events: new Map([[4, line]]) });
    assert.match(text, /would be blocked: api\.octo\.example:443 by curl in step Processing Request; to allow it, add/);
    assert.match(text, /a%20dir/);
  });

  it("has no link in SARIF that the run has written", async () => {
    const policy = { path: "ci.yml", line: 9, reason: "[this](https://a.example)" };
    const text = await reportOf("sarif", { policy, events: new Map() }, [
      { type: "finding", finding: { rule: "r", severity: "high", title: "[log in](https://a.example)", evidence: [] } },
      { type: "http.request", http: { ...http, host: "[a](https:" }, verdict: "blocked" },
    ]);
    const { results: all } = (JSON.parse(text) as Sarif).runs[0];
    assert.equal(all[0]?.message.text, "\\[log in](https://a.example)");
    assert.equal(all[1]?.locations[0]?.message?.text, "\\[this](https://a.example)");
    for (const { message } of all) assert.doesNotMatch(message.text, /(?<!\\)\[.*\]\(/);
  });

  it("begins in Markdown with what must be known of the log, and leaves hostile text without effect", async () => {
    const text = await reportOf("markdown");
    assert.match(text, /> \[!WARNING\]\n> <code>It goes on\.<\/code>/);
    assert.match(text, /A &#60;b&#62;secret&#60;\/b&#62;/);
    assert.doesNotMatch(text, /<b>/);
  });
});
