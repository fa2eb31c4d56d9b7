// What happened in each container.
import type { ExecInfo, RunEvent } from "../protocol/events.ts";
import { BoundedMap } from "./boundedMap.ts";
import type { ContainerSummary, Listed } from "./runSummary.ts";

const MOST_CONTAINERS = 1_000;
const MOST_PROCESSES = 100_000;

type Counted = { -readonly [K in keyof ContainerSummary]: ContainerSummary[K] };

export class ContainerTally {
  readonly #containers = new Map<string, Counted>();
  /** Of the processes in containers that have not ended, which one each is in. */
  readonly #inside = new BoundedMap<string, Counted>(MOST_PROCESSES);
  #unlisted = false;

  take(event: RunEvent): void {
    const { process } = event;
    if (process === undefined) return;
    if (event.type === "process.exec") {
      this.#exec(process, event.exec);
      return;
    }
    if (event.type === "process.exit") {
      this.#inside.delete(process);
      return;
    }
    if (event.type !== "net.connect" && event.type !== "file.write") return;
    const container = this.#inside.get(process);
    if (container === undefined) return;
    if (event.type === "net.connect") container.connections += 1;
    else container.fileOperations += event.count ?? 1;
  }

  /** At most `most` containers, in the order in which they were seen first. */
  list(most: number): Listed<ContainerSummary> {
    const items = [...this.#containers.values()].slice(0, most).map((container) => ({ ...container }));
    return { items, omitted: this.#containers.size - items.length + (this.#unlisted ? 1 : 0) };
  }

  #exec(process: string, { container: id, containerInfo }: ExecInfo): void {
    const before = this.#inside.get(process);
    if (id === undefined) {
      if (before !== undefined) this.#inside.delete(process);
      return;
    }
    if (before?.id === id) return;
    let container = this.#containers.get(id);
    if (container === undefined) {
      if (this.#containers.size >= MOST_CONTAINERS) {
        this.#unlisted = true;
        return;
      }
      const { runtime, name, image } = containerInfo ?? {};
      container = {
        id,
        ...(runtime === undefined ? {} : { runtime }),
        ...(name === undefined ? {} : { name }),
        ...(image === undefined ? {} : { image }),
        processes: 0,
        connections: 0,
        fileOperations: 0,
      };
      this.#containers.set(id, container);
    }
    container.processes += 1;
    this.#inside.set(process, container);
  }
}
