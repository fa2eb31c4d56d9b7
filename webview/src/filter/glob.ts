// Text patterns with `*`. Matching is linear in the text whatever the pattern, because the text comes from the runner
// and the pattern must not be a way to hang the page.

export interface Glob {
  /** Lower-case pieces between the stars; the first is anchored to the start, the last to the end. */
  readonly pieces: readonly string[];
  readonly hasSpace: boolean;
  readonly hasSlash: boolean;
}

/** `whole`: without a star the text must be equal; else it must be contained. A quoted text has no stars. */
export const compileGlob = (text: string, quoted: boolean, whole: boolean): Glob => {
  const lower = text.toLowerCase();
  const parts = quoted ? [lower] : lower.split("*");
  const pieces = parts.length === 1 && !whole ? ["", lower, ""] : parts;
  return { pieces, hasSpace: lower.includes(" "), hasSlash: lower.includes("/") };
};

/** True where `text` fits; case does not matter. */
export const globTest = (glob: Glob, text: string): boolean => {
  const { pieces } = glob;
  const lower = text.toLowerCase();
  const first = pieces[0] ?? "";
  if (pieces.length === 1) return lower === first;
  const last = pieces[pieces.length - 1] ?? "";
  if (pieces.length === 3 && first === "" && last === "") return lower.includes(pieces[1] ?? "");
  if (lower.length < first.length + last.length || !lower.startsWith(first) || !lower.endsWith(last)) return false;
  let at = first.length;
  const end = lower.length - last.length;
  for (let i = 1; i < pieces.length - 1; i++) {
    const piece = pieces[i] ?? "";
    const found = lower.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
};
