import { CommandHelp, type Config } from "@oclif/core";

const start = "<!-- commands, written by `npm run docs` -->";
const end = "<!-- end of commands -->";
const helpWidth = 100;

/** Help of all commands of this package as Markdown. */
export function commandReference(config: Config): string {
  const own = config.commands.filter((command) => command.pluginName === config.name);
  const parts = own.map((command) => {
    const shown = { ...command, id: command.id.replaceAll(":", " ") };
    const help = new CommandHelp(shown, config, {
      maxWidth: helpWidth,
      stripAnsi: true,
    });
    const name = `${config.bin} ${shown.id}`;
    return `### ${name}\n\n\`\`\`text\n${trimmed(help.generate())}\n\`\`\``;
  });
  return parts.join("\n\n");
}

/** The README with its part between the markers replaced. Throws when the markers are not there. */
export function withReference(readme: string, reference: string): string {
  const [before, rest] = readme.split(start);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined)
    throw new Error("README.md has lost the markers of its command reference");
  return `${before}${start}\n\n${reference}\n\n${end}${after}`;
}

function trimmed(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")
    .trim();
}
