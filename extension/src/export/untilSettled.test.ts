import assert from "node:assert/strict";
import { RunRegistry } from "../sessions/registry.ts";
import type { RunSession } from "../sessions/runSession.ts";
import { createSignal } from "../sessions/signal.ts";
import { untilSettled } from "./untilSettled.ts";

describe("waiting for a run that is exported", () => {
  let registry: RunRegistry;
  let run: RunSession & { set(kind: string): void };
  let abort: AbortController;

  beforeEach(() => {
    const changes = createSignal<void>();
    const fake = {
      key: "x",
      state: { kind: "loading" },
      onChange: (listener: () => void) => changes.listen(listener),
      dispose: async () => undefined,
      set: (kind: string) => {
        fake.state = { kind };
        changes.fire();
      },
    };
    run = fake as unknown as typeof run;
    registry = new RunRegistry();
    registry.add(run);
    abort = new AbortController();
  });

  it("ends when it has come", async () => {
    const waiting = untilSettled(run, registry, abort.signal);
    run.set("connecting");
    run.set("ended");
    assert.equal(await waiting, true);
    assert.equal(await untilSettled(run, registry, abort.signal), true, "at once where it is there");
  });

  it("ends when it was removed, replaced, or given up", async () => {
    const given = untilSettled(run, registry, abort.signal);
    const replaced = untilSettled(run, registry, new AbortController().signal);
    abort.abort();
    assert.equal(await given, false);
    const other = { ...run };
    registry.add(other);
    assert.equal(await replaced, false);
    const removed = untilSettled(other, registry, new AbortController().signal);
    await registry.remove(other);
    assert.equal(await removed, false);
  });
});
