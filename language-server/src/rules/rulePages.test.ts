import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { configSchema } from "./configSchema.ts";
import { RULE_TEXTS, rulePages } from "./rulePages.ts";

const folder = fileURLToPath(new URL("../../docs/rules", import.meta.url));

describe("the pages of the rules", () => {
  it("are those that the rules make: else run `npm run rules`", () => {
    const pages = rulePages();
    assert.deepEqual(readdirSync(folder).toSorted(), [...pages.keys()].toSorted());
    for (const [name, text] of pages) assert.equal(readFileSync(join(folder, name), "utf8"), text, name);
  });

  it("and the schema of what a repository wants of them, too", () => {
    const path = fileURLToPath(new URL("../../schema/runglass.schema.json", import.meta.url));
    assert.equal(readFileSync(path, "utf8"), configSchema());
    const { properties } = JSON.parse(configSchema()) as {
      properties: {
        lint: { properties: { rules: { properties: Record<string, { enum: string[]; default: string }> } } };
      };
    };
    const { rules } = properties.lint.properties;
    assert.deepEqual(
      Object.keys(rules.properties),
      RULE_TEXTS.map(({ id }) => id),
    );
    assert.equal(rules.properties["endpoint/unsorted"]?.default, "off");
    for (const rule of Object.values(rules.properties)) assert.ok(rule.enum.includes(rule.default));
  });

  it("say something of each rule, and each rule once", () => {
    assert.equal(new Set(RULE_TEXTS.map(({ id }) => id)).size, 82);
    for (const { id, title, why, fix, wrong, right } of RULE_TEXTS) {
      assert.match(id, /^(?:endpoint|policy|step|observed|copilot|runglass|suppress)\/[a-z-]+$/);
      for (const text of [title, why, fix, wrong, right]) assert.notEqual(text.trim(), "", id);
      assert.ok(!title.endsWith("."), id);
    }
  });
});
