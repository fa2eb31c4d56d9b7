// The run by what it changed: directory, then file, then who did what to it. What is in a directory that tools fill stands
// below that one, so that an install is one row until somebody opens it.
import { heapOf } from "../../../collector/protocol/foldedFiles.ts";
import { type Grouping, GroupedTree, nodes } from "./groupedTree.ts";
import { kinds, ROOT } from "./rowKinds.ts";
import type { RunModel } from "./runModel.ts";

const heapRow = (tree: GroupedTree, directory: string): number => {
  const heap = heapOf(directory);
  const { strings } = tree.model;
  const known = heap === undefined ? -1 : strings.find(heap);
  if (heap === undefined || (known < 0 && !tree.model.hasRoom)) return ROOT;
  const key = known < 0 ? strings.intern(heap) : known;
  return tree.find(nodes.heap, 0, key, 0) || tree.addGroup(nodes.heap, ROOT, 0, key, 0, ROOT);
};

const directoryRow = (tree: GroupedTree, directory: number): number => {
  const found = tree.find(nodes.directory, 0, directory, 0);
  if (found !== ROOT) return found;
  const above = heapRow(tree, tree.model.text(directory));
  // Files right in the heap stand below it.
  if (above !== ROOT && tree.columns.keyA[above] === directory) return above;
  return tree.addGroup(nodes.directory, above, 0, directory, 0, ROOT);
};

const add = (tree: GroupedTree, modelRow: number): number => {
  const { rows } = tree.model;
  const directory = rows.keyA[modelRow] ?? 0;
  const base = rows.keyB[modelRow] ?? 0;
  const file = tree.find(nodes.file, 0, directory, base);
  if (file === ROOT) {
    const added = tree.addGroup(nodes.file, directoryRow(tree, directory), 0, directory, base, modelRow);
    tree.countFile(added);
    return added;
  }
  if (tree.modelRow(file) !== ROOT) tree.handDown(file);
  return tree.addRow(file, modelRow);
};

const byDirectory: Grouping = {
  name: "files",
  shows: (kind) => kind === kinds.file,
  add,
  isOpenAtFirst: (kind) => kind === nodes.directory,
};

export const fileTree = (model: RunModel, limit?: number): GroupedTree => new GroupedTree(model, byDirectory, limit);
