// The runs of this window, and which of them is the current one: the one that a command without a run means.
import type { RunSession } from "./runSession.ts";
import { createSignal } from "./signal.ts";

export class RunRegistry {
  readonly #runs = new Map<string, RunSession>();
  readonly #changes = createSignal<RunSession | undefined>();
  readonly #stops = new Map<string, () => void>();
  #current: string | undefined;

  get runs(): readonly RunSession[] {
    return [...this.#runs.values()];
  }

  get current(): RunSession | undefined {
    return this.#current === undefined ? undefined : this.#runs.get(this.#current);
  }

  get(key: string): RunSession | undefined {
    return this.#runs.get(key);
  }

  /** Called with the run that changed, or undefined where the list, or which run is current, changed. */
  onChange(listener: (run: RunSession | undefined) => void): () => void {
    return this.#changes.listen(listener);
  }

  /** Adds a run and makes it the current one. */
  add(run: RunSession): void {
    this.#stops.get(run.key)?.();
    this.#runs.set(run.key, run);
    this.#stops.set(
      run.key,
      run.onChange(() => this.#changes.fire(run)),
    );
    this.#current = run.key;
    this.#changes.fire(undefined);
  }

  /** The user turned to this run. */
  makeCurrent(run: RunSession): void {
    if (this.#current === run.key || !this.#runs.has(run.key)) return;
    this.#current = run.key;
    this.#changes.fire(undefined);
  }

  /** Takes a run out; `keep` leaves a live run's copy for the next start. */
  async remove(run: RunSession, keep = false): Promise<void> {
    if (this.#runs.get(run.key) !== run) return;
    this.#stops.get(run.key)?.();
    this.#stops.delete(run.key);
    this.#runs.delete(run.key);
    if (this.#current === run.key) this.#current = [...this.#runs.keys()].at(-1);
    this.#changes.fire(undefined);
    await run.dispose(keep);
  }

  /** The window closes: live copies stay for the next start, and nobody is told, so that editors stay to be restored. */
  async close(): Promise<void> {
    for (const stop of this.#stops.values()) stop();
    this.#stops.clear();
    await Promise.allSettled(this.runs.map((run) => run.dispose(true)));
  }
}
