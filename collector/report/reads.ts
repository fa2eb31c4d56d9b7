// Who read files that hold keys, tokens or passwords.
import type { FileRead } from "../protocol/events.ts";
import { add, byCount, type Counter } from "./counting.ts";
import type { Listed, ReadSummary } from "./runSummary.ts";

const MOST_FILES = 1_000;
const MOST_PROGRAMS = 20;

interface Entry {
  readonly kind: string;
  count: number;
  readonly programs: Counter;
}

export class ReadTally {
  readonly #files = new Map<string, Entry>();
  #unlisted = false;

  /** `program`: the name of who read it. */
  take({ file, count = 1 }: FileRead, program: string | undefined): void {
    let entry = this.#files.get(file.path);
    if (entry === undefined) {
      if (this.#files.size >= MOST_FILES) {
        this.#unlisted = true;
        return;
      }
      entry = { kind: file.kind ?? "", count: 0, programs: new Map() };
      this.#files.set(file.path, entry);
    }
    entry.count += count;
    if (program === undefined) return;
    if (entry.programs.size < MOST_PROGRAMS || entry.programs.has(program)) add(entry.programs, program, count);
  }

  /** At most `most` files, in the order in which they were read first. */
  list(most: number): Listed<ReadSummary> {
    const items = [...this.#files].slice(0, most).map(([path, { kind, count, programs }]) => ({
      path,
      kind,
      count,
      programs: byCount(programs).map(([name]) => name),
    }));
    return { items, omitted: this.#files.size - items.length + (this.#unlisted ? 1 : 0) };
  }
}
