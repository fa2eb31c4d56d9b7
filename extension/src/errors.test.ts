import assert from "node:assert/strict";
import { signedOut } from "./github/failures.ts";
import { UserError } from "./errors.ts";

describe("UserError", () => {
  it("is known also where another bundle has made it, and nothing else is", async () => {
    // The same file under another address is another class, as in another bundle.
    const address = "./errors.ts?another";
    const another = (await import(address)) as { UserError: typeof UserError };
    assert.notEqual(another.UserError, UserError);
    const error: unknown = new another.UserError(signedOut("https://github.com"));
    assert.ok(error instanceof UserError);
    assert.equal(error.failure.code, "signedOut");
    for (const other of [new Error("x"), undefined, null, "x", {}]) assert.equal(other instanceof UserError, false);
  });
});
