import assert from "node:assert/strict";
import { compileQuery } from "../filter/match.ts";
import { parseQuery } from "../filter/parser.ts";
import { describeDetails } from "../text/describeDetails.ts";
import { describeRow } from "../text/describeRow.ts";
import { describeTreeRow } from "../text/describeTreeRow.ts";
import { applyLine } from "./applyEvent.ts";
import { networkTree } from "./networkTree.ts";
import { RunModel } from "./runModel.ts";

const modelOf = (...events: readonly object[]): RunModel => {
  const model = new RunModel();
  for (const [i, event] of events.entries()) {
    applyLine(model, JSON.stringify({ v: 1, seq: i + 1, t: 1_790_000_000_000_000 + i * 1_000, ...event }));
  }
  return model;
};
const curl = {
  type: "process.exec",
  process: "1-a",
  exec: { id: "1-a", pid: 1, ppid: 1, exe: "/bin/curl", argv: ["curl"], cwd: "/", uid: 0 },
};
const connect = {
  type: "net.connect",
  process: "1-a",
  flow: { id: "f", protocol: "tcp", local: { ip: "192.0.2.1", port: 1 }, remote: { ip: "127.0.0.1", port: 18_080 } },
  host: { name: "pypi.org", source: "sni" },
  result: "ok",
};
const said = (firewall: object, more: object = {}): object => ({
  type: "firewall",
  ...more,
  firewall: { at: "http", names: ["pypi.org"], ...firewall },
});
const blockedName = said({ verdict: "blocked", at: "dns", names: ["evil.example"], reason: "NotInAllowList" });
const rowsFor = (model: RunModel, query: string): number[] => {
  const matcher = compileQuery(model, parseQuery(query));
  return Array.from({ length: model.rowCount - 1 }, (_, i) => i + 1).filter((row) => matcher?.test(row) === true);
};

describe("the agent's firewall in the model", () => {
  it("has a row for what it has blocked, below the process that is known for it", () => {
    const model = modelOf(curl, { ...blockedName, process: "1-a" }, { ...blockedName, process: "1-a" });
    const rows = rowsFor(model, "type:firewall is:denied host:evil.example comm:curl");
    assert.equal(rows.length, 1);
    const text = describeRow(model, rows[0]!, 0);
    assert.equal(text.label, "Blocked by the agent's firewall: evil.example");
    assert.deepEqual([text.description, text.result, text.tone], ["dns, NotInAllowList", "blocked", "denied"]);
    assert.equal(model.facts.denied, 2);
  });

  it("says whose doing it was in the firewall's words where nobody else knows", () => {
    const model = modelOf(
      said({ verdict: "blocked", names: [], address: "198.51.100.7", port: 22, pid: 9, command: "ssh x" }),
    );
    const [row = 0] = rowsFor(model, "type:firewall");
    assert.equal(describeRow(model, row, 0).label, "Blocked by the agent's firewall: 198.51.100.7:22");
    assert.match(describeRow(model, row, 0).description, /by pid 9, it says: ssh x$/);
  });

  it("tells with a connection where it was sent, and that it was let through or blocked", () => {
    const flow = { flow: { id: "f" }, process: "1-a", about: 2 };
    const details = (...more: readonly object[]): string => {
      const model = modelOf(curl, connect, ...more);
      const [row = 0] = rowsFor(model, "type:network");
      return JSON.stringify(describeDetails(model, row).fields);
    };
    const server = { ip: "127.0.0.1", port: 18_080 };
    const redirected = said({ verdict: "redirected", address: "198.51.100.7", server }, flow);
    assert.match(details(redirected), /Agent's firewall.*redirected from 198\.51\.100\.7, to 127\.0\.0\.1:18080/);
    assert.match(details(said({ verdict: "allowed", reason: "Allowed" }, flow)), /allowed: Allowed/);
    assert.match(details(said({ verdict: "blocked", reason: "IPNotAllowed" }, flow)), /Verdict","value":"blocked"/);
    assert.equal(rowsFor(modelOf(curl, connect, redirected), "type:firewall").length, 0);
  });

  it("is in the network view with its host, and counts as no call", () => {
    const model = modelOf(curl, connect, { ...blockedName, process: "1-a" });
    const tree = networkTree(model);
    while (tree.isBehind) tree.update([]);
    const hosts: string[] = [];
    for (let at = tree.columns.first[0]!; at !== 0; at = tree.columns.next[at]!) {
      const { label, result } = describeTreeRow(tree, at, 0);
      hosts.push(`${label} ${result} ${tree.columns.hits[at]}`);
    }
    assert.equal(hosts.length, 2);
    assert.match(hosts[1] ?? "", /^evil\.example .*blocked.* 0$/);
  });
});
