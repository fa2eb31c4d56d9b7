// Text from a runner inside Markdown, as a job summary shows it: it must not become markup, a cell's end, a link, a
// mention or an image.
import { plainText } from "./plainText.ts";

const entity = (character: string): string => `&#${character.charCodeAt(0)};`;

/**
 * `text` as code in Markdown, also in a table cell: what can be markup stands as a numeric entity, which never is; and
 * inside the code element a mention notifies nobody. An underscore between letters is no markup and stays, as dots and
 * colons do unless `www.` or `scheme://` would become a link.
 */
export const markdownCode = (text: string, most?: number): string => {
  const safe = plainText(text, most)
    .replace(/[$&*<>[\\\]`|~]/g, entity)
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, entity)
    .replace(/:(?=\/\/)/g, entity)
    .replace(/(?<=www)\./gi, entity);
  return `<code>${safe}</code>`;
};

/** Texts that are nothing but text between two backticks, wherever these stand. */
const IS_PLAIN_SPAN = /^(?=\S)[^$&*<>[\\\]`|~]+(?<=\S)$/;

/** The same for Markdown that people read as it is written: between backticks where that is safe, as it nearly always is. */
export const codeSpan = (text: string, most?: number): string => {
  const plain = plainText(text, most);
  return IS_PLAIN_SPAN.test(plain) ? `\`${plain}\`` : markdownCode(text, most);
};
