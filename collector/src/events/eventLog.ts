// Numbers the events, joins them to lines and hands them to the run's log in batches, sealed now and then; counts what is
// written and what is lost, and says so in the log.
import type { EventType } from "../../protocol/events.ts";
import type { RunLog } from "../log/runLog.ts";
import { SealChain, type MadeSeal } from "../log/sealChain.ts";
import { nowUs } from "./bootClock.ts";
import { timeText } from "./json.ts";
import { LineBytes } from "./lineBytes.ts";

/** Where events were lost: the sensor's rings and queue, the way to the disk, or a sensor that ended. */
export type LossSource = "core" | "file" | "output" | "disk" | "sensor";
type Counts = Record<string, number>;

interface Lost {
  readonly source: LossSource;
  readonly lost: number;
  readonly atLeast: boolean;
}
interface Batch {
  count: number;
  /** What the lines stand for, those of loss not counted: one can be about many. */
  operations: number;
  readonly counts: Counts;
  /** What its `loss` lines tell. */
  readonly losses: Lost[];
}
const newBatch = (): Batch => ({ count: 0, operations: 0, counts: {}, losses: [] });

const addTo = (sum: Counts, part: Counts): void => {
  for (const type in part) sum[type] = (sum[type] ?? 0) + (part[type] ?? 0);
};

const lineOf = (seq: number, type: EventType, t: number, fields: string): string =>
  `{"v":1,"seq":${seq},"t":${timeText(t)},"type":"${type}"${fields}}\n`;

/** The writing end of a run. Events wait until `flush`, which the caller calls after each chunk of work. */
export class EventLog {
  readonly #log: Pick<RunLog, "append">;
  readonly #seals: SealChain;
  readonly #counts: Counts = {};
  #seq = 0;
  /** The lines of the batch. */
  readonly #lines = new LineBytes();
  #batch = newBatch();
  #lost = 0;
  /** Lost and not said in the log yet: refused by the disk, or told of in lines that it refused. */
  #unsaid: ReadonlyMap<LossSource, Lost> = new Map();
  #refused = false;
  #refusals = 0;

  /** `clock` gives milliseconds and never goes back. */
  constructor(log: Pick<RunLog, "append">, clock = (): number => performance.now()) {
    this.#log = log;
    this.#seals = new SealChain(clock);
  }

  /** Events lost so far, wherever. */
  get lost(): number {
    return this.#lost;
  }

  /** The log has refused events, at least once. */
  get refused(): boolean {
    return this.#refused;
  }

  /** How often the log has refused events: the numbers of some before are given to others then. */
  get refusals(): number {
    return this.#refusals;
  }

  /**
   * `fields` is the JSON behind the type: empty, or beginning with a comma. `t`: µs since the epoch. Returns the event's
   * seq, which holds as long as `refusals` stays the same. `operations`: how many it stands for.
   */
  write(type: EventType, t: number, fields: string, operations = 1): number {
    this.#sayUnsaid(t);
    this.#line(type, t, fields);
    this.#batch.operations += operations;
    return this.#seq;
  }

  /** As `write`, with the fields as values. */
  writeObject(type: EventType, t: number, fields: object): void {
    this.write(type, t, `,${JSON.stringify(fields).slice(1, -1)}`);
  }

  /** Says that `lost` events are lost; `atLeast` where nobody can know how many. */
  loss(source: LossSource, t: number, lost: number, atLeast = false): void {
    if (lost <= 0) return;
    this.#lost += lost;
    this.#sayUnsaid(t);
    this.#sayLost(t, { source, lost, atLeast });
  }

  /**
   * Hands what waits to the log, with a seal behind it where one is due. False where the log refuses it: it is lost then,
   * counted, and said later.
   */
  flush(): boolean {
    const { count } = this.#batch;
    const due = this.#seals.due(count);
    if (count === 0 && !due) return true;
    const handed = this.#hand(due ? this.#seals.make(this.#seq + 1, timeText(nowUs()), this.#lines.bytes) : undefined);
    if (!handed && count > 0) this.#refused = true;
    return handed || count === 0;
  }

  /**
   * The last event, at `t`, with the counts of all lines of the log, itself among them, behind the seal that covers it.
   * False where the log has no room for it: call again later.
   */
  end(t: number): boolean {
    this.flush();
    const [lost, unsaid] = [this.#lost, this.#unsaid];
    this.#sayUnsaid(t);
    const counts: Counts = { ...this.#counts };
    for (const part of [this.#batch.counts, { seal: 1, "run.end": 1 }]) addTo(counts, part);
    const end = lineOf(this.#seq + 2, "run.end", t, `,"counts":${JSON.stringify(counts)},"lost":${lost}`);
    if (this.#hand(this.#seals.make(this.#seq + 1, timeText(t), this.#lines.bytes, end))) return true;
    this.#refused = true;
    this.#lost = lost;
    this.#unsaid = unsaid;
    return false;
  }

  /** Hands the batch, the seal and what that covers behind it to the log, all or nothing. */
  #hand(seal: MadeSeal | undefined): boolean {
    const batch = this.#batch;
    this.#batch = newBatch();
    const more = seal === undefined ? 0 : seal.after === "" ? 1 : 2;
    if (seal !== undefined) this.#lines.add(seal.line + seal.after);
    const lines = this.#lines.take();
    if (!this.#log.append(lines, batch.count + more)) {
      this.#refuse(batch);
      return false;
    }
    addTo(this.#counts, batch.counts);
    if (seal === undefined) this.#seals.take(lines, batch.count);
    else {
      this.#seals.commit(seal);
      this.#seq += more;
      addTo(this.#counts, { seal: 1 });
    }
    return true;
  }

  /** The lines that told of loss are no events of the run: what they told of is unsaid again. */
  #refuse(batch: Batch): void {
    const events = batch.operations;
    this.#seq -= batch.count;
    this.#refusals++;
    this.#lost += events;
    const unsaid = new Map(this.#unsaid);
    for (const { source, lost, atLeast } of [
      ...batch.losses,
      { source: "disk", lost: events, atLeast: false } as const,
    ]) {
      const before = unsaid.get(source);
      const sum = lost + (before?.lost ?? 0);
      if (sum > 0) unsaid.set(source, { source, lost: sum, atLeast: atLeast || before?.atLeast === true });
    }
    this.#unsaid = unsaid;
  }

  /** What no line says yet goes first in a batch. */
  #sayUnsaid(t: number): void {
    if (this.#batch.count > 0 || this.#unsaid.size === 0) return;
    const unsaid = this.#unsaid;
    this.#unsaid = new Map();
    for (const lost of unsaid.values()) this.#sayLost(t, lost);
  }

  #sayLost(t: number, lost: Lost): void {
    this.#batch.losses.push(lost);
    this.#line("loss", t, `,"source":"${lost.source}","lost":${lost.lost}${lost.atLeast ? ',"atLeast":true' : ""}`);
  }

  #line(type: EventType, t: number, fields: string): void {
    const batch = this.#batch;
    this.#lines.add(lineOf(++this.#seq, type, t, fields));
    batch.count++;
    batch.counts[type] = (batch.counts[type] ?? 0) + 1;
  }
}
