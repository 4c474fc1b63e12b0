/** A refusal in the page's words, with the id to copy. */
import { Problem } from "../api/client";
import { words } from "../i18n/index";

export function problemText(error: unknown): string {
  const { errors } = words();
  if (!(error instanceof Problem)) return errors.generic;
  if (error.status === 0) return errors.unreachable;
  const code = error.code.replaceAll("-", "_");
  const known = errors.code[code] ?? (error.status === 401 ? errors.code.unauthorized : error.status === 403 ? errors.code.forbidden : error.status === 404 ? errors.code.not_found : error.status === 429 ? errors.code.too_many_requests : error.status >= 500 ? errors.code.internal : errors.generic);
  return error.traceId ? `${known} ${errors.at(error.traceId.slice(0, 8))}` : (known ?? errors.generic);
}
