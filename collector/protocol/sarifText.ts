// Texts of SARIF may hold links, as `[words](target)`: what somebody else has written must not become one.

/** A bracket with what stands before it: a backslash there would take the meaning of ours away. */
const BRACKET = /(?<!\\)\\*\[/g;

/** `text` as a message of SARIF that has no link: brackets are escaped by backslashes where one could begin. */
export const sarifText = (text: string): string => {
  const last = text.lastIndexOf("](");
  if (last === -1) return text;
  const escaped = text.slice(0, last).replace(BRACKET, (found) => `${found.slice(0, -1).repeat(2)}\\[`);
  return escaped + text.slice(last);
};
