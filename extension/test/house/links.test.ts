// Links of one text to another, and to a heading of it.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import { root } from "../../scripts/setup/paths.mjs";
import { textOf, trackedFiles } from "./trackedFiles.ts";

/** The name of a heading in a link, as GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

const withoutCode = (text: string): string => text.replaceAll(/^```.*?^```$/gms, "").replaceAll(/`[^`\n]*`/g, "");

const anchorsIn = (text: string): ReadonlySet<string> =>
  new Set(
    [...text.replaceAll(/^```.*?^```$/gms, "").matchAll(/^#{1,6} (.+)$/gm)].map((match) => anchorOf(match[1] ?? "")),
  );

describe("links in texts", () => {
  it("lead to files and headings that are there", () => {
    const broken = trackedFiles
      .filter((path) => path.endsWith(".md"))
      .flatMap((path) =>
        [...withoutCode(textOf(path)).matchAll(/\]\(([^)#:\s]*)(?:#([^)\s]*))?\)/g)].flatMap(
          ([link, file = "", anchor]) => {
            const target = file === "" ? path : posix.join(posix.dirname(path), file);
            const isThere =
              existsSync(join(root, target)) && (anchor === undefined || anchorsIn(textOf(target)).has(anchor));
            return isThere ? [] : [`${path}: ${link}`];
          },
        ),
      );
    assert.deepEqual(broken, []);
  });
});
