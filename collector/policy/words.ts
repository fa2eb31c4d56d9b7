// Places in a policy's text, and its words.

/** A piece of a text: `offset` and `length` in UTF-16 units, `line` and `column` (in units too) from 1. */
export interface Place {
  readonly offset: number;
  readonly length: number;
  readonly line: number;
  readonly column: number;
}

export interface Word {
  readonly text: string;
  readonly place: Place;
}

/** Tells the places of pieces of one text, asked for from its start to its end. */
export class Places {
  readonly #text: string;
  #line = 1;
  #lineStart = 0;
  #scanned = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** `offset` is not before that of the call before. */
  at(offset: number, length: number): Place {
    for (; this.#scanned < offset; this.#scanned++) {
      if (this.#text[this.#scanned] !== "\n") continue;
      this.#line++;
      this.#lineStart = this.#scanned + 1;
    }
    return { offset, length, line: this.#line, column: offset - this.#lineStart + 1 };
  }
}

/** The piece of `place` from `start` on, `length` long. It stands on the same line. */
export const within = (place: Place, start: number, length = place.length - start): Place => ({
  offset: place.offset + start,
  length,
  line: place.line,
  column: place.column + start,
});

/** A GitHub expression, which may have blanks inside; a comment, to its line's end; a word. */
const TOKEN = /\$\{\{[^]*?\}\}|#[^\n]*|[^\s#]+/g;

/**
 * The words of a list in our own dialect: any white space separates, `#` starts a comment. An expression that nobody has
 * expanded is a word.
 */
export const wordsOf = (text: string): Word[] => {
  const places = new Places(text);
  const words: Word[] = [];
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (!token.startsWith("#")) words.push({ text: token, place: places.at(index, token.length) });
  }
  return words;
};
