import { Component, lazy, Suspense, useEffect, useRef, type ReactNode } from "react";
import { EventsPage } from "./events/events-page.tsx";
import { EntityPage } from "./entity/entity-page.tsx";
import { HomePage } from "./home/home-page.tsx";
import { Link } from "./parts/link.tsx";
import { ErrorNotice } from "./parts/notice.tsx";
import { PageHead } from "./parts/page.tsx";
import { useAddress } from "./router.ts";
import { routeOf, to, type Route } from "./routes.ts";
import { ComparePage } from "./runs/compare-page.tsx";
import { RunPage } from "./runs/run-page.tsx";
import { RunsPage } from "./runs/runs-page.tsx";
import { SearchBox } from "./search/search-box.tsx";
import { SearchPage } from "./search/search-page.tsx";
import { ThemeSwitch } from "./theme-switch.tsx";

// The graph library is as large as all the rest: it comes when it is needed.
const LineagePage = lazy(() => import("./lineage/lineage-page.tsx"));

const sections: readonly { name: string; href: string; pages: readonly Route["page"][] }[] = [
  { name: "Home", href: to.home, pages: ["home"] },
  { name: "Search", href: to.search(), pages: ["search"] },
  { name: "Runs", href: to.runs(), pages: ["runs", "run", "compare"] },
  { name: "Events", href: to.events, pages: ["events"] },
];

/** Header and the page of the address. */
export function App() {
  const { pathname } = useAddress();
  const route = routeOf(pathname);
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    // A screen reader hears of the new page; the first one it reads anyway.
    if (!first.current) main.current?.focus({ preventScroll: true });
    first.current = false;
  }, [pathname]);
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="top">
        <Link className="brand" href={to.home} aria-label="omd, home">
          <Emblem />
          omd
        </Link>
        <nav aria-label="Sections">
          <ul>
            {sections.map(({ name, href, pages }) => (
              <li key={name}>
                <Link href={href} aria-current={pages.includes(route.page) ? "page" : undefined}>
                  {name}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <SearchBox />
        <ThemeSwitch />
      </header>
      <main id="main" ref={main} tabIndex={-1} className={route.page === "lineage" ? "wide" : undefined}>
        <Fence key={pathname}>
          <Suspense fallback={<p className="notice">Loading the page …</p>}>{pageOf(route)}</Suspense>
        </Fence>
      </main>
    </div>
  );
}

function pageOf(route: Route): ReactNode {
  switch (route.page) {
    case "home":
      return <HomePage />;
    case "search":
      return <SearchPage />;
    case "entity":
      return <EntityPage type={route.type} fqn={route.fqn} />;
    case "lineage":
      return <LineagePage type={route.type} fqn={route.fqn} />;
    case "runs":
      return <RunsPage />;
    case "run":
      return <RunPage id={route.id} />;
    case "compare":
      return <ComparePage />;
    case "events":
      return <EventsPage />;
    case "missing":
      return (
        <>
          <PageHead title="No such page" />
          <p>
            Nothing is at this address. <Link href={to.home}>Go to the start</Link>, or search above.
          </p>
        </>
      );
  }
}

function Emblem() {
  return (
    <svg width="20" height="20" viewBox="0 0 32 32" aria-hidden="true" fill="currentColor">
      <path d="M9 8h6a8 8 0 0 1 8 8 8 8 0 0 1-8 8H9" fill="none" stroke="currentColor" strokeWidth="3" />
      <circle cx="8" cy="8" r="5" />
      <circle cx="8" cy="24" r="5" />
      <circle cx="24" cy="16" r="5" />
    </svg>
  );
}

/** Keeps the header usable when a page breaks. */
class Fence extends Component<{ readonly children: ReactNode }, { readonly error?: unknown }> {
  override state: { readonly error?: unknown } = {};

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    return this.state.error === undefined ? (
      this.props.children
    ) : (
      <ErrorNotice error={this.state.error} again={() => this.setState({ error: undefined })} />
    );
  }
}
