import assert from "node:assert/strict";
import fc from "fast-check";
import { EventWriter } from "../../test/harness/eventWriter.ts";
import { lateNames, randomRun } from "../../test/harness/randomRun.ts";
import { FilterRun } from "../filter/filterRun.ts";
import { compileQuery } from "../filter/match.ts";
import { parseQuery } from "../filter/parser.ts";
import { describeGrouped } from "../text/describeGrouped.ts";
import { applyLine } from "./applyEvent.ts";
import { fileTree } from "./fileTree.ts";
import { type GroupedTree, nodes } from "./groupedTree.ts";
import { hostOf, networkTree } from "./networkTree.ts";
import { kindOf, kinds, NONE, ROOT } from "./rowKinds.ts";
import { RunModel } from "./runModel.ts";
import { TreeView } from "./treeView.ts";

const clock = (): number => 0;

/** A group worked out the slow way: what it is called and what is in it. */
interface Group {
  readonly rows: number[];
  readonly groups: Map<string, Group>;
}
const newGroup = (): Group => ({ rows: [], groups: new Map() });

/** The group at the end of `path`, made where it is not there. */
const groupAt = (root: Group, path: readonly string[]): Group => {
  let at = root;
  for (const name of path) {
    const next = at.groups.get(name) ?? newGroup();
    at.groups.set(name, next);
    at = next;
  }
  return at;
};

const networkPath = (model: RunModel, row: number): string[] | undefined => {
  const kind = kindOf(model.rows.tag[row]!);
  if (kind !== kinds.net && kind !== kinds.dns && kind !== kinds.http) return undefined;
  const owner = model.rows.owner[row]!;
  return [`host ${model.text(hostOf(model, row))}`, ...(owner === NONE ? [] : [`process ${owner}`])];
};

const filePath = (model: RunModel, row: number): string[] | undefined => {
  if (kindOf(model.rows.tag[row]!) !== kinds.file) return undefined;
  const directory = model.text(model.rows.keyA[row]);
  const heap = /^(?<heap>.*?\/node_modules)(?:\/|$)/.exec(directory)?.groups?.["heap"];
  const above = heap === undefined ? [] : [`heap ${heap}`];
  return [
    ...above,
    ...(heap === directory ? [] : [`directory ${directory}`]),
    `file ${model.text(model.rows.keyB[row])}`,
  ];
};

const expected = (model: RunModel, pathOf: (model: RunModel, row: number) => string[] | undefined): Group => {
  const root = newGroup();
  for (let row = 1; row < model.rowCount; row++) {
    const path = pathOf(model, row);
    if (path !== undefined) groupAt(root, path).rows.push(row);
  }
  return root;
};

const childrenOf = (tree: GroupedTree, row: number): number[] => {
  const found: number[] = [];
  for (let at = tree.columns.first[row]!; at !== NONE; at = tree.columns.next[at]!) found.push(at);
  return found;
};

const nameOf = (tree: GroupedTree, row: number): string => {
  const { keyA, keyB, owner } = tree.columns;
  switch (tree.kind(row)) {
    case nodes.host:
      return `host ${tree.model.text(keyA[row])}`;
    case nodes.process:
      return `process ${owner[row]}`;
    case nodes.heap:
      return `heap ${tree.model.text(keyA[row])}`;
    case nodes.directory:
      return `directory ${tree.model.text(keyA[row])}`;
    default:
      return `file ${tree.model.text(keyB[row])}`;
  }
};

/** The tree in the same form. */
const actual = (tree: GroupedTree, top: number = ROOT): Group => {
  const group = newGroup();
  for (const row of childrenOf(tree, top)) {
    if (tree.kind(row) === nodes.row) {
      group.rows.push(tree.modelRow(row));
      continue;
    }
    const below = actual(tree, row);
    // A file with one row is that row itself.
    if (tree.kind(row) === nodes.file && tree.modelRow(row) !== ROOT) below.rows.push(tree.modelRow(row));
    group.groups.set(nameOf(tree, row), below);
  }
  return group;
};

/** Rows of the model below `top`. */
const rowsBelow = (tree: GroupedTree, top: number): number[] => {
  const shown = tree.modelRow(top);
  if (shown !== ROOT && !tree.isAlias(top)) return [shown];
  return childrenOf(tree, top).flatMap((row) => rowsBelow(tree, row));
};

