/** Elements, without a framework: text is only ever text, so that nothing of the vault or the user becomes markup. */

export type Child = Node | string | false | undefined;
type Attributes = Readonly<Record<string, string | number | boolean | ((event: Event) => void)>>;

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name, value);
    } else if (value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...children.filter((child) => child !== false && child !== undefined));
  return element;
}

export function button(label: string, act: () => void, kind = "plain"): HTMLButtonElement {
  return h("button", { type: "button", class: kind, click: act }, label);
}

/** A form that never leaves the page: what was typed goes to `submit`, and the fields are emptied. */
export function form(submit: (values: readonly string[]) => void, ...children: readonly Child[]): HTMLFormElement {
  return h(
    "form",
    {
      novalidate: true,
      submit: (event) => {
        event.preventDefault();
        const fields = [...(event.target as HTMLFormElement).querySelectorAll<HTMLInputElement>("[name]")];
        const values = fields.map((field) => field.value);
        for (const field of fields) {
          field.value = "";
        }
        submit(values);
      },
    },
    ...children,
  );
}

export interface FieldOptions {
  readonly secret?: boolean;
  readonly lines?: number;
  readonly complete?: string;
  readonly describedBy?: string;
}

let fields = 0;

/** A labelled field. What is typed into it is not corrected, completed or capitalised. */
export function field(
  label: string,
  options: FieldOptions = {},
): { readonly row: HTMLElement; input: HTMLInputElement } {
  const id = `field-${++fields}`;
  const attributes = {
    id,
    name: id,
    autocomplete: options.complete ?? "off",
    autocapitalize: "none",
    autocorrect: "off",
    spellcheck: "false",
    "aria-describedby": options.describedBy ?? false,
  };
  const input =
    options.lines === undefined
      ? h("input", { ...attributes, type: options.secret === true ? "password" : "text" })
      : h("textarea", { ...attributes, rows: options.lines });
  return { row: h("p", { class: "field" }, h("label", { for: id }, label), input), input: input as HTMLInputElement };
}

/** A box to tick. */
export function check(label: string, changed: (checked: boolean) => void, checked = false): HTMLElement {
  const id = `field-${++fields}`;
  const change = (event: Event) => changed((event.target as HTMLInputElement).checked);
  const box = h("input", { id, type: "checkbox", checked, change });
  return h("p", { class: "check" }, box, h("label", { for: id }, label));
}

/** Whether what is typed into these fields can be read. */
export function reveal(label: string, inputs: readonly HTMLInputElement[]): HTMLElement {
  return check(label, (readable) => {
    for (const input of inputs) {
      input.type = readable ? "text" : "password";
    }
  });
}
