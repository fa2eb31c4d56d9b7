import assert from "node:assert/strict";
import fc from "fast-check";
import { EventWriter } from "../../test/harness/eventWriter.ts";
import { randomRun } from "../../test/harness/randomRun.ts";
import { describeDetails } from "../text/describeDetails.ts";
import { describeRow } from "../text/describeRow.ts";
import { applyLine } from "./applyEvent.ts";
import { flag, kindOf, kinds, ROOT } from "./rowKinds.ts";
import { RunModel } from "./runModel.ts";

const load = (lines: readonly string[], model = new RunModel()): RunModel => {
  for (const line of lines) applyLine(model, line);
  return model;
};

/** The tree as text: two spaces a level, name and result. */
const outline = (model: RunModel): string[] => {
  const lines: string[] = [];
  const visit = (row: number, depth: number): void => {
    for (let at = model.rows.first[row]!; at !== 0; at = model.rows.next[at]!) {
      const { label, description, result } = describeRow(model, at, 0);
      lines.push(`${"  ".repeat(depth)}${[label, description].join(" ").trim()} = ${result}`);
      visit(at, depth + 1);
    }
  };
  visit(ROOT, 0);
  return lines;
};

const seal = (seq: number): string =>
  `{"v":1,"seq":${seq},"t":${seq},"type":"seal","first":1,"last":1,"sha256":"","previous":""}`;

