import assert from "node:assert/strict";
import { nearestName } from "./nearestName.ts";

describe("nearestName", () => {
  it("finds what was meant, a swap of neighbours included, and nothing far away", () => {
    assert.equal(nearestName("rceord", ["record", "collect"]), "record");
    assert.equal(nearestName("frobnicate", ["record", "collect"]), undefined);
  });
});
