// Reads the hunks of a unified diff, as GitHub's `patch` has them: without file headers, each line with its mark. It is small
// enough to be ours: what packages for this add (file headers, binary notes, combined diffs) does not occur there.

export interface DiffLine {
  readonly kind: "context" | "added" | "removed";
  /** From 1. Of an added line: where it would stand in the old file; of a removed one, in the new. */
  readonly oldLine: number;
  readonly newLine: number;
  readonly text: string;
}

export interface Hunk {
  readonly oldStart: number;
  readonly newStart: number;
  readonly lines: readonly DiffLine[];
}

/** Beyond this nobody finds a line by looking at it. */
const MAX_LINES = 100_000;

const HEADER = /^@@ -(\d{1,9})(?:,\d{1,9})? \+(\d{1,9})(?:,\d{1,9})? @@/;

const KINDS: Readonly<Record<string, DiffLine["kind"]>> = { "+": "added", "-": "removed", " ": "context" };

/** Never throws: what is no hunk is passed over, and lines beyond a hundred thousand. */
export const parsePatch = (patch: string): Hunk[] => {
  const hunks: Hunk[] = [];
  let lines: DiffLine[] | undefined;
  let [oldLine, newLine, count] = [0, 0, 0];
  const texts = patch.split("\n");
  // What follows the last line end is no line.
  if (texts.at(-1) === "") texts.pop();
  for (const text of texts) {
    const header = HEADER.exec(text);
    if (header !== null) {
      // A count of zero names the line before: nothing stands there, and what is added begins behind it.
      [oldLine, newLine] = [Math.max(1, Number(header[1])), Math.max(1, Number(header[2]))];
      lines = [];
      hunks.push({ oldStart: Number(header[1]), newStart: Number(header[2]), lines });
      continue;
    }
    // Some tools cut trailing blanks off, and so the mark of an empty line.
    const kind = text === "" ? "context" : KINDS[text[0] ?? ""];
    if (lines === undefined || kind === undefined) continue;
    if ((count += 1) > MAX_LINES) break;
    lines.push({ kind, oldLine, newLine, text: text.slice(1) });
    if (kind !== "added") oldLine += 1;
    if (kind !== "removed") newLine += 1;
  }
  return hunks;
};
