// Tests of paths, which the model keeps as directory and name. Putting the two together for each of a million rows takes a
// third of a second; most patterns can be answered from the parts, and each part is looked at once.
import type { StringTable } from "../model/stringTable.ts";
import { type Glob, globTest } from "./glob.ts";
import { TextMemo } from "./textMemo.ts";

/** Both are numbers of interned texts. */
export type PathTest = (directory: number, name: number) => boolean;

const globOf = (...pieces: readonly string[]): Glob => {
  const text = pieces.join("");
  return { pieces, hasSpace: text.includes(" "), hasSlash: text.includes("/") };
};

/** The text that may stand anywhere in the path, where that is all that the pattern asks for. */
const anywhere = (glob: Glob): string | undefined => {
  const [first, text, last] = glob.pieces;
  return glob.pieces.length === 3 && first === "" && last === "" ? text : undefined;
};

const testOf = (strings: StringTable, glob: Glob): PathTest => {
  const text = anywhere(glob);
  const inside = new TextMemo(strings, [glob]);
  if (text !== undefined && !glob.hasSlash) return (directory, name) => inside.test(directory) || inside.test(name);
  const slash = text?.lastIndexOf("/") ?? -1;
  const [before, behind] = [text?.slice(0, slash) ?? "", text?.slice(slash + 1) ?? ""];
  // A name has no slash: the text is in the directory, or its last slash is the one between directory and name. The root
  // is the one directory that brings its own slash, which matters only to a text with two in a row.
  if (text !== undefined && !before.endsWith("/")) {
    const ends = new TextMemo(strings, [globOf("", before)]);
    const starts = new TextMemo(strings, [globOf(behind, "")]);
    return (directory, name) => inside.test(directory) || (ends.test(directory) && starts.test(name));
  }
  return (directory, name) => {
    const above = strings.text(directory);
    return globTest(glob, `${above === "/" ? "" : above}/${strings.text(name)}`);
  };
};

/** True for a path that fits one of the patterns. */
export const compilePath = (strings: StringTable, globs: readonly Glob[]): PathTest => {
  const tests = globs.map((glob) => testOf(strings, glob));
  return (directory, name) => {
    for (const test of tests) if (test(directory, name)) return true;
    return false;
  };
};
