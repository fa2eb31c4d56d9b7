// Which container a process is in: by the name of its control group, else by its PID namespace.
import { readFileSync } from "node:fs";
import { parseOwnCgroup } from "../cgroup/mount.ts";
import { BoundedMap } from "../events/boundedMap.ts";
import { isSameProcess } from "../events/procfs.ts";
import type { CgroupFrame } from "../sensor/frame.ts";
import { containerOfCgroup, type NamedContainer } from "./cgroupName.ts";
import { type Container, createContainer } from "./container.ts";
import { monitorOf } from "./monitors.ts";
import { RuntimeState } from "./runtimeState.ts";

const LIMITS = {
  /** More than the sensor remembers to have told. */
  cgroups: 16_384,
  containers: 4_096,
  namespaces: 4_096,
  monitors: 4_096,
} as const;

/** What the id of a container begins with that only its PID namespace tells of. */
const UNKNOWN = "pidns-";

/** Where a process runs, as the sensor says. */
export interface Place {
  readonly pid: number;
  /** ns of CLOCK_BOOTTIME at which the process began. */
  readonly start: number;
  readonly cgroup: number;
  readonly pidNamespace: number;
  readonly ppid: number;
  readonly parentStart: number;
}

/** A program that has begun. */
interface Begun extends Place {
  readonly uid: number;
  readonly exe: string;
  readonly argv: readonly string[];
}

/** The path of the control group that /proc says a process is in; it can be in another one by now. */
const cgroupPath = (place: Place): string | undefined => {
  try {
    const path = parseOwnCgroup(readFileSync(`/proc/${place.pid}/cgroup`, "utf8"));
    return isSameProcess(place.pid, place.start) ? path : undefined;
  } catch {
    return undefined;
  }
};

export class Containers {
  readonly #state: RuntimeState;
  /** By the inode number of the control group; null for one that is no container's. */
  readonly #byCgroup = new BoundedMap<number, Container | null>(LIMITS.cgroups);
  /** Of those that are none: systemd's name of the unit. */
  readonly #units = new BoundedMap<number, string>(LIMITS.cgroups);
  readonly #named = new BoundedMap<string, Container>(LIMITS.containers);
  /** By pid and start: programs that watch over a container. */
  readonly #monitors = new BoundedMap<string, NamedContainer>(LIMITS.monitors);
  readonly #byNamespace = new BoundedMap<number, Container>(LIMITS.namespaces);

  /** `clock` gives milliseconds and never goes back. */
  constructor(clock: () => number, state = new RuntimeState(clock)) {
    this.#state = state;
  }

  cgroup(frame: CgroupFrame): void {
    this.#take(frame.cgroup, frame.path);
  }

  /** The container of a process that has got a program. */
  execed(begun: Begun): Container | undefined {
    const { exe, argv, uid, pid, start, cgroup } = begun;
    const monitor = monitorOf(exe, argv);
    if (monitor !== undefined) this.#monitors.set(`${pid}/${start}`, { ...monitor, uid });
    else this.#monitors.delete(`${pid}/${start}`);
    this.#state.execed(exe, argv, uid);
    let container = this.#byCgroup.get(cgroup);
    // It ran before the sensor did, or the frame was lost.
    if (container === undefined && cgroup !== 0) container = this.#take(cgroup, cgroupPath(begun));
    return this.#place(begun, container ?? undefined);
  }

  /** The service of systemd's whose control group that is; empty for all others. */
  unitOf(cgroup: number): string {
    return this.#units.get(cgroup) ?? "";
  }

  /** The container of a process that was only just forked, by `creator` where that is known. */
  forked(place: Place, creator: Container | undefined): Container | undefined {
    // A monitor makes itself a daemon: it is its fork that watches.
    const monitor = this.#monitors.get(`${place.ppid}/${place.parentStart}`);
    if (monitor !== undefined) this.#monitors.set(`${place.pid}/${place.start}`, monitor);
    const container = this.#byCgroup.get(place.cgroup);
    // In a group that nothing is known of yet, it is where it came from.
    return container === undefined && place.pidNamespace === 0 ? creator : this.#place(place, container ?? undefined);
  }

  #place(place: Place, container: Container | undefined): Container | undefined {
    const { pidNamespace, ppid, parentStart } = place;
    if (pidNamespace === 0) return container;
    if (container !== undefined) return this.#inNamespace(pidNamespace, container);
    const known = this.#byNamespace.get(pidNamespace);
    if (known !== undefined && !known.id.startsWith(UNKNOWN)) return known;
    const monitor = this.#monitors.get(`${ppid}/${parentStart}`);
    if (monitor !== undefined) return this.#inNamespace(pidNamespace, this.#ofName(monitor, "monitor"));
    return known ?? this.#unknown(pidNamespace);
  }

  #take(cgroup: number, path: string | undefined): Container | null {
    const named = path === undefined ? undefined : containerOfCgroup(path);
    const container = named === undefined ? null : this.#ofName(named, "cgroup");
    this.#byCgroup.set(cgroup, container);
    const unit = container === null ? /\/([^/]{1,255}\.service)(?:\/[^/]+)?$/.exec(path ?? "")?.[1] : undefined;
    if (unit !== undefined) this.#units.set(cgroup, unit);
    return container;
  }

  /** `how`: what names it. One that only a monitor names is never the same as one that a control group does. */
  #ofName(named: NamedContainer, how: "cgroup" | "monitor"): Container {
    const key = `${how} ${named.id}`;
    const known = this.#named.get(key);
    if (known !== undefined) return known;
    const state = this.#state.find(named);
    const by = state === undefined || how === "monitor" ? how : "state";
    const container = createContainer(named.id, named.runtime, state, by);
    this.#named.set(key, container);
    return container;
  }

  /** The first container that a namespace is seen in has it: what is in both may be put into another group later. */
  #inNamespace(namespace: number, container: Container): Container {
    const known = this.#byNamespace.get(namespace);
    if (known === undefined || known.id.startsWith(UNKNOWN)) {
      const { id, runtime, state } = container;
      this.#byNamespace.set(namespace, createContainer(id, runtime, state, "namespace"));
    }
    return container;
  }

  #unknown(namespace: number): Container {
    const container = createContainer(`${UNKNOWN}${namespace}`, "", undefined, "namespace");
    this.#byNamespace.set(namespace, container);
    return container;
  }
}
