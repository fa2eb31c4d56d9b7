// A package that is installed: the line of the manifest that names it, else that of the lock file. By the command line, by what
// a registry was asked for, and by where the installed files are.
import { posix } from "node:path";
import { changesOf } from "../../../../collector/protocol/foldedFiles.ts";
import type { Candidate } from "../changes.ts";
import type { DiffIndex, IndexedFile, PackagePlace } from "../diffIndex.ts";
import { installOf, type Install } from "../installs.ts";
import { packageKey, packageLabel, packageOfFile, packageOfRequest } from "../packageNames.ts";
import { candidate, type Rule, type Subject } from "../subject.ts";
import type { DiffLine } from "../unifiedDiff.ts";

const NAMED = 0.88;
const IN_LOCK = 0.65;
/** The line is there, and unchanged. */
const UNCHANGED = 0.5;
const MANIFEST = 0.85;
const MANIFEST_FOUND = 0.82;
const LOCK_FILE = 0.6;
const ONE_OF_TWO = 0.76;
const MAX_PACKAGES = 8;

const scoreOf = ({ isLock, line }: PackagePlace): number =>
  line.kind !== "added" ? UNCHANGED : isLock ? IN_LOCK : NAMED;

/** Directories that two paths share, from the repository on. */
const nearness = (path: string, folder: string): number => {
  const [a, b] = [path.split("/"), folder.split("/")];
  let shared = 0;
  while (shared < b.length && a[shared] === b[shared]) shared += 1;
  return shared;
};

/** Where an installing command looks for what it installs. */
interface Around {
  readonly folder: string;
  /** Paths of the manifests that it names. */
  readonly files: readonly string[];
}

/** The lines that name a package; those of manifests that the command names, or that are near to where it works, first. */
const linesNaming = (key: string, diff: DiffIndex, { folder, files }: Around): Candidate[] => {
  const rank = ({ file: { path } }: PackagePlace): number =>
    files.includes(path) ? Number.MAX_SAFE_INTEGER : nearness(path, folder);
  const places = [...(diff.packages.get(key) ?? [])].sort((a, b) => scoreOf(b) - scoreOf(a) || rank(b) - rank(a));
  const [best, next] = places;
  // Two manifests alike: which of them is meant is not known.
  const isSure = best === undefined || next === undefined || scoreOf(next) < scoreOf(best) || rank(next) < rank(best);
  return places.slice(0, 4).map((place, i) => {
    const score = isSure ? scoreOf(place) : Math.min(scoreOf(place), ONE_OF_TWO);
    return candidate(place.file, place.line, score - i * 0.03, "package", `names “${packageLabel(key)}”`);
  });
};

/** Where what a manifest asks for begins: its first added line that names a package. */
const firstPackage = (file: IndexedFile, diff: DiffIndex): DiffLine | undefined => {
  let first: DiffLine | undefined;
  for (const places of diff.packages.values()) {
    for (const place of places) {
      if (place.file !== file || place.line.kind !== "added") continue;
      if (first === undefined || place.line.newLine < first.newLine) first = place.line;
    }
  }
  return first;
};

const ofManifest = (file: IndexedFile, score: number, diff: DiffIndex, why: string): Candidate[] => {
  const line = firstPackage(file, diff);
  const isLock = file.kind === "lock";
  // A manifest can change in what names no package.
  const real = line === undefined ? 0.45 : isLock ? Math.min(score, LOCK_FILE) : score;
  return [candidate(file, line ?? file.first, real, "package", why)];
};

const upwards = (folder: string): string[] => {
  const parts = folder === "" ? [] : folder.split("/");
  return [...parts.map((_, i) => parts.slice(0, parts.length - i).join("/")), ""];
};

/** Manifests in or above a directory that the diff changes. */
const manifestsNear = (install: Install, folder: string, diff: DiffIndex): Candidate[] => {
  for (const above of upwards(folder)) {
    const found = install.manifests.flatMap((name) => {
      const file = diff.file(posix.join(above, name));
      return file === undefined ? [] : ofManifest(file, MANIFEST_FOUND, diff, "what is installed is listed here");
    });
    if (found.length > 0) return found;
  }
  return [];
};

/** What a command line installs. */
export const linesOfInstall = (
  words: readonly string[],
  cwd: string,
  { roots }: Subject,
  diff: DiffIndex,
): Candidate[] => {
  const install = installOf(words);
  if (install === undefined) return [];
  const folder = roots.resolve(install.directory, cwd) ?? roots.relative(cwd) ?? "";
  const named = install.names
    .slice(0, MAX_PACKAGES)
    .flatMap((name) => linesNaming(packageKey(install.ecosystem, name), diff, { folder, files: [] }));
  const listed = install.files.flatMap((name) => {
    const path = roots.resolve(name, cwd);
    const file = path === undefined ? undefined : diff.file(path);
    return file === undefined ? [] : ofManifest(file, MANIFEST, diff, "the command installs what is listed here");
  });
  if (named.length > 0 || listed.length > 0) return [...named, ...listed];
  // It was told what to install, and that is not in the diff.
  if (install.names.length > 0 || install.files.length > 0) return [];
  return roots.relative(cwd) === undefined ? [] : manifestsNear(install, folder, diff);
};

/** The command that installs, of the process or one above it. */
const installing = ({ chain, roots }: Subject): Around => {
  for (const { argv, cwd } of chain) {
    const install = installOf(argv);
    if (install === undefined) continue;
    const files = install.files.flatMap((name) => roots.resolve(name, cwd) ?? []);
    return { files, folder: roots.resolve(install.directory, cwd) ?? roots.relative(cwd) ?? "" };
  }
  return { files: [], folder: "" };
};

/** Packages that a registry was asked for, or whose files were written. */
export const packageRule: Rule = (subject, diff) => {
  const { event, only } = subject;
  const keys = new Set<string>();
  if (event.type === "http.request") {
    const key = packageOfRequest(event.http.host ?? "", event.http.path);
    if (key !== undefined) keys.add(key);
  } else if (event.type === "file.write") {
    for (const path of only === undefined ? pathsIn(event) : [only]) {
      const key = packageOfFile(path);
      if (key !== undefined) keys.add(key);
      if (keys.size >= MAX_PACKAGES) break;
    }
  }
  const around = installing(subject);
  return [...keys].flatMap((key) => linesNaming(key, diff, around));
};

function* pathsIn(event: Parameters<typeof changesOf>[0]): Generator<string> {
  let seen = 0;
  for (const { path } of changesOf(event)) {
    yield path;
    if ((seen += 1) > 500) return;
  }
}
