const secretKey =
  /(pass(word|wd|phrase)|secret|token|api[-_.]?key|(account|shared|access)[-_.]?key|private[-_.]?key|secret[-_.]?(access[-_.]?)?key|auth[-_.]?string|credentials?|jaas\.config|connection[-_.]?string|authorization)$/i;

/** Whether the value of this key must never be shown: `password`, `jwtToken`, `awsSecretAccessKey`, `sasl.jaas.config` … */
export function isSecretKey(key: string | number | undefined): boolean {
  return typeof key === "string" && secretKey.test(key);
}

/** Passwords in the URLs of a text, as they are written there and decoded. */
export function urlPasswords(text: string): string[] {
  const found = text.matchAll(/[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@]{0,256}:([^\s/@]{1,1024})@/giu);
  return [...found].flatMap(([, written = ""]) => {
    try {
      return [...new Set([written, decodeURIComponent(written)])];
    } catch {
      return [written];
    }
  });
}
