// Kernels of the distribution, as files: fetched from its package archive and taken apart, never installed.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type Architecture,
  openArchive,
  type PackageArchive,
  packageNames,
  withPackage,
} from "../../scripts/packageArchive.ts";

export interface Kernel {
  /** As `uname -r` says. */
  readonly release: string;
  /** Path of the bootable image. */
  readonly image: string;
}

const cache = fileURLToPath(new URL("../../../node_modules/.cache/kernels", import.meta.url));
/** From the oldest kernels to the newest. */
const DEBIAN_SUITES = ["bookworm", "bookworm-backports", "trixie-backports"];
const KERNEL = /^linux-(?:binary|image|image-unsigned)-((\d+\.\d+)\.\S*-(?:cloud-(?:amd64|arm64)|azure|generic))$/;
/** After that, the archive is asked again which kernels it has. */
const FRESH_MS = 7 * 24 * 3_600_000;
const OLDEST = [5, 15] as const;

const inOrder = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });

/** Of two packages of one release the later one has the image: newer ones have split it off from `linux-image`. */
const inOrderOfRelease = (a: string, b: string): number =>
  inOrder(KERNEL.exec(a)?.[1] ?? "", KERNEL.exec(b)?.[1] ?? "") ||
  Number(a.startsWith("linux-binary-")) - Number(b.startsWith("linux-binary-"));

/** Of each series of kernels that is new enough, the name of its newest package. */
export const newestOfEach = (names: readonly string[]): Map<string, string> => {
  const found = new Map<string, string>();
  for (const name of names.filter((one) => KERNEL.test(one)).toSorted(inOrderOfRelease)) {
    const series = KERNEL.exec(name)![2]!;
    const [major = 0, minor = 0] = series.split(".").map(Number);
    if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) found.set(series, name);
  }
  return found;
};

/** The oldest series, the newest, and the one in the middle that most machines have. */
export const choose = (newest: ReadonlyMap<string, string>): string[] => {
  const series = [...newest.keys()].toSorted(inOrder);
  const chosen = new Set([series[0], newest.has("6.12") ? "6.12" : series[series.length >> 1], series.at(-1)]);
  return [...chosen].flatMap((one) => newest.get(one ?? "") ?? []);
};

const imageOf = (name: string, archive: PackageArchive): Kernel => {
  const release = KERNEL.exec(name)![1]!;
  const image = join(archive.folder, `vmlinuz-${release}`);
  if (!existsSync(image)) {
    withPackage(archive, name, (deb) => {
      const script = `dpkg-deb --fsys-tarfile "$0" | tar -x --wildcards -O '*/vmlinuz*' >"$1.new"`;
      execFileSync("sh", ["-c", script, deb, image]);
    });
    assert.ok(statSync(`${image}.new`).size > 1 << 20, `${name} has an image`);
    renameSync(`${image}.new`, image);
  }
  return { release, image };
};

/**
 * The kernels to test of this machine's archive, for an architecture: at least two, the oldest first. They stay in the cache
 * for a week.
 * @throws AssertionError where the archive cannot be reached, or has only one
 */
export const fetchKernels = (architecture: Architecture = "amd64"): Kernel[] => {
  const folder = architecture === "amd64" ? cache : `${cache}-${architecture}`;
  const known = join(folder, "kernels.json");
  if (existsSync(known) && Date.now() - statSync(known).mtimeMs < FRESH_MS) {
    const kernels = JSON.parse(readFileSync(known, "utf8")) as Kernel[];
    if (kernels.every(({ image }) => existsSync(image))) return kernels;
  }
  const archive = openArchive(folder, architecture, DEBIAN_SUITES);
  const chosen = choose(newestOfEach(packageNames(archive, "linux-")));
  assert.ok(chosen.length > 1, `the package archive has two kernels: ${chosen.join(", ")}: ${archive.complaints}`);
  const kernels = chosen.map((name) => imageOf(name, archive));
  writeFileSync(known, JSON.stringify(kernels));
  return kernels;
};
