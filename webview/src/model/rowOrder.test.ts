import assert from "node:assert/strict";
import fc from "fast-check";
import { RowOrder } from "./rowOrder.ts";

describe("RowOrder", () => {
  it("is a list: insertions behind any row, places and rows agree", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5000), { minLength: 1, maxLength: 3000 }), (anchors) => {
        const order = new RowOrder();
        const list: number[] = [];
        anchors.forEach((anchor, i) => {
          const row = i + 1;
          const at = list.length === 0 ? -1 : anchor % list.length;
          if (at < 0 || anchor % 3 === 0) {
            order.push(row);
            list.push(row);
          } else {
            assert.ok(order.insertAfter(list[at]!, row));
            list.splice(at + 1, 0, row);
          }
        });
        assert.equal(order.count, list.length);
        list.forEach((row, place) => {
          assert.equal(order.at(place), row);
          assert.equal(order.placeOf(row), place);
        });
      }),
      { numRuns: 30 },
    );
  });

  it("knows what it does not hold", () => {
    const order = new RowOrder();
    order.push(5);
    assert.deepEqual([order.at(-1), order.at(1), order.placeOf(6), order.insertAfter(6, 7)], [0, 0, -1, false]);
    order.clear();
    assert.deepEqual([order.count, order.has(5)], [0, false]);
  });
});
