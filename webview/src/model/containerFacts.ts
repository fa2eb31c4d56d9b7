// What the log says of each container, by its id; all as text numbers.
import type { ExecInfo } from "../../../collector/protocol/events.ts";
import type { RunModel } from "./runModel.ts";
import { noteSeen } from "./seenValues.ts";

export interface ContainerFacts {
  readonly runtime: number;
  readonly name: number;
  readonly image: number;
  /** What it rests on that a process is in it, as its last program said. */
  readonly by: number;
}

/** Containers whose names are kept; of further ones only the ids are shown. */
const MAX_CONTAINERS = 10_000;

/** The text number of the container's id; 0 for none. */
export const noteContainer = (model: RunModel, { container, containerInfo }: ExecInfo): number => {
  if (container === undefined || container === "") return 0;
  const { strings, containers } = model;
  const id = strings.intern(container);
  if (containerInfo === undefined || (containers.size >= MAX_CONTAINERS && !containers.has(id))) return id;
  const { runtime = "", name = "", image = "", by } = containerInfo;
  containers.set(id, {
    runtime: strings.intern(runtime),
    name: strings.intern(name),
    image: strings.intern(image),
    by: strings.intern(by),
  });
  noteSeen(model.seen, "container", name === "" ? container : name);
  return id;
};
