// `runglass summary` as a process: its four formats, its refusals, and a log that is far larger than its memory.
import assert from "node:assert/strict";
import { createWriteStream, readFileSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCli } from "./runCli.ts";
import { sealedLog } from "./sealedLog.ts";
import { Cleanup, line, lines, temporaryDirectory } from "./support.ts";

const log = (events: readonly object[]): string =>
  events
    .map((event, i) => `${JSON.stringify({ v: 1, seq: i + 1, t: 1_790_000_000_000_000 + i * 1_000, ...event })}\n`)
    .join("");

const flow = {
  id: "f",
  protocol: "tcp",
  local: { ip: "192.0.2.1", port: 1 },
  remote: { ip: "198.51.100.7", port: 443 },
};
const events: readonly object[] = [
  {
    type: "run.start",
    run: { id: "r1", title: "npm ci | tee <log>" },
    host: { name: "h", os: "linux", kernel: "6", arch: "x64" },
    collector: { version: "0.1.0" },
    policy: { mode: "none", endpoints: [] },
  },
  {
    type: "process.exec",
    process: "1",
    exec: { id: "1", pid: 1, ppid: 0, exe: "/usr/bin/node", argv: ["node"], cwd: "/", uid: 0 },
  },
  { type: "net.connect", process: "1", flow, host: { name: "pypi.org", source: "dns" }, result: "ok" },
  {
    type: "http.request",
    process: "1",
    http: { method: "GET", host: "pypi.org", path: "/simple/?q=*", version: "1.1", tls: "openssl" },
    flow: { id: "f" },
  },
  { type: "http.request", process: "1", http: { method: "PUT", path: "/x", version: "2", tls: "none" } },
  { type: "http.response", request: 4, status: 200 },
  { type: "net.close", flow: { id: "f" }, bytesSent: 500, bytesReceived: 31_000, durationUs: 10 },
  { type: "file.write", process: "1", file: { op: "create", path: "/tmp/a`b|c/x" } },
  { type: "finding", finding: { rule: "new-host", severity: "high", title: "A <new> host", evidence: [3, 4] } },
  { type: "process.exit", process: "1", exit: { code: 1, signal: 0, durationUs: 5 } },
  { type: "run.end", counts: {}, lost: 0 },
];

