// What `npm start` was asked to do. Plain JavaScript: read before anything is set up, so that a wrong word is told at once.

/**
 * `command`: what to watch, empty for the sample session; `port`: of the VS Code server build, a free one where absent;
 * `pace`: seconds that each step of the sample session lasts at least.
 * @typedef {{
 *   command: readonly string[];
 *   editor: "any" | "browser" | "none";
 *   help: boolean;
 *   port?: number;
 *   pace?: number;
 * }} StartOptions
 */

/** @param {string} option @param {string | undefined} text @param {number} max @returns {number} */
const numberOf = (option, text, max) => {
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
 * @param {readonly string[]} argv
 * @returns {StartOptions}
 * @throws {Error} with a message for the user
 */
export const parseStartOptions = (argv) => {
  const rest = [...argv];
  /** @type {StartOptions} */
  const options = { command: [], editor: "any", help: false };
  while (rest[0]?.startsWith("-") === true) {
    const word = rest.shift() ?? "";
    if (word === "--") break;
    const [option = "", inline] = word.split(/=(.*)/s);
    if (option === "--help" || option === "-h") options.help = true;
    else if (option === "--no-editor") options.editor = "none";
    else if (option === "--browser") options.editor = "browser";
    else if (option === "--port") options.port = Math.trunc(numberOf(option, inline ?? rest.shift(), 65_535));
    else if (option === "--pace") options.pace = numberOf(option, inline ?? rest.shift(), 600);
    else throw new Error(`npm start has no option ${option}; \`npm start -- --help\` lists them.`);
  }
  options.command = rest;
  return options;
};

export const startHelp = `npm start [-- OPTIONS] [-- COMMAND …]

Sets up what is missing, records a sample agent session on this machine and shows it live in VS Code.
With a COMMAND, records that instead: npm start -- -- npm test

  --no-editor    only record: no VS Code is started
  --browser      the VS Code server build even where there is a desktop VS Code
  --port N       the port of the VS Code server build (default: a free one)
  --pace N       how many seconds each step of the sample session lasts at least (default: 4; 0: as fast as it can)
  --help         this text

Ctrl-C ends everything that was started. The exit code is COMMAND's, or 130 where it was not at its end yet. The run logs are kept in .tools/runs.
`;
