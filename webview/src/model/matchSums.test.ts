import assert from "node:assert/strict";
import fc from "fast-check";
import { lateNames, randomRun } from "../../test/harness/randomRun.ts";
import { FilterRun } from "../filter/filterRun.ts";
import { compileQuery } from "../filter/match.ts";
import { parseQuery } from "../filter/parser.ts";
import { applyLine } from "./applyEvent.ts";
import { fileTree } from "./fileTree.ts";
import { type GroupedTree, nodes } from "./groupedTree.ts";
import { networkTree } from "./networkTree.ts";
import { NONE, ROOT } from "./rowKinds.ts";
import { RunModel } from "./runModel.ts";
import { TreeView } from "./treeView.ts";

const clock = (): number => 0;
const filters = [
  "",
  "is:failed",
  "comm:cmd1",
  "host:h1.example",
  "op:unlink",
  "type:process",
  "time:..+20s",
  "none-has-this",
];

const childrenOf = (tree: GroupedTree, row: number): number[] => {
  const found: number[] = [];
  for (let at = tree.columns.first[row]!; at !== NONE; at = tree.columns.next[at]!) found.push(at);
  return found;
};

/** Rows below `group` that count something and fit, by the slow way. */
const fitting = (view: TreeView, group: number): number[] => {
  const tree = view.tree as GroupedTree;
  return childrenOf(tree, group).flatMap((row) =>
    tree.modelRow(row) !== ROOT && !tree.isAlias(row) ? (view.isMatch(row) ? [row] : []) : fitting(view, row),
  );
};

const isFile = (tree: GroupedTree, row: number): boolean => tree.kind(row) === nodes.file;
const filesBelow = (view: TreeView, group: number): number => {
  const tree = view.tree as GroupedTree;
  return childrenOf(tree, group).reduce((sum, row) => {
    if (!isFile(tree, row)) return sum + filesBelow(view, row);
    const fits = tree.modelRow(row) === ROOT ? fitting(view, row).length > 0 : view.isMatch(row);
    return sum + (fits ? 1 : 0);
  }, 0);
};

const check = (view: TreeView): void => {
  const tree = view.tree as GroupedTree;
  for (let group = 1; group < tree.count; group++) {
    if (tree.isEmpty(group) || (tree.modelRow(group) !== ROOT && !tree.isAlias(group))) continue;
    const rows = fitting(view, group);
    const { sums, at } = tree.sumsOf(group);
    for (const name of ["hits", "queries", "requests", "failed", "sent", "received"] as const) {
      const wanted = rows.reduce((sum, row) => sum + tree.columns[name][row]!, 0);
      assert.equal(sums[name][at], wanted, `${name} of ${group}`);
    }
    assert.equal(sums.files[at], filesBelow(view, group), `files of ${group}`);
    const children = childrenOf(tree, group).filter((row) =>
      tree.modelRow(row) !== ROOT && !tree.isAlias(row) ? view.isMatch(row) : fitting(view, row).length > 0,
    );
    if (view.isFiltered) assert.equal(sums.children[at], children.length, `children of ${group}`);
  }
};

const filter = (view: TreeView, text: string): void => {
  const run = new FilterRun(view.tree, compileQuery(view.tree.model, parseQuery(text)));
  run.step(Infinity, clock);
  view.adopt(run);
};

describe("sums under a filter", () => {
  for (const [name, runs, make] of [
    ["network", randomRun, networkTree],
    ["network with late names", lateNames, networkTree],
    ["files", randomRun, fileTree],
  ] as const) {
    it(`are those of what fits, while the run goes on and filters change: ${name}`, () => {
      fc.assert(
        fc.property(
          runs,
          fc.array(fc.tuple(fc.nat(120), fc.constantFrom(...filters)), { maxLength: 3 }),
          fc.integer({ min: 1, max: 9 }),
          (lines, changes, step) => {
            const model = new RunModel();
            const view = new TreeView(make(model), clock);
            let text = "";
            lines.forEach((line, i) => {
              applyLine(model, line);
              const change = changes.find(([at]) => at === i);
              if (change !== undefined) {
                text = change[1];
                // A pass that begins now and ends a bit later, as it does in the page.
                const run = new FilterRun(view.tree, compileQuery(model, parseQuery(text)));
                view.sync(run);
                run.step(Infinity, clock);
                view.adopt(run);
              } else if (i % step === 0) view.sync();
            });
            view.sync();
            // What no longer fits, or has been moved, is set right by the next pass.
            if (view.filterStale) filter(view, text);
            check(view);
          },
        ),
        { numRuns: 200 },
      );
    });
  }
});
