/** Devices: who, which, when last seen, what waits; connect one by QR, lock one. */
import { useEffect, useState, type ReactNode } from "react";
import { Button } from "react-aria-components";

import { call } from "../api/client";
import { client, useDevices, usePeople, useSession } from "../api/queries";
import type { Device, Invitation } from "../api/types";
import { number, when } from "../i18n/format";
import { useWords } from "../i18n/index";
import { Layer } from "../ui/dialog";
import { problemText } from "../ui/problem";
import { toast } from "../ui/toast";

export default function DevicesScreen(): ReactNode {
  const t = useWords();
  const session = useSession().data;
  const serve = session?.mode === "serve";
  const { data, error } = useDevices(serve);
  const [connecting, setConnecting] = useState(false);
  const [locking, setLocking] = useState<Device | null>(null);
  if (session && !serve) {
    return (
      <div className="main-inner">
        <h1>{t.devices.title}</h1>
        <p className="empty max-w-[640px]">{t.devices.serverOnly}</p>
      </div>
    );
  }
  return (
    <div className="main-inner">
      <div className="toolbar">
        <h1>
          {t.devices.title} {data ? `(${data.devices.length})` : ""}
        </h1>
        <Button className="button button-main push" onPress={() => setConnecting(true)}>
          {t.devices.connect}
        </Button>
      </div>
      {error && !data && <p role="alert" className="error">{problemText(error)}</p>}
      {data && data.devices.length === 0 && <p className="empty">{t.devices.empty}</p>}
      {data && data.devices.length > 0 && (
        <div className="table-wrap" tabIndex={0} role="region" aria-label={t.devices.title}>
          <table className="table table-cards">
            <thead>
              <tr>
                <th>{t.devices.device}</th>
                <th>{t.devices.person}</th>
                <th>{t.devices.state}</th>
                <th>{t.devices.lastSeen}</th>
                <th>{t.devices.pending}</th>
                <th>{t.devices.behind}</th>
                <th>{t.devices.clock}</th>
                <th>{t.devices.key}</th>
                <th>
                  <span className="sr-only">{t.devices.revoke}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.devices.map((device) => (
                <Line key={device.id} device={device} onLock={() => setLocking(device)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {connecting && <Connect known={data?.devices.length ?? 0} onClose={() => setConnecting(false)} />}
      {locking && <Lock device={locking} onClose={() => setLocking(null)} />}
    </div>
  );
}

function Line({ device, onLock }: { device: Device; onLock: () => void }): ReactNode {
  const t = useWords();
  const skew = device.clock_skew_ms ?? 0;
  return (
    <tr>
      <td>
        <strong>{device.name}</strong>
        <span className="meta block">{[device.platform, device.app].filter(Boolean).join(" · ")}</span>
      </td>
      <td>{device.person_name}</td>
      <td>
        {device.revoked_at ? (
          <span className="bad">
            {t.devices.revoked} · {when(device.revoked_at)}
          </span>
        ) : device.connected ? (
          <span className="good whitespace-nowrap">
            <span className="dot" aria-hidden="true" /> {t.devices.online}
            {device.carrier ? ` · ${t.status.carrier[device.carrier] ?? device.carrier}` : ""}
          </span>
        ) : (
          <span className="soft whitespace-nowrap">
            <span className="dot dot-off" aria-hidden="true" /> {t.devices.offline}
          </span>
        )}
      </td>
      <td className="num whitespace-nowrap"><Head>{t.devices.lastSeen}</Head>{device.last_seen ? when(device.last_seen) : t.devices.unknown}</td>
      <td className="num"><Head>{t.devices.pending}</Head>{device.pending === null ? t.devices.unknown : number(device.pending)}</td>
      <td className="num"><Head>{t.devices.behind}</Head>{device.behind === null ? t.devices.unknown : number(device.behind)}</td>
      <td><Head>{t.devices.clock}</Head>{device.clock_skew_ms === null ? <span className="meta">{t.devices.unknown}</span> : Math.abs(skew) > 120_000 ? <span className="warn">! {t.devices.clockOff(Math.round(skew / 60_000))}</span> : <span className="soft">{t.devices.clockOk}</span>}</td>
      <td className="meta num"><Head>{t.devices.key}</Head>{device.fingerprint.slice(0, 17)}</td>
      <td className="table-action">
        {!device.revoked_at && (
          <Button className="button button-bad" aria-label={`${t.devices.revoke}: ${device.name}, ${device.person_name}`} onPress={onLock}>
            {t.devices.revoke}
          </Button>
        )}
      </td>
    </tr>
  );
}

/** The head of the column, where a card has none. */
function Head({ children }: { children: string }): ReactNode {
  return <span className="card-head only-narrow">{children}</span>;
}

function Connect({ known, onClose }: { known: number; onClose: () => void }): ReactNode {
  const t = useWords();
  const session = useSession().data;
  const people = usePeople(true).data?.people ?? [];
  const [person, setPerson] = useState("");
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [start] = useState(known);
  const chosen = person || session?.person?.id || people[0]?.id || "";
  useEffect(() => {
    if (!invitation) return;
    // The stream says when a device connects; this is for browsers that lost it.
    const timer = setInterval(() => void client.invalidateQueries({ queryKey: ["devices"] }), 3000);
    return () => clearInterval(timer);
  }, [invitation]);
  const make = async (): Promise<void> => {
    setError(null);
    try {
      setInvitation(await call<Invitation>("POST", "/invitations", { body: { person: chosen } }));
    } catch (problem) {
      setError(problemText(problem));
    }
  };
  const who = people.find((one) => one.id === chosen)?.name ?? session?.person?.name ?? "";
  return (
    <Layer title={t.devices.connect} open onClose={onClose} wide>
      {!invitation ? (
        <div className="form">
          <label>
            {t.devices.forWhom}
            <select autoFocus value={chosen} onChange={(event) => setPerson(event.target.value)}>
              {people.length === 0 && session?.person && <option value={session.person.id}>{session.person.name}</option>}
              {people.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </select>
          </label>
          {error && <p role="alert" className="error">{error}</p>}
          <Button className="button button-main" isDisabled={!chosen} onPress={() => void make()}>
            {t.devices.make}
          </Button>
        </div>
      ) : (
        <div className="flex gap-4 flex-wrap">
          {/* The picture is our server's own SVG; as an image it cannot run anything. */}
          <img className="qr" alt={t.devices.step2} src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(invitation.qr_svg)}`} />
          <div className="grid gap-2 content-start flex-[1_1_240px] min-w-0">
            <ol className="list-decimal pl-5">
              <li>{t.devices.step1}</li>
              <li>{t.devices.step2}</li>
            </ol>
            <p className="soft">{t.devices.valid(when(typeof invitation.expires === "number" ? invitation.expires : Date.parse(invitation.expires)), who)}</p>
            {invitation.code && <p>{t.devices.compare(invitation.code)}</p>}
            <label className="meta">
              {t.devices.link}
              <input readOnly className="w-full" value={invitation.link} onFocus={(event) => event.target.select()} />
            </label>
            <Button className="button justify-self-start" onPress={() => void navigator.clipboard?.writeText(invitation.link).then(() => toast(t.common.copied))}>
              {t.common.copy}
            </Button>
            {known > start && <p role="status" className="good">{t.devices.connected}</p>}
          </div>
        </div>
      )}
    </Layer>
  );
}

function Lock({ device, onClose }: { device: Device; onClose: () => void }): ReactNode {
  const t = useWords();
  const [busy, setBusy] = useState(false);
  const lock = async (): Promise<void> => {
    setBusy(true);
    try {
      await call("POST", `/devices/${device.id}/revoke`, { body: {} });
      await client.invalidateQueries({ queryKey: ["devices"] });
      toast(t.devices.lockedNow(device.name));
      onClose();
    } catch (error) {
      toast(problemText(error), { bad: true });
      setBusy(false);
    }
  };
  return (
    <Layer title={t.devices.revokeTitle(device.name)} open onClose={onClose} role="alertdialog">
      <p>{t.devices.revokeText}</p>
      <span className="flex gap-2">
        <Button className="button button-bad" isDisabled={busy} onPress={() => void lock()}>
          {t.devices.revoke}
        </Button>
        <Button className="button" autoFocus onPress={onClose}>
          {t.common.cancel}
        </Button>
      </span>
    </Layer>
  );
}
