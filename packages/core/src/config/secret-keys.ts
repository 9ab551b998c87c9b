const secretKey =
  /(pass(word|wd|phrase)|secret|token|api[-_.]?key|private[-_.]?key|secret[-_.]?(access[-_.]?)?key|auth[-_.]?string|credentials?|jaas\.config|connection[-_.]?string|authorization)$/i;

/** Whether the value of this key must never be shown: `password`, `jwtToken`, `awsSecretAccessKey`, `sasl.jaas.config` … */
export function isSecretKey(key: string | number | undefined): boolean {
  return typeof key === "string" && secretKey.test(key);
}
