/** Small drawn signs: no font carries them everywhere. Always beside words or a name for readers. */
import type { ReactNode } from "react";

const shapes = {
  /** Two versions of one field. */
  fork: "M8 14.500V9M8 9L3.500 5V2M8 9l4.500-4V2M2 3.500L3.500 2 5 3.500M11 3.500L12.500 2 14 3.500",
  phone: "M4.500 2l2 3-1.500 1.500c.6 1.700 2.300 3.400 4 4L10.500 9l3 2-.7 2.500c-5 .8-10.600-4.300-10.300-10z",
};

export function Sign({ name }: { name: keyof typeof shapes }): ReactNode {
  return (
    <svg className="sign" viewBox="0 0 16 16" aria-hidden="true">
      <path d={shapes[name]} />
    </svg>
  );
}
