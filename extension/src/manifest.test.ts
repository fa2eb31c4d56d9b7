import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { commands, contextKeys, editors, gitHubCommands, pageCommands, runContexts, settings, views } from "./ids.ts";

interface Item {
  readonly command: string;
  readonly when?: string;
}
interface Manifest {
  readonly main: string;
  readonly icon: string;
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly commands: readonly (Item & { readonly title: string; readonly category: string })[];
    readonly menus: Readonly<Record<string, readonly Item[]>>;
    readonly keybindings: readonly Item[];
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly when?: string }[]>>;
    readonly viewsContainers: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly customEditors: readonly { readonly viewType: string }[];
    readonly configuration: {
      readonly properties: Readonly<Record<string, { readonly markdownDescription?: string }>>;
    };
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string }[];
  };
}

const root = new URL("../../", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as Manifest;
const { contributes } = manifest;
const ids = (of: Readonly<Record<string, string>>): string[] => Object.values(of).toSorted();

describe("package.json and ids.ts", () => {
  it("name the same commands", () => {
    const known = [...ids(commands), ...ids(gitHubCommands), ...Object.keys(pageCommands)].toSorted();
    assert.deepEqual(contributes.commands.map(({ command }) => command).toSorted(), known);
  });

  it("name the same views, editors and settings", () => {
    const contributed = Object.values(contributes.views).flat();
    assert.deepEqual(contributed.map(({ id }) => id).toSorted(), ids(views));
    assert.deepEqual(Object.keys(contributes.configuration.properties).toSorted(), ids(settings));
    assert.deepEqual(
      contributes.customEditors.map(({ viewType }) => viewType),
      [editors.runLog],
    );
    assert.ok(manifest.activationEvents.includes(`onWebviewPanel:${editors.monitor}`));
  });

  it("put only known commands into menus, keys and links", () => {
    const known = new Set<string>([...ids(commands), ...ids(gitHubCommands), ...Object.keys(pageCommands)]);
    const used = [...Object.values(contributes.menus).flat(), ...contributes.keybindings].map(({ command }) => command);
    const linked = contributes.viewsWelcome.flatMap(({ contents }) => [...contents.matchAll(/\(command:([^)]+)\)/g)]);
    for (const id of [...used, ...linked.map((match) => match[1]!)]) assert.ok(known.has(id), id);
  });

  it("use only known names in when-clauses", () => {
    const clauses = [
      ...Object.values(contributes.menus).flat(),
      ...contributes.keybindings,
      ...Object.values(contributes.views).flat(),
    ].flatMap(({ when }) => (when === undefined ? [] : [when]));
    const known = new Set<string>([...ids(views), ...ids(editors), ...ids(contextKeys)]);
    for (const clause of clauses) {
      for (const [name] of clause.matchAll(/runglass\.\w+/g)) assert.ok(known.has(name), `${name} in ${clause}`);
    }
    const states = new Set(ids(runContexts).map((context) => context.replace("run.", "")));
    for (const clause of clauses) {
      const listed = /viewItem =~ \/\^run\\\.\(([^)]*)\)\$\//.exec(clause)?.[1];
      for (const state of listed?.split("|") ?? []) assert.ok(states.has(state), `${state} in ${clause}`);
    }
  });

  it("say in the palette whose command it is, and describe every setting", () => {
    for (const { command, title, category } of contributes.commands) {
      assert.equal(category, "Runglass", command);
      assert.match(title, /^[A-Z]/, command);
    }
    for (const [name, setting] of Object.entries(contributes.configuration.properties)) {
      assert.ok((setting.markdownDescription ?? "").length > 20, name);
    }
  });

  it("start for nothing but what needs it", () => {
    for (const event of manifest.activationEvents) assert.doesNotMatch(event, /^\*$|^onStartupFinished$/);
  });

  it("have a PNG icon of 256 pixels", () => {
    const png = readFileSync(new URL(manifest.icon, root));
    assert.equal(png.toString("latin1", 1, 4), "PNG");
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [256, 256]);
  });
});
