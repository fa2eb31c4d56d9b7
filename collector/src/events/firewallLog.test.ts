import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { answerTo, query } from "../../test/frames/dnsWire.ts";
import * as encode from "../../test/frames/encode.ts";
import { MemoryLog, type LoggedEvent } from "../../test/frames/memoryLog.ts";
import { FrameReader } from "../sensor/frames.ts";
import { EventLog } from "./eventLog.ts";
import { Pipeline } from "./pipeline.ts";

const curl = { pid: 100, start: 1_000_000_000 };
const wget = { pid: 101, start: 2_000_000_000 };
const iso = (ms: number): string => new Date(encode.TIME / 1000 + ms).toISOString();

type Line = Readonly<Record<string, unknown>>;
const verdict = (more: Line): Line => ({
  time: iso(5),
  level: "WARN",
  msg: "BLOCKED",
  because: "NotInAllowList",
  blocked: true,
  blockedAt: "dns",
  domains: "pypi.org.",
  ruleSource: "NotInAllowList",
  ruleSourceComment: "Domain doesn't match any allowlist prefixes",
  pid: curl.pid,
  port: "53",
  ip: "",
  originalIp: "unknown",
  url: "",
  cmd: "curl https://pypi.org ",
  ...more,
});
const redirect = (more: Line): Line => ({
  time: iso(1),
  level: "INFO",
  msg: "HTTP Redirect",
  eventType: "HTTP Redirect",
  ip: "127.0.0.1",
  originalIp: "198.51.100.7",
  port: 18_080,
  pid: curl.pid,
  allowed: true,
  ...more,
});

