// One container of the run, as far as it is known.
import { quote } from "../events/json.ts";
import { shortText } from "../events/shortText.ts";
import type { ContainerState } from "./runtimeState.ts";

/**
 * How it is known that a process is in it. `state`: its control group is named after a container that the runtime's own
 * files know; `cgroup`: only the name of its control group says so; `monitor`: the control group does not, but it is the
 * child of a runtime's monitor, in a PID namespace of its own; `namespace`: nor is it that, but it is in the PID namespace
 * of that container, or in one of its own that nothing tells of.
 */
export type Knowledge = "state" | "cgroup" | "monitor" | "namespace";

export interface Container {
  readonly id: string;
  /** `docker`, `podman`, `containerd`, `cri-o`, `buildkit`, `buildah`; empty where nothing tells. */
  readonly runtime: string;
  /** What its runtime's files say of it. */
  readonly state: ContainerState | undefined;
  readonly by: Knowledge;
  /** `,"container":"…","containerInfo":{…` without the end of the object. */
  readonly json: string;
}

const LONGEST_NAME = 200;
const LONGEST_IMAGE = 300;

const field = (name: string, value: string | undefined, most: number): string =>
  value === undefined || value === "" ? "" : `"${name}":${quote(shortText(value, most))},`;

export const createContainer = (
  id: string,
  runtime: string,
  state: ContainerState | undefined,
  by: Knowledge,
): Container => {
  const known = state?.runtime ?? runtime;
  const json =
    `,"container":${quote(id)},"containerInfo":{${field("runtime", known, LONGEST_NAME)}` +
    `${field("name", state?.name, LONGEST_NAME)}${field("image", state?.image, LONGEST_IMAGE)}"by":"${by}"`;
  return { id, runtime: known, state, by, json };
};

/** What a `process.exec` says of the container; `pid` inside it, 0 where that is the machine's own. */
export const containerFields = (container: Container | undefined, pid: number): string =>
  container === undefined ? "" : `${container.json}${pid === 0 ? "" : `,"pid":${pid}`}}`;
