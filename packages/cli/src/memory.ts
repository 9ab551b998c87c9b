import diagnosticsChannel from "node:diagnostics_channel";
import { availableParallelism } from "node:os";
import v8 from "node:v8";
import vm from "node:vm";

const mib = 2 ** 20;

/**
 * How memory may grow: per cent of the heap between full collections, and bytes of a half of V8's space for new objects. Where answers of a server come in
 * pieces, all is short-lived, and more room would only be filled; where files are read, what is known of them lives on and would be looked through again and again.
 */
const growth = {
  served: { percent: 40, newSpace: 4 * mib },
  local: { percent: 100, newSpace: 16 * mib },
  server: { percent: 60, newSpace: 4 * mib },
};
type Growth = (typeof growth)["served"];

/** Resident memory from which a run gives unused pages back, and the part of its time that this may take. */
const resident = { limit: 180 * mib, lookMs: 50, mostTime: 0.05 };

const answered = "http.client.response.finish";

/**
 * Keeps memory flat. Node would rather let garbage pile up to some 400 MiB than collect it, and a run makes much of it: each page of an answer lives for a
 * moment only. To be called before the modules are loaded.
 */
export function collectEarly(): void {
  v8.setFlagsFromString(`--heap-growing-percent=${growth.served.percent}`);
  v8.setFlagsFromString("--semi-space-growth-factor=1");
  // Of threads that are started later, in MiB. V8 begins with 1 for new objects, where the factor would keep it, and with so little for old ones
  // that a thread with 20 in use collects all of them ten times in a run.
  v8.setFlagsFromString("--min-semi-space-size=8");
  v8.setFlagsFromString("--initial-old-space-size=64");
  // A run, its catalog and its SQL keep two cores busy: helpers of a collection would only take turns with them.
  if (availableParallelism() <= 2) v8.setFlagsFromString("--no-parallel-scavenge");
}

/** Lets the space for new objects grow, once the modules are loaded, for as long as that makes a run faster and no longer. */
export function boundRun(): void {
  const onAnswer = (): void => {
    clearInterval(timer);
    if (grow(growth.served)) return;
    diagnosticsChannel.unsubscribe(answered, onAnswer);
    givePagesBack();
  };
  // A timer alone could miss that the space grew twice; and not every source asks a server.
  diagnosticsChannel.subscribe(answered, onAnswer);
  const timer = watch(growth.local);
}

/** The same for a server, which would take 100 MiB more and answer no sooner. Its writer's thread has a limit of its own. */
export function boundServer(): void {
  watch(growth.server);
}

function watch(limits: Growth): NodeJS.Timeout {
  const timer = setInterval(() => {
    if (!grow(limits)) clearInterval(timer);
  }, 250).unref();
  return timer;
}

/** Whether there is room for more. */
function grow({ percent, newSpace }: Growth): boolean {
  const size = v8.getHeapSpaceStatistics().find((space) => space.space_name === "new_space")?.space_size ?? 0;
  v8.setFlagsFromString(`--heap-growing-percent=${percent}`);
  v8.setFlagsFromString(`--semi-space-growth-factor=${size < 2 * newSpace ? 2 : 1}`);
  return size < 2 * newSpace;
}

/**
 * V8 keeps all pages that its heap ever had, some 50 MiB of unused ones in a long run; of its collections only one gives them back to the system. It shrinks
 * the space for new objects too, which costs a tenth of the speed from then on: for runs that would not stay small otherwise.
 */
function givePagesBack(): void {
  let collect: (() => void) | undefined;
  let notBefore = 0;
  setInterval(() => {
    const began = performance.now();
    if (began < notBefore || process.memoryUsage.rss() < resident.limit) return;
    collect ??= lastResort();
    collect();
    const ended = performance.now();
    notBefore = ended + (ended - began) / resident.mostTime;
  }, resident.lookMs).unref();
}

function lastResort(): () => void {
  v8.setFlagsFromString("--expose-gc");
  const gc = vm.runInNewContext("gc") as NodeJS.GCFunction;
  v8.setFlagsFromString("--no-expose-gc");
  return () => gc({ type: "major", execution: "sync", flavor: "last-resort" });
}
