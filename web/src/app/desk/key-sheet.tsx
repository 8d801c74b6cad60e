import { Fragment } from "react";
import { useText } from "@/text/text";
import { Dialog } from "@/ui/dialog";
import css from "./desk.module.css";

export function KeySheet({ onClose }: { onClose: () => void }) {
  const t = useText().parts.keys;
  const groups: [string, [string[], string][]][] = [
    [
      t.everywhere,
      [
        [["g", "h"], t.home],
        [["g", "i"], t.incoming],
        [["g", "o"], t.outgoing],
        [["c"], t.compose],
        [["?"], t.help],
        [["Esc"], t.close],
      ],
    ],
    [
      t.lists,
      [
        [["j", "k"], t.move],
        [["Home", "End"], t.ends],
        [["Enter"], t.open],
        [["/"], t.find],
      ],
    ],
    [
      t.forms,
      [
        [["F2", "Ctrl S"], t.save],
        [["Ctrl Enter"], t.saveNext],
        [["F8"], t.notOfficial],
      ],
    ],
    [
      t.reading,
      [
        [["+", "-"], t.pdfZoom],
        [["n", "p"], t.pdfPage],
      ],
    ],
  ];
  return (
    <Dialog title={t.title} wide onClose={onClose}>
      <div className={css.keys}>
        {groups.map(([title, keys]) => (
          <div key={title}>
            <h3>{title}</h3>
            <ul>
              {keys.map(([names, what]) => (
                <li key={what}>
                  {what}
                  <span>
                    {names.map((n, i) => (
                      <Fragment key={n}>
                        {i > 0 ? " " : null}
                        <kbd>{n}</kbd>
                      </Fragment>
                    ))}
                  </span>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
    </Dialog>
  );
}
