import assert from "node:assert/strict";
import fc from "fast-check";
import { ipText } from "./ip.ts";

describe("ipText", () => {
  it("gives each IPv4 address its own text, whichever ones came before", () => {
    // Few values, so that many addresses share a place among those that are remembered.
    const part = fc.constantFrom(0, 1, 2, 3, 5, 127, 128, 192, 255);
    const address = fc.tuple(part, part, part, part);
    fc.assert(
      fc.property(fc.array(address, { maxLength: 60 }), (addresses) => {
        for (const one of addresses) assert.equal(ipText(Uint8Array.from([9, ...one]), 1, 4), one.join("."));
      }),
    );
  });
});
