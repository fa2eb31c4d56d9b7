// Text from the runner, made safe to show as text: attacker-controlled names must not reorder, hide or fake what stands
// beside them, nor become a link.

/** Control characters, and the format characters that change direction or are not seen. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u034F\u115F\u1160\u17B4\u17B5\u3164\uFFA0]/gu;

/** Where the target of a link begins: VS Code makes links of such text in notifications, also ones that run commands. */
const link = /\]\((?=https?:|command:|file:)/gi;

/** One line of at most `longest` characters; what can't be seen is shown as “·”, and a cut as “…”. */
export const plainText = (text: string, longest = 120): string => {
  // Cut first: the rest is work that an attacker chooses the size of.
  const visible = text
    .slice(0, longest * 2)
    .replaceAll(/[\t\r\n]+/g, " ")
    .replaceAll(unseen, "·")
    .replaceAll(link, "] (")
    .trim();
  const characters = [...visible];
  const cut = characters.length > longest || text.length > longest * 2;
  return cut ? `${characters.slice(0, longest - 1).join("")}…` : visible;
};

/**
 * The same in Markdown that shows it and nothing else: VS Code makes links of what only looks like an address, too. In entities,
 * as Markdown has no meaning for those.
 */
export const plainMarkdown = (text: string, longest = 120): string =>
  plainText(text, longest).replaceAll(/[^\p{L}\p{N} ]/gu, (character) => `&#${character.codePointAt(0)};`);

/** The same without codicons: `$(name)` in a status bar text would be drawn as an icon. */
export const plainStatusText = (text: string, longest = 60): string => plainText(text, longest).replaceAll("$(", "$ (");
