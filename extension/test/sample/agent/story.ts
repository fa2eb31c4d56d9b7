import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One tool call of the agent; paths are relative to the repository. A command that `fails` has to, with that text in its output. */
export type ToolCall =
  | { readonly tool: "bash"; readonly command: string; readonly fails?: string }
  | { readonly tool: "create"; readonly path: string; readonly text: string; readonly mode?: number }
  | { readonly tool: "str_replace"; readonly path: string; readonly old: string; readonly new: string }
  | { readonly tool: "remove"; readonly path: string }
  | { readonly tool: "github-mcp-server-get_issue" | "github-mcp-server-list_commits"; readonly port: number };

/** What the agent does between two pauses. */
export type Turn = readonly ToolCall[];

const source = (name: string): string => readFileSync(join(import.meta.dirname, "files", name), "utf8");
const createOcr = (name: string): ToolCall => ({ tool: "create", path: name, text: source(name) });

const FIXED_THRESHOLD = '    """The shade below which a pixel counts as ink."""\n    return 64\n';

const OTSU_THRESHOLD = `    """The shade below which a pixel counts as ink: the one that parts ink from paper best (Otsu's method)."""
    counts = [0] * 256
    for pixel in image.pixels:
        counts[pixel] += 1
    total = len(image.pixels)
    whole = sum(shade * count for shade, count in enumerate(counts))
    best, best_at, dark, dark_sum = -1.0, 0, 0, 0
    for shade, count in enumerate(counts):
        dark += count
        dark_sum += shade * count
        light = total - dark
        if not dark or not light:
            continue
        between = dark * light * (dark_sum / dark - (whole - dark_sum) / light) ** 2
        if between > best:
            best, best_at = between, shade
    return best_at + 1
`;

/** The agent's work on the repository: it looks around, installs, writes the program, sees its test fail, mends it, reports, commits. */
export const STORY: readonly Turn[] = [
  [
    { tool: "bash", command: "pwd && find . -maxdepth 2 -type f -not -path './.git/*' | sort && cat README.md" },
    { tool: "github-mcp-server-get_issue", port: 2301 },
  ],
  [
    { tool: "bash", command: "git fetch --quiet --unshallow origin && git --no-pager log --oneline" },
    { tool: "github-mcp-server-list_commits", port: 2302 },
  ],
  [{ tool: "bash", command: "npm install --no-audit" }],
  [{ tool: "bash", command: "npm audit && npm ls --all" }],
  [
    createOcr("ocr/__init__.py"),
    createOcr("ocr/segment.py"),
    createOcr("ocr/recognize.py"),
    createOcr("ocr/__main__.py"),
  ],
  [
    createOcr("tests/__init__.py"),
    createOcr("tests/test_ocr.py"),
    { tool: "create", path: "bin/ocr", text: source("bin-ocr.sh"), mode: 0o755 },
    { tool: "create", path: "notes.txt", text: "try a fixed threshold first\n" },
  ],
  [
    {
      tool: "create",
      path: "requirements.txt",
      text: "# What the scans are read with.\nocto-pgm==2.1.0\nocto-glyphs==2.1.0\n",
    },
    {
      tool: "bash",
      command: 'python3 -m pip install --quiet --no-input --upgrade --target "$RUNNER_TEMP/python" -r requirements.txt',
    },
  ],
  [{ tool: "bash", command: "python3 -m unittest discover -s tests -t .", fails: "FAILED (failures=3)" }],
  [{ tool: "str_replace", path: "ocr/segment.py", old: FIXED_THRESHOLD, new: OTSU_THRESHOLD }],
  [{ tool: "bash", command: "python3 -m unittest discover -s tests -t ." }],
  [
    {
      tool: "bash",
      command:
        "bin/ocr samples/*.pgm > amounts.json && npm run --silent report amounts.json report.html && ln -f report.html report-latest.html",
    },
  ],
  [
    { tool: "remove", path: "notes.txt" },
    {
      tool: "bash",
      command:
        "mv amounts.json samples/amounts.json && find . -name __pycache__ -not -path './node_modules/*' -prune -exec rm -r {} + && git status --short",
    },
  ],
  [
    {
      tool: "bash",
      command:
        'git add --all && git commit --quiet -m "Read the amounts on receipts" -m "Agent-Logs-Url: https://github.com/$GITHUB_REPOSITORY/sessions/$COPILOT_AGENT_SESSION_ID" && git --no-pager show --stat',
    },
  ],
];
