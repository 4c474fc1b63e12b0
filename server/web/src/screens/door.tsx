/** The way in: password, one-time link, or setting Farley up. The token stays in the fragment, which is never sent. */
import { useEffect, useRef, useState, type ReactNode } from "react";
import { Button } from "react-aria-components";

import { call, Problem } from "../api/client";
import { client } from "../api/queries";
import type { Session } from "../api/types";
import { setLang, useLang, useWords, words } from "../i18n/index";
import { mount } from "../mount";
import { problemText } from "../ui/problem";

export function Door({ session }: { session: Session | undefined }): ReactNode {
  const path = location.pathname.slice(mount.length);
  // Taken out of the address at once: it must not stay in the history.
  const [token] = useState(() => decodeURIComponent(location.hash.slice(1)));
  useEffect(() => {
    if (location.hash) history.replaceState(null, "", `${location.pathname}${location.search}`);
  }, []);
  return (
    <main className="door">
      <div className="door-card">
        <div className="flex items-center justify-between">
          <strong className="text-[16px]">Farley</strong>
          <Language />
        </div>
        {path === "/setup" && token ? <Setup token={token} /> : path === "/link" && token ? <ByLink token={token} /> : session?.needs_setup ? <NeedsSetup /> : session && session.mode !== "serve" ? <NeedsLink /> : <ByPassword />}
      </div>
    </main>
  );
}

function ByPassword(): ReactNode {
  const t = useWords();
  // A browser drops the secure cookie on plain http to another computer: say so instead of looping.
  const insecure = location.protocol === "http:" && !["localhost", "127.0.0.1", "[::1]"].includes(location.hostname) ? t.signIn.insecure : undefined;
  return (
    <NameAndPassword
      title={t.signIn.title}
      go={t.signIn.go}
      password="current-password"
      warning={insecure}
      send={async (name, password) => {
        await call<Session>("POST", "/session", { body: { name, password } });
        return (await enter()) ? null : (insecure ?? t.signIn.wrong);
      }}
      explain={(status) => (status === 401 ? t.signIn.wrong : status === 429 ? t.signIn.many : null)}
    />
  );
}

function Setup({ token }: { token: string }): ReactNode {
  const t = useWords();
  return (
    <NameAndPassword
      title={t.signIn.setupTitle}
      intro={t.signIn.setupIntro}
      hint={t.signIn.passwordHint}
      go={t.signIn.setupGo}
      password="new-password"
      send={async (name, password) => {
        if (!name) return t.settings.nameMissing;
        if (password.length < 12) return t.signIn.passwordShort;
        await call<Session>("POST", "/setup", { body: { token, name, password } });
        return (await enter()) ? null : t.signIn.setupBad;
      }}
      explain={(status) => ([401, 403, 404, 409, 410].includes(status) ? t.signIn.setupBad : null)}
    />
  );
}

interface Way {
  title: string;
  intro?: string;
  hint?: string;
  warning?: string;
  go: string;
  password: "current-password" | "new-password";
  /** Null when signed in, else why not. */
  send: (name: string, password: string) => Promise<string | null>;
  /** What a refusal with this status means here. */
  explain: (status: number) => string | null;
}

function NameAndPassword(way: Way): ReactNode {
  const t = useWords();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const go = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      setError(await way.send(name.trim(), password));
    } catch (problem) {
      setError((problem instanceof Problem && way.explain(problem.status)) || problemText(problem));
    }
    setBusy(false);
  };
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        void go();
      }}
    >
      <h1>{way.title}</h1>
      {way.intro && <p className="soft">{way.intro}</p>}
      <label>
        {t.signIn.name}
        <input autoFocus autoComplete="username" value={name} onChange={(event) => setName(event.target.value)} />
      </label>
      <label>
        {t.signIn.password}
        <input type="password" autoComplete={way.password} aria-describedby={way.hint ? "password-hint" : undefined} value={password} onChange={(event) => setPassword(event.target.value)} />
      </label>
      {way.hint && (
        <span id="password-hint" className="meta">
          {way.hint}
        </span>
      )}
      {error && <p role="alert" className="error">{error}</p>}
      {way.warning && !error && <p className="warn">{way.warning}</p>}
      <Button type="submit" className="button button-main" isDisabled={busy}>
        {way.go}
      </Button>
    </form>
  );
}

function ByLink({ token }: { token: string }): ReactNode {
  const t = useWords();
  const [error, setError] = useState<string | null>(null);
  const sent = useRef(false);
  useEffect(() => {
    // Once: the link is used up by the first try.
    if (sent.current) return;
    sent.current = true;
    call<Session>("POST", "/session/link", { body: { token } })
      .then(() => enter())
      .catch((problem: unknown) => setError(problem instanceof Problem && problem.status !== 0 && problem.status < 500 ? words().signIn.linkBad : problemText(problem)));
  }, [token]);
  return error ? <p role="alert">{error}</p> : <p role="status">{t.signIn.linkBusy}</p>;
}

function NeedsSetup(): ReactNode {
  const t = useWords();
  return (
    <>
      <h1>{t.signIn.setupTitle}</h1>
      <p>{t.signIn.setupNeedsLink}</p>
    </>
  );
}

function NeedsLink(): ReactNode {
  const t = useWords();
  return (
    <>
      <h1>{t.signIn.title}</h1>
      <p>{t.signIn.linkNeeded}</p>
    </>
  );
}

export function Language(): ReactNode {
  const lang = useLang();
  return (
    <span className="seg" role="group" aria-label="Sprache · Language">
      <button type="button" lang="de" aria-pressed={lang === "de"} onClick={() => setLang("de")}>
        Deutsch
      </button>
      <button type="button" lang="en" aria-pressed={lang === "en"} onClick={() => setLang("en")}>
        English
      </button>
    </span>
  );
}

/** Signed in: everything is read anew, and the address shows where we are. False if the browser kept no session. */
async function enter(): Promise<boolean> {
  const session = await call<Session>("GET", "/session");
  if (!session.signed_in) return false;
  if (["/link", "/setup"].includes(location.pathname.slice(mount.length))) history.replaceState(null, "", `${mount}/`);
  client.clear();
  client.setQueryData(["session"], session);
  location.reload();
  return true;
}
