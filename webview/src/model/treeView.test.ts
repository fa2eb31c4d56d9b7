import assert from "node:assert/strict";
import fc from "fast-check";
import { randomRun } from "../../test/harness/randomRun.ts";
import { FilterRun } from "../filter/filterRun.ts";
import { compileQuery } from "../filter/match.ts";
import { parseQuery } from "../filter/parser.ts";
import { applyLine } from "./applyEvent.ts";
import { ProcessTree } from "./processTree.ts";
import { RunModel } from "./runModel.ts";
import { TreeView } from "./treeView.ts";

const clock = (): number => 0;
const list = (view: TreeView): number[] => Array.from({ length: view.order.count }, (_, place) => view.order.at(place));

const filter = (model: RunModel, view: TreeView, text: string): void => {
  const run = new FilterRun(view.tree, compileQuery(model, parseQuery(text)));
  run.step(Infinity, clock);
  view.adopt(run);
};

/** What the view must show, worked out the slow way. */
const expected = (model: RunModel, view: TreeView, text: string): number[] => {
  const matcher = compileQuery(model, parseQuery(text));
  const fits = (row: number): boolean => {
    if (matcher === undefined || matcher.test(row)) return true;
    for (let at = model.rows.first[row]!; at !== 0; at = model.rows.next[at]!) if (fits(at)) return true;
    return false;
  };
  const rows: number[] = [];
  const visit = (parent: number): void => {
    for (let at = model.rows.first[parent]!; at !== 0; at = model.rows.next[at]!) {
      if (!fits(at)) continue;
      rows.push(at);
      if (view.isOpen(at)) visit(at);
    }
  };
  visit(0);
  return rows;
};

const filters = ["", "type:process", "is:failed", "cmd3", "-type:file", "under:cmd1 type:network", "nothing-has-this"];

const exec = (seq: number, id: string, parent: string | undefined, name: string): string =>
  JSON.stringify({
    v: 1,
    seq,
    t: seq,
    type: "process.exec",
    process: id,
    exec: { id, pid: seq, ppid: 1, parent, exe: `/bin/${name}`, argv: [name], cwd: "/", uid: 0 },
  });

describe("TreeView", () => {
  it("shows the same rows whether they come one by one or all at once, under any filter and with any row closed", () => {
    fc.assert(
      fc.property(
        randomRun,
        fc.constantFrom(...filters),
        fc.array(fc.tuple(fc.nat(120), fc.boolean()), { maxLength: 6 }),
        fc.nat(100),
        (lines, text, toggles, cut) => {
          const model = new RunModel();
          const view = new TreeView(new ProcessTree(model), clock);
          lines.slice(0, cut).forEach((line) => applyLine(model, line));
          view.sync();
          filter(model, view, text);
          for (const [row, open] of toggles) if (row < model.rowCount) view.setOpen(row, open);
          for (const line of lines.slice(cut)) {
            applyLine(model, line);
            view.sync();
          }
          if (view.filterStale) filter(model, view, text);
          else assert.deepEqual(list(view), expected(model, view, text));
          list(view).forEach((row, place) => assert.equal(view.order.placeOf(row), place));
          for (const row of list(view)) {
            assert.ok(view.position(row) >= 1 && view.position(row) <= view.setSize(row), "place in its set");
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("keeps what fits when it moves below a parent that is only named later", () => {
    const model = new RunModel();
    const view = new TreeView(new ProcessTree(model), clock);
    filter(model, view, "is:failed");
    const exit = {
      v: 1,
      seq: 1,
      t: 1,
      type: "process.exit",
      process: "b",
      exit: { code: 1, signal: 0, durationUs: 1 },
    };
    applyLine(model, JSON.stringify(exit));
    view.sync();
    applyLine(model, exec(2, "b", "a", "inner"));
    view.sync();
    assert.ok(view.filterStale, "the filter is to run again");
    filter(model, view, "is:failed");
    assert.deepEqual(list(view), [2, 1]);
  });

  it("dims what is only there for what is below it", () => {
    const model = new RunModel();
    const view = new TreeView(new ProcessTree(model), clock);
    applyLine(model, exec(1, "a", undefined, "outer"));
    applyLine(model, exec(2, "b", "a", "inner"));
    applyLine(model, exec(3, "c", undefined, "other"));
    filter(model, view, "inner");
    assert.deepEqual(list(view), [1, 2]);
    assert.deepEqual([view.isMatch(1), view.isMatch(2), view.matches], [false, true, 1]);
    applyLine(model, exec(4, "d", "c", "inner"));
    view.sync();
    assert.deepEqual(list(view), [1, 2, 3, 4]);
    filter(model, view, "");
    assert.deepEqual(list(view), [1, 2, 3, 4]);
    assert.ok(view.isMatch(1));
  });

  it("opens what is above a row to show it", () => {
    const model = new RunModel();
    const view = new TreeView(new ProcessTree(model), clock);
    for (let i = 0; i < 30; i++) {
      applyLine(
        model,
        JSON.stringify({
          v: 1,
          seq: i + 1,
          t: 1,
          type: "file.write",
          process: "p",
          file: { op: "create", path: `/node_modules/f${i}` },
        }),
      );
    }
    view.sync();
    const last = model.rowCount - 1;
    assert.ok(!view.order.has(last));
    assert.ok(view.reveal(last));
    assert.ok(view.order.has(last));
  });
});
