// All that the page keeps of a run: rows, processes, flows, texts, in columns with a hard bound. It is filled by
// applyEvent.ts and read by the view; it knows nothing of the DOM.
import type { EventBase } from "../../../collector/protocol/events.ts";
import type { JobStepFact } from "../../protocol/messages.ts";
import type { ContainerFacts } from "./containerFacts.ts";
import { capacityFor, type Columns, growColumns, makeColumns, MAX_CAPACITY } from "./columns.ts";
import { IdMap } from "./idMap.ts";
import type { ToldStep } from "./jobSteps.ts";
import { KeyIndex } from "./keyIndex.ts";
import { flag, kindOf, kinds, NONE, ROOT } from "./rowKinds.ts";
import { createFacts, type RunFacts } from "./runFacts.ts";
import { createSeen, type SeenValues } from "./seenValues.ts";
import { StringTable } from "./stringTable.ts";
import { TimeBins } from "./timeBins.ts";
import { linkRow, MAX_DEPTH } from "./treeLinks.ts";

const rowSchema = {
  tag: Uint8Array,
  /** File operations, a finding's severity; by kind. */
  state: Uint8Array,
  flags: Uint8Array,
  depth: Uint8Array,
  parent: Int32Array,
  first: Int32Array,
  last: Int32Array,
  next: Int32Array,
  prev: Int32Array,
  children: Int32Array,
  /** Number of the process that the row belongs to, 0 for none. */
  owner: Int32Array,
  /** Number in the table of its kind: process, flow or note. */
  ref: Int32Array,
  keyA: Int32Array,
  keyB: Int32Array,
  /** Microseconds since the epoch: the first event and the last. */
  time: Float64Array,
  until: Float64Array,
  /** How many events the row stands for. */
  hits: Uint32Array,
  firstSeq: Uint32Array,
  lastSeq: Uint32Array,
  /** Events that are counted here because the model was full. */
  folded: Uint32Array,
};

const processSchema = {
  row: Int32Array,
  parent: Int32Array,
  /** The entry of the program that the same process ran before, where that has rows of its own. */
  before: Int32Array,
  id: Int32Array,
  pid: Uint32Array,
  ppid: Uint32Array,
  uid: Uint32Array,
  user: Int32Array,
  exe: Int32Array,
  /** Base name of `exe`. */
  comm: Int32Array,
  /** The arguments, joined by NUL. */
  argv: Int32Array,
  cwd: Int32Array,
  step: Int32Array,
  tool: Int32Array,
  container: Int32Array,
  /** Its pid in the container; 0 where that is the machine's. */
  insidePid: Uint32Array,
  state: Uint8Array,
  marks: Uint8Array,
  code: Uint8Array,
  signal: Uint8Array,
  execs: Uint16Array,
  /** File and network rows shown right below the process, before groups begin. */
  directFiles: Uint16Array,
  directFlows: Uint16Array,
  groups: Uint16Array,
  startedProcesses: Uint32Array,
  flows: Uint32Array,
  files: Uint32Array,
  durationUs: Float64Array,
  sent: Float64Array,
  received: Float64Array,
};

const flowSchema = {
  ip: Int32Array,
  port: Uint16Array,
  host: Int32Array,
  hostSource: Int32Array,
  rule: Int32Array,
  /** Of what was blocked: the entry of the policy that would allow it. */
  allowedBy: Int32Array,
  /** What the agent's own firewall says of it. */
  firewall: Int32Array,
  verdict: Uint8Array,
  error: Int32Array,
  /** Connections now open, those whose result is not known yet, and those that failed. */
  open: Uint32Array,
  pending: Uint32Array,
  failed: Uint32Array,
  sent: Float64Array,
  received: Float64Array,
  durationUs: Float64Array,
};

/** Rows that are only texts: DNS, HTTP, loss, findings, steps, tool calls, unknown types. */
const noteSchema = {
  label: Int32Array,
  detail: Int32Array,
  result: Int32Array,
  host: Int32Array,
  status: Uint16Array,
  durationUs: Float64Array,
};

