import { lazy, Suspense } from "react";
import { api, type Entity } from "../api.ts";
import { kind, moment } from "../format.ts";
import { Link } from "../parts/link.tsx";
import { Kind, Mark } from "../parts/marks.tsx";
import { Loaded } from "../parts/notice.tsx";
import { PageHead } from "../parts/page.tsx";
import { useAddress } from "../router.ts";
import { to } from "../routes.ts";
import { useLoad } from "../use-load.ts";
import { figure, text, title } from "./entity-fields.ts";
import { EntityOverview } from "./entity-overview.tsx";
import { JsonTab } from "./json-tab.tsx";
import { VersionsTab } from "./versions-tab.tsx";

const LineageView = lazy(() => import("../lineage/lineage-view.tsx"));

const tabs = [
  { key: "overview", name: "Overview" },
  { key: "lineage", name: "Lineage" },
  { key: "versions", name: "Versions" },
  { key: "json", name: "JSON" },
] as const;

/** One entity of any kind. */
export function EntityPage({ type, fqn }: { readonly type: string; readonly fqn: string }) {
  const { query } = useAddress();
  const tab = tabs.find(({ key }) => key === query.get("tab"))?.key ?? "overview";
  const load = useLoad(`${type} ${fqn}`, (signal) => api.entity(type, fqn, signal));
  const entity = load.value;
  const updated = entity && figure(entity, "updatedAt");
  return (
    <>
      <PageHead
        title={entity ? title(entity, fqn) : fqn}
        before={<Kind type={type} />}
        marks={entity?.["deleted"] === true ? <Mark state="deleted" /> : undefined}
        under={
          <>
            <span className="mono">{fqn}</span>
            {updated === undefined
              ? undefined
              : ` · version ${figure(entity ?? {}, "version") ?? "?"} of ${moment(updated)}`}
          </>
        }
        actions={
          <Link className="button" href={to.lineage(type, fqn)}>
            Open lineage
          </Link>
        }
      />
      <nav className="tabs" aria-label={`Parts of this ${kind(type)}`}>
        {tabs.map(({ key, name }) => (
          <Link
            key={key}
            href={to.entity(type, fqn, key === "overview" ? undefined : key)}
            aria-current={key === tab ? "page" : undefined}
          >
            {name}
          </Link>
        ))}
      </nav>
      <Loaded load={load} what={`the ${kind(type)}`}>
        {(whole) => <Tab tab={tab} type={type} fqn={fqn} entity={whole} />}
      </Loaded>
    </>
  );
}

function Tab(props: {
  readonly tab: (typeof tabs)[number]["key"];
  readonly type: string;
  readonly fqn: string;
  readonly entity: Entity;
}) {
  const { tab, type, fqn, entity } = props;
  switch (tab) {
    case "overview":
      return <EntityOverview type={type} fqn={fqn} entity={entity} />;
    case "lineage":
      return (
        <Suspense fallback={<p className="notice">Loading the graph …</p>}>
          <LineageView type={type} fqn={fqn} />
        </Suspense>
      );
    case "versions":
      return <VersionsTab type={type} id={text(entity, "id") ?? ""} />;
    case "json":
      return <JsonTab entity={entity} name={text(entity, "name") ?? "entity"} />;
  }
}
