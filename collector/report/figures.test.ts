import assert from "node:assert/strict";
import { byteSize, duration, grouped, plural } from "./figures.ts";

describe("figures", () => {
  it("are short and have their unit", () => {
    const sizes: readonly (readonly [number, string])[] = [
      [0, "0 B"],
      [999, "999 B"],
      [1_000, "1.00 kB"],
      [31_240, "31.2 kB"],
      [999_499, "999 kB"],
      [999_600, "1.00 MB"],
      [4_400_000, "4.40 MB"],
      [Number.MAX_SAFE_INTEGER, "9.01 PB"],
    ];
    for (const [bytes, text] of sizes) assert.equal(byteSize(bytes), text);
    const times: readonly (readonly [number, string])[] = [
      [0, "0.00 s"],
      [420_000, "0.42 s"],
      [12_340_000, "12.3 s"],
      [59_980_000, "1 min 0 s"],
      [461_000_000, "7 min 41 s"],
      [7_500_000_000, "2 h 05 min"],
    ];
    for (const [us, text] of times) assert.equal(duration(us), text);
    assert.equal(grouped(1_234_567), "1,234,567");
    assert.equal(plural(1, "process", "processes"), "1 process");
    assert.equal(plural(2_000, "file"), "2,000 files");
  });
});