describe("applyLine", () => {
  it("nests processes, calls and files in order of time", () => {
    const run = new EventWriter();
    run.exec("10-a", undefined, ["bash", "build.sh"]);
    run.exec("11-a", "10-a", ["npm", "ci"]);
    run.connect("11-a", "npm.pkg.github.com", "198.51.100.3", 443);
    run.file("10-a", "create", "/home/runner/work/app/log");
    run.exit("11-a", 1);
    assert.deepEqual(outline(load(run.lines)), [
      "bash build.sh = running",
      "  npm ci = exit 1",
      "    npm.pkg.github.com:443 198.51.100.3 tcp = ok",
      "  log . = created",
    ]);
  });

  it("unfolds the files of a burst", () => {
    const run = new EventWriter();
    run.exec("10-a", undefined, ["npm", "ci"], { cwd: "/w" });
    const files = { "": ["a.json"], "lib/": ["b.js", "c.js"] };
    run.add({
      type: "file.write",
      process: "10-a",
      file: { op: "create", path: "/w", files, counts: [1, 1, 4] },
      count: 6,
    });
    run.add({
      type: "file.write",
      process: "10-a",
      file: { op: "rename", path: "/w", files: { "": ["new/x"] }, froms: ["old/x"] },
    });
    const model = load(run.lines);
    assert.deepEqual(outline(model), [
      "npm ci = running",
      "  a.json . = created",
      "  b.js lib = created",
      "  c.js lib = created ×4",
      "  x new  from /w/old/x = renamed",
    ]);
    const rows = [...model.rows.tag.keys()].filter((row) => kindOf(model.rows.tag[row]!) === kinds.file);
    assert.equal(
      rows.reduce((sum, row) => sum + (model.rows.hits[row] ?? 0), 0),
      7,
    );
  });

  it("says of calls, questions and requests what a policy says that only audits", () => {
    const run = new EventWriter();
    run.exec("10-a", undefined, ["curl"]);
    const remote = { ip: "198.51.100.3", port: 443 };
    const flow = { id: "f1", protocol: "tcp", local: { ip: "192.0.2.1", port: 1 }, remote } as const;
    const dns = {
      name: "a.example",
      qtype: "A",
      transport: "udp",
      server: { ip: "192.0.2.2", port: 53 },
      answers: [],
    } as const;
    const http = { method: "PUT", host: "pypi.org", path: "/x", version: "1.1", tls: "openssl" };
    run.add({ type: "dns.query", process: "10-a", dns, verdict: "would-block" });
    run.add({ type: "net.connect", process: "10-a", flow, verdict: "allowed", rule: "198.51.100.3", result: "ok" });
    run.add({ type: "http.request", process: "10-a", http, flow: { id: "f1" }, verdict: "would-block" });
    // The client said only later whom it speaks to.
    const host = { name: "evil.example", source: "sni" } as const;
    const sums = { bytesSent: 1, bytesReceived: 1, durationUs: 1 };
    run.add({ type: "net.close", process: "10-a", flow: { id: "f1" }, ...sums, host, verdict: "would-block" });
    const model = load(run.lines);
    assert.deepEqual(outline(model), [
      "curl = running",
      "  a.example A by 192.0.2.2 = would block, no answer seen",
      "  evil.example:443 198.51.100.3 tcp = would block, ok",
      "  PUT pypi.org/x HTTP/1.1, read from openssl = not in the policy",
    ]);
    const verdicts = [2, 3, 4].map((row) =>
      describeDetails(model, row).fields.find(({ label }) => label === "Verdict"),
    );
    assert.deepEqual(
      verdicts.map((field) => (field !== undefined && "value" in field ? field.value : "")),
      ["the policy would refuse this question", "would-block", "no entry of the policy expects this request"],
    );
  });

  it("shows what the kernel has refused, and which entry would have allowed it, whoever it was", () => {
    const run = new EventWriter();
    run.exec("10-a", undefined, ["curl"]);
    const blocked = { verdict: "blocked", reason: "address", result: "EPERM" } as const;
    const to = (id: string, ip: string) => ({
      id,
      protocol: "tcp" as const,
      local: { ip: "0.0.0.0", port: 0 },
      remote: { ip, port: 8443 },
    });
    const allowedBy = "198.51.100.3:8443";
    run.add({ type: "net.connect", process: "10-a", flow: to("d.1", "198.51.100.3"), ...blocked, allowedBy, count: 3 });
    run.add({ type: "net.connect", flow: to("d.2", "198.51.100.4"), ...blocked });
    const model = load(run.lines);
    assert.deepEqual(outline(model), [
      "curl = running",
      "  198.51.100.3:8443 tcp, name not known = blocked",
      "198.51.100.4:8443 tcp, name not known = blocked",
    ]);
    const field = describeDetails(model, 2).fields.find(({ label }) => label === "Would be allowed by");
    assert.ok(field !== undefined && "value" in field);
    assert.equal(field.value, allowedBy);
  });

  it("shows a parent that is named before it is seen, and moves its children nowhere when it comes", () => {
    const run = new EventWriter();
    run.exec("11-a", "10-a", ["ls"]);
    assert.deepEqual(outline(load(run.lines)), ["process 10-a its start was not seen = unknown", "  ls = running"]);
    run.exec("10-a", "9-a", ["bash"]);
    assert.deepEqual(outline(load(run.lines)), [
      "process 9-a its start was not seen = unknown",
      "  bash = running",
      "    ls = running",
    ]);
  });

  it("refuses to put a process below itself", () => {
    const run = new EventWriter();
    run.exec("1-a", "2-a", ["one"]);
    run.exec("2-a", "1-a", ["two"]);
    assert.deepEqual(outline(load(run.lines)), ["two = running", "  one = running"]);
  });

  it("keeps one row for a process that runs one program after another", () => {
    const run = new EventWriter();
    run.exec("5-a", undefined, ["sh", "-c", "exec true"]);
    run.exec("5-a", undefined, ["true"]);
    run.exit("5-a", 0, 15);
    assert.deepEqual(outline(load(run.lines)), ["true = SIGTERM"]);
  });

  it("gives another program of a process that has acted a row below the first", () => {
    const run = new EventWriter();
    run.exec("5-a", undefined, ["bash", "build.sh"]);
    run.exec("6-a", "5-a", ["make"]);
    run.exec("5-a", undefined, ["sh", "-c", "exit 3"]);
    run.file("5-a", "create", "/tmp/x");
    run.exit("5-a", 3);
    assert.deepEqual(outline(load(run.lines)), [
      "bash build.sh = exit 3",
      "  make = running",
      "  sh -c exit 3 = exit 3",
      "    x /tmp = created",
    ]);
  });

  it("keeps a forked child that opens its output and then runs its program as one row", () => {
    const run = new EventWriter();
    run.exec("5-a", undefined, ["bash"]);
    run.exec("6-a", "5-a", ["bash"]);
    const forked = JSON.parse(run.lines.pop()!) as { exec: object };
    run.lines.push(JSON.stringify({ ...forked, exec: { ...forked.exec, forked: true } }));
    run.file("6-a", "create", "/tmp/out");
    run.exec("6-a", "5-a", ["make"]);
    assert.deepEqual(outline(load(run.lines)), ["bash = running", "  make = running", "    out /tmp = created"]);
  });

  it("folds repeats into counts, and failures of some of them into words", () => {
    const run = new EventWriter();
    run.exec("5-a", undefined, ["x"]);
    for (let i = 0; i < 3; i++) run.connect("5-a", "a.example", "198.51.100.1", 443);
    run.connect("5-a", "a.example", "198.51.100.1", 443, "ETIMEDOUT");
    run.file("5-a", "create", "/home/runner/work/app/f");
    run.file("5-a", "write", "/home/runner/work/app/f");
    run.file("5-a", "unlink", "/home/runner/work/app/f");
    assert.deepEqual(outline(load(run.lines)), [
      "x = running",
      "  a.example:443 198.51.100.1 tcp = 1 of 4 ETIMEDOUT",
      "  f . = created, written ×2",
      "  f . = deleted",
    ]);
  });

  it("takes the result of an open connect from its close", () => {
    const run = new EventWriter();
    run.exec("5-a", undefined, ["x"]);
    const flow = {
      id: "f",
      protocol: "tcp",
      local: { ip: "192.0.2.1", port: 1 },
      remote: { ip: "2001:db8::1", port: 80 },
    } as const;
    run.add({ type: "net.connect", process: "5-a", flow, result: "EINPROGRESS" });
    assert.match(outline(load(run.lines))[1]!, /\[2001:db8::1\]:80 tcp, name not known = connecting/);
    run.add({
      type: "net.close",
      flow: { id: "f" },
      bytesSent: 0,
      bytesReceived: 0,
      durationUs: 5,
      result: "ECONNREFUSED",
    });
    assert.match(outline(load(run.lines))[1]!, /= ECONNREFUSED$/);
  });

  it("gives a connection the name that its close tells, and leaves others to the address alone", () => {
    const run = new EventWriter();
    run.exec("1-a", undefined, ["curl"]);
    run.connectNamedLate("1-a", "pypi.org", "198.51.100.3", 443);
    const [first, second] = [run.open("1-a", "198.51.100.3", 443), run.open("1-a", "198.51.100.3", 443)];
    second("pypi.org");
    first();
    run.connectNamedLate("1-a", "b.example", "198.51.100.3", 443, "a.example");
    const model = load(run.lines);
    assert.deepEqual(outline(model).slice(1), [
      "  pypi.org:443 198.51.100.3 tcp = ok ×2",
      "  198.51.100.3:443 tcp, name not known = ok",
      "  b.example:443 198.51.100.3 tcp = ok",
    ]);
    const { sent, open } = model.flows;
    const flows = [2, 3, 4].map((row) => model.rows.ref[row]!);
    assert.deepEqual(
      flows.map((flow) => [sent[flow], open[flow]]),
      [
        [200, 0],
        [100, 0],
        [100, 0],
      ],
    );
  });

  it("judges a connection by the name that it has at its end", () => {
    const run = new EventWriter();
    run.add({
      type: "net.connect",
      process: "1-a",
      flow: {
        id: "v",
        protocol: "tcp",
        local: { ip: "192.0.2.1", port: 1 },
        remote: { ip: "198.51.100.3", port: 443 },
      },
      verdict: "would-block",
      result: "ok",
    });
    run.add({
      type: "net.close",
      process: "1-a",
      flow: { id: "v" },
      bytesSent: 1,
      bytesReceived: 1,
      durationUs: 1,
      host: { name: "pypi.org", source: "sni" },
      verdict: "allowed",
    });
    const model = load(run.lines);
    assert.equal(outline(model)[1], "  pypi.org:443 198.51.100.3 tcp = allowed");
    assert.equal(model.flagged[flag.wouldBlock], 0);
  });

  it("says of an address without a name that questions for names went there", () => {
    const run = new EventWriter();
    run.exec("5-a", undefined, ["curl"]);
    run.connect("5-a", undefined, "198.51.100.53", 53);
    run.connect("5-a", undefined, "198.51.100.54", 53);
    run.add({
      type: "dns.query",
      process: "5-a",
      dns: { name: "a.example", qtype: "A", transport: "udp", server: { ip: "198.51.100.53", port: 53 }, answers: [] },
    });
    assert.deepEqual(outline(load(run.lines)), [
      "curl = running",
      "  198.51.100.53:53 tcp, asked for names here = ok",
      "  198.51.100.54:53 tcp, name not known = ok",
      "  a.example A by 198.51.100.53 = no answer seen",
    ]);
  });

  it("knows how many rows have each flag, however often it is said", () => {
    const run = new EventWriter();
    run.exec("5-a", undefined, ["x"]);
    for (let i = 0; i < 3; i++) run.connect("5-a", "a.example", "198.51.100.1", 443, "ETIMEDOUT");
    run.connect("5-a", "b.example", "198.51.100.2", 443);
    run.exit("5-a", 1);
    const { flagged } = load(run.lines);
    assert.deepEqual([flagged[flag.failed], flagged[flag.firstContact], flagged[flag.open]], [2, 2, 0]);
  });

  it("says where a path is not whole", () => {
    const run = new EventWriter();
    run.exec("5-a", undefined, ["sh"]);
    run.add({ type: "file.write", process: "5-a", file: { op: "create", path: "/lib/x.js", partial: true } });
    run.add({ type: "file.write", process: "5-a", file: { op: "create", path: "/lib/y.js" } });
    const model = load(run.lines);
    assert.deepEqual(outline(model).slice(1), ["  x.js /lib  (not the whole path) = created", "  y.js /lib = created"]);
    const notes = [2, 3].map(
      (row) => describeDetails(model, row).fields.filter(({ label }) => label === "Note").length,
    );
    assert.deepEqual(notes, [1, 0]);
  });

  it("folds many files of a process by directory", () => {
    const run = new EventWriter();
    run.exec("5-a", undefined, ["npm", "ci"]);
    for (let i = 0; i < 100; i++) run.file("5-a", "create", `/home/runner/work/app/node_modules/m${i % 9}/f${i}.js`);
    const lines = outline(load(run.lines));
    assert.equal(lines[21], "  80 more files below node_modules = 80 changes");
    assert.equal(lines.length, 1 + 20 + 1 + 80);
  });

  it("keeps events of unknown types as rows and names them", () => {
    const model = load([
      '{"v":1,"seq":1,"t":5,"type":"gpu.load","percent":3}',
      '{"v":1,"seq":2,"t":6,"type":"gpu.load"}',
    ]);
    assert.deepEqual(outline(model), ["gpu.load an event of a newer version = ×2"]);
    assert.deepEqual([...model.facts.unknownTypes], [["gpu.load", 2]]);
  });

  it("counts lines that it cannot read, gaps and repeats, and goes on", () => {
    const { facts } = load([seal(1), "nonsense", seal(2), seal(2), seal(7), '{"v":2}', "", "{}".padEnd(2 ** 20 + 9)]);
    assert.equal(facts.events, 3);
    assert.equal(facts.missing, 4);
    assert.equal(facts.repeated, 1);
    assert.equal(facts.badLines, 3);
    assert.deepEqual(facts.firstBadLine, { line: 2, reason: "the line is not JSON" });
  });

  it("holds its bound and loses no event to it", () => {
    const model = new RunModel({ rows: 50, textUnits: 1 << 20 });
    const run = new EventWriter();
    run.exec("1-a", undefined, ["x"]);
    for (let i = 0; i < 500; i++) run.file("1-a", "create", `/d${i % 40}/f${i}`);
    for (let i = 0; i < 100; i++) run.exec(`${i + 2}-a`, "1-a", ["y"]);
    load(run.lines, model);
    assert.ok(model.rowCount <= 54, `${model.rowCount} rows`);
    let shown = 0;
    for (let row = 1; row < model.rowCount; row++)
      if (kindOf(model.rows.tag[row]!) === kinds.file) shown += model.rows.hits[row]!;
    assert.equal(shown + model.facts.folded, 600);
    const counted = model.rows.folded.reduce((sum, folded) => sum + folded, 0);
    assert.equal(counted, model.facts.folded);
    assert.ok(model.rows.folded[1]! >= 100, "processes count on their parent");
    assert.ok(outline(model).some((line) => /more files? below \/d/.test(line)));
  });

  it("bounds the texts too", () => {
    const model = new RunModel({ rows: 1000, textUnits: 2000 });
    const run = new EventWriter();
    for (let i = 0; i < 50; i++) run.exec(`${i}-a`, undefined, ["x", "y".repeat(500) + i]);
    load(run.lines, model);
    assert.ok(model.strings.units < 3000);
    assert.ok(model.facts.folded > 40);
  });

  it("keeps the tree whole, whatever comes in whatever order", () => {
    fc.assert(
      fc.property(randomRun, fc.integer({ min: 20, max: 400 }), (lines, rows) => {
        const model = load(lines, new RunModel({ rows, textUnits: 1 << 20 }));
        const seen = new Set<number>();
        const visit = (parent: number, depth: number): void => {
          let count = 0;
          let before = 0;
          for (let at = model.rows.first[parent]!; at !== 0; at = model.rows.next[at]!) {
            assert.ok(at > before, "children are in row order");
            assert.equal(model.rows.prev[at], before);
            assert.equal(model.rows.parent[at], parent);
            assert.equal(model.rows.depth[at], depth);
            assert.ok(!seen.has(at), "a row stands in one place");
            seen.add(at);
            count += 1;
            before = at;
            visit(at, depth + 1);
          }
          assert.equal(model.rows.last[parent], before);
          assert.equal(model.rows.children[parent], count);
        };
        visit(ROOT, 0);
        assert.equal(seen.size, model.rowCount - 1);
      }),
    );
  });
});
