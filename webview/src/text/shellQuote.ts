// A command line that a shell reads back as the same arguments, and that is safe to paste: whatever a terminal or a reader
// could take for something else is written as an escape.

/** Not "=" in front, which zsh takes for the path of a command. */
const bare = /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/;
const needsEscapes = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

const escapedChar = (char: string): string => {
  const code = char.codePointAt(0) ?? 0;
  if (char === "'" || char === "\\") return `\\${char}`;
  if (!needsEscapes.test(char)) return char;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
};

/** One argument, quoted for bash, zsh and ksh (`$'…'` where it needs escapes). */
export const shellQuote = (argument: string): string => {
  if (bare.test(argument)) return argument;
  if (!needsEscapes.test(argument)) return `'${argument.replaceAll("'", `'\\''`)}'`;
  return `$'${Array.from(argument, escapedChar).join("")}'`;
};

/** A command whose name holds "=" would set a variable. */
const commandName = (name: string): string => (bare.test(name) && name.includes("=") ? `'${name}'` : shellQuote(name));

export const shellCommand = (argv: readonly string[]): string =>
  argv.map((argument, i) => (i === 0 ? commandName(argument) : shellQuote(argument))).join(" ");
