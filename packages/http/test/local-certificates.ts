import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { ServerOptions } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";

/** A CA of its own, `server.pem` for 127.0.0.1, `client.pem`, and their keys. */
export interface Certificates {
  /** Path of a file. */
  at(name: string): string;
  /** What a server needs; a mutual one refuses clients without a certificate. */
  server(mutual: boolean): ServerOptions;
  remove(): void;
}

/** Made anew with openssl, so that none can run out in the repository. */
export function makeCertificates(): Certificates {
  const directory = mkdtempSync(path.join(tmpdir(), "omd-tls-"));
  const at = (name: string): string => path.join(directory, name);
  const openssl = (line: string): void => {
    execFileSync("openssl", line.split(" "), { cwd: directory, stdio: "pipe" });
  };
  const ec = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
  writeFileSync(at("san.txt"), "subjectAltName=IP:127.0.0.1\n");
  openssl(`req -x509 ${ec} -keyout ca.key -out ca.pem -days 2 -subj /CN=test-CA`);
  for (const name of ["server", "client"]) {
    const signed = `-CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile san.txt`;
    openssl(`req ${ec} -keyout ${name}.key -out ${name}.csr -subj /CN=${name}`);
    openssl(`x509 -req -in ${name}.csr -out ${name}.pem ${signed}`);
  }
  return {
    at,
    server: (mutual) => ({
      key: readFileSync(at("server.key")),
      cert: readFileSync(at("server.pem")),
      ...(mutual ? { ca: readFileSync(at("ca.pem")), requestCert: true, rejectUnauthorized: true } : {}),
    }),
    remove: () => rmSync(directory, { recursive: true }),
  };
}