describe("the agent's firewall log", () => {
  let root: string;
  let path: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "runglass-test-"));
    path = join(root, "fw.jsonl");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** A run with two processes that follows the log; a look at it is due at each `look`. */
  class Run {
    readonly log = new MemoryLog();
    readonly #events = new EventLog(this.log);
    #ms = 0;
    readonly pipeline = new Pipeline(this.#events, () => this.#ms);
    readonly #reader = new FrameReader((frame) => this.pipeline.take(frame));

    constructor() {
      this.take(encode.hello(), encode.exec(curl, { argv: ["curl"] }), encode.exec(wget, { argv: ["wget"] }));
      this.pipeline.followFirewall(path);
    }
    take(...frames: readonly Buffer[]): this {
      this.#reader.push(Buffer.concat(frames));
      return this;
    }
    look(ms = 600): this {
      this.#ms += ms;
      this.pipeline.tick();
      this.#events.flush();
      return this;
    }
    finish(): this {
      this.pipeline.finish();
      this.#events.flush();
      return this;
    }
    get said(): LoggedEvent[] {
      return this.log.of("firewall");
    }
    get coverage(): string[] {
      return this.log
        .of("coverage")
        .flatMap((event) => (event["hook"] === "firewall-log" ? [`${event["state"]} ${event["reason"] ?? ""}`] : []));
    }
  }
  const lines = (...all: readonly Line[]): string => all.map((line) => `${JSON.stringify(line)}\n`).join("");
  const connected = (flow: number, remote: string, remotePort: number, who = curl): Buffer[] => [
    encode.connect(who, { flow, remote, remotePort }),
    encode.result(who, flow, 0),
  ];
  const asked = (name: string, who = curl): Buffer[] => {
    const message = query(7, name, "A");
    return [encode.dns(who, message, false), encode.dns(who, answerTo(message, []), true)];
  };

  it("is joined with the query that a verdict is about, whichever is there first", () => {
    const run = new Run();
    writeFileSync(path, lines(verdict({})));
    run.look();
    assert.equal(run.said.length, 0, "it waits for the query");
    run.take(...asked("pypi.org"), ...asked("pypi.org", wget)).look();
    const [said, ...more] = run.said;
    assert.equal(more.length, 0);
    const about = run.log.of("dns.query").find((event) => event.process === said?.process);
    assert.equal(said?.["about"], about?.seq);
    assert.match(said?.process ?? "", new RegExp(`^${curl.pid}-`));
    assert.deepEqual(said?.["firewall"], {
      verdict: "blocked",
      at: "dns",
      names: ["pypi.org"],
      port: 53,
      reason: "NotInAllowList",
      rule: "Domain doesn't match any allowlist prefixes",
    });
    appendFileSync(path, lines(verdict({}), verdict({ pid: wget.pid })));
    run.look();
    assert.equal(run.said.length, 2, "a repeat is not said again");
  });

  it("makes one flow of the addresses before and after a redirect, wherever we see it", () => {
    const run = new Run();
    run.take(
      ...connected(1, "127.0.0.1", 18_080),
      ...connected(2, "127.0.0.1", 18_080),
      ...connected(3, "198.51.100.9", 443),
    );
    run.look();
    writeFileSync(
      path,
      lines(
        redirect({}),
        redirect({ originalIp: "198.51.100.8" }),
        redirect({ originalIp: "198.51.100.9" }),
        redirect({ pid: 77 }),
      ),
    );
    run.look().look(7_000);
    assert.deepEqual(
      run.said.map((event) => [event["flow"]?.id, event["firewall"].address, event["firewall"].server]),
      [
        ["2", "198.51.100.7", { ip: "127.0.0.1", port: 18_080 }],
        ["1", "198.51.100.8", { ip: "127.0.0.1", port: 18_080 }],
        ["3", "198.51.100.9", { ip: "127.0.0.1", port: 18_080 }],
      ],
    );
  });

  it("is joined with connections and requests, by address, by name, and without a pid where only one process fits", () => {
    const run = new Run();
    run.take(...connected(1, "198.51.100.7", 22), ...connected(2, "198.51.100.8", 80, wget));
    run.take(encode.http(wget, { flow: 2, message: 0 }, "GET /simple/x?token=1 HTTP/1.1\r\nHost: pypi.org:80\r\n\r\n"));
    writeFileSync(
      path,
      lines(
        verdict({ blockedAt: "packet", domains: "None", ip: "198.51.100.7", port: "22", because: "IPNotAllowed" }),
        verdict({ blockedAt: "http", pid: -1, url: "http://pypi.org/simple/x?token=1", domains: "" }),
        verdict({ blockedAt: "http", pid: wget.pid, blocked: false, because: "Allowed", domains: "pypi.org" }),
      ),
    );
    run.look();
    const seqOf = (type: string, who = curl): number | undefined =>
      run.log.of(type).find((event) => event.process?.startsWith(`${who.pid}-`))?.seq;
    assert.deepEqual(
      run.said.map((event) => [event["firewall"].verdict, event["firewall"].at, event["about"]]),
      [
        ["blocked", "packet", seqOf("net.connect")],
        ["blocked", "http", seqOf("http.request", wget)],
        ["allowed", "http", seqOf("http.request", wget)],
      ],
    );
    assert.equal(run.said[1]?.["firewall"].url, "http://pypi.org/simple/x?***");
  });

  it("is told in the firewall's words where nothing of ours fits: only what was blocked, and by nobody's name", () => {
    const run = new Run();
    const token = `ghp_${"a1B2".repeat(9)}`;
    writeFileSync(
      path,
      lines(
        verdict({ pid: 0, domains: "esm.ubuntu.com", cmd: `curl -H "Authorization: Bearer ${token}"` }),
        verdict({ blocked: false, domains: "fine.example" }),
        redirect({ pid: 4 }),
      ),
    );
    run.look().look(2_000);
    assert.equal(run.said.length, 0);
    run.look(5_000);
    const [said, ...more] = run.said;
    assert.equal(more.length, 0);
    assert.equal(said?.process, undefined);
    assert.deepEqual([said?.["firewall"].names, said?.["firewall"].pid], [["esm.ubuntu.com"], undefined]);
    assert.match(said?.["firewall"].command, /^curl -H "Authorization: /);
    assert.ok(!JSON.stringify(said).includes(token));
  });

  it("is followed when it appears later, is cut, and is replaced", () => {
    const run = new Run().look();
    const about = (name: string): Line => verdict({ pid: 0, domains: name });
    writeFileSync(path, lines(about("one.example")).slice(0, -20));
    run.look();
    truncateSync(path, 0);
    writeFileSync(path, lines(about("a.example")));
    run.look();
    writeFileSync(join(root, "new"), lines(about("two.example")));
    renameSync(path, join(root, "fw.jsonl.1"));
    appendFileSync(join(root, "fw.jsonl.1"), lines(about("last.example")));
    renameSync(join(root, "new"), path);
    run.look().look().look().finish();
    const names = run.said.map((event) => event["firewall"].names[0]);
    assert.deepEqual(names, ["a.example", "last.example", "two.example"]);
    assert.match(run.coverage.join("\n"), /^on \non it was cut while it was read/);
  });

  it("is read to its end when the run ends", () => {
    const run = new Run().take(...asked("pypi.org")).look();
    writeFileSync(path, lines(verdict({}), verdict({ domains: "other.example", pid: 0 })));
    run.look(600).finish();
    assert.equal(run.said.length, 2);
  });

  it("is read also where it appears just before the run ends", () => {
    const run = new Run().take(...asked("pypi.org")).look();
    writeFileSync(path, lines(verdict({})));
    assert.equal(run.finish().said.length, 1);
  });

  it("waits for nothing in its place that could keep us waiting", () => {
    const cases: readonly (readonly [string, () => void])[] = [
      ["is not a regular file", (): void => void execFileSync("mkfifo", [path])],
      ["is not a regular file", (): void => void mkdirSync(path)],
      ["is not a regular file|ELOOP", (): void => symlinkSync("/dev/zero", path)],
    ];
    for (const [why, make] of cases) {
      make();
      const run = new Run().look().look().finish();
      assert.equal(run.said.length, 0);
      assert.equal(run.coverage.length, 1);
      assert.match(run.coverage[0] ?? "", new RegExp(`^off .*(?:${why})`));
      rmSync(path, { recursive: true });
    }
  });

  it("cannot fill the log, whatever is written into it", () => {
    const run = new Run();
    const many = Array.from({ length: 5_000 }, (_, i) => verdict({ pid: 0, domains: `${i}.example` }));
    writeFileSync(path, lines(...many));
    for (let i = 0; i < 20; i++) run.look(0);
    run.look(600).look(7_000).finish();
    assert.ok(run.said.length >= 1_000 && run.said.length < 1_800, `${run.said.length}`);
    assert.match(run.coverage.at(-1) ?? "", /^off more of the firewall's verdicts came than are written: \d+/);
  });

  it("ends nothing and invents no row, whatever its lines are", () => {
    const field = fc.oneof(
      fc.jsonValue(),
      fc.string({ maxLength: 3_000 }),
      fc.constantFrom(curl.pid, "dns", "packet", true),
    );
    const line = fc.oneof(
      fc
        .dictionary(fc.constantFrom(...Object.keys({ ...verdict({}), ...redirect({}) })), field)
        .map((fields) => verdict(fields)),
      fc.jsonValue().map((value) => ({ value })),
    );
    const text = fc.oneof(
      line.map((fields) => JSON.stringify(fields)),
      fc.string({ maxLength: 500 }),
      line.map((fields) => JSON.stringify(fields).slice(0, 60)),
      fc.constant("{".repeat(70_000)),
      fc.constant('{"blocked":true,"blockedAt":"dns","domains":"\u0000\u202e"}'),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 30 }), (all) => {
        rmSync(path, { force: true });
        const run = new Run().take(...asked("pypi.org"), ...connected(1, "198.51.100.7", 22)).look();
        const before = run.log.events.filter(({ type }) => !["coverage", "firewall", "seal"].includes(type)).length;
        writeFileSync(path, all.join("\n"));
        run.look().look(7_000).finish();
        const after = run.log.events.filter(({ type }) => !["coverage", "firewall", "seal"].includes(type)).length;
        assert.equal(after, before);
        for (const { seq, process, ...said } of run.said) {
          assert.ok(JSON.stringify(said).length < 100_000);
          if (process !== undefined) assert.ok(Number(said["about"]) < seq);
        }
      }),
      { seed: 3, numRuns: 150 },
    );
  });
});