export interface ModelLimits {
  /** Rows kept one by one, at most 1,048,568. */
  readonly rows: number;
  /** UTF-16 units of distinct texts. */
  readonly textUnits: number;
}
/** What stands on the timeline beside the events. */
export type LaneName = "steps" | "calls";
export const MAX_IN_LANE = 8192;
/** Rows that keep a tool call of their own; most have their process's. */
const MAX_ROW_TOOLS = 1 << 16;
/** A few rows below the capacity: one event may add its process, the parent, a group and itself. */
export const defaultLimits: ModelLimits = { rows: MAX_CAPACITY - 8, textUnits: 64 << 20 };

export class RunModel {
  readonly limits: ModelLimits;
  readonly strings = new StringTable();
  readonly facts: RunFacts = createFacts();
  readonly seen: SeenValues = createSeen();
  readonly processIds = new IdMap();
  /** Open flows: flow number * 2, plus 1 while the result is pending. */
  readonly openFlows = new IdMap();
  /** Display name of each step, by its id; both as text numbers. */
  readonly stepNames = new Map<number, number>();
  /** Steps as the log tells of them, by the text number of their id; and as GitHub does, of the same job. */
  readonly toldSteps = new Map<number, ToldStep>();
  jobSteps: readonly JobStepFact[] = [];
  /** What is known of each container, by the text number of its id. */
  readonly containers = new Map<number, ContainerFacts>();
  /** Destinations that some process has contacted, by text number. */
  readonly contacted = new Set<number>();
  rows: Columns<typeof rowSchema> = makeColumns(rowSchema, capacityFor(1));
  processes: Columns<typeof processSchema> = makeColumns(processSchema, capacityFor(1));
  flows: Columns<typeof flowSchema> = makeColumns(flowSchema, capacityFor(1));
  notes: Columns<typeof noteSchema> = makeColumns(noteSchema, capacityFor(1));
  index = new KeyIndex(capacityFor(1));
  /** Rows whose first event said another tool call than their process has: text number * 2, plus 1 for a guess. */
  readonly rowTools = new Map<number, number>();
  /** How many events took place when. */
  readonly bins = new TimeBins();
  /** Rows of the steps and of the tool calls as they began; no more than a person could tell apart on a timeline. */
  readonly lanes: { readonly [L in LaneName]: number[] } = { steps: [], calls: [] };
  /** Addresses with ports that questions of DNS went to, by text number; bounded. */
  readonly resolvers = new Set<number>();
  /** How many rows have each flag that is set by `setFlag`, by the flag's number. */
  readonly flagged = new Uint32Array(256);
  /** Counts include entry 0, which stands for "none" (and for the root among the rows). */
  rowCount = 1;
  processCount = 1;
  flowCount = 1;
  noteCount = 1;
  /** Rows that changed since the view took this list; new rows are not in it. */
  touched: number[] = [];
  /** Grows whenever rows are added, changed or moved: the view's sign to look again. */
  version = 0;
  /** Grows when a row moved to another parent. */
  moves = 0;
  /** Connections whose host got its name, or another one, after they had a row: the rows, in the order of that. */
  readonly renamed: number[] = [];
  /** Grows when a process runs another program: what its rows inherit for the filter has changed. */
  identities = 0;

  constructor(limits: ModelLimits = defaultLimits) {
    this.limits = limits;
  }

  /** False once the bound is reached; further events only count. */
  get hasRoom(): boolean {
    return this.rowCount < this.limits.rows && this.strings.units < this.limits.textUnits;
  }

