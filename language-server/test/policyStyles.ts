// One policy in every shape that a list of endpoints is written in.

const PIN = "95d9a5deda9de15063e7595e9719c11c38c90ae2";

const workflow = (inputs: string, before = "", behind = ""): string => `name: ci
on: push
${before}jobs:
  j:
    runs-on: ubuntu-latest
    steps:
      # the monitor
      - uses: step-security/harden-runner@${PIN} # v2.20.0
        with:
          egress-policy: block
${inputs}${behind}
      - run: make # the work
`;

const lines = (words: readonly string[], indent: string): string => words.map((word) => indent + word).join("\n");
const DEEP = " ".repeat(12);

/** A comment takes all that is behind it on its line. */
const hasComment = (words: readonly string[]): boolean => words.some((word) => word.includes("#"));
/** Can the words stand in a plain scalar? */
const isPlain = (words: readonly string[]): boolean => !hasComment(words) && !/^[*'"]/.test(words[0] ?? "");
const isQuotable = (words: readonly string[], quote: string): boolean => words.every((word) => !word.includes(quote));

const write: Readonly<Record<string, (words: readonly string[]) => string | undefined>> = {
  folded: (words) => workflow(`          allowed-endpoints: >\n${lines(words, DEEP)}`),
  "folded, stripped": (words) => workflow(`          allowed-endpoints: >-\n${lines(words, DEEP)}`),
  "folded, kept": (words) => workflow(`          allowed-endpoints: >+\n${lines(words, DEEP)}\n\n`),
  "folded with a comment behind the header": (words) =>
    workflow(`          allowed-endpoints: > # hosts\n${lines(words, DEEP)}`),
  "folded with an indentation": (words) => workflow(`          allowed-endpoints: >1-\n${lines(words, DEEP)}`),
  "folded with empty lines": (words) =>
    workflow(`          allowed-endpoints: >\n${words.map((word) => DEEP + word).join("\n\n")}`),
  "folded with deeper lines": (words) =>
    workflow(
      `          allowed-endpoints: >\n${words.map((word, at) => DEEP + " ".repeat(at === 0 ? 0 : (at * 3) % 5) + word).join("\n")}`,
    ),
  "folded in one line": (words) =>
    hasComment(words) ? undefined : workflow(`          allowed-endpoints: >\n${DEEP}${words.join(" ")}`),
  literal: (words) => workflow(`          allowed-endpoints: |\n${lines(words, DEEP)}`),
  "literal, kept, with an indentation": (words) => workflow(`          allowed-endpoints: |2+\n${lines(words, DEEP)}`),
  "literal with empty lines": (words) =>
    workflow(`          allowed-endpoints: |-\n${words.map((word) => DEEP + word).join("\n\n")}`),
  "literal with tabs": (words) =>
    hasComment(words) ? undefined : workflow(`          allowed-endpoints: |\n${DEEP}${words.join("\t")}`),
  plain: (words) => (isPlain(words) ? workflow(`          allowed-endpoints: ${words.join(" ")}`) : undefined),
  "plain with tabs": (words) =>
    isPlain(words) ? workflow(`          allowed-endpoints: ${words.join("\t ")}`) : undefined,
  "plain below the key": (words) =>
    isPlain(words) ? workflow(`          allowed-endpoints:\n${lines(words, DEEP)}`) : undefined,
  "plain with empty lines": (words) =>
    isPlain(words) ? workflow(`          allowed-endpoints: ${words.join(`\n\n${DEEP}`)}`) : undefined,
  single: (words) =>
    isQuotable(words, "'") && !hasComment(words)
      ? workflow(`          allowed-endpoints: '${words.join(" ")}'`)
      : undefined,
  "single, many lines": (words) =>
    isQuotable(words, "'") ? workflow(`          allowed-endpoints: '${words.join(`\n${DEEP}`)}'`) : undefined,
  double: (words) =>
    isQuotable(words, '"') && !hasComment(words)
      ? workflow(`          "allowed-endpoints": "${words.join(" ")}"`)
      : undefined,
  "double, continued": (words) =>
    isQuotable(words, '"') ? workflow(`          allowed-endpoints: "${words.join(` \\\n${DEEP}`)}"`) : undefined,
  "double with escapes": (words) =>
    hasComment(words) ? undefined : workflow(`          allowed-endpoints: "${words.join("\\n")}"`),
  "in a flow map": (words) =>
    hasComment(words)
      ? undefined
      : workflow("", "", "").replace(
          / {8}with:\n.*\n\n/,
          `        with: { egress-policy: block, allowed-endpoints: "${words.join(" ")}" }\n`,
        ),
  "a sequence": (words) =>
    isPlain(words) && words.every((word) => !/^[*'"]/.test(word))
      ? workflow(`          allowed-endpoints:\n${words.map((word) => `${DEEP}- ${word} # why`).join("\n")}`)
      : undefined,
  "in the environment": (words) =>
    workflow("          allowed-endpoints: ${{ env.HOSTS }}", `env:\n  HOSTS: |\n${lines(words, "    ")}\n`),
  "by an alias": (words) =>
    workflow(
      "          allowed-endpoints: *hosts",
      `env:\n  HOSTS: &hosts >\n${words.map((word) => `    ${word}`).join("\n\n")}\n`,
    ),
};

export const styles: readonly string[] = Object.keys(write);

/** A workflow whose policy lists these words; undefined where they cannot be written so. */
export const writePolicy = (style: string, words: readonly string[]): string | undefined => write[style]?.(words);
