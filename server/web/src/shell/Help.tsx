/** The keyboard map. */
import type { ReactNode } from "react";

import { useWords } from "../i18n/index";
import { Layer } from "../ui/dialog";

export function Help({ open, onClose }: { open: boolean; onClose: () => void }): ReactNode {
  const t = useWords();
  return (
    <Layer title={t.help.title} open={open} onClose={onClose} wide>
      <table className="table">
        <tbody>
          {t.help.rows.map(([keys, what]) => (
            <tr key={what}>
              <td className="whitespace-nowrap">
                {keys.split(" · ").map((key, i) => (
                  <span key={key}>
                    {i > 0 && " · "}
                    <kbd>{key}</kbd>
                  </span>
                ))}
              </td>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Layer>
  );
}
