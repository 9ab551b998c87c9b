const keys = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];

/** Sets exactly these proxy variables, whatever the machine's environment says; returns what undoes it. */
export function setProxyVariables(wanted: Readonly<Record<string, string>>): () => void {
  const before = keys.map((key) => [key, process.env[key]] as const);
  const write = (values: Iterable<readonly [string, string | undefined]>): void => {
    for (const [key, value] of values) {
      if (value === undefined) delete process.env[key];
      else process.env[key] = value;
    }
  };
  write(keys.map((key) => [key, wanted[key]] as const));
  return () => write(before);
}
