/** A link inside the page, by path; the router adds the mount. */
import { useRouter } from "@tanstack/react-router";
import type { MouseEvent, ReactNode } from "react";

import { mount } from "../mount";

export function useGo(): (path: string, search?: Record<string, string>) => void {
  const router = useRouter();
  return (path, search) => {
    const tail = search && Object.keys(search).length ? `?${new URLSearchParams(search)}` : "";
    router.history.push(`${mount}${path}${tail}`);
  };
}

export function Link(props: { to: string; children: ReactNode; className?: string; current?: boolean; label?: string }): ReactNode {
  const go = useGo();
  return (
    <a
      href={`${mount}${props.to}`}
      className={props.className}
      aria-current={props.current ? "page" : undefined}
      aria-label={props.label}
      onClick={(event: MouseEvent) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        go(props.to);
      }}
    >
      {props.children}
    </a>
  );
}
