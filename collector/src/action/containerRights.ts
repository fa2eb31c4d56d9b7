// Takes the container engines out of reach: whoever may talk to one is root on the machine.
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, lstatSync } from "node:fs";
import { messageOf, UserError } from "../errors.ts";

const UNITS = ["docker.socket", "docker.service", "containerd.service", "podman.socket", "podman.service"];
const SOCKETS = [
  "/run/docker.sock",
  "/run/containerd/containerd.sock",
  "/run/podman/podman.sock",
  "/run/crio/crio.sock",
  "/run/buildkit/buildkitd.sock",
];

interface Closed {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

const systemctl = (...args: readonly string[]): boolean =>
  spawnSync("systemctl", args, { stdio: "ignore", timeout: 60_000 }).status === 0;

export class ContainerRights {
  readonly #closed: Closed[] = [];
  #stopped: string[] = [];

  /** Throws a `UserError` where an engine's socket cannot be closed; then everything is as it was. */
  take(): void {
    this.#stopped = UNITS.filter((unit) => systemctl("--quiet", "is-active", unit));
    for (const unit of this.#stopped) systemctl("--quiet", "stop", unit);
    try {
      // An engine that no unit runs goes on, and nobody but root can ask it for anything.
      for (const path of SOCKETS) this.#close(path);
    } catch (error) {
      this.restore();
      throw new UserError(`disable-sudo-and-containers: ${messageOf(error)}`, 3);
    }
  }

  restore(): void {
    for (const { path, mode, uid, gid } of this.#closed.splice(0)) {
      try {
        chownSync(path, uid, gid);
        chmodSync(path, mode);
      } catch {
        // It went with its engine.
      }
    }
    for (const unit of this.#stopped.splice(0).toReversed()) systemctl("--quiet", "start", unit);
  }

  #close(path: string): void {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats?.isSocket() !== true) return;
    this.#closed.push({ path, mode: stats.mode & 0o777, uid: stats.uid, gid: stats.gid });
    chownSync(path, 0, 0);
    chmodSync(path, 0o000);
  }
}