  #reserveRow(): void {
    const capacity = this.rows.tag.length;
    if (this.rowCount < capacity) return;
    const wanted = capacityFor(this.rowCount + 1);
    this.rows = growColumns(rowSchema, this.rows, wanted);
    this.index = this.index.grown(wanted, this.rows);
  }

  /**
   * Adds a row for `event`; the caller has asked `hasRoom`. `keyed` rows are found again by tag, owner, keyA and keyB.
   */
  addRow(tag: number, parent: number, owner: number, ref: number, event: EventBase, keyA = 0, keyB = 0): number {
    this.#reserveRow();
    const rows = this.rows;
    const row = this.rowCount++;
    rows.tag[row] = tag;
    rows.owner[row] = owner;
    rows.ref[row] = ref;
    rows.keyA[row] = keyA;
    rows.keyB[row] = keyB;
    rows.time[row] = event.t;
    rows.until[row] = event.t;
    rows.hits[row] = 1;
    rows.firstSeq[row] = event.seq;
    rows.lastSeq[row] = event.seq;
    rows.flags[row] = event.detached === true ? flag.detached : 0;
    if (event.tool !== undefined && kindOf(tag) !== kinds.process)
      this.#noteTool(row, owner, event.tool, event.toolGuess === true);
    let under = parent;
    while ((rows.depth[under] ?? 0) >= MAX_DEPTH) under = rows.parent[under] ?? ROOT;
    linkRow(rows, row, under);
    this.version += 1;
    return row;
  }

  #noteTool(row: number, owner: number, tool: string, isGuess: boolean): void {
    const id = this.strings.intern(tool);
    if (this.processes.tool[owner] === id || this.rowTools.size >= MAX_ROW_TOOLS) return;
    this.rowTools.set(row, id * 2 + (isGuess ? 1 : 0));
  }

  addProcess(): number {
    const process = this.processCount++;
    if (process >= this.processes.row.length) {
      this.processes = growColumns(processSchema, this.processes, capacityFor(process + 1));
    }
    return process;
  }

  addFlow(): number {
    const flow = this.flowCount++;
    if (flow >= this.flows.ip.length) this.flows = growColumns(flowSchema, this.flows, capacityFor(flow + 1));
    return flow;
  }

  addNote(label: string, detail: string, result: string): number {
    const note = this.noteCount++;
    if (note >= this.notes.label.length) this.notes = growColumns(noteSchema, this.notes, capacityFor(note + 1));
    this.notes.label[note] = this.strings.intern(label);
    this.notes.detail[note] = this.strings.intern(detail);
    this.notes.result[note] = this.strings.intern(result);
    return note;
  }

  /** Says that `row` changed by `event`. */
  touch(row: number, event: EventBase, hits = 0): void {
    const rows = this.rows;
    if (hits > 0) rows.hits[row] = (rows.hits[row] ?? 0) + hits;
    if (event.t > (rows.until[row] ?? 0)) rows.until[row] = event.t;
    rows.lastSeq[row] = event.seq;
    this.mark(row);
  }

  /** Says that what `row` shows has changed. */
  mark(row: number): void {
    const { rows } = this;
    const flags = rows.flags[row] ?? 0;
    this.version += 1;
    if ((flags & flag.touched) !== 0) return;
    rows.flags[row] = flags | flag.touched;
    this.touched.push(row);
  }

  setFlag(row: number, bit: number, on: boolean): void {
    const flags = this.rows.flags[row] ?? 0;
    if (((flags & bit) !== 0) === on) return;
    this.rows.flags[row] = on ? flags | bit : flags & ~bit;
    this.flagged[bit] = (this.flagged[bit] ?? 0) + (on ? 1 : -1);
  }

  /** Counts an event that gets no row of its own on the row of its process, or on the run where there is none. */
  fold(process: number, event: EventBase, events = 1): void {
    this.foldOn(process === NONE ? ROOT : (this.processes.row[process] ?? ROOT), event, events);
  }

  /** Counts events that get no row of their own on `row`. */
  foldOn(row: number, event: EventBase, events: number): void {
    this.facts.folded += events;
    this.rows.folded[row] = (this.rows.folded[row] ?? 0) + events;
    if (row !== ROOT) this.touch(row, event);
  }

  /** The rows that changed since the last call; the caller owns the list. */
  takeTouched(): number[] {
    const taken = this.touched;
    this.touched = [];
    const flags = this.rows.flags;
    for (const row of taken) flags[row] = (flags[row] ?? 0) & ~flag.touched;
    return taken;
  }

  /** What the step with the id `step` (a text number) is called: its name, else its id. */
  stepName(step: number): string {
    return this.text(this.stepNames.get(step) ?? step);
  }

  /** Gives a step a name, which what inherits it for the filter has from then on. */
  nameStep(step: number, name: string): void {
    const known = this.stepNames.get(step);
    const text = this.strings.intern(name);
    if (known === text) return;
    if (known !== undefined) this.identities += 1;
    this.stepNames.set(step, text);
  }

  text(id: number | undefined): string {
    return this.strings.text(id ?? 0);
  }
}
