import { spawn } from "node:child_process";

/** The program of each platform that opens an address. */
const openers: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/** Opens the address in the user's browser; answers whether there was a program to do it. */
export async function openBrowser(url: string): Promise<boolean> {
  const [program = "xdg-open", ...args] = openers[process.platform] ?? [];
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const child = spawn(program, [...args, url], { stdio: "ignore", detached: true });
  child.on("error", () => {
    resolve(false);
  });
  child.on("spawn", () => {
    child.unref();
    resolve(true);
  });
  return promise;
}
