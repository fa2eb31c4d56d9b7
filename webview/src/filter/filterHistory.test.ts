import assert from "node:assert/strict";
import { FilterHistory } from "./filterHistory.ts";

describe("FilterHistory", () => {
  it("has the filters that were used, each once, the newest first, and no more than can be looked over", () => {
    const history = new FilterHistory();
    for (const text of ["host:a", " comm:git ", "", "host:a", "nokey:x port:y"]) history.note(text);
    assert.deepEqual(history.used, ["host:a", "comm:git"]);
    for (let i = 0; i < 20; i++) history.note(`pid:${i}`);
    assert.deepEqual([history.used.length, history.used[0]], [10, "pid:19"]);
  });
});
