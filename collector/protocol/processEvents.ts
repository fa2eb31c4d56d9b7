// The events of a process's own life: a part of the public contract, see events.ts.
import type { EventBase } from "./events.ts";

export interface ContainerInfo {
  /** `docker`, `podman`, `containerd`, `cri-o`, `buildkit`, `buildah`; absent where nothing tells. */
  readonly runtime?: string;
  readonly name?: string;
  readonly image?: string;
  /** The pid inside; absent where the process is in the machine's own PID namespace. `exec.pid` is the machine's. */
  readonly pid?: number;
  /**
   * `state`: its control group has the name of a container that the runtime's files on disk know; `cgroup`: only that name
   * says so, which whoever may make control groups can choose; `monitor`: it does not, but the process is the child of a
   * program that is named and called as a runtime's monitor (conmon, a shim of containerd), in a PID namespace of its own;
   * `namespace`: it is in the PID namespace of that container (or, `pidns-N`, in one that nothing tells of). Only `pid` and
   * the namespaces are said by the kernel itself.
   */
  readonly by: string;
}

export interface ExecInfo {
  /** The same id as the event's `process`. */
  readonly id: string;
  readonly pid: number;
  readonly ppid: number;
  /** Process id (not pid) of the parent, where the parent is part of the run. */
  readonly parent?: string;
  /** Absolute path of the executable. */
  readonly exe: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly uid: number;
  readonly user?: string;
  /**
   * Id of the container that it is in, as the runtime names it; `pidns-N` where it only is in a PID namespace of its own.
   * What it rests on says `containerInfo.by`.
   */
  readonly container?: string;
  readonly containerInfo?: ContainerInfo;
  /** argv was longer than the collector's cap and is cut. */
  readonly truncated?: boolean;
  /** No exec: a forked child that acts while still running its parent's program; said once, when it first acts. */
  readonly forked?: boolean;
  /** The process was running before the collector started. */
  readonly existing?: boolean;
}
export interface ProcessExec extends EventBase {
  readonly type: "process.exec";
  readonly exec: ExecInfo;
}
export interface ProcessExit extends EventBase {
  readonly type: "process.exit";
  readonly exit: {
    /** 0..255; 0 when a signal ended the process. */
    readonly code: number;
    /** Signal number that ended the process, 0 for none. */
    readonly signal: number;
    /** From the start of the process (its fork) to its exit. */
    readonly durationUs: number;
  };
}
