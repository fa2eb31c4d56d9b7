import assert from "node:assert/strict";
import { root } from "../setup/paths.mjs";
import { userEnvironment, withoutProjectPaths } from "./userCommand.ts";

describe("userCommand", () => {
  it("takes out of PATH what npm and the set-up have put in front", () => {
    const path = `${root}/node_modules/.bin:${root}/node_modules/node/bin:/home/u/node_modules/.bin:/usr/lib/npm/node-gyp-bin`;
    assert.equal(withoutProjectPaths(`${path}:/usr/local/bin:/usr/bin`), "/usr/local/bin:/usr/bin");
  });

  it("keeps the user's variables and leaves npm's behind", () => {
    const env = { HOME: "/home/u", npm_config_cache: "/x", NPM_CONFIG_X: "1", INIT_CWD: "/y", PATH: "/usr/bin" };
    assert.deepEqual(userEnvironment(env), { HOME: "/home/u", PATH: "/usr/bin" });
  });
});
