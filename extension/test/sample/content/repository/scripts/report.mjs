import { writeFile } from "node:fs/promises";

import { dateOnly } from "@octo-org/date-only";
import { escapeHtml } from "@octo-org/html-escape";
import { money } from "@octo-org/money";
import { readJson } from "@octo-org/read-json";
import { slug } from "@octo-org/slug";
import { sum } from "@octo-org/sum";
import { table } from "@octo-org/table";

const [, , input, output] = process.argv;
const receipts = await readJson(input);
const rows = Object.entries(receipts).map(([name, amounts]) => {
  const items = amounts.slice(0, -1).map(Number);
  const total = Number(amounts.at(-1));
  if (money(sum(items)) !== money(total)) throw new Error(`${name}: the items do not add up to ${money(total)}`);
  return [slug(name), String(items.length), money(total)];
});
const text = table([["receipt", "items", "total"], ...rows]);
await writeFile(output, `<h1>Receipts, ${dateOnly(new Date())}</h1>\n<pre>${escapeHtml(text)}</pre>\n`);
process.stdout.write(`${text}\n`);
