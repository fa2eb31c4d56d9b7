// Expressions of the runner in a text, each looked at once however many are left open.

export interface Expression {
  readonly index: number;
  /** With `${{` and `}}`. */
  readonly text: string;
}

/** All that are closed, in their order. */
export function* expressionsIn(text: string): Iterable<Expression> {
  for (let start = text.indexOf("${{"); start >= 0;) {
    const close = text.indexOf("}}", start + 3);
    if (close < 0) return;
    const end = close + 2;
    yield { index: start, text: text.slice(start, end) };
    start = text.indexOf("${{", end);
  }
}

/** The words of a text; an expression belongs to one with the blanks that it holds. */
export const wordsIn = (text: string): readonly Expression[] => {
  const words: Expression[] = [];
  const WORD_END = /\s|\$\{\{/g;
  let hasClose = true;
  let start = -1;
  for (let at = 0; at < text.length;) {
    WORD_END.lastIndex = at;
    const stop = WORD_END.exec(text);
    const end = stop?.index ?? text.length;
    if (end > at && start < 0) start = at;
    if (stop !== null && stop[0] !== "${{") {
      if (start >= 0) words.push({ index: start, text: text.slice(start, end) });
      start = -1;
      at = end + 1;
      continue;
    }
    if (stop === null) {
      at = end;
      break;
    }
    if (start < 0) start = end;
    const close: number = hasClose ? text.indexOf("}}", end + 3) : -1;
    hasClose = close >= 0;
    at = hasClose ? close + 2 : end + 3;
  }
  if (start >= 0) words.push({ index: start, text: text.slice(start) });
  return words;
};
