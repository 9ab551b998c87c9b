/** One way a secret may be written. `text` is what is looked for. */
export interface CanaryForm {
  readonly form: string;
  readonly text: string;
  readonly ignoreCase: boolean;
}

/** The part of a base64 text that is the same whatever stands before and after the secret, for each of the three alignments. */
function base64Cores(secret: string): string[] {
  const bytes = Buffer.from(secret, "utf8");
  return [0, 1, 2].map((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replace(/[=]+$/u, "");
    const start = Math.ceil((before * 8) / 6);
    const sure = Math.floor(((before + bytes.length) * 8) / 6);
    return whole.slice(start, sure);
  });
}

const shortestCore = 8;

/** The forms in which a secret is looked for: plain, JSON, URL, form, XML, hex, base64 (also inside a longer text, as in Basic credentials). */
export function canaryForms(secret: string): readonly CanaryForm[] {
  if (secret.length < shortestCore) throw new RangeError(`a canary needs at least ${shortestCore} characters`);
  const percent = encodeURIComponent(secret);
  const cores = base64Cores(secret).filter((core) => core.length >= shortestCore);
  const all: CanaryForm[] = [
    { form: "plain", text: secret, ignoreCase: false },
    { form: "json", text: JSON.stringify(secret).slice(1, -1), ignoreCase: false },
    { form: "json with \\/", text: JSON.stringify(secret).slice(1, -1).replaceAll("/", "\\/"), ignoreCase: false },
    { form: "url", text: percent, ignoreCase: true },
    { form: "url path", text: encodeURI(secret), ignoreCase: true },
    { form: "form", text: new URLSearchParams({ v: secret }).toString().slice(2), ignoreCase: true },
    {
      form: "xml",
      text: secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
      ignoreCase: false,
    },
    { form: "hex", text: Buffer.from(secret, "utf8").toString("hex"), ignoreCase: true },
    ...cores.map((text) => ({ form: "base64", text, ignoreCase: false })),
    ...cores.map((core) => ({
      form: "base64url",
      text: core.replaceAll("+", "-").replaceAll("/", "_"),
      ignoreCase: false,
    })),
  ];
  const known = new Set<string>();
  return all.filter(({ text }) => !known.has(text) && known.add(text));
}
