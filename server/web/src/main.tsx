/** The page starts here: routes over one shell, every screen but Today in its own file loaded on demand. */
import "./main.css";

import { QueryClientProvider } from "@tanstack/react-query";
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, RouterProvider } from "@tanstack/react-router";
import { createRoot } from "react-dom/client";

import { client } from "./api/queries";
import { lang } from "./i18n/index";
import { mount } from "./mount";
import { Shell } from "./shell/Shell";
import { startKeys } from "./ui/keys";
import { applyTheme } from "./ui/prefs";

const root = createRootRoute({ component: Shell });
const screen = (path: string, load: () => Promise<{ default: () => React.ReactNode }>): ReturnType<typeof createRoute> =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load) }) as never;

const routes = [
  screen("/", () => import("./screens/today")),
  screen("/link", () => import("./screens/today")),
  screen("/setup", () => import("./screens/today")),
  screen("/review", () => import("./screens/review")),
  screen("/arrivals", () => import("./screens/arrivals")),
  screen("/devices", () => import("./screens/devices")),
  screen("/import", () => import("./screens/import")),
  screen("/settings", () => import("./screens/settings")),
  screen("/$plural", () => import("./screens/list")),
  screen("/$plural/$id", () => import("./screens/record")),
];

const router = createRouter({
  routeTree: root.addChildren(routes),
  basepath: mount || "/",
  // The view of a list is text in the address; nothing is turned into numbers or objects.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(search as Record<string, string>).toString();
    return text ? `?${text}` : "";
  },
  defaultPreload: false,
});

document.documentElement.lang = lang();
applyTheme();
startKeys();
createRoot(document.getElementById("root")!).render(
  <QueryClientProvider client={client}>
    <RouterProvider router={router} />
  </QueryClientProvider>,
);
