/** What `npm start` was asked to do. */
export interface StartOptions {
  /** The command to watch; empty: the sample session. */
  readonly command: readonly string[];
  readonly editor: "any" | "browser" | "none";
  /** Port of the VS Code server build; undefined: a free one. */
  readonly port?: number;
  /** Seconds that each step of the sample session lasts at least. */
  readonly pace?: number;
}

const numberOf = (option: string, text: string | undefined, max: number): number => {
  const value = Number(text);
  if (text === undefined || text === "" || !(value >= 0 && value <= max)) {
    throw new Error(`${option} takes a number from 0 to ${max}, not "${text ?? ""}".`);
  }
  return value;
};

/**
 * npm passes on what stands behind its own `--`: `npm start -- -- ls` arrives as `-- ls`, `npm start -- ls` as `ls`. The
 * first word that is no option of ours starts the command.
 *
 * @throws Error with a message for the user
 */
export const parseStartOptions = (argv: readonly string[]): StartOptions => {
  const rest = [...argv];
  let editor: StartOptions["editor"] = "any";
  let port: number | undefined;
  let pace: number | undefined;
  while (rest[0]?.startsWith("--") === true) {
    const word = rest.shift() ?? "";
    if (word === "--") break;
    const [option = "", inline] = word.split(/=(.*)/s);
    if (option === "--no-editor") editor = "none";
    else if (option === "--browser") editor = "browser";
    else if (option === "--port") port = Math.trunc(numberOf(option, inline ?? rest.shift(), 65_535));
    else if (option === "--pace") pace = numberOf(option, inline ?? rest.shift(), 600);
    else throw new Error(`npm start has no option ${option}; \`npm start -- --help\` lists them.`);
  }
  return {
    command: rest,
    editor,
    ...(port === undefined || port === 0 ? {} : { port }),
    ...(pace === undefined ? {} : { pace }),
  };
};
