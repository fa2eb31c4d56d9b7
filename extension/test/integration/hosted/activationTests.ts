import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { startHostedCollector } from "./hostedCollector.ts";
import { commands, extensions, type Extension, type ExtensionContext } from "vscode";

interface Main {
  readonly activate: (context: ExtensionContext) => unknown;
}

/** Time that this process has had: what else runs on the machine does not count. */
const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const extension = (): Extension<unknown> => {
  const found = extensions.getExtension("runglass.runglass");
  assert.ok(found);
  return found;
};

describe("activation", () => {
  it("does not happen where nothing needs it", () => {
    assert.equal(extension().isActive, false);
  });

  it("takes less than 50 ms of the processor, and so does loading the bundle", async () => {
    process.env["RUNGLASS_CONNECT"] = await startHostedCollector();
    const { extensionPath, packageJSON } = extension();
    const main = join(extensionPath, (packageJSON as { main: string }).main);
    const require = createRequire(main);
    const beforeLoad = processorMs();
    const exported = require(main) as Main;
    const loadMs = processorMs() - beforeLoad;
    // VS Code finds the module in the cache, with a clock around its activate().
    let activateMs = Number.NaN;
    const cached = require.cache[main];
    assert.ok(cached);
    cached.exports = {
      ...exported,
      activate: (context: ExtensionContext): unknown => {
        const start = processorMs();
        try {
          return exported.activate(context);
        } finally {
          activateMs = processorMs() - start;
        }
      },
    };
    await extension().activate();
    assert.ok(activateMs < 50, `activate() took ${activateMs.toFixed(1)} ms`);
    assert.ok(loadMs < 50, `loading took ${loadMs.toFixed(1)} ms`);
  });

  it("registers every command of the manifest", async () => {
    const manifest = extension().packageJSON as { contributes: { commands: { command: string }[] } };
    const registered = new Set(await commands.getCommands(true));
    const missing = manifest.contributes.commands.map(({ command }) => command).filter((id) => !registered.has(id));
    assert.deepEqual(missing, []);
  });
});
