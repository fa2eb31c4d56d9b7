// One diff, read once: its files by path, and what its lines name. Each event then costs a few look-ups.
import type { ChangedFile, FileStatus, NoLines } from "./changes.ts";
import { fileKind, type FileKind } from "./fileKinds.ts";
import { hostsIn, registrableDomain, type HostName } from "./hostsInText.ts";
import { PackageLines } from "./packageLines.ts";
import { parsePatch, type DiffLine } from "./unifiedDiff.ts";

export interface IndexedFile {
  readonly path: string;
  readonly previousPath: string | undefined;
  readonly status: FileStatus;
  readonly kind: FileKind;
  readonly lines: readonly DiffLine[];
  /** Why there are none. */
  readonly noLines: NoLines | undefined;
  /** Where to begin to read it: the first added line that is not blank, else the first removed one. */
  readonly first: DiffLine | undefined;
  /** All added lines, to search in. */
  readonly added: string;
}

export interface Place {
  readonly file: IndexedFile;
  readonly line: DiffLine;
}
export interface HostPlace extends Place {
  readonly host: HostName;
}
export interface PackagePlace extends Place {
  readonly isLock: boolean;
}

/** Places that are kept of one name: who meets more of them asks another question. */
const MAX_PLACES = 50;
/** A line of a bundle is a program of its own: only its hosts are looked for, in so much of it. */
const MAX_LINE = 2000;
const MAX_BUNDLE = 16_000;

const isAdded = (line: DiffLine): boolean => line.kind === "added";
const firstOf = (lines: readonly DiffLine[]): DiffLine | undefined =>
  lines.find((line) => line.kind === "added" && line.text.trim() !== "") ??
  lines.find((line) => line.kind === "removed" && line.text.trim() !== "") ??
  lines.find((line) => line.kind !== "context");

const indexFile = (file: ChangedFile): IndexedFile => {
  const lines = file.patch === undefined ? [] : parsePatch(file.patch).flatMap((hunk) => hunk.lines);
  return {
    path: file.path,
    previousPath: file.previousPath,
    status: file.status,
    kind: fileKind(file.path),
    lines,
    noLines: file.noLines,
    first: firstOf(lines),
    added: lines
      .filter(isAdded)
      .map((line) => line.text)
      .join("\n"),
  };
};

const put = <T>(map: Map<string, T[]>, key: string, place: T): void => {
  const places = map.get(key);
  if (places === undefined) map.set(key, [place]);
  else if (places.length < MAX_PLACES) places.push(place);
};

export class DiffIndex {
  readonly files: readonly IndexedFile[];
  /** Of lines that are added or beside one, by exact name. */
  readonly hosts = new Map<string, HostPlace[]>();
  /** Of added lines, by what a domain's owner has registered. */
  readonly domains = new Map<string, HostPlace[]>();
  /** By ecosystem and name: `npm:undici`. */
  readonly packages = new Map<string, PackagePlace[]>();
  readonly #byPath = new Map<string, IndexedFile>();
  readonly #byPrevious = new Map<string, IndexedFile>();
  readonly #byDirectory = new Map<string, IndexedFile[]>();

  constructor(files: readonly ChangedFile[]) {
    this.files = files.map(indexFile);
    for (const file of this.files) this.#take(file);
  }

  /** The file at this path of the repository, now or before. */
  file(path: string): IndexedFile | undefined {
    return this.#byPath.get(path) ?? this.#byPrevious.get(path);
  }

  /** Changed files directly in a directory; the repository itself is the empty text. */
  inDirectory(path: string): readonly IndexedFile[] {
    return this.#byDirectory.get(path) ?? [];
  }

  /** The first added line with `text` in it, in each file of which `fits` holds; at most `most`. */
  search(text: string, most: number, fits: (file: IndexedFile) => boolean): Place[] {
    const places: Place[] = [];
    for (const file of this.files) {
      if (places.length >= most) break;
      if (!fits(file) || !file.added.includes(text)) continue;
      const line = file.lines.find((one) => isAdded(one) && one.text.includes(text));
      if (line !== undefined) places.push({ file, line });
    }
    return places;
  }

  #take(file: IndexedFile): void {
    this.#byPath.set(file.path, file);
    if (file.previousPath !== undefined) this.#byPrevious.set(file.previousPath, file);
    put(this.#byDirectory, file.path.slice(0, Math.max(0, file.path.lastIndexOf("/"))), file);
    const packages = new PackageLines(file.path, file.kind);
    for (const line of file.lines) {
      if (line.kind === "removed") continue;
      for (const host of hostsIn(line.text.slice(0, MAX_BUNDLE))) {
        put(this.hosts, host.name, { file, line, host });
        if (isAdded(line)) put(this.domains, registrableDomain(host.name), { file, line, host });
      }
      if (line.text.length > MAX_LINE) continue;
      for (const name of packages.in(line.text)) put(this.packages, name, { file, line, isLock: file.kind === "lock" });
    }
  }
}
