/** Around every screen: rail, head with search and the live strip, banner, palette, help, messages. */
import { Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from "react";
import { Button, I18nProvider, Menu, MenuItem, MenuTrigger, Popover, Switch } from "react-aria-components";

import { call, net } from "../api/client";
import { client, useConflicts, useSchema, useSession, useStatus } from "../api/queries";
import type { Session, Status } from "../api/types";
import { onRefused, openEdits, useEdits } from "../edits/store";
import { unsent } from "../edits/state";
import { when } from "../i18n/format";
import { label, lang, locale, setLang, useLang, useWords } from "../i18n/index";
import { applyEvent, knowKinds } from "../live/apply";
import { listen } from "../live/events";
import { mount } from "../mount";
import { undoLast } from "../record/settle";
import { Door } from "../screens/door";
import { useKeys } from "../ui/keys";
import { isDark, setTheme } from "../ui/prefs";
import { problemText } from "../ui/problem";
import { toast, Toasts } from "../ui/toast";
import { Help } from "./Help";
import { Link, useGo } from "./Link";
import { NewDialog } from "./NewDialog";
import { Palette } from "./Palette";
import { Icon, screens, type ScreenName } from "./screens";
import { Sign } from "../ui/sign";

export function Shell(): ReactNode {
  const { data: session, error } = useSession();
  const language = useLang();
  const t = useWords();
  return (
    <I18nProvider locale={locale(language)}>
      {session?.signed_in ? <Inside session={session} /> : session ? <Door session={session} /> : error ? <Door session={undefined} /> : <div className="door" aria-busy="true" aria-label={t.common.loading} />}
      <Toasts />
    </I18nProvider>
  );
}

function Inside({ session }: { session: Session }): ReactNode {
  const t = useWords();
  const go = useGo();
  const schema = useSchema();
  const path = useRouterState({ select: (state) => state.location.pathname }).slice(0);
  const here = path.startsWith(mount) ? path.slice(mount.length) : path;
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  const [creating, setCreating] = useState<string | null>(null);
  const main = useRef<HTMLElement>(null);
  const person = session.person?.id ?? "-";

  useEffect(() => {
    openEdits(person);
    const stop = listen(person, applyEvent);
    const heard = onRefused((_, problem) => toast(problemText(problem), { bad: true }));
    net.onSignedOut = () => void client.invalidateQueries({ queryKey: ["session"] });
    return () => {
      stop();
      heard();
    };
  }, [person]);
  useEffect(() => {
    if (schema) knowKinds((kind) => schema.kinds[kind]?.plural);
  }, [schema]);
  // A fresh sign-in by link lands on the link's own path.
  useEffect(() => {
    if (here !== "/link" && here !== "/setup") return;
    // Already signed in: the link is not needed, and its token must not stay in the history.
    history.replaceState(null, "", `${mount}/`);
    go("/");
    // oxlint-disable-next-line react/exhaustive-deps -- once a path
  }, [here]);

  const plural = (kind: string): string => `/${schema?.kinds[kind]?.plural ?? `${kind}s`}`;
  const leave = async (): Promise<void> => {
    await call("DELETE", "/session").catch(() => undefined);
    client.clear();
    location.assign(`${mount}/`);
  };
  useKeys({
    "ctrl+k": () => setPalette(true),
    "?": () => setHelp(true),
    "ctrl+z": () => void undoLast(),
    "g h": () => go("/"),
    "g c": () => go(plural("contact")),
    "g o": () => go(plural("company")),
    "g f": () => go(plural("task")),
    "g v": () => go(plural("visit")),
    "g a": () => go("/arrivals"),
    "g x": () => go("/review"),
    "g d": () => go("/devices"),
  });

  const items = screens(schema);
  const open = (name: ScreenName): string => items.find((one) => one.name === name)?.path ?? "/";
  const title = (name: ScreenName): string => {
    const one = items.find((item) => item.name === name);
    return one?.kind ? label(one.kind.labels) : t.nav[one?.word ?? "today"];
  };
  const current = (path_: string): boolean => (path_ === "/" ? here === "/" : here === path_ || here.startsWith(`${path_}/`));

  useEffect(() => {
    const found = items.find((one) => current(one.path));
    document.title = `${found ? title(found.name) : t.app} · Farley`;
    // oxlint-disable-next-line react/exhaustive-deps -- the address and the language name the page
  }, [here, t, schema]);

  return (
    <div className="app">
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {t.skip}
      </a>
      <nav className="rail" aria-label={t.nav.label}>
        <div className="rail-name">
          <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
            <path d="M1.500 4.500h13v9h-13zM3 4.500v-2h4v2M4.500 8h7M4.500 10.500h4" />
          </svg>
          <span>{session.workspace?.name || t.app}</span>
        </div>
        {items.map((one, i) => (
          <span key={one.name} className="contents">
            {i > 0 && one.group !== items[i - 1]!.group && <hr />}
            <Link to={one.path} current={current(one.path)}>
              <Icon name={one.name} />
              <span>{title(one.name)}</span>
              {one.name === "review" && <ReviewCount />}
            </Link>
          </span>
        ))}
      </nav>
      <header className="head">
        <button type="button" className="head-search" onClick={() => setPalette(true)} aria-haspopup="dialog">
          <Icon name="search" />
          {t.nav.search} <kbd>{lang() === "de" ? "Strg+K" : "Ctrl+K"}</kbd>
        </button>
        <Strip session={session} />
        <MenuTrigger>
          <Button className="button">{session.person?.name ?? t.nav.settings}</Button>
          <Popover className="popover">
            <Menu
              className="menu"
              aria-label={session.person?.name ?? t.nav.settings}
              onAction={(key) => {
                if (key === "language") setLang(lang() === "de" ? "en" : "de");
                else if (key === "theme") setTheme(isDark() ? "light" : "dark");
                else if (key === "help") setHelp(true);
                else if (key === "settings") go("/settings");
                else void leave();
              }}
            >
              <MenuItem id="settings" className="menu-item">{t.nav.settings}</MenuItem>
              <MenuItem id="language" className="menu-item">{t.palette.language}</MenuItem>
              <MenuItem id="theme" className="menu-item">{t.palette.theme}</MenuItem>
              <MenuItem id="help" className="menu-item">{t.help.title} (?)</MenuItem>
              <MenuItem id="out" className="menu-item">{t.signIn.signOut}</MenuItem>
            </Menu>
          </Popover>
        </MenuTrigger>
      </header>
      <Banner />
      <main id="main" ref={main} tabIndex={-1} className="main">
        <Outlet />
      </main>
      <nav className="bottom" aria-label={t.nav.label}>
        {(["today", "contacts", "tasks", "review"] as const).map((name) => (
          <Link key={name} to={open(name)} current={current(open(name))}>
            <Icon name={name} />
            {name === "review" ? t.nav.reviewShort : title(name)}
          </Link>
        ))}
        <button type="button" onClick={() => setPalette(true)}>
          <Icon name="more" />
          {t.nav.more}
        </button>
      </nav>
      {palette && <Palette onClose={() => setPalette(false)} onHelp={() => setHelp(true)} onCreate={setCreating} />}
      <Help open={help} onClose={() => setHelp(false)} />
      <NewDialog kind={creating} onClose={() => setCreating(null)} />
    </div>
  );
}

function ReviewCount(): ReactNode {
  const count = useConflicts().data?.count ?? 0;
  return count > 0 ? <span className="count versions"><Sign name="fork" /> {count}</span> : null;
}

/** Never asks for attention: what is connected, what is not sent yet, when the office was last heard. */
function Strip({ session }: { session: Session }): ReactNode {
  const t = useWords();
  const status = useStatus();
  const edits = unsent(useEdits());
  const [busy, setBusy] = useState(false);
  if (!status) return <span className="strip" />;
  const air = async (on: boolean): Promise<void> => {
    setBusy(true);
    try {
      client.setQueryData(["status"], await call<Status>("POST", "/airplane", { body: { on } }));
    } catch (error) {
      toast(problemText(error), { bad: true });
    }
    setBusy(false);
  };
  const local = session.mode !== "serve";
  const reach = status.airplane ? t.status.airplane : status.connected ? t.status.connected : status.last_contact ? t.status.offlineSince(when(status.last_contact)) : t.status.offline;
  return (
    <div className="strip" data-strip>
      {edits > 0 && <span className="warn">{t.status.sendingN(edits)}</span>}
      {local ? (
        <>
          <span className={status.connected && !status.airplane ? "dot" : "dot dot-off"} aria-hidden="true" />
          <span>
            {reach} · <span className={status.pending > 0 ? "warn" : ""}>{t.status.pending(status.pending)}</span>
            {/* While connected the last contact is now, and an absence names it already. */}
            {(status.airplane || !status.last_contact) && ` · ${status.last_contact ? t.status.last(when(status.last_contact)) : t.status.never}`}
          </span>
          {status.left_records > 0 && <span>{t.status.filling(status.left_records)}</span>}
          {session.mode === "phone" && (
            <Switch className="switch" isSelected={status.airplane} isDisabled={busy} onChange={(on) => void air(on)}>
              <span className="switch-track" aria-hidden="true" />
              {t.status.airplane}
            </Switch>
          )}
        </>
      ) : (
        status.devices_online !== undefined && (
          <Link to="/devices" className="flex items-center gap-2">
            <span className={status.devices_online > 0 ? "dot" : "dot dot-off"} aria-hidden="true" />
            {t.status.devicesOnline(status.devices_online)}
          </Link>
        )
      )}
    </div>
  );
}

/** After three seconds without the server; the loaded data stays usable. */
function Banner(): ReactNode {
  const t = useWords();
  const lostAt = useSyncExternalStore(net.subscribe, () => net.lostAt, () => null);
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (lostAt === null) {
      setShown(false);
      return;
    }
    const timer = setTimeout(() => setShown(true), Math.max(0, lostAt + 3000 - Date.now()));
    return () => clearTimeout(timer);
  }, [lostAt]);
  if (!shown || lostAt === null) return null;
  return (
    <div className="banner" role="alert" data-banner>
      <span>{t.banner.lost}</span>
      <Button className="button" onPress={() => net.ask()}>
        {t.common.retry}
      </Button>
      <span className="meta">{t.banner.id(lostAt.toString(16).slice(-4))}</span>
    </div>
  );
}
