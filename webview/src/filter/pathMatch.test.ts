import assert from "node:assert/strict";
import fc from "fast-check";
import { StringTable } from "../model/stringTable.ts";
import { compileGlob, globTest } from "./glob.ts";
import { compilePath } from "./pathMatch.ts";

/** Few letters, so that patterns meet paths. */
const part = fc.string({ unit: fc.constantFrom("a", "b", "A", "."), maxLength: 3 });
const name = part.filter((text) => text !== "");
const directory = fc.oneof(
  fc.constant("/"),
  fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join("/")}`),
);
const pattern = fc.string({ unit: fc.constantFrom("a", "b", "B", "/", "*", "."), minLength: 1, maxLength: 5 });

describe("compilePath", () => {
  it("fits exactly the paths that fit as a whole", () => {
    fc.assert(
      fc.property(directory, name, fc.array(pattern, { minLength: 1, maxLength: 2 }), (above, file, texts) => {
        const globs = texts.map((text) => compileGlob(text, false, false));
        const strings = new StringTable();
        const test = compilePath(strings, globs);
        const whole = `${above === "/" ? "" : above}/${file}`;
        const wanted = globs.some((glob) => globTest(glob, whole));
        assert.equal(test(strings.intern(above), strings.intern(file)), wanted, `${texts.join(" or ")} in ${whole}`);
      }),
      { numRuns: 5000 },
    );
  });
});
