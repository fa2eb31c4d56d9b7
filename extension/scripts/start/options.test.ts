import assert from "node:assert/strict";
import { parseStartOptions } from "./options.mjs";

describe("parseStartOptions", () => {
  it("plays the sample session in whatever editor there is when told nothing", () => {
    assert.deepEqual(parseStartOptions([]), { command: [], editor: "any", help: false });
  });

  it("takes a command with and without a second --", () => {
    assert.deepEqual(parseStartOptions(["--", "npm", "test"]).command, ["npm", "test"]);
    assert.deepEqual(parseStartOptions(["npm", "test"]).command, ["npm", "test"]);
  });

  it("leaves the command's own options and dashes alone", () => {
    const argv = ["--no-editor", "--", "git", "--version", "--", "--port"];
    const expected = { command: ["git", "--version", "--", "--port"], editor: "none", help: false };
    assert.deepEqual(parseStartOptions(argv), expected);
  });

  it("takes values behind a blank or an equals sign", () => {
    assert.equal(parseStartOptions(["--port", "8080"]).port, 8080);
    assert.equal(parseStartOptions(["--port=8080"]).port, 8080);
    assert.equal(parseStartOptions(["--pace=0.5"]).pace, 0.5);
  });

  it("names what it does not understand", () => {
    assert.throws(() => parseStartOptions(["--prot", "1"]), /--prot/);
    assert.throws(() => parseStartOptions(["--port", "x"]), /--port takes a number/);
    assert.throws(() => parseStartOptions(["--port"]), /--port takes a number/);
    assert.throws(() => parseStartOptions(["--port", "65536"]), /65535/);
  });
});
