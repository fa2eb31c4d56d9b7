// Kernels of the distribution, as files: fetched from its package archive and taken apart, never installed.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Kernel {
  /** As `uname -r` says. */
  readonly release: string;
  /** Path of the bootable image. */
  readonly image: string;
}

const cache = fileURLToPath(new URL("../../../node_modules/.cache/kernels", import.meta.url));
/** From the oldest kernels to the newest. */
const DEBIAN_SUITES = ["bookworm", "bookworm-backports", "trixie-backports"];
const KERNEL = /^linux-(?:binary|image|image-unsigned)-((\d+\.\d+)\.\S*-(?:cloud-amd64|azure|generic))$/;
const KEYRINGS: Readonly<Record<string, string>> = {
  Debian: "/usr/share/keyrings/debian-archive-keyring.gpg",
  Ubuntu: "/usr/share/keyrings/ubuntu-archive-keyring.gpg",
};
/** After that, the archive is asked again which kernels it has. */
const FRESH_MS = 7 * 24 * 3_600_000;
const OLDEST = [5, 15] as const;

/** @throws Error with what the program said */
const run = (program: string, args: readonly string[], cwd = cache): string => {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: "utf8",
    maxBuffer: 1 << 26,
    timeout: 120_000,
  });
  assert.equal(status, 0, `${program} ${args.at(-1)}: ${error?.message ?? stderr}`);
  return stdout;
};

/** Lines for a sources.list: those of this machine's archive, and on Debian further suites of it. */
const sources = (): string[] => {
  const targets = run("apt-get", ["indextargets", "Created-By: Packages"], "/");
  const own = new Map<string, string>();
  for (const target of targets.split("\n\n")) {
    const field = (name: string): string => new RegExp(`^${name}: (.*)$`, "m").exec(target)?.[1] ?? "";
    const keyring = KEYRINGS[field("Origin")];
    if (keyring === undefined || field("Component") !== "main") continue;
    const archive = `deb ${existsSync(keyring) ? `[signed-by=${keyring}] ` : ""}${field("Repo-URI")}`;
    own.set(`${archive} ${field("Codename") || field("Suite")} main`, field("Codename"));
    if (field("Origin") === "Debian" && /^[a-z]+$/.test(field("Codename")))
      for (const suite of DEBIAN_SUITES) own.set(`${archive} ${suite} main`, suite);
  }
  return [...own.keys()];
};

/** Options that give apt a state of its own, so that nothing of the machine's is changed. */
const aptOptions = (): string[] => {
  for (const folder of ["lists/partial", "archives/partial"]) mkdirSync(join(cache, folder), { recursive: true });
  const list = join(cache, "sources.list");
  const settings = {
    "Dir::Etc::sourcelist": list,
    "Dir::Etc::sourceparts": "/dev/null",
    "Dir::State::lists": join(cache, "lists"),
    "Dir::Cache": cache,
    "APT::Sandbox::User": "",
    "Acquire::Retries": "3",
    "Acquire::Languages": "none",
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
};

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

const imageOf = (name: string, options: readonly string[]): Kernel => {
  const release = KERNEL.exec(name)![1]!;
  const image = join(cache, `vmlinuz-${release}`);
  if (!existsSync(image)) {
    run("apt-get", [...options, "download", name]);
    const deb = readdirSync(cache).find((file) => file.startsWith(`${name}_`) && file.endsWith(".deb"));
    assert.ok(deb, `${name} was downloaded`);
    run("sh", ["-c", `dpkg-deb --fsys-tarfile "$0" | tar -x --wildcards -O '*/vmlinuz*' >"$1.new"`, deb, image]);
    assert.ok(statSync(`${image}.new`).size > 1 << 20, `${name} has an image`);
    renameSync(`${image}.new`, image);
    rmSync(join(cache, deb));
  }
  return { release, image };
};

/**
 * The kernels to test: at least two, the oldest first. They stay in the cache for a week.
 * @throws AssertionError where the archive cannot be reached, or has only one
 */
export const fetchKernels = (): Kernel[] => {
  const known = join(cache, "kernels.json");
  if (existsSync(known) && Date.now() - statSync(known).mtimeMs < FRESH_MS) {
    const kernels = JSON.parse(readFileSync(known, "utf8")) as Kernel[];
    if (kernels.every(({ image }) => existsSync(image))) return kernels;
  }
  mkdirSync(cache, { recursive: true });
  const options = aptOptions();
  writeFileSync(join(cache, "sources.list"), `${sources().join("\n")}\n`);
  // A suite that the archive does not have is no failure: what it has is looked at below.
  const updated = spawnSync("apt-get", [...options, "update"], { encoding: "utf8", timeout: 120_000 });
  const names = execFileSync("apt-cache", [...options, "pkgnames", "linux-"], { encoding: "utf8" }).split("\n");
  const chosen = choose(newestOfEach(names));
  assert.ok(chosen.length > 1, `the package archive has two kernels: ${chosen.join(", ")}: ${updated.stderr}`);
  const kernels = chosen.map((name) => imageOf(name, options));
  writeFileSync(known, JSON.stringify(kernels));
  return kernels;
};
