import assert from "node:assert/strict";
import { sampleRun } from "../../test/harness/sampleRun.ts";
import { applyLine } from "../model/applyEvent.ts";
import { RawLines } from "../model/rawLines.ts";
import { RunModel } from "../model/runModel.ts";
import { commandLine, policyEntry, rowAsJson, rowAsText } from "./copyAs.ts";
import { describeDetails } from "./describeDetails.ts";
import { describeRow } from "./describeRow.ts";

const run = sampleRun(false);
const model = new RunModel();
for (const line of run.lines) applyLine(model, line);
const raw = new RawLines();
raw.add(new TextEncoder().encode(run.text), 1);

const rowOf = (label: string, nth = 0): number => {
  for (let row = 1; row < model.rowCount; row++) {
    if (describeRow(model, row, 0).label === label && nth-- === 0) return row;
  }
  return assert.fail(`no row ${label}`);
};

describe("copying a row", () => {
  it("gives its cells with tabs between", () => {
    assert.match(
      rowAsText(describeRow(model, rowOf("pypi.org:443"), 0)),
      /^pypi\.org:443 198\.51\.100\.60 tcp\tok\t\d\d:\d\d:\d\d \+1\.\d+ s\t90 ms\t↑1\.2 kB ↓31 kB$/,
    );
  });

  it("gives the command line of its process as a shell reads it", () => {
    assert.equal(commandLine(model, rowOf("python3.12", 1)), "python3.12 ocr.py --lang 'en fr' 'it'\\''s.png'");
    assert.equal(commandLine(model, rowOf("final.txt")), commandLine(model, rowOf("python3.12", 1)));
    assert.equal(commandLine(model, rowOf("1,412 events lost")), undefined);
  });

  it("gives a policy entry for connections only", () => {
    assert.equal(policyEntry(model, rowOf("pypi.org:443")), "pypi.org:443");
    assert.equal(policyEntry(model, rowOf("[2001:db8::9]:8443")), "[2001:db8::9]:8443");
    assert.equal(policyEntry(model, rowOf("git")), undefined);
  });

  it("gives a policy entry for what has a host: datagrams, requests, questions, and what a firewall has blocked", () => {
    const entryOf = (event: object): string | undefined => {
      const one = new RunModel();
      applyLine(one, JSON.stringify({ v: 1, seq: 1, t: 1, ...event }));
      return policyEntry(one, 1);
    };
    const flow = (port: number): object => ({
      type: "net.connect",
      flow: { id: "f", protocol: "udp", local: { ip: "192.0.2.1", port: 1 }, remote: { ip: "198.51.100.9", port } },
      host: { name: "ntp.ubuntu.com", source: "dns" },
      result: "ok",
    });
    const request = (http: object): object => ({
      type: "http.request",
      http: { method: "GET", host: "pypi.org", path: "/a:9/", version: "1.1", tls: "openssl", ...http },
    });
    assert.equal(entryOf(flow(123)), "ntp.ubuntu.com:123/udp");
    assert.equal(entryOf(request({})), "pypi.org:443");
    assert.equal(entryOf(request({ tls: "none" })), "pypi.org:80");
    assert.equal(entryOf(request({ host: "pypi.org:8443" })), "pypi.org:8443");
    assert.equal(entryOf(request({ host: "[2001:db8::1]:81", path: "" })), "[2001:db8::1]:81");
    assert.equal(entryOf(request({ host: "a.example:99999" })), undefined);
    assert.equal(entryOf(request({ host: "evil.example *:443" })), undefined);
    const server = { ip: "10.0.0.2", port: 53 };
    const dns = { name: "files.pythonhosted.org", qtype: "A", transport: "udp", server, answers: [] };
    assert.equal(entryOf({ type: "dns.query", dns }), "files.pythonhosted.org:443");
    assert.equal(entryOf({ type: "dns.query", dns: { ...dns, name: "*\u0000" } }), undefined);
  });

  it("does not put a name into a policy that is none", () => {
    const odd = new RunModel();
    const flow = {
      id: "f",
      protocol: "tcp",
      local: { ip: "192.0.2.1", port: 1 },
      remote: { ip: "198.51.100.9", port: 443 },
    };
    applyLine(
      odd,
      JSON.stringify({
        v: 1,
        seq: 1,
        t: 1,
        type: "net.connect",
        flow,
        host: { name: "evil.example:443 *", source: "sni" },
        result: "ok",
      }),
    );
    assert.equal(policyEntry(odd, 1), "198.51.100.9:443");
  });

  it("gives the event as it stands in the log, or what is known of it", () => {
    const row = rowOf("pypi.org:443");
    assert.equal(
      (JSON.parse(rowAsJson(model, raw, row)) as { flow: { remote: { ip: string } } }).flow.remote.ip,
      "198.51.100.60",
    );
    assert.match(rowAsJson(model, new RawLines(), row), /"Address": "198\.51\.100\.60:443"/);
  });
});

const values = (label: string, nth = 0): Record<string, unknown> =>
  Object.fromEntries(
    describeDetails(model, rowOf(label, nth)).fields.map((field) => [
      field.label,
      field.kind === "text" ? field.value : field.kind === "list" ? field.items : field.links.map((link) => link.text),
    ]),
  );

const exec = (seq: number, id: string, parent: string): string =>
  JSON.stringify({
    v: 1,
    seq,
    t: 1,
    type: "process.exec",
    process: id,
    exec: { id, pid: seq, ppid: 1, parent, exe: `/${id}`, argv: [id], cwd: "/", uid: 0 },
  });
describe("describeDetails", () => {
  it("says all about a process", () => {
    const got = values("node", 2);
    assert.deepEqual(got["Command line"], ["node", "install.js"]);
    assert.equal(got["Directory"], "/home/runner/work/app/node_modules/esbuild");
    assert.deepEqual(got["Chain"], [
      "bash -e /home/runner/work/_temp/step.sh",
      "node ci",
      "sh -c node install.js",
      "node install.js",
    ]);
    assert.equal(got["Exit"], "code 1");
    assert.equal(got["Process"], "pid 831, parent pid 830, id 831-a");
    assert.equal(got["Below it"], "0 processes, 1 destination, 0 file rows");
  });

  it("says where a name comes from, or that it is not known", () => {
    assert.equal(values("github.com:443")["Host"], "github.com (from a DNS answer seen before)");
    assert.match(String(values("[2001:db8::9]:8443")["Host"]), /not known/);
    assert.equal(values("npm.pkg.github.com:443")["Connections"], "9, 0 open, 0 waiting, 0 failed");
  });

  it("ends a chain that is a ring", () => {
    const ring = new RunModel();
    applyLine(ring, exec(1, "a", "b"));
    applyLine(ring, exec(2, "b", "a"));
    for (let row = 1; row < ring.rowCount; row++) assert.ok(describeDetails(ring, row).fields.length > 0);
  });
});
