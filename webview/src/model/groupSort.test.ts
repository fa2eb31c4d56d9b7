import assert from "node:assert/strict";
import fc from "fast-check";
import { EventWriter } from "../../test/harness/eventWriter.ts";
import { randomRun } from "../../test/harness/randomRun.ts";
import { applyLine } from "./applyEvent.ts";
import { fileTree } from "./fileTree.ts";
import type { GroupedTree } from "./groupedTree.ts";
import { nextSort, type Sort, sortKeys } from "./groupSort.ts";
import { networkTree } from "./networkTree.ts";
import { ROOT } from "./rowKinds.ts";
import { RunModel } from "./runModel.ts";
import { TreeView } from "./treeView.ts";

const load = (writer: EventWriter, model = new RunModel()): RunModel => {
  for (const line of writer.take().split("\n")) applyLine(model, line);
  return model;
};

const listed = (view: TreeView): number[] =>
  Array.from({ length: view.order.count }, (_, place) => view.order.at(place));
const groups = (view: TreeView): string[] => {
  const tree = view.tree as GroupedTree;
  return listed(view)
    .filter((row) => tree.columns.parent[row] === ROOT)
    .map((row) => tree.model.text(tree.columns.keyA[row]));
};

describe("the order of groups", () => {
  it("goes from one to the next at each press of a header", () => {
    const presses = (by: (typeof sortKeys)[number], times: number): Sort => {
      let sort: Sort = { by: "time", descending: false };
      for (let i = 0; i < times; i++) sort = nextSort(sort, by);
      return sort;
    };
    assert.deepEqual(
      [1, 2, 3].map((times) => presses("bytes", times)),
      [
        { by: "bytes", descending: true },
        { by: "bytes", descending: false },
        { by: "time", descending: false },
      ],
    );
    assert.deepEqual(
      [1, 2, 3].map((times) => presses("name", times).descending),
      [false, true, false],
    );
    assert.deepEqual(
      [1, 2].map((times) => presses("time", times)),
      [
        { by: "time", descending: true },
        { by: "time", descending: false },
      ],
    );
  });

  it("is by name, count, time or bytes, and keeps what is in a group in the order of time", () => {
    const run = new EventWriter();
    run.connect("1-a", "b.example", "198.51.100.1", 443, "ok", 500);
    run.connect("1-a", "c.example", "198.51.100.2", 443, "ok", 9000);
    run.connect("1-a", "a.example", "198.51.100.3", 443, "ok", 20);
    run.connect("1-a", "a.example", "198.51.100.3", 443, "ok", 20);
    const view = new TreeView(networkTree(load(run)), () => 0);
    view.sync();
    const by = (sort: Sort): string => {
      view.setSort(sort);
      return groups(view)
        .map((name) => name[0])
        .join("");
    };
    assert.equal(by({ by: "name", descending: false }), "abc");
    assert.equal(by({ by: "name", descending: true }), "cba");
    assert.equal(by({ by: "count", descending: true }), "abc");
    assert.equal(by({ by: "bytes", descending: true }), "cab");
    assert.equal(by({ by: "time", descending: true }), "acb");
    assert.equal(by({ by: "time", descending: false }), "bca");
  });

  it("is kept up while the run goes on, no more than once a second", () => {
    let now = 0;
    const model = new RunModel();
    const run = new EventWriter();
    run.connect("1-a", "a.example", "198.51.100.1", 443, "ok", 500);
    run.connect("1-a", "b.example", "198.51.100.2", 443, "ok", 90);
    load(run, model);
    const view = new TreeView(networkTree(model), () => now);
    view.sync();
    view.setSort({ by: "bytes", descending: true });
    assert.deepEqual(groups(view), ["a.example", "b.example"]);
    run.connect("1-a", "b.example", "198.51.100.2", 443, "ok", 9000);
    load(run, model);
    now += 100;
    view.sync();
    assert.deepEqual(groups(view), ["a.example", "b.example"]);
    now += 1000;
    view.sync();
    assert.deepEqual(groups(view), ["b.example", "a.example"]);
  });

  for (const make of [networkTree, fileTree]) {
    it(`loses no row and gives each its place: ${make.name}`, () => {
      const sorts = sortKeys.flatMap((by) => [false, true].map((descending) => ({ by, descending })));
      fc.assert(
        fc.property(randomRun, fc.constantFrom(...sorts), fc.nat(100), (lines, sort, cut) => {
          const model = new RunModel();
          const view = new TreeView(make(model), () => 0);
          view.setMode("all");
          lines.slice(0, cut).forEach((line) => applyLine(model, line));
          view.sync();
          view.setSort(sort);
          lines.slice(cut).forEach((line) => {
            applyLine(model, line);
            view.sync();
          });
          view.rebuild();
          const plain = new TreeView(make(model), () => 0);
          plain.sync();
          plain.setMode("all");
          assert.deepEqual(
            listed(view).sort((a, b) => a - b),
            listed(plain).sort((a, b) => a - b),
          );
          const last = new Map<number, number>();
          for (const row of listed(view)) {
            const parent = view.tree.columns.parent[row]!;
            const place = (last.get(parent) ?? 0) + 1;
            assert.equal(view.position(row), place);
            last.set(parent, place);
          }
          for (const row of listed(view)) assert.equal(view.setSize(row), last.get(view.tree.columns.parent[row]!));
        }),
        { numRuns: 100 },
      );
    });
  }
});