const checkSums = (tree: GroupedTree, isInOrder = true): void => {
  const { rows, flows } = tree.model;
  for (let row = 1; row < tree.count; row++) {
    if (tree.isEmpty(row)) continue;
    const sum = { hits: 0, queries: 0, requests: 0, failed: 0, sent: 0, received: 0, ops: 0, until: 0 };
    let since = Infinity;
    for (const modelRow of rowsBelow(tree, row)) {
      const kind = kindOf(rows.tag[modelRow]!);
      const hits = rows.hits[modelRow]!;
      if (kind === kinds.dns) sum.queries += hits;
      else if (kind === kinds.http) sum.requests += hits;
      else sum.hits += hits;
      if (kind === kinds.file) sum.ops |= rows.state[modelRow]!;
      if (kind === kinds.net) {
        const flow = rows.ref[modelRow]!;
        sum.failed += flows.failed[flow]!;
        sum.sent += flows.sent[flow]!;
        sum.received += flows.received[flow]!;
      }
      sum.until = Math.max(sum.until, rows.until[modelRow]!);
      since = Math.min(since, rows.time[modelRow]!);
    }
    for (const [name, value] of Object.entries(sum)) {
      assert.equal(tree.columns[name as keyof typeof sum][row], value, `${name} of ${nameOf(tree, row)}`);
    }
    if (isInOrder) assert.equal(tree.since(row), since);
  }
};

const grouped = [
  ["network", networkTree, networkPath],
  ["files", fileTree, filePath],
] as const;

