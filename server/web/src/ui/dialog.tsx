/** A dialog that floats over the page; Esc goes back exactly one layer. */
import type { ReactNode } from "react";
import { Button, Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";

import { useWords } from "../i18n/index";

export function Layer(props: { title: string; open: boolean; onClose: () => void; children: ReactNode; wide?: boolean; role?: "dialog" | "alertdialog" }): ReactNode {
  const t = useWords();
  return (
    <ModalOverlay className="overlay" isOpen={props.open} onOpenChange={(open) => !open && props.onClose()} isDismissable>
      <Modal className={props.wide ? "modal modal-wide" : "modal"}>
        <Dialog className="dialog" role={props.role}>
          <div className="dialog-head">
            <Heading slot="title" className="title-2">
              {props.title}
            </Heading>
            <Button className="icon-button" aria-label={t.common.close} onPress={props.onClose}>
              ×
            </Button>
          </div>
          {props.children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
