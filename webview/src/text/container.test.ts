import assert from "node:assert/strict";
import { compileQuery } from "../filter/match.ts";
import { parseQuery } from "../filter/parser.ts";
import { applyLine } from "../model/applyEvent.ts";
import { RunModel } from "../model/runModel.ts";
import { chainOf } from "./chain.ts";
import { describeDetails } from "./describeDetails.ts";
import { describeRow } from "./describeRow.ts";

const ID = "0123456789abcdef".repeat(4);
const info = { runtime: "docker", name: "web", image: "alpine:3", pid: 1, by: "state" };

const exec = (id: string, parent: string | undefined, container: object = {}, more: object = {}): object => ({
  type: "process.exec",
  process: id,
  ...more,
  exec: { id, pid: Number(id), ppid: 1, parent, exe: `/bin/p${id}`, argv: [`p${id}`], cwd: "/", uid: 0, ...container },
});
const modelOf = (...events: readonly object[]): RunModel => {
  const model = new RunModel();
  for (const [i, event] of events.entries())
    applyLine(model, JSON.stringify({ v: 1, seq: i + 1, t: 1000 + i, ...event }));
  return model;
};

const guess = { step: "s3", detached: true, stepGuess: true };
const model = modelOf(
  exec("10", undefined),
  exec("11", "10", { container: ID, containerInfo: info }, guess),
  exec("12", "11", { container: ID, containerInfo: { ...info, pid: 7 } }, guess),
  { type: "file.write", process: "12", ...guess, file: { op: "create", path: "/etc/x" } },
  exec("13", "12", { container: "pidns-4026532300", containerInfo: { by: "namespace", pid: 1 } }),
  exec("14", "10", { container: "f".repeat(64) }),
);
const rowOf = (label: string): number => {
  for (let row = 1; row < model.rowCount; row++) if (describeRow(model, row, 0).label === label) return row;
  throw new Error(`no row ${label}`);
};

describe("containers in the monitor", () => {
  it("mark the process that is in another one than its parent, and have an icon on all", () => {
    const shown = ["p10", "p11", "p12", "p13", "p14"].map((label) => {
      const { iconLabel, badge } = describeRow(model, rowOf(label), 0);
      return `${iconLabel}: ${badge}`;
    });
    assert.deepEqual(shown, [
      "process: ",
      "process in a container: detached, in container web",
      "process in a container: detached",
      "process in a container: in container pidns-4026532300",
      "process in a container: in container ffffffffffff",
    ]);
  });

  it("stand in the chain before what first ran in them", () => {
    const chain = chainOf(model, rowOf("x")).map(({ what, text }) => `${what}|${text}`);
    assert.deepEqual(chain, ["step, likely|s3", "|p10", "container|web", "|p11", "|p12", "|x"]);
    const own = chainOf(model, rowOf("p14")).map(({ what, text }) => `${what}|${text}`);
    assert.deepEqual(own, ["|p10", "container|ffffffffffff", "|p14"]);
  });

  it("are explained in the details, with what they rest on", () => {
    const { fields } = describeDetails(model, rowOf("p12"));
    const container = fields.find(({ label }) => label === "Container");
    assert.deepEqual(container?.kind === "list" ? container.items : [], [
      "web (docker)",
      "image alpine:3",
      "pid 7 inside",
      `id ${ID}`,
      "its runtime knows the container that the control group is named after",
    ]);
    const step = fields.find(({ label }) => label === "Step");
    assert.match(step?.kind === "text" ? step.value : "", /s3, likely/);
  });

  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["container:web", ["p11", "p12", "x"]],
    ["container:0123456789ab", ["p11", "p12", "x"]],
    [`container:${ID} type:process`, ["p11", "p12"]],
    ["container:alpine:* type:file", ["x"]],
    ["container:docker type:process", ["p11", "p12"]],
    ["container:* type:process", ["p11", "p12", "p13", "p14"]],
    ["-container:* type:process", ["p10"]],
    ["container:pidns-*", ["p13"]],
    ["container:none", []],
  ];
  for (const [text, expected] of cases) {
    it(`are found by ${text.replace(ID, "ID")}`, () => {
      const query = parseQuery(text);
      assert.deepEqual(query.problems, []);
      const matcher = compileQuery(model, query);
      const found: string[] = [];
      for (let row = 1; row < model.rowCount; row++)
        if (matcher?.test(row) === true) found.push(describeRow(model, row, 0).label);
      assert.deepEqual(found, expected);
    });
  }

  it("may be many and of any names", () => {
    const many = modelOf(
      ...Array.from({ length: 10_100 }, (_, i) =>
        exec(String(i + 1), undefined, {
          container: `c${i}`,
          containerInfo: { name: "<b>".repeat(i % 100), by: "\u202e" },
        }),
      ),
    );
    assert.ok(many.containers.size <= 10_000);
    assert.equal(describeRow(many, 10_100, 0).badge, "in container c10099");
  });
});
