import { useCallback, useEffect, useRef, useState } from "react";
import { api, type Direction } from "../api.ts";
import type { LineageAnswer, PathAnswer } from "../api-types.ts";
import { counted } from "../format.ts";
import { go, useAddress } from "../router.ts";
import { useLoad, type Load } from "../use-load.ts";
import { graphOf, merged, mostNodes, type Graph } from "./graph-state.ts";
import { sceneOf, type ColumnLevel, type Scene } from "./scene.ts";

/** The views of a lineage. */
export type View = "graph" | "table" | "impact";

/** What the address says about the lineage that is shown. */
export interface LineageChoice {
  readonly up: number;
  readonly down: number;
  readonly columns: boolean;
  readonly view: View;
  /** Id of the entity to which the path is shown. */
  readonly path: string | undefined;
  readonly impact: Direction;
}

/** Deepest choice. */
export const deepest = 6;

/** Reads the choice from the address, and writes it there. */
export function useChoice(): readonly [LineageChoice, (change: Readonly<Record<string, string | undefined>>) => void] {
  const { pathname, query } = useAddress();
  const depth = (name: string) => {
    const value = Number(query.get(name) ?? 2);
    return Number.isInteger(value) && value >= 0 ? Math.min(value, deepest) : 2;
  };
  const view = query.get("view");
  const choice: LineageChoice = {
    up: depth("up"),
    down: depth("down"),
    columns: query.get("level") === "column",
    view: view === "table" || view === "impact" ? view : "graph",
    path: query.get("path") ?? undefined,
    impact: query.get("impact") === "upstream" ? "upstream" : "downstream",
  };
  const change = (values: Readonly<Record<string, string | undefined>>) => {
    const next = new URLSearchParams(query);
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) next.delete(name);
      else next.set(name, value);
    }
    const text = next.toString();
    go(text === "" ? pathname : `${pathname}?${text}`, { replace: true });
  };
  return [choice, change];
}

/** The graph that is drawn, and what can be done with it. */
export interface LineageState {
  readonly load: Load<LineageAnswer>;
  readonly graph: Graph | undefined;
  readonly path: Load<PathAnswer>;
  /** What the last expansion brought, in words. */
  readonly said: string;
  readonly expand: (id: string, direction: Direction) => void;
}

/** Loads a lineage, and what is added to it by expanding and by a path. */
export function useLineage(type: string, fqn: string, choice: LineageChoice): LineageState {
  const { up, down } = choice;
  const load = useLoad(
    `${type} ${fqn} ${up} ${down}`,
    (signal) => api.lineage({ type, fqn }, { upstream: up, downstream: down, limit: mostNodes }, signal),
    // Another depth of the same entity: the graph stays until the new one is there.
    `${type} ${fqn}`,
  );
  const [graph, setGraph] = useState<Graph>();
  const [said, setSaid] = useState("");
  const root = load.value?.root;
  const wanted = choice.path !== undefined && root !== undefined ? `${root} ${choice.path}` : undefined;
  const path = useLoad(wanted, (signal) => api.path(root ?? "", choice.path ?? "", signal));
  useEffect(() => {
    setSaid("");
    setGraph(load.value ? graphOf(load.value) : undefined);
  }, [load.value]);
  useEffect(() => {
    const answer = path.value;
    if (answer && load.value) setGraph((before) => (before ? merged(before, answer) : before));
  }, [path.value, load.value]);
  const now = useRef(graph);
  now.current = graph;
  const expand = useCallback((id: string, direction: Direction) => {
    const before = now.current;
    const name = before?.nodes.get(id)?.name ?? "the entity";
    if (before && before.nodes.size >= mostNodes) {
      setSaid(
        `${mostNodes} entities are drawn, which is the most. Make another entity the start, or choose a smaller depth.`,
      );
      return;
    }
    const depth = { upstream: direction === "upstream" ? 1 : 0, downstream: direction === "downstream" ? 1 : 0 };
    api.lineage({ id }, { ...depth, limit: mostNodes }).then(
      (answer) => {
        // Another lineage may be shown by now.
        if (!now.current || now.current.root !== before?.root) return;
        const grown = merged(now.current, answer);
        setSaid(
          `${counted(grown.nodes.size - now.current.nodes.size, "entity", "entities")} added ${direction} of ${name}.`,
        );
        setGraph(grown);
      },
      (error: unknown) => setSaid(error instanceof Error ? error.message : "The neighbours could not be loaded."),
    );
  }, []);
  return { load, graph, path, said, expand };
}

/** The graph laid out; the old scene stays until the new one is ready. */
export function useScene(graph: Graph | undefined, level: ColumnLevel | undefined) {
  const [scene, setScene] = useState<Scene>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    if (!graph) {
      setScene(undefined);
      return;
    }
    let current = true;
    sceneOf(graph, level).then(
      (laid) => {
        if (!current) return;
        setError(undefined);
        setScene(laid);
      },
      (reason: unknown) => current && setError(reason ?? new Error("the layout failed")),
    );
    return () => {
      current = false;
    };
  }, [graph, level]);
  return { scene, error };
}
