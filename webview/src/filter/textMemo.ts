// The answers of a pattern for interned texts, each worked out once.
import type { StringTable } from "../model/stringTable.ts";
import { type Glob, globTest } from "./glob.ts";

const NO = 1;
const YES = 2;

export class TextMemo {
  readonly #strings: StringTable;
  readonly #globs: readonly Glob[];
  readonly #separator: string | undefined;
  readonly #hasSpace: boolean;
  #answers: Uint8Array;

  /** With a separator, a text fits where one of its parts does; arguments are joined by NUL and read as spaces else. */
  constructor(strings: StringTable, globs: readonly Glob[], separator?: string) {
    this.#strings = strings;
    this.#globs = globs;
    this.#separator = separator;
    this.#hasSpace = globs.some((glob) => glob.hasSpace);
    this.#answers = new Uint8Array(Math.max(1024, strings.size + (strings.size >> 2)));
  }

  test(id: number): boolean {
    const known = this.#answers[id];
    if (known === YES) return true;
    if (known === NO) return false;
    return this.#work(id);
  }

  #work(id: number): boolean {
    if (id >= this.#answers.length) {
      const grown = new Uint8Array(Math.max(id + 1, this.#answers.length * 2));
      grown.set(this.#answers);
      this.#answers = grown;
    }
    const fits = this.#fits(this.#strings.text(id));
    this.#answers[id] = fits ? YES : NO;
    return fits;
  }

  #fits(text: string): boolean {
    if (this.#separator !== undefined) {
      return text.split(this.#separator).some((part) => this.#globs.some((glob) => globTest(glob, part)));
    }
    const read = this.#hasSpace && text.includes("\0") ? text.replaceAll("\0", " ") : text;
    return this.#globs.some((glob) => globTest(glob, read));
  }
}
