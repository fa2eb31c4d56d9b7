// A file that was changed, or read, and is in the diff: by its path, also under its old name, or a name that it had while it was
// being written. What stands outside is looked for as a path that some line names.
import { posix } from "node:path";
import { changesOf, heapOf } from "../../../../collector/protocol/foldedFiles.ts";
import type { Candidate } from "../changes.ts";
import type { DiffIndex, IndexedFile } from "../diffIndex.ts";
import { candidate, lineFor, type Rule, type Subject } from "../subject.ts";

const CHANGED = 0.95;
/** Only the base has a file of that name. */
const OLD_NAME = 0.9;
/** It was written, and later removed. */
const REMOVED_LATER = 0.55;
/** It may be any of several. */
const ONE_OF_MANY = 0.7;
const READ = 0.5;
const NAMED = 0.7;

/** Of an event for very many files, so many are looked at. */
const MAX_FILES = 2000;
const MAX_FOUND = 20;

/** The paths that an event is about; a rename's old one stands behind its new one. */
export const pathsOf = ({ event, only, facts }: Subject): string[] => {
  if (event.type === "file.read") return [event.file.path];
  if (event.type !== "file.write") return [];
  if (only !== undefined) return [only];
  const paths: string[] = [];
  for (const { path, from } of changesOf(event)) {
    const later = facts.renamedTo(path);
    paths.push(path, ...(later === undefined ? [] : [later]), ...(from === undefined ? [] : [from]));
    if (paths.length >= MAX_FILES) break;
  }
  return paths;
};

const searched = (file: IndexedFile): boolean =>
  file.kind !== "lock" && file.kind !== "generated" && file.kind !== "docs";

/** Lines that name the file or its directory as a text. */
const namedBy = (path: string, subject: Subject, diff: DiffIndex): Candidate[] => {
  // What a package manager fills is named by its packages, not by paths.
  if (heapOf(posix.dirname(path)) !== undefined || path.includes("/.git/")) return [];
  const relative = subject.roots.relative(path);
  const folder = posix.dirname(relative ?? path);
  const deep = folder.split("/").filter((part) => part !== "" && part !== ".").length;
  const texts = [relative ?? path, ...(deep >= 2 ? [folder] : [])].filter((text) => text.length >= 6);
  for (const text of texts) {
    const found = diff.search(text, 3, searched);
    if (found.length > 0)
      return found.map(({ file, line }, i) => candidate(file, line, NAMED - i * 0.05, "file", `names “${text}”`));
  }
  return [];
};

const scoreOf = (file: IndexedFile, { event }: Subject, isNow: boolean): number => {
  const isRemoval = event.type === "file.write" && (event.file.op === "unlink" || event.file.op === "rename");
  if (file.status === "removed" && !isRemoval) return REMOVED_LATER;
  return isNow ? CHANGED : OLD_NAME;
};

export const fileRule: Rule = (subject, diff) => {
  const isRead = subject.event.type === "file.read";
  const found = new Map<IndexedFile, boolean>();
  const paths = pathsOf(subject);
  for (const path of paths) {
    const relative = subject.roots.relative(path);
    const file = relative === undefined ? undefined : diff.file(relative);
    if (file !== undefined && !found.has(file)) found.set(file, file.path === relative);
    if (found.size >= MAX_FOUND) break;
  }
  if (found.size === 0) {
    const [path] = paths;
    return isRead || path === undefined || paths.length > 3 ? [] : namedBy(path, subject, diff);
  }
  return [...found].map(([file, isNow], i) => {
    const score = isRead ? READ : found.size > 2 ? ONE_OF_MANY - i * 0.01 : scoreOf(file, subject, isNow);
    const line = isRead ? file.first : lineFor(file, subject);
    return candidate(file, line, score, "file", isRead ? "this file was read" : "this file was changed");
  });
};
