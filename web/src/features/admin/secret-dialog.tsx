import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { useToast } from "@/ui/toast";
import css from "./admin.module.css";

// A secret that is shown once: it is copied or read out, then gone.
export function SecretDialog(props: { title: string; hint: string; secret: string; onClose: () => void }) {
  const t = useText();
  const toast = useToast();
  const copy = () => void navigator.clipboard?.writeText(props.secret).then(() => toast({ text: t.common.copied }));
  return (
    <Dialog
      title={props.title}
      onClose={props.onClose}
      footer={
        <>
          <Button onClick={copy}>{t.common.copy}</Button>
          <Button look="primary" onClick={props.onClose}>
            {t.common.close}
          </Button>
        </>
      }
    >
      <p>{props.hint}</p>
      {props.secret ? <div className={css.secret} data-testid="secret">{props.secret}</div> : <p>{t.admin.accounts.secretGone}</p>}
    </Dialog>
  );
}
