// Real podman and Docker for tests, each with storage of its own, and images made of this machine's files: nothing is
// fetched from anywhere.
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { until } from "./support.ts";

export const IMAGE = "runglass.example/test:1";

/** A program of this machine, and the libraries that it loads, as paths. */
export const withLibraries = (program: string): string[] => {
  const said = spawnSync("ldd", [program], { encoding: "utf8" }).stdout;
  return [program, ...[...said.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1] ?? "")];
};

/** A folder for a container's root: busybox with its usual names, and copies of `files` at their own paths. */
export const makeRoot = (folder: string, files: readonly string[] = []): void => {
  for (const name of ["bin", "tmp", "dev", "proc", "etc"]) mkdirSync(join(folder, name), { recursive: true });
  const busybox = ["/bin/busybox", "/usr/bin/busybox"].find(existsSync);
  assert.ok(busybox !== undefined, "busybox-static is missing");
  copyFileSync(busybox, join(folder, "bin/busybox"));
  for (const name of "sh cat cp echo sleep true touch mkdir mv rm mkfifo".split(" ")) {
    symlinkSync("busybox", join(folder, "bin", name));
  }
  for (const file of files) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    copyFileSync(file, join(folder, file));
  }
};

const importImage = (root: string, command: readonly string[], env: NodeJS.ProcessEnv = process.env): void => {
  const tar = execFileSync("tar", ["-C", root, "-c", "."], { maxBuffer: 1 << 30 });
  const [program = "", ...args] = [...command, "import", "-", IMAGE];
  const made = spawnSync(program, args, { input: tar, env, encoding: "utf8" });
  assert.equal(made.status, 0, `${program} cannot make an image: ${made.stderr}`);
};

export class Podman {
  readonly #folder: string;
  /** What every command begins with. */
  readonly command: readonly string[];
  /** Options of every `run`: here root may not raise its own limits. */
  readonly limits: readonly string[] = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096"];

  /** `root`: as made by `makeRoot`. */
  constructor(folder: string, root: string) {
    this.#folder = folder;
    const places = ["--root", join(folder, "storage"), "--runroot", join(folder, "run")];
    this.command = ["podman", ...places, "--runtime", "runc", "--cgroup-manager", "cgroupfs"];
    importImage(root, this.command);
  }

  run(...args: readonly string[]): string[] {
    return [...this.command, "run", ...this.limits, "--pull", "never", ...args];
  }

  /** Ends its containers; the folder can be removed then. */
  close(): void {
    const [program = "", ...args] = this.command;
    spawnSync(program, [...args, "rm", "--all", "--force", "--time", "0"]);
    for (const name of ["storage/overlay", "storage"]) spawnSync("umount", [join(this.#folder, name)]);
  }
}

export class Docker {
  readonly #daemon: ChildProcess;
  #said = "";
  readonly client: string;
  readonly env: { readonly DOCKER_HOST: string };

  private constructor(folder: string) {
    this.client = existsSync("/usr/bin/docker") ? "/usr/bin/docker" : "docker";
    const socket = `unix://${join(folder, "d.sock")}`;
    this.env = { DOCKER_HOST: socket };
    const places = ["--data-root", join(folder, "data"), "--exec-root", join(folder, "exec")];
    const options = ["--host", socket, "--pidfile", join(folder, "pid"), "--bridge", "none", "--iptables=false"];
    this.#daemon = spawn("dockerd", [...places, ...options, "--config-file", join(folder, "daemon.json")], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#daemon.stderr?.on("data", (text: Buffer) => (this.#said = (this.#said + text.toString()).slice(-4000)));
  }

  static async start(folder: string, root: string): Promise<Docker> {
    writeFileSync(join(folder, "daemon.json"), "{}");
    const docker = new Docker(folder);
    await until(() => docker.#daemon.exitCode !== null || docker.run("version").status === 0, "Docker answers");
    assert.equal(docker.#daemon.exitCode, null, `Docker's daemon ended: ${docker.#said}`);
    importImage(root, [docker.client], { ...process.env, ...docker.env });
    return docker;
  }

  /** Runs the client to its end. */
  run(...args: readonly string[]): ReturnType<typeof spawnSync> {
    return spawnSync(this.client, args, { env: { ...process.env, ...this.env } });
  }

  async close(): Promise<void> {
    const ids = String(this.run("ps", "--all", "--quiet").stdout)
      .split("\n")
      .filter(Boolean);
    if (ids.length > 0) this.run("rm", "--force", ...ids);
    if (this.#daemon.exitCode !== null) return;
    this.#daemon.kill("SIGTERM");
    await once(this.#daemon, "exit");
  }
}

/** What `--cidfile` has written. */
export const idIn = (path: string): string => readFileSync(path, "utf8").trim();
