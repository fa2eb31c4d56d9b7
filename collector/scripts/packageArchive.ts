// The distribution's package archive with a state of its own, also for another architecture: packages are fetched as files
// and taken apart, never installed, and nothing of the machine's is changed.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** As Debian calls them. */
export type Architecture = "amd64" | "arm64" | "armhf";

export interface PackageArchive {
  readonly folder: string;
  /** For apt-get and apt-cache. */
  readonly options: readonly string[];
  /** What apt complained of as it asked what there is. */
  readonly complaints: string;
}

const KEYRINGS: Readonly<Record<string, string>> = {
  Debian: "/usr/share/keyrings/debian-archive-keyring.gpg",
  Ubuntu: "/usr/share/keyrings/ubuntu-archive-keyring.gpg",
};
/** Ubuntu keeps packages for other machines than PCs in an archive of its own. */
const UBUNTU_PORTS = "http://ports.ubuntu.com/ubuntu-ports/";

/** @throws Error with what the program said */
const run = (program: string, args: readonly string[], cwd: string): string => {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: "utf8",
    maxBuffer: 1 << 26,
    timeout: 300_000,
  });
  assert.equal(status, 0, `${program} ${args.at(-1)}: ${error?.message ?? stderr}`);
  return stdout;
};

/** Lines for a sources.list: those of this machine's archive, and on Debian further suites of it. */
const sources = (architecture: Architecture, suites: readonly string[]): string[] => {
  const targets = run("apt-get", ["indextargets", "Created-By: Packages"], "/");
  const own = new Set<string>();
  for (const target of targets.split("\n\n")) {
    const field = (name: string): string => new RegExp(`^${name}: (.*)$`, "m").exec(target)?.[1] ?? "";
    const origin = field("Origin");
    const keyring = KEYRINGS[origin];
    if (keyring === undefined || field("Component") !== "main") continue;
    const uri = origin === "Ubuntu" && architecture !== "amd64" ? UBUNTU_PORTS : field("Repo-URI");
    const archive = `deb ${existsSync(keyring) ? `[signed-by=${keyring}] ` : ""}${uri}`;
    own.add(`${archive} ${field("Codename") || field("Suite")} main`);
    if (origin === "Debian" && /^[a-z]+$/.test(field("Codename")))
      for (const suite of suites) own.add(`${archive} ${suite} main`);
  }
  return [...own];
};

/**
 * Asks the archive what it has. A suite that it does not have is no failure.
 * @param folder where all of it is kept
 * @param suites of Debian, beside the machine's own
 */
export const openArchive = (
  folder: string,
  architecture: Architecture,
  suites: readonly string[] = [],
): PackageArchive => {
  for (const name of ["lists/partial", "archives/partial"]) mkdirSync(join(folder, name), { recursive: true });
  const [list, status] = [join(folder, "sources.list"), join(folder, "status")];
  writeFileSync(list, `${sources(architecture, suites).join("\n")}\n`);
  writeFileSync(status, "");
  const settings = {
    "Dir::Etc::sourcelist": list,
    "Dir::Etc::sourceparts": "/dev/null",
    "Dir::State::lists": join(folder, "lists"),
    "Dir::State::status": status,
    "Dir::Cache": folder,
    "APT::Architecture": architecture,
    "APT::Architectures": architecture,
    "APT::Sandbox::User": "",
    "Acquire::Retries": "3",
    "Acquire::Languages": "none",
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  const { stderr } = spawnSync("apt-get", [...options, "update"], { encoding: "utf8", timeout: 120_000 });
  return { folder, options, complaints: stderr };
};

/** Names of its packages that begin so. */
export const packageNames = ({ folder, options }: PackageArchive, beginning: string): string[] =>
  run("apt-cache", [...options, "pkgnames", beginning], folder).split("\n");

/** Fetches one package, hands its path to `take`, and removes it. */
export const withPackage = <T>({ folder, options }: PackageArchive, name: string, take: (path: string) => T): T => {
  run("apt-get", [...options, "download", name], folder);
  const deb = readdirSync(folder).find((file) => file.startsWith(`${name}_`) && file.endsWith(".deb"));
  assert.ok(deb, `${name} was downloaded`);
  try {
    return take(join(folder, deb));
  } finally {
    rmSync(join(folder, deb));
  }
};

/** Unpacks packages and all that they depend on below `root`. */
export const unpackPackages = (archive: PackageArchive, names: readonly string[], root: string): void => {
  const { folder, options } = archive;
  run("apt-get", [...options, "--yes", "--download-only", "--no-install-recommends", "install", ...names], folder);
  const debs = join(folder, "archives");
  mkdirSync(root, { recursive: true });
  for (const file of readdirSync(debs)
    .filter((name) => name.endsWith(".deb"))
    .toSorted()) {
    run("dpkg-deb", ["--extract", join(debs, file), root], folder);
    rmSync(join(debs, file));
  }
};
