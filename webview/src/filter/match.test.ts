import assert from "node:assert/strict";
import { EventWriter } from "../../test/harness/eventWriter.ts";
import { sampleRun } from "../../test/harness/sampleRun.ts";
import { applyLine } from "../model/applyEvent.ts";
import { kindOf, kinds } from "../model/rowKinds.ts";
import { RunModel } from "../model/runModel.ts";
import { describeRow } from "../text/describeRow.ts";
import { filterFor } from "./filterFor.ts";
import { compileQuery } from "./match.ts";
import { parseQuery } from "./parser.ts";

const model = new RunModel();
for (const line of sampleRun(false).lines) applyLine(model, line);

const matching = (text: string, among = model): string[] => {
  const query = parseQuery(text);
  assert.deepEqual(query.problems, []);
  const matcher = compileQuery(among, query);
  const found: string[] = [];
  for (let row = 1; row < among.rowCount; row++)
    if (matcher?.test(row) === true) found.push(describeRow(among, row, 0).label);
  return found;
};

describe("compileQuery", () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["host:*.github.com type:network", ["npm.pkg.github.com:443"]],
    ["host:github.com", ["github.com:443"]],
    ["host:github.com,pypi.org", ["github.com:443", "pypi.org:443"]],
    ["type:network -host:*", []],
    ["ip:2001:db8::9", ["[2001:db8::9]:8443"]],
    ["port:>1024", ["[2001:db8::9]:8443"]],
    ["port:8000-8999", ["[2001:db8::9]:8443"]],
    ["port:84*", ["[2001:db8::9]:8443"]],
    ["proto:udp", []],
    ["pid:841", ["git-remote-https", "github.com:443"]],
    ["comm:git", ["git", "FETCH_HEAD"]],
    ["comm:git*", ["git", "git-remote-https", "github.com:443", "FETCH_HEAD"]],
    ["ppid:812 type:process", ["sh"]],
    ["exe:git-core", ["git-remote-https", "github.com:443"]],
    ['arg:"en fr" type:process', ["python3.12"]],
    ["arg:en*fr type:process", ["python3.12"]],
    ["arg:en type:process", ["node", "python3.12", "python3.12", "curl"]],
    ["under:step.sh type:network is:failed", ["telemetry.example:443", "[2001:db8::9]:8443", "paste.example:443"]],
    ["path:/tmp/*", ["ocr.lock"]],
    ["path:FETCH", ["FETCH_HEAD"]],
    ["path:out/text.txt", ["text.txt", "final.txt"]],
    ["path:*.lock", ["ocr.lock"]],
    ["op:unlink", ["ocr.lock"]],
    ["op:rename,chmod", ["final.txt", "run.sh"]],
    ["user:runner type:process comm:sh", ["sh"]],
    ["is:denied", ["paste.example:443"]],
    ["is:failed type:process", ["sh", "node", "python3.12"]],
    ["is:running type:process", ["bash", "node", "curl"]],
    ["is:lost", ["1,412 events lost"]],
    ["result:ENET*", ["[2001:db8::9]:8443"]],
    ["result:ok host:pypi.org", ["pypi.org:443"]],
    ["exit:1", ["sh", "node"]],
    ["exit:SIGKILL", ["python3.12"]],
    ["larger-than:4M type:network", ["github.com:443", "files.pythonhosted.org:443"]],
    ["type:file.write path:run.sh", ["run.sh"]],
    ["type:finding", ["A blocked destination was tried again by address"]],
    ["type:other", ["gpu.load"]],
    ["telemetry", ["telemetry.example:443"]],
    ['"node install"', ["sh", "node"]],
    ["rustls", []],
    ["npm dns -type:file", []],
    ["type:dns npm", ["npm.pkg.github.com"]],
  ];
  for (const [text, expected] of cases) {
    it(text, () => assert.deepEqual(matching(text), expected));
  }

  it("asks for nothing without terms", () => assert.equal(compileQuery(model, parseQuery("  ")), undefined));

  it("finds a row again by the filter made for it", () => {
    for (let row = 1; row < model.rowCount; row++) {
      const text = filterFor(model, row);
      const { label } = describeRow(model, row, 0);
      if (/more|lost/.test(label)) continue;
      assert.ok(matching(text).includes(label), `${text} does not find ${label}`);
    }
  });

  describe("by tool call", () => {
    const run = new RunModel();
    const exec = (id: string, argv: readonly string[]): object => ({
      type: "process.exec",
      process: id,
      exec: { id, pid: 1, ppid: 0, exe: `/bin/${argv[0]}`, argv, cwd: "/w", uid: 0 },
    });
    const start = (id: string, name: string, input: object): object => ({
      type: "tool.start",
      tool: id,
      toolInfo: { id, name, input },
    });
    const write = (process: string, path: string): object => ({
      type: "file.write",
      process,
      file: { op: "create", path },
    });
    for (const [index, event] of [
      exec("agent", ["node"]),
      start("t1", "bash", { command: "npm ci" }),
      { ...exec("npm", ["npm", "ci"]), tool: "t1" },
      { ...write("npm", "/w/by-npm"), tool: "t1" },
      start("t2", "create", { path: "/w/a" }),
      { ...write("agent", "/w/a"), tool: "t2" },
      write("agent", "/w/log"),
    ].entries()) {
      applyLine(run, JSON.stringify({ v: 1, seq: index + 1, t: 1_790_000_000_000_000 + index, ...event }));
    }
    for (const [text, expected] of [
      ["tool:t1", ["bash", "npm", "by-npm"]],
      ["tool:bash", ["bash", "npm", "by-npm"]],
      ["tool:*npm*", ["bash", "npm", "by-npm"]],
      ["tool:create", ["create", "a"]],
      ["tool:t3", []],
      ["type:file -tool:*", ["log"]],
    ] as const) {
      it(text, () => assert.deepEqual(matching(text, run), expected));
    }
  });

  describe("by time", () => {
    const run = new RunModel();
    const writer = new EventWriter();
    const second = 1e6;
    before(() => {
      writer.exec("1-a", undefined, ["bash"]);
      writer.exec("2-a", "1-a", ["early"]);
      writer.exit("2-a");
      writer.t += 10 * second;
      writer.connect("1-a", "pypi.org", "198.51.100.3", 443);
      writer.t += 10 * second;
      writer.connect("1-a", "pypi.org", "198.51.100.3", 443);
      writer.file("1-a", "create", "/w/late");
      for (const line of writer.lines) applyLine(run, line);
    });

    it("finds what took place then, and what went on", () => {
      assert.deepEqual(matching("time:+1s..+5s", run), ["bash"]);
      assert.deepEqual(matching("time:..+1s", run), ["bash", "early"]);
      assert.deepEqual(matching("time:+15s..+16s", run), ["bash", "pypi.org:443"]);
      assert.deepEqual(matching("time:+20s.. type:file", run), ["late"]);
      assert.deepEqual(matching("time:..+1s,+20s.. -comm:bash", run), ["early"]);
      assert.deepEqual(matching("-time:..+5s type:file", run), ["late"]);
    });

    it("takes what has no end for ended where the run has", () => {
      assert.ok(matching("time:+1:00..", run).includes("bash"));
      run.facts.ended = true;
      assert.deepEqual(matching("time:+1:00..", run), []);
    });

    it("can be there before the run is", () => {
      const empty = new RunModel();
      const matcher = compileQuery(empty, parseQuery("time:..+1s"));
      for (const line of writer.lines) applyLine(empty, line);
      assert.equal(matcher?.test(2), true);
      assert.equal(matcher?.test(empty.rowCount - 1), false);
    });
  });

  it("never takes a folded group for itself, also where a term is negated", () => {
    const run = new EventWriter();
    run.exec("1-a", undefined, ["npm", "ci"]);
    for (let i = 0; i < 30; i++) run.file("1-a", "create", `/w/a/f${i}`);
    for (let i = 0; i < 210; i++) run.connect("1-a", `h${i}.example`, "198.51.100.3", 443);
    const folded = new RunModel();
    for (const line of run.lines) applyLine(folded, line);
    const groups = Array.from({ length: folded.rowCount }, (_, row) => row).filter((row) =>
      [kinds.files, kinds.connections].some((kind) => kindOf(folded.rows.tag[row]!) === kind),
    );
    assert.equal(new Set(groups.map((row) => kindOf(folded.rows.tag[row]!))).size, 2);
    const matcher = compileQuery(folded, parseQuery("-comm:none"));
    for (let row = 1; row < folded.rowCount; row++)
      assert.equal(matcher?.test(row), !groups.includes(row), String(row));
  });
});
