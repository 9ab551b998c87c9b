import { readFileSync, existsSync } from "node:fs";
import path from "node:path";
import { recordingFile, recordRequest, replayAnswer, requestKey, type Exchange } from "./exchange.ts";
import type { Redactor } from "./redact.ts";
import {
  TransportError,
  type Flight,
  type Site,
  type Transport,
  type TransportAnswer,
  type TransportCall,
} from "./transport.ts";

/** Answers of one request in the order of recording; the last one is given again and again. */
interface Reel {
  readonly lines: string[];
  next: number;
}

/** Answers from a recording; opens no connection. */
export class ReplayTransport implements Transport {
  readonly #directory: string;
  readonly #redactor: Redactor;
  readonly #reels = new Map<string, Map<string, Reel>>();

  constructor(directory: string, redactor: Redactor) {
    this.#directory = directory;
    this.#redactor = redactor;
  }

  send(call: TransportCall): Flight {
    return { answer: this.#answer(call), cancel: () => undefined };
  }

  async #answer(call: TransportCall): Promise<TransportAnswer> {
    const request = recordRequest(call.request, call.site, this.#redactor);
    const reel = this.#load(call.site).get(requestKey(request));
    if (reel === undefined)
      throw new TransportError("replay", `the recording does not know the request ${JSON.stringify(request)}`);
    const line = reel.lines[Math.min(reel.next, reel.lines.length - 1)] ?? "";
    reel.next += 1;
    const answer = replayAnswer(JSON.parse(line) as Exchange, call.site);
    if (answer.body.length > call.maxBodyBytes)
      throw new TransportError("too-large", `the answer is larger than ${call.maxBodyBytes} bytes`);
    return answer;
  }

  #load(site: Site): Map<string, Reel> {
    const known = this.#reels.get(site.name);
    if (known !== undefined) return known;
    const file = path.join(this.#directory, recordingFile(site.name));
    if (!existsSync(file)) throw new TransportError("replay", `there is no recording ${recordingFile(site.name)}`);
    const reels = new Map<string, Reel>();
    for (const line of readFileSync(file, "utf8").split("\n")) {
      if (line === "") continue;
      const key = requestKey((JSON.parse(line) as Exchange).request);
      const reel = reels.get(key);
      if (reel === undefined) reels.set(key, { lines: [line], next: 0 });
      else reel.lines.push(line);
    }
    this.#reels.set(site.name, reels);
    return reels;
  }
}
