import { Flags } from "@oclif/core";
import { jsonFlag, omdHomeFlag } from "./omd-command.ts";

/** Flags of `omd serve` and `omd ui`. */
export const serveFlags = {
  host: Flags.string({
    description: "address to listen on; any other than loopback needs --token-file",
    default: "127.0.0.1",
    helpValue: "ADDRESS",
  }),
  port: Flags.integer({
    description: "port to listen on; 0 takes a free one",
    default: 8585,
    min: 0,
    max: 65_535,
    helpValue: "PORT",
  }),
  "token-file": Flags.file({
    description: "file with the token that every client must send as bearer",
    helpValue: "FILE",
  }),
  "tls-cert": Flags.file({ description: "certificate (PEM); serves HTTPS", dependsOn: ["tls-key"], helpValue: "FILE" }),
  "tls-key": Flags.file({
    description: "private key (PEM) of the certificate",
    dependsOn: ["tls-cert"],
    helpValue: "FILE",
  }),
  namespaces: Flags.file({
    description: "YAML that says which services the namespaces of OpenLineage events mean",
    helpValue: "FILE",
  }),
  "keep-events": Flags.string({
    description: "days that OpenLineage events and dead letters are kept, or all; what they brought stays",
    default: "90",
    helpValue: "DAYS",
  }),
  "om-version": Flags.string({
    description: "version of OpenMetadata that clients are told; its Python client wants its own major and minor",
    default: "1.12.8",
    helpValue: "VERSION",
  }),
  page: Flags.string({
    description: "page that is shown first, such as /lineage/table/shop.public.orders",
    default: "/",
    helpValue: "PATH",
  }),
  "omd-home": omdHomeFlag,
  json: jsonFlag,
};

export interface ServeFlagValues {
  readonly host: string;
  readonly port: number;
  readonly "token-file": string | undefined;
  readonly "tls-cert": string | undefined;
  readonly "tls-key": string | undefined;
  readonly namespaces: string | undefined;
  readonly "keep-events": string;
  readonly "om-version": string;
  readonly page: string;
  readonly "omd-home": string;
}
