// Containers in words.
import { NONE } from "../model/rowKinds.ts";
import type { RunModel } from "../model/runModel.ts";

/** As the runtimes' own programs show ids. */
export const shortId = (id: string): string => (/^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : id);

/** A name, else the beginning of the id, of the container with that text number. */
export const containerName = (model: RunModel, id: number): string => {
  const name = model.text(model.containers.get(id)?.name);
  return name !== "" ? name : shortId(model.text(id));
};

/** Of a process that is in another container than the one that has started it; 0 for all others. */
export const enteredContainer = (model: RunModel, process: number): number => {
  const { container, parent } = model.processes;
  const own = container[process] ?? 0;
  const above = parent[process] ?? NONE;
  return above !== NONE && (container[above] ?? 0) === own ? 0 : own;
};

const grounds: Readonly<Record<string, string>> = {
  state: "its runtime knows the container that the control group is named after",
  cgroup: "only the name of the control group says so",
  monitor: "the program that watches over the container says so",
  namespace: "it shares the container's process ids",
};

/** What is known of a process's container, part by part. */
export const containerTexts = (model: RunModel, process: number): string[] => {
  const id = model.processes.container[process] ?? 0;
  if (id === 0) return [];
  const facts = model.containers.get(id);
  const [runtime, image, by] = [model.text(facts?.runtime), model.text(facts?.image), model.text(facts?.by)];
  const inside = model.processes.insidePid[process] ?? 0;
  return [
    `${containerName(model, id)}${runtime === "" ? "" : ` (${runtime})`}`,
    ...(image === "" ? [] : [`image ${image}`]),
    ...(inside === 0 ? [] : [`pid ${inside} inside`]),
    `id ${model.text(id)}`,
    ...(by === "" ? [] : [grounds[by] ?? by]),
  ];
};