describe("runglass summary", function () {
  this.timeout(60_000);
  const cleanup = new Cleanup();
  let path = "";
  before(async () => {
    path = join(await temporaryDirectory(cleanup), "run.ndjson");
    writeFileSync(path, log(events));
  });
  after(() => cleanup.run());

  const report = async (...argv: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runCli(cleanup, "summary", ...argv);
    assert.deepEqual([code, stderr], [0, ""]);
    return stdout;
  };

  it("writes Markdown by itself", async () => {
    const markdown = await report(path);
    assert.match(markdown, /^## Runglass: <code>npm ci &#124; tee &#60;log&#62;<\/code>\n/);
    for (const part of [
      "- 1 process, 1 failed",
      "- 1 connection, 0 failed; 500 B sent, 31.0 kB received; 2 HTTP requests read\n",
      "- 1 file change",
      "- 1 finding",
      "- No event lost",
      "| <code>pypi.org:443</code> | <code>node</code> |  | 1 | 1 | 500 B | 31.0 kB |",
      "| <code>/tmp/a&#96;b&#124;c</code> | create 1 | 1 |",
      "| <code>high</code> | <code>new-host</code> | <code>A &#60;new&#62; host</code> | 3, 4 |",
    ]) {
      assert.ok(markdown.includes(part), `${part} in\n${markdown}`);
    }
  });

  it("writes JSON with the same facts", async () => {
    const summary = JSON.parse(await report(path, "--format", "json")) as Record<string, unknown>;
    assert.equal(summary["version"], 1);
    assert.equal(summary["events"], events.length);
    assert.equal(summary["complete"], true);
    assert.deepEqual(summary["counts"], {
      "http.request": 2,
      "file.write": 1,
      finding: 1,
      "http.response": 1,
      "net.close": 1,
      "net.connect": 1,
      "process.exec": 1,
      "process.exit": 1,
      "run.end": 1,
      "run.start": 1,
    });
  });

  it("writes HAR 1.2 with every request, answered or not", async () => {
    const { log: har } = JSON.parse(await report(path, "--format", "har")) as {
      log: { version: string; creator: { name: string }; entries: Record<string, unknown>[] };
    };
    assert.equal(har.version, "1.2");
    assert.equal(har.creator.name, "Runglass");
    const seen = har.entries.map((entry) => {
      const request = entry["request"] as { method: string; url: string; httpVersion: string };
      const response = entry["response"] as { status: number; statusText: string };
      return [request.method, request.url, request.httpVersion, response.status, response.statusText, entry["time"]];
    });
    assert.deepEqual(seen, [
      ["GET", "https://pypi.org/simple/?q=*", "HTTP/1.1", 200, "OK", 2],
      ["PUT", "http://unknown.invalid/x", "HTTP/2.0", 0, "", 0],
    ]);
    assert.equal(har.entries[0]?.["serverIPAddress"], "198.51.100.7");
    assert.equal(har.entries[0]?.["startedDateTime"], new Date(1_790_000_000_003).toISOString());
  });

  it("writes SARIF 2.1.0 with the findings", async () => {
    const sarif = JSON.parse(await report(path, "--format", "sarif")) as {
      version: string;
      runs: { tool: { driver: { name: string; rules: { id: string }[] } }; results: Record<string, unknown>[] }[];
    };
    assert.equal(sarif.version, "2.1.0");
    const [run] = sarif.runs;
    assert.deepEqual(run?.tool.driver.rules, [{ id: "new-host" }]);
    assert.equal(run?.results.length, 1);
    const [result] = run!.results;
    assert.deepEqual(
      [result?.["ruleId"], result?.["level"], result?.["message"]],
      ["new-host", "error", { text: "A <new> host" }],
    );
    const location = { physicalLocation: { artifactLocation: { uri: "run.ndjson" }, region: { startLine: 3 } } };
    assert.deepEqual(result?.["locations"], [location]);
  });

  it("writes valid HAR and SARIF of a run with neither requests nor findings", async () => {
    const bare = `${path}.bare`;
    writeFileSync(bare, log([events[0]!, events.at(-1)!]));
    const har = JSON.parse(await report(bare, "--format", "har")) as { log: { entries: unknown[] } };
    assert.deepEqual(har.log.entries, []);
    const sarif = JSON.parse(await report(bare, "--format", "sarif")) as { runs: { results: unknown[] }[] };
    assert.deepEqual(sarif.runs[0]?.results, []);
  });

  it("reports on what is whole of a log that was cut off, and says so in the report and beside it", async () => {
    const cut = `${path}.cut`;
    writeFileSync(cut, lines(1, 3) + line(4).slice(0, 50));
    const { code, stdout, stderr } = await runCli(cleanup, "summary", cut);
    assert.equal(code, 0);
    assert.match(stderr, /^runglass: .*cut off in line 4: using the 3 events before it\n$/);
    assert.match(stdout, /> \[!WARNING\]\n> <code>.*cut off in line 4/);
  });

  it("says whether the log is as it was written", async () => {
    const sealed = `${path}.sealed`;
    const whole = sealedLog([3, 5]);
    const cases: readonly (readonly [string, string, RegExp, RegExp])[] = [
      [whole, "whole", /- The log is as it was written \(3 seals\)\n/, /^$/],
      [
        whole.replace("/srv/é/5", "/srv/é/x"),
        "broken",
        /> <code>line 11: this seal does not fit lines 6 to 11/,
        /line 11: this seal/,
      ],
      [whole.slice(0, -400), "cut", /- The log is as it was written up to line 5 of/, /cut off in line/],
      [log(events), "unsealed", /- The log has no seals/, /^$/],
    ];
    for (const [content, verdict, markdown, said] of cases) {
      writeFileSync(sealed, content);
      const [text, json, har] = await Promise.all(
        ["markdown", "json", "har"].map((format) => runCli(cleanup, "summary", sealed, "--format", format)),
      );
      assert.match(text!.stdout, markdown);
      assert.equal((JSON.parse(json!.stdout) as { verification: { verdict: string } }).verification.verdict, verdict);
      for (const { code, stderr } of [text!, json!, har!]) {
        assert.equal(code, 0);
        assert.match(stderr, said);
      }
    }
  });

  const refusals: readonly (readonly [string, () => readonly string[], RegExp])[] = [
    ["no file", () => [], /name the run log/],
    ["an unknown format", () => [path, "--format", "markdwn"], /unknown format "markdwn": did you mean "markdown"/],
    ["a format far from all", () => [path, "--format", "pdf"], /use one of markdown, json, har, sarif/],
    ["a missing file", () => [`${path}.none`], /there is no file/],
    ["something else than a log", () => ["/etc/passwd"], /not a run log.*line 1/],
  ];
  for (const [name, argv, message] of refusals) {
    it(`refuses ${name} in one line, with 2`, async () => {
      const { code, stdout, stderr } = await runCli(cleanup, "summary", ...argv());
      assert.equal(code, 2);
      assert.match(stderr, message);
      assert.match(stderr, /^runglass: [^\n]+\n$/);
      assert.equal(stdout, "");
    });
  }

  it("is quiet about a reader that goes away", () => {
    const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
    const script = `"${process.execPath}" "${main}" summary "${path}" --format json | head -c 10`;
    const { stderr, stdout } = spawnSync("sh", ["-c", script], { encoding: "utf8" });
    assert.deepEqual([stdout.length, stderr], [10, ""]);
  });

  it("adds up a large log in little memory", async () => {
    const large = `${path}.large`;
    const out = createWriteStream(large);
    for (let seq = 1; seq <= 300_000; seq += 1_000) {
      if (!out.write(lines(seq, seq + 999, 300))) await once(out, "drain");
    }
    out.end();
    await once(out, "close");
    const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
    const sayPeak = 'process.on("exit", () => process.stderr.write(String(process.resourceUsage().maxRSS)))';
    const args = ["--import", `data:text/javascript,${sayPeak}`, main, "summary", large, "--format", "json"];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    assert.equal((JSON.parse(stdout) as { events: number }).events, 300_000);
    const megabytes = Number(/\d+$/.exec(stderr)?.[0]) / 1024;
    console.log(
      `      at most ${Math.round(megabytes)} MB for a log of ${Math.round(readFileSync(large).length / 1e6)} MB`,
    );
    assert.ok(megabytes > 20 && megabytes < 250, `${megabytes} MB`);
  });
});
