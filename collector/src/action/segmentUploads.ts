// While the job runs: the log goes to the artifact service in segments, as often as the budget allows.
import { setTimeout as sleep } from "node:timers/promises";
import { segmentName } from "../../protocol/artifactNames.ts";
import { SegmentBudget } from "./segmentBudget.ts";
import type { SegmentReader, Segment } from "./segmentReader.ts";

export type Uploaded =
  | { readonly ok: true }
  /** `taken`: an artifact of that name was begun and never finished; it needs another one. */
  | { readonly ok: false; readonly reason: string; readonly taken: boolean };

export interface SegmentUploadsOptions {
  readonly key: string;
  readonly reader: SegmentReader;
  /** Uploads one file under a name; never rejects. */
  readonly upload: (name: string, bytes: Buffer) => Promise<Uploaded>;
  /** Told when it does not get through, and when it does again (undefined). */
  readonly onTrouble: (reason: string | undefined) => void;
  readonly now?: () => number;
  /** The first wait after a try that failed; 2,000 where absent. */
  readonly retryMs?: number;
}

const LOOK_MS = 500;
const RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 60_000;
/** Of all segments together: they are stored beside the whole log, and storage costs its owner money. */
const MOST_BYTES = 1 << 30;

export class SegmentUploads {
  readonly #options: SegmentUploadsOptions;
  readonly #now: () => number;
  readonly #budget: SegmentBudget;
  readonly #ending = new AbortController();
  #number = 0;
  /** What was tried and may have come through, or not: the same is tried again, so that nothing is there twice. */
  #pending: Segment | undefined;
  /** Ends of segments whose names are taken: the next one ends elsewhere. */
  readonly #taken = new Set<number>();
  #full = false;

  constructor(options: SegmentUploadsOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#budget = new SegmentBudget(this.#now());
  }

  get #retryMs(): number {
    return this.#options.retryMs ?? RETRY_MS;
  }

  /** Runs until `end` is called. */
  async run(): Promise<void> {
    let wait = 0;
    while (!this.#ending.signal.aborted) {
      await this.#pause(wait === 0 ? LOOK_MS : wait);
      if (this.#ending.signal.aborted || !this.#budget.allows(this.#now())) continue;
      const segment = await this.#next();
      if (segment === undefined) continue;
      const done = await this.#put(segment);
      wait = done ? 0 : Math.min(LONGEST_RETRY_MS, Math.max(this.#retryMs, wait * 2));
    }
  }

  /** Ends `run`. What it is doing goes on. */
  end(): void {
    this.#ending.abort();
  }

  /** Uploads what is left, after `run`; false where it could not. */
  async finish(tries = 5): Promise<boolean> {
    for (let left = tries, wait = this.#retryMs; ;) {
      const segment = await this.#next();
      if (segment === undefined && (this.#full || this.#taken.size === 0)) return !this.#full;
      if (segment !== undefined && (await this.#put(segment))) continue;
      left -= 1;
      if (left <= 0 || segment === undefined) return false;
      await sleep(wait);
      wait = Math.min(LONGEST_RETRY_MS, wait * 2);
    }
  }

  async #next(): Promise<Segment | undefined> {
    const { reader, onTrouble } = this.#options;
    if (this.#pending !== undefined || this.#full) return this.#pending;
    let segment = await reader.peek();
    for (let less = 1; segment !== undefined && this.#taken.has(segment.last); less++)
      segment = await reader.peek(less);
    if (segment !== undefined && reader.bytes + segment.bytes.length > MOST_BYTES) {
      this.#full = true;
      onTrouble("the log has become too large to be uploaded while it grows: it is uploaded as a whole at the end");
      return undefined;
    }
    return segment;
  }

  async #put(segment: Segment): Promise<boolean> {
    const { key, reader, upload, onTrouble } = this.#options;
    const { first, last, bytes } = segment;
    this.#budget.spend(this.#now());
    const name = segmentName({ key, number: this.#number + 1, first, last });
    const uploaded = await upload(name, bytes);
    if (uploaded.ok) {
      reader.take(segment);
      this.#number += 1;
      this.#pending = undefined;
      this.#taken.clear();
      onTrouble(undefined);
      return true;
    }
    this.#pending = uploaded.taken ? undefined : segment;
    if (uploaded.taken) this.#taken.add(last);
    onTrouble(uploaded.reason);
    return false;
  }

  #pause(ms: number): Promise<unknown> {
    return sleep(ms, undefined, { signal: this.#ending.signal }).catch(() => undefined);
  }
}
