import assert from "node:assert/strict";
import fc from "fast-check";
import { initialState, readState, type ViewState } from "./viewState.ts";

describe("readState", () => {
  const state: ViewState = {
    v: 1,
    session: "s",
    view: "network",
    detailsOpen: true,
    timeline: false,
    sorts: { network: { by: "bytes", descending: true } },
    detailsShare: 0.5,
    widths: { result: 120 },
    place: {
      run: "r 1",
      trees: {
        processes: { mode: "all", opened: [1], closed: [2, 3] },
        files: { mode: "none", opened: [], closed: [] },
      },
      row: 4,
      cell: 1,
      top: { row: 2, offset: 7 },
      follow: false,
      filter: "x",
    },
  };

  it("reads what it wrote", () => assert.deepEqual(readState(JSON.parse(JSON.stringify(state))), state));
  it("begins anew with a state of another version", () =>
    assert.deepEqual(readState({ ...state, v: 2 }), initialState));
  it("takes anything without failing, and gives what the page can use", () => {
    const near = fc.record({
      v: fc.constant(1),
      place: fc.jsonValue(),
      widths: fc.jsonValue(),
      detailsShare: fc.jsonValue(),
    });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), near), (value) => {
        const got = readState(value);
        assert.ok(got.detailsShare >= 0.1 && got.detailsShare <= 0.9);
        const rows = Object.values(got.place?.trees ?? {}).flatMap(({ opened, closed }) => [...opened, ...closed]);
        assert.ok(rows.every((row) => row > 0 && row < 1 << 21));
      }),
    );
  });
});
