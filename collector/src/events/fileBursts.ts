// Bursts: when one process changes very many files below one directory (an install, a checkout), what it does is gathered
// for a fifth of a second and told in one event for many files, so that the log stays small and readable.
//
// The first of a burst are told one by one, and so is whatever comes slowly. Nothing is left out, and the order of what is
// done to one file is kept. The order between files of a burst is not, nor that of a burst and what else the process does
// meanwhile; each event has its time.
import { heapOf } from "../../protocol/foldedFiles.ts";
import type { FileFrame } from "../sensor/frame.ts";
import { BoundedMap } from "./boundedMap.ts";
import { BurstGroup, directoryOf, type Entry, type FoldableOp, isBelow, isFoldable } from "./burstGroup.ts";
import type { FoldedFiles } from "./lines.ts";
import type { Process } from "./process.ts";

const LIMITS = {
  /** So many changes of one process below one directory are told one by one before a burst begins, */
  single: 150,
  /** if they come faster than so many in a second: as many are forgotten. */
  perSecond: 100,
  /** A burst is over when so long nothing was changed there. */
  quietUs: 10_000_000,
  /** What is gathered waits at most so long, in ms. */
  waitMs: 200,
  /** Fewer than these are told one by one. */
  fewest: 8,
  /** In one event. */
  files: 2_000,
  characters: 65_536,
  /** Of paths that wait, in all. */
  held: 2_000_000,
  /** Processes that are looked after, and directories of each; for one more the oldest begins anew. */
  processes: 1_024,
  places: 64,
  directories: 4_096,
} as const;

interface Place {
  readonly directory: string;
  readonly process: Process;
  /** Changes beyond those that a second may have. */
  many: number;
  latest: number;
  on: boolean;
  /** As it was when the first of what is gathered was done. */
  toolJson: string;
  stepJson: string;
  /** In the order in which the first of each was done. */
  readonly groups: Map<FoldableOp, BurstGroup>;
  /** Clock of the first that is gathered. */
  since: number;
}

/** What is told: one change, or many in one. */
export interface Told {
  readonly process: Process;
  readonly toolJson: string;
  readonly stepJson: string;
  readonly op: FoldableOp;
  /** Of one change. */
  readonly path: string;
  readonly from: string;
  readonly t: number;
  readonly count: number;
  /** Undefined for one change. */
  readonly many: FoldedFiles | undefined;
  /** Time of the last of many. */
  readonly until: number;
}

/** The part of a tree whose changes are one burst: a directory that tools fill, else two levels below the root. */
const placeOf = (directory: string): string => heapOf(directory) ?? directory.split("/", 3).join("/");

export class FileBursts {
  readonly #tell: (told: Told) => void;
  readonly #clock: () => number;
  readonly #places: BoundedMap<Process, BoundedMap<string, Place>>;
  /** Those where something is gathered. */
  readonly #waiting = new Set<Place>();
  #held = 0;
  readonly #placeOfDirectory = new BoundedMap<string, string>(LIMITS.directories);

  /** `tell` writes an event; `clock` gives milliseconds and never goes back. */
  constructor(tell: (told: Told) => void, clock: () => number) {
    this.#tell = tell;
    this.#clock = clock;
    this.#places = new BoundedMap(LIMITS.processes, (process) => this.flush(process));
  }

  /**
   * Takes a change that is a part of a burst, to tell it later, and returns true; else it is to be told now. What was
   * gathered and must stand before it is told before this returns. `alone`: whether it must not be folded, asked only in a
   * burst.
   */
  take(process: Process, toolJson: string, frame: FileFrame, alone: () => boolean): boolean {
    const { op, path, from } = frame;
    const directory = directoryOf(path);
    const name = this.#nameOf(directory);
    const isRename = op === "rename" && name === this.#nameOf(directoryOf(from));
    if (!isFoldable(op) || isRename !== (from !== "") || frame.partial || frame.owner !== 0) {
      this.#flushAbout(process, frame);
      return false;
    }
    const place = this.#placeAt(process, name, frame.time);
    if (!place.on || alone()) {
      if (op === "rename") this.#flushAbout(process, frame);
      else this.#flush(place);
      return false;
    }
    this.#gather(place, toolJson, op, { path, directory, from, t: frame.time, count: frame.count });
    return true;
  }

