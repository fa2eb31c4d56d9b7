// Follows the log of the agent's own firewall: it appears when the firewall starts, grows, and can be cut, replaced, or
// written by anybody. Every look at it is short, and nothing in its place can keep us waiting.
import { fstatSync, lstatSync, type Stats } from "node:fs";
import { parseFirewallLine, type FirewallEntry } from "../../protocol/firewallLog.ts";
import { LineReader } from "../strangers/lineReader.ts";
import { openStrangersFile } from "../strangers/openFile.ts";

const LIMITS = {
  /** Bytes that one look reads: a millisecond's work. */
  read: 128 << 10,
  /** How often a file is looked for, and one that is read compared with what is at its place, in ms. */
  lookMs: 500,
  /** How often what happens to the file is told. */
  told: 16,
} as const;

/** Where GitHub's agent has it, below the runner's temporary directory. */
export const FIREWALL_LOG = "runtime-logs/fw.jsonl";

export interface FirewallLogOptions {
  readonly path: string;
  /** Whose file it may be besides root's; anybody's where absent. */
  readonly owner?: number | undefined;
  /** Gives milliseconds and never goes back. */
  readonly clock: () => number;
  readonly onEntry: (entry: FirewallEntry) => void;
  /** Told when it is read, and what is wrong with it. */
  readonly tell: (state: "on" | "off", reason: string) => void;
}

export class FirewallLog {
  readonly #options: FirewallLogOptions;
  #reader: LineReader | undefined;
  #stats: Stats | undefined;
  #lookedAt = -Infinity;
  #told = 0;
  #lastTold = "";

  constructor(options: FirewallLogOptions) {
    this.#options = options;
  }

  /** Reads on: a bounded piece. `now`: looks for the file even if it has just done so. True where there may be more. */
  poll(now = false): boolean {
    if (now) this.#lookedAt = -Infinity;
    try {
      if (this.#reader === undefined && !this.#open()) return false;
      return this.#read();
    } catch (error) {
      this.close();
      this.#tell("off", `it cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  }

  close(): void {
    this.#reader?.close();
    this.#reader = undefined;
  }

  #isTime(): boolean {
    const now = this.#options.clock();
    if (now - this.#lookedAt < LIMITS.lookMs) return false;
    this.#lookedAt = now;
    return true;
  }

  #open(): boolean {
    if (!this.#isTime()) return false;
    const { path, owner } = this.#options;
    try {
      const { fd, stats } = openStrangersFile(path, (uid) => owner === undefined || uid === 0 || uid === owner);
      this.#reader = new LineReader(fd);
      this.#stats = stats;
    } catch (error) {
      // Mostly it is not there yet.
      const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
      if (!isMissing) this.#tell("off", error instanceof Error ? error.message : String(error));
      return false;
    }
    this.#tell("on", "");
    return true;
  }

  #read(): boolean {
    const reader = this.#reader;
    if (reader === undefined) return false;
    const { size } = fstatSync(reader.fd);
    if (size < reader.position || (size > reader.position && !reader.isAsRead())) {
      this.#tell("on", "it was cut while it was read: verdicts in it may be missing");
      reader.rewind();
    }
    const left = reader.read(LIMITS.read, (line) => {
      const entry = parseFirewallLine(line);
      if (entry !== undefined) this.#options.onEntry(entry);
    });
    if (left === 0) return true;
    if (this.#isTime() && this.#isReplaced()) {
      this.close();
      this.#lookedAt = -Infinity;
      return true;
    }
    return false;
  }

  /** Another file is at its place: what was in this one is read. */
  #isReplaced(): boolean {
    try {
      const there = lstatSync(this.#options.path);
      return there.ino !== this.#stats?.ino || there.dev !== this.#stats.dev;
    } catch {
      return true;
    }
  }

  /** Each thing once in a row, and not without end. */
  #tell(state: "on" | "off", reason: string): void {
    const text = `${state} ${reason}`;
    if (text === this.#lastTold || this.#told >= LIMITS.told) return;
    this.#lastTold = text;
    this.#told += 1;
    this.#options.tell(state, reason);
  }
}
