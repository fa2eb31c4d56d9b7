// The schema of `.github/runglass.yml`, for editors with a YAML or JSON extension; made of the rules themselves.
import { CHOICES } from "../lint/config.ts";
import { pageUrl, RULE_TEXTS } from "./rulePages.ts";

/** As a file: `schema/runglass.schema.json`. */
export const configSchema = (): string => {
  const choice = { enum: [...CHOICES] };
  const rules = Object.fromEntries(
    RULE_TEXTS.map(({ id, title, why, severity, isOff }) => [
      id,
      {
        ...choice,
        description: `${title}. ${why}`,
        default: isOff === true ? "off" : severity,
        "x-page": pageUrl(id),
      },
    ]),
  );
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Runglass: what a repository wants of the linter (.github/runglass.yml)",
    type: "object",
    additionalProperties: false,
    properties: {
      lint: {
        type: ["object", "null"],
        additionalProperties: false,
        description: "What the linter looks for.",
        properties: {
          rules: {
            type: ["object", "null"],
            additionalProperties: false,
            description: "Rules turned off, or on, or given another severity.",
            properties: rules,
          },
        },
      },
    },
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
};
