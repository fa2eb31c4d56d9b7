import assert from "node:assert/strict";
import fc from "fast-check";
import { BoundedMap as SummaryMap } from "../../report/boundedMap.ts";
import { BoundedMap } from "./boundedMap.ts";

/** The same, as one would write it without a thought of its cost. */
class PlainMap {
  readonly entries: (readonly [number, number])[] = [];
  readonly evicted: number[] = [];
  set(key: number, value: number, limit: number): void {
    this.delete(key);
    this.entries.push([key, value]);
    const oldest = this.entries.length > limit ? this.entries.shift() : undefined;
    if (oldest !== undefined) this.evicted.push(oldest[0]);
  }
  delete(key: number): boolean {
    const at = this.entries.findIndex(([known]) => known === key);
    if (at >= 0) this.entries.splice(at, 1);
    return at >= 0;
  }
  get(key: number): number | undefined {
    return this.entries.find(([known]) => known === key)?.[1];
  }
}

describe("BoundedMap", () => {
  it("lets the least recently set go, whatever is set and deleted in between", () => {
    const act = fc.tuple(fc.constantFrom("set", "set", "delete", "clear"), fc.nat(12), fc.nat(3));
    fc.assert(
      fc.property(fc.array(act, { maxLength: 200 }), fc.integer({ min: 1, max: 6 }), (acts, limit) => {
        const evicted: number[] = [];
        const map = new BoundedMap<number, number>(limit, (key) => evicted.push(key));
        const plain = new PlainMap();
        for (const [what, key, value] of acts) {
          if (what === "set") {
            map.set(key, value);
            plain.set(key, value, limit);
          } else {
            for (const one of what === "clear" ? plain.entries.map(([known]) => known) : [key]) {
              assert.equal(map.delete(one), plain.delete(one));
            }
          }
          assert.deepEqual([...map.entries()], plain.entries);
          assert.deepEqual([map.size, map.get(key)], [plain.entries.length, plain.get(key)]);
        }
        assert.deepEqual(evicted, plain.evicted);
      }),
      { seed: 23, numRuns: 400 },
    );
  });

  it("costs the same for each entry, however large it is", () => {
    // Begun at the front for each entry that goes, these take half a minute.
    for (const map of [new BoundedMap<number, number>(65_536), new SummaryMap<number, number>(65_536)]) {
      const began = performance.now();
      for (let i = 0; i < 500_000; i++) map.set(i, i);
      assert.equal(map.size, 65_536);
      assert.ok(performance.now() - began < 10_000, `${Math.round(performance.now() - began)} ms`);
    }
  });
});
