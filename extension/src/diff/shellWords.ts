// Splits shell text into commands and words, well enough to find what they name. Nothing is expanded.

const MAX_TEXT = 16_384;
const MAX_COMMANDS = 100;

/** The words of each simple command: `a b && c` gives two. Quotes are taken off; what they hold is one word. */
export const commandsIn = (text: string): string[][] => {
  const commands: string[][] = [[]];
  let word = "";
  let isWord = false;
  let quote = "";
  const endWord = (): void => {
    if (isWord) commands.at(-1)?.push(word);
    [word, isWord] = ["", false];
  };
  const endCommand = (): void => {
    endWord();
    if ((commands.at(-1)?.length ?? 0) > 0) commands.push([]);
  };
  for (let i = 0; i < Math.min(text.length, MAX_TEXT) && commands.length <= MAX_COMMANDS; i += 1) {
    const char = text[i] ?? "";
    if (quote !== "") {
      if (char === quote) quote = "";
      else if (char === "\\" && quote === '"') word += text[(i += 1)] ?? "";
      else word += char;
    } else if (char === "'" || char === '"') [quote, isWord] = [char, true];
    else if (char === "\\") {
      // A line that goes on in the next one.
      if (text[i + 1] === "\n") i += 1;
      else [word, isWord] = [word + (text[(i += 1)] ?? ""), true];
    } else if (/[;&|\n()]/.test(char)) endCommand();
    else if (/\s/.test(char)) endWord();
    else if (char === "#" && !isWord) {
      while (i + 1 < text.length && text[i + 1] !== "\n") i += 1;
    } else [word, isWord] = [word + char, true];
  }
  endCommand();
  return commands.filter((words) => words.length > 0);
};

/** A text to compare command lines by: without quotes, backslashes and doubled blanks. */
export const comparable = (text: string): string =>
  text
    .replaceAll(/["'\\]/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
