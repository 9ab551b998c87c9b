import { OmdError } from "@omd/core";
import { isHttpError, type HttpError } from "@omd/http";

/** What a failed connection looks like and what the user can do; the first that fits is shown. Codes are those of Node and OpenSSL. */
const signs: readonly (readonly [RegExp, string])[] = [
  [
    /EPROTO|wrong version number|packet length too long/iu,
    "The server does not speak TLS at this port: write hostPort with http://, or give the port that has https.",
  ],
  [
    /certificate required/iu,
    "The server wants a certificate of its clients: name its files in `omd.http.certFile` and `omd.http.keyFile`.",
  ],
  [
    /certificate|CERT_|UNABLE_TO_|SELF_SIGNED|altname/u,
    "The server's certificate is not trusted here: name a file with its CA in `omd.http.caFile`, or set `connection.verifySSL: false`.",
  ],
  [
    /tunnel|proxy/iu,
    "The proxy did not let the call through: check HTTP_PROXY and HTTPS_PROXY, and put Airflow's host into NO_PROXY if it is reached without one.",
  ],
  [
    /ECONNREFUSED/u,
    "Nothing listens there: check host and port of hostPort, and that Airflow's web server runs. In a container `localhost` is the container itself.",
  ],
  [/ENOTFOUND|EAI_AGAIN/u, "The name of the host is not known here: check hostPort and the DNS of this machine."],
  [
    /EHOSTUNREACH|ENETUNREACH|ETIMEDOUT/u,
    "There is no way to the host: check hostPort, firewalls, the VPN, and HTTPS_PROXY if there is a proxy.",
  ],
  [
    /ECONNRESET|EPIPE|socket hang up/u,
    "The other side closed the connection without an answer: check the port and whether it wants https:// in hostPort.",
  ],
];

/** Adds to a failure to reach Airflow what the user can do about it (OMD_CONNECTION); anything else is returned as it is. */
export function reachable(thrown: unknown): unknown {
  if (!isHttpError(thrown)) return thrown;
  const hint = hintFor(thrown);
  if (hint === undefined) return thrown;
  return new OmdError("OMD_CONNECTION", thrown.message, { hint, status: thrown.status, cause: thrown });
}

function hintFor({ code, status, message, url = "" }: HttpError): string | undefined {
  if (status !== undefined) return hintForStatus(status);
  if (code === "ERR_TIMEOUT" || code === "ERR_DEADLINE")
    return "No answer came in time: check hostPort and firewalls, and whether Airflow's web server is overloaded (its /health page).";
  if (code !== "ERR_NETWORK") return undefined;
  // The address may hold any of the words.
  const said = message.replaceAll(url, "");
  return signs.find(([sign]) => sign.test(said))?.[1] ?? "Check hostPort and the network between here and Airflow.";
}

function hintForStatus(status: number): string | undefined {
  if (status === 429) return "Airflow, or what stands before it, takes no more calls for now: try again later.";
  if (status >= 500)
    return "Airflow's web server, or what stands before it, is in trouble: look at its log and its /health page.";
  if (status >= 300 && status < 400)
    return "The server leads elsewhere: give that address as hostPort, with https:// if it asks for it; a login page in front needs a `token`.";
  return undefined;
}
