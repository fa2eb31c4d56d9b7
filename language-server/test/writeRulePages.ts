// Writes the pages of the rules anew (`npm run rules`).
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { configSchema } from "../src/rules/configSchema.ts";
import { rulePages } from "../src/rules/rulePages.ts";

const folder = fileURLToPath(new URL("../docs/rules", import.meta.url));
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const [name, text] of rulePages()) writeFileSync(join(folder, name), text);
writeFileSync(fileURLToPath(new URL("../schema/runglass.schema.json", import.meta.url)), configSchema());