describe("GroupedTree", () => {
  for (const [name, make, pathOf] of grouped) {
    it(`groups and sums for ${name} as the slow way does, in however many pieces the run comes`, () => {
      fc.assert(
        fc.property(randomRun, fc.nat(100), fc.integer({ min: 1, max: 9 }), (lines, cut, step) => {
          const model = new RunModel();
          lines.slice(0, cut).forEach((line) => applyLine(model, line));
          model.takeTouched();
          const tree = make(model);
          tree.update([]);
          lines.slice(cut).forEach((line, i) => {
            applyLine(model, line);
            if (i % step === 0) tree.update(model.takeTouched());
          });
          tree.update(model.takeTouched());
          assert.ok(!tree.isBehind);
          assert.deepEqual(actual(tree), expected(model, pathOf));
          checkSums(tree);
          for (let row = 1; row < tree.count; row++) {
            const shown = tree.modelRow(row);
            if (shown === ROOT) continue;
            const found = tree.rowFor(shown);
            assert.ok(tree.isAlias(row) ? tree.modelRow(found) === shown : found === row, "found by the model's row");
          }
        }),
        { numRuns: 200 },
      );
    });

    it(`shows the same rows for ${name} whether they come one by one or all at once, under any filter`, () => {
      const filters = [
        "",
        "is:failed",
        "cmd3",
        "comm:cmd1",
        "host:h1.example",
        "op:unlink",
        "type:process",
        "none-has-this",
      ];
      const list = (view: TreeView): string[] =>
        Array.from({ length: view.order.count }, (_, place) => {
          const row = view.order.at(place);
          return `${row} ${view.isMatch(row)} ${view.position(row)}/${view.setSize(row)}`;
        });
      const filter = (model: RunModel, view: TreeView, text: string): void => {
        const run = new FilterRun(view.tree, compileQuery(model, parseQuery(text)));
        run.step(Infinity, clock);
        view.adopt(run);
      };
      fc.assert(
        fc.property(
          randomRun,
          fc.constantFrom(...filters),
          fc.array(fc.tuple(fc.nat(80), fc.boolean()), { maxLength: 5 }),
          fc.nat(100),
          (lines, text, toggles, cut) => {
            const model = new RunModel();
            const live = new TreeView(make(model), clock);
            lines.slice(0, cut).forEach((line) => applyLine(model, line));
            live.sync();
            filter(model, live, text);
            for (const line of lines.slice(cut)) {
              applyLine(model, line);
              live.sync();
            }
            if (live.filterStale) filter(model, live, text);
            const whole = new TreeView(make(model), clock);
            whole.sync();
            filter(model, whole, text);
            for (const view of [live, whole]) {
              for (const [row, open] of toggles) if (row < view.tree.count) view.setOpen(row, open);
            }
            assert.deepEqual(list(live), list(whole));
            assert.equal(live.matches, whole.matches);
          },
        ),
        { numRuns: 200 },
      );
    });
  }

  /** Without groups that everything has left, and in an order that does not depend on when a name came. */
  const tidy = (group: Group): unknown => ({
    rows: [...group.rows].sort((a, b) => a - b),
    groups: Object.fromEntries(
      [...group.groups]
        .filter(([, below]) => below.rows.length > 0 || [...below.groups.values()].some((each) => each.rows.length > 0))
        .map(([name, below]) => [name, tidy(below)] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  });

  it("moves connections to the host whose name they get late, with all that was counted", () => {
    fc.assert(
      fc.property(lateNames, fc.nat(100), fc.integer({ min: 1, max: 9 }), (lines, cut, step) => {
        const model = new RunModel();
        const view = new TreeView(networkTree(model), clock);
        const tree = view.tree as GroupedTree;
        lines.forEach((line, i) => {
          applyLine(model, line);
          if (i > cut && i % step === 0) view.sync();
        });
        view.sync();
        assert.deepEqual(tidy(actual(tree)), tidy(expected(model, networkPath)));
        checkSums(tree, false);
        let findable = 0;
        for (let row = 1; row < tree.count; row++) {
          if (tree.modelRow(row) === ROOT || tree.isEmpty(row)) continue;
          findable += 1;
          const found = tree.rowFor(tree.modelRow(row));
          assert.ok(tree.isAlias(row) ? !tree.isEmpty(found) : found === row);
          const group = tree.columns.parent[row]!;
          const below = childrenOf(tree, group).filter((child) => !tree.isEmpty(child));
          if (group !== ROOT) assert.equal(tree.columns.children[group], below.length);
        }
        assert.equal(tree.findable, findable);
        view.setMode("all");
        const listed = Array.from({ length: view.order.count }, (_, place) => view.order.at(place));
        assert.ok(listed.every((row) => !tree.isEmpty(row)));
        const places = listed.map((row) => `${tree.columns.parent[row]} ${view.position(row)}`);
        assert.equal(new Set(places).size, places.length, "each place is taken once");
      }),
      { numRuns: 300 },
    );
  });

  it("takes a large run in pieces that each leave time for a frame", () => {
    const model = new RunModel();
    const writer = new EventWriter();
    for (let i = 0; i < 40_000; i++) writer.file("1-a", "create", `/w/d${i % 10}/f${i}`);
    for (const line of writer.lines) applyLine(model, line);
    const tree = fileTree(model);
    assert.ok(tree.isBehind);
    let pieces = 0;
    for (; tree.isBehind && pieces < 10; pieces++) tree.update([]);
    assert.equal(pieces, 3);
    assert.equal(tree.findable, 40_000);
  });

  it("counts on where the model is full, and says nothing of rows that are not there", () => {
    const model = new RunModel({ rows: 6, textUnits: 1 << 20 });
    const writer = new EventWriter();
    for (let i = 0; i < 20; i++) writer.connect("1-a", `h${i}.example`, "198.51.100.1", 443);
    const tree = networkTree(model);
    for (const line of writer.lines) {
      applyLine(model, line);
      tree.update(model.takeTouched());
    }
    checkSums(tree);
  });

  /** A view through a filter, and a way to send it what comes next. */
  const filtered = (make: (model: RunModel) => GroupedTree, text: string, before: EventWriter) => {
    const model = new RunModel();
    const view = new TreeView(make(model), clock);
    const send = (writer: EventWriter): void => {
      for (const line of writer.take().split("\n")) applyLine(model, line);
      view.sync();
    };
    send(before);
    const refilter = (): void => {
      const run = new FilterRun(view.tree, compileQuery(model, parseQuery(text)));
      run.step(Infinity, clock);
      view.adopt(run);
    };
    refilter();
    const labels = (): string[] =>
      Array.from({ length: view.order.count }, (_, place) => {
        const row = view.order.at(place);
        const { label } = describeGrouped(view.tree as GroupedTree, row, 0);
        return view.isMatch(row) ? label : `(${label}`;
      });
    return { view, send, refilter, labels };
  };

  it("shows a call that fits only later, in its place", () => {
    const writer = new EventWriter();
    writer.connect("7-a", "a.example", "198.51.100.3", 443);
    const { view, send, labels } = filtered(networkTree, "is:failed", writer);
    assert.deepEqual(labels(), []);
    writer.connect("7-a", "a.example", "198.51.100.3", 443, "ECONNREFUSED");
    send(writer);
    assert.deepEqual([labels(), view.filterStale], [["(a.example", "(process 7-a", "a.example:443"], false]);
  });

  it("runs the filter again when a process comes to fit that several hosts show", () => {
    const writer = new EventWriter();
    writer.exec("7-a", undefined, ["npm"]);
    writer.connect("7-a", "a.example", "198.51.100.3", 443);
    writer.connect("7-a", "b.example", "198.51.100.4", 443);
    const { view, send, refilter, labels } = filtered(networkTree, "is:failed", writer);
    writer.exit("7-a", 1);
    send(writer);
    assert.ok(view.filterStale);
    refilter();
    assert.deepEqual([labels(), view.matches], [["(a.example", "npm", "(b.example", "npm"], 2]);
  });

  it("counts a file once that gets rows of its own while it fits", () => {
    const writer = new EventWriter();
    writer.file("7-a", "create", "/w/f");
    const { view, send, refilter, labels } = filtered(fileTree, "path:/w/f", writer);
    assert.deepEqual(labels(), ["(/w", "f"]);
    writer.file("8-a", "unlink", "/w/f");
    send(writer);
    assert.ok(view.filterStale);
    refilter();
    assert.deepEqual([labels(), view.matches], [["(/w", "(f", "process 7-a", "process 8-a"], 2]);
  });

  it("hears of what changes while a filter pass is under way", () => {
    const model = new RunModel();
    const writer = new EventWriter();
    writer.exec("7-a", undefined, ["npm"]);
    writer.connect("7-a", "a.example", "198.51.100.3", 443);
    const view = new TreeView(networkTree(model), clock);
    for (const line of writer.take().split("\n")) applyLine(model, line);
    view.sync();
    const run = new FilterRun(view.tree, compileQuery(model, parseQuery("is:failed type:process")));
    run.step(Infinity, clock);
    writer.exit("7-a", 1);
    for (const line of writer.take().split("\n")) applyLine(model, line);
    view.sync(run);
    view.adopt(run);
    assert.ok(view.filterStale);
  });

  it("keeps its bound, and counts what it leaves out", () => {
    const model = new RunModel();
    const writer = new EventWriter();
    for (let i = 0; i < 20; i++) writer.connect("1-a", `h${i}.example`, "198.51.100.1", 443);
    for (const line of writer.lines) applyLine(model, line);
    const tree = networkTree(model, 12);
    tree.update([]);
    assert.ok(tree.count <= 12);
    assert.equal(
      tree.left +
        tree.columns.hits.subarray(1).reduce((sum, hits, i) => sum + (tree.kind(i + 1) === nodes.host ? hits : 0), 0),
      20,
    );
    checkSums(tree);
  });

  it("says what the policy said of a host", () => {
    const model = new RunModel();
    const writer = new EventWriter();
    const verdicts = [
      ["a", "allowed"],
      ["b", "would-block"],
      ["b", "allowed"],
      ["c", "allowed"],
      ["c", "blocked"],
    ] as const;
    for (const [i, [host, verdict]] of verdicts.entries()) {
      const flow = {
        id: `f${i}`,
        protocol: "tcp",
        local: { ip: "192.0.2.1", port: 1 },
        remote: { ip: "198.51.100.3", port: 443 },
      } as const;
      const result = verdict === "blocked" ? "EPERM" : "ok";
      writer.add({ type: "net.connect", process: "1-a", flow, host: { name: host, source: "dns" }, verdict, result });
    }
    for (const line of writer.lines) applyLine(model, line);
    const tree = networkTree(model);
    tree.update([]);
    const results = Array.from({ length: tree.count - 1 }, (_, i) => i + 1)
      .filter((row) => tree.kind(row) === nodes.host)
      .map((row) => describeGrouped(tree, row, 0))
      .map(({ label, result, tone }) => `${label} ${result} ${tone}`);
    assert.deepEqual(results, ["a allowed quiet", "b would block warn", "c blocked denied"]);
  });

  it("says what a host and a file came to", () => {
    const model = new RunModel();
    const writer = new EventWriter();
    writer.start();
    writer.exec("7-a", undefined, ["npm", "ci"]);
    writer.exec("8-a", undefined, ["rm", "out.txt"]);
    writer.connect("7-a", "npm.pkg.github.com", "198.51.100.3", 443);
    writer.connect("7-a", "npm.pkg.github.com", "198.51.100.3", 443, "ECONNREFUSED");
    writer.file("7-a", "create", "/w/out.txt");
    writer.file("8-a", "unlink", "/w/out.txt");
    for (const line of writer.lines) applyLine(model, line);
    const network = networkTree(model);
    const files = fileTree(model);
    network.update([]);
    files.update([]);
    const said = (tree: GroupedTree): string[] =>
      Array.from({ length: tree.count - 1 }, (_, i) => {
        const { label, description, result } = describeGrouped(tree, i + 1, 0);
        return `${label} | ${description} | ${result}`;
      });
    assert.deepEqual(said(network).slice(0, 2), [
      "npm.pkg.github.com | 1 process, 2 connections | 1 of 2 failed",
      "npm | ci | 1 of 2 failed",
    ]);
    assert.deepEqual(said(files), [
      "/w | 1 file | 2 changes",
      "out.txt | npm, rm | created, deleted ×2",
      "npm | ci | created",
      "rm | out.txt | deleted",
    ]);
  });
});
