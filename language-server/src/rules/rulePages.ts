// The documentation of the rules, made of what each says of itself: a page a rule, and one that lists them.
import { RULES } from "./allRules.ts";
import type { RuleText } from "./rule.ts";
import { noReason } from "./suppress/noReason.ts";
import { unused } from "./suppress/unused.ts";

export const RULE_TEXTS: readonly RuleText[] = [...RULES, noReason, unused];

export const pageName = (rule: string): string => `${rule.replace("/", "-")}.md`;

/** Where the page of a rule is read. */
export const pageUrl = (rule: string): string =>
  `https://github.com/runglass/runglass/blob/main/language-server/docs/rules/${pageName(rule)}`;

const example = (text: string): string => `\`\`\`yaml\n${text}\n\`\`\``;

const pageOf = ({ id, severity, title, why, fix, wrong, right }: RuleText, isOff: boolean): string =>
  [
    `# ${id}`,
    `${title}. (${severity}${isOff ? ", off until it is turned on" : ""})`,
    why,
    "Wrong:",
    example(wrong),
    "Right:",
    example(right),
    `Fix: ${fix}`,
    `To suppress it where it is right after all: \`# runglass: ignore[${id}] reason\` at the end of the line, or of the key's line for a whole list.`,
    "",
  ]
    .join("\n\n")
    .trimEnd() + "\n";

/** All pages, by their file's name. */
export const rulePages = (): ReadonlyMap<string, string> => {
  const pages = new Map<string, string>();
  const rows = RULE_TEXTS.map(
    ({ id, severity, title }) => `| [${id}](${pageName(id)}) | ${severity} | ${title.replaceAll("|", "\\|")} |`,
  );
  const head =
    "# The rules\n\nMade of the rules themselves by `npm run rules`.\n\n| rule | severity | says |\n| --- | --- | --- |\n";
  pages.set("README.md", `${head}${rows.join("\n")}\n`);
  const off = new Set(RULES.filter(({ isOff }) => isOff === true).map(({ id }) => id));
  for (const rule of RULE_TEXTS) pages.set(pageName(rule.id), pageOf(rule, off.has(rule.id)));
  return pages;
};