  /** Tells what a process has done so far: something that must stand behind it is to be told. */
  flush(process: Process): void {
    for (const place of this.#waiting) if (place.process === process) this.#flush(place);
  }

  /** Tells what has waited long enough. Call it a few times a second. */
  tick(all = false): void {
    const until = this.#clock() - LIMITS.waitMs;
    for (const place of this.#waiting) if (all || place.since <= until) this.#flush(place);
  }

  #nameOf(directory: string): string {
    let name = this.#placeOfDirectory.get(directory);
    if (name === undefined) {
      name = placeOf(directory);
      this.#placeOfDirectory.set(directory, name);
    }
    return name;
  }

  #placeAt(process: Process, name: string, time: number): Place {
    let places = this.#places.get(process);
    if (places === undefined) {
      places = new BoundedMap(LIMITS.places, (_, oldest) => this.#flush(oldest));
      this.#places.set(process, places);
    }
    let place = places.get(name);
    if (place === undefined) {
      place = {
        directory: name,
        process,
        many: 0,
        latest: time,
        on: false,
        toolJson: "",
        stepJson: "",
        groups: new Map(),
        since: 0,
      };
      places.set(name, place);
    }
    if (time - place.latest > LIMITS.quietUs) {
      this.#flush(place);
      place.on = false;
    }
    const forgotten = (Math.max(0, time - place.latest) * LIMITS.perSecond) / 1_000_000;
    place.many = Math.max(0, place.many - forgotten) + 1;
    place.latest = Math.max(time, place.latest);
    place.on ||= place.many > LIMITS.single;
    return place;
  }

  #gather(place: Place, toolJson: string, op: FoldableOp, entry: Entry): void {
    const { process, groups } = place;
    if (place.toolJson !== toolJson || place.stepJson !== process.stepJson || this.#wouldPass(place, op, entry)) {
      this.#flush(place);
    }
    if (groups.size === 0) {
      place.toolJson = toolJson;
      place.stepJson = process.stepJson;
      place.since = this.#clock();
      this.#waiting.add(place);
    }
    let group = groups.get(op);
    if (group === undefined) {
      group = new BurstGroup(op);
      groups.set(op, group);
    }
    const before = group.characters;
    group.add(entry);
    this.#held += group.characters - before;
    if (this.#held >= LIMITS.held) this.tick(true);
    else if (group.entries.length >= LIMITS.files || group.characters >= LIMITS.characters) this.#flush(place);
  }

  /** Would it be told before something that was done earlier to the same file, or gave it or a directory above its name? */
  #wouldPass(place: Place, op: FoldableOp, { path }: Entry): boolean {
    let later = false;
    for (const group of place.groups.values()) {
      if (later && (op === "rename" || group.touches(path))) return true;
      later ||= group.op === op;
    }
    return false;
  }

  /** What is told by itself may be about what is gathered: a new name of a file, or of a directory above. */
  #flushAbout(process: Process, { path, from }: FileFrame): void {
    for (const place of this.#waiting) {
      if (place.process !== process) continue;
      const { directory } = place;
      for (const name of [path, from]) {
        if (name !== "" && (isBelow(name, directory) || isBelow(directory, name))) this.#flush(place);
      }
    }
  }

  #flush(place: Place): void {
    if (!this.#waiting.delete(place)) return;
    const groups = [...place.groups.values()];
    place.groups.clear();
    for (const { characters } of groups) this.#held -= characters;
    if (groups.every(({ entries }) => entries.length < LIMITS.fewest)) {
      const changes = groups.flatMap(({ op, entries }) => entries.map((entry) => ({ op, entry })));
      for (const { op, entry } of changes.toSorted((a, b) => a.entry.t - b.entry.t)) this.#tellOne(place, op, entry);
      return;
    }
    for (const group of groups) {
      if (group.entries.length < LIMITS.fewest) {
        for (const entry of group.entries) this.#tellOne(place, group.op, entry);
      } else this.#tellMany(place, group);
    }
  }

  #tellOne({ process, toolJson, stepJson }: Place, op: FoldableOp, { path, from, t, count }: Entry): void {
    this.#tell({ process, toolJson, stepJson, op, path, from, t, count, many: undefined, until: t });
  }

  #tellMany({ process, toolJson, stepJson }: Place, group: BurstGroup): void {
    const { op, entries, latest } = group;
    const many = group.folded();
    const [t, count] = [entries[0]?.t ?? latest, entries.reduce((sum, entry) => sum + entry.count, 0)];
    this.#tell({ process, toolJson, stepJson, op, path: many.path, from: "", t, count, many, until: latest });
  }
}
