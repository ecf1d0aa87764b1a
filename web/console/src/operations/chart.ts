import { h } from "../view/dom.js";

/** Charts as SVG, made of elements: no markup from text, no styles in attributes. */

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 320;
const HEIGHT = 64;

type Attributes = Readonly<Record<string, string | number>>;

function svg(tag: string, attributes: Attributes, ...children: readonly Element[]): SVGElement {
  const element = document.createElementNS(SVG, tag) as SVGElement;
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

export interface Dot {
  readonly at: number;
  readonly value: number | undefined;
}

/** Lines over time, with a gap where nothing is known; `said` is what a screen reader reads. */
export function line(dots: readonly Dot[], said: string): SVGElement {
  const from = dots[0]?.at ?? 0;
  const span = Math.max(1, (dots.at(-1)?.at ?? 0) - from);
  const most = Math.max(1e-9, ...dots.map(({ value }) => value ?? 0));
  const lines: string[][] = [[]];
  for (const { at, value } of dots) {
    if (value === undefined) {
      lines.push([]);
    } else {
      const x = (((at - from) / span) * (WIDTH - 4) + 2).toFixed(1);
      lines.at(-1)?.push(`${x},${(HEIGHT - 2 - (value / most) * (HEIGHT - 4)).toFixed(1)}`);
    }
  }
  return svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": said, class: "line", preserveAspectRatio: "none" },
    svg("path", { d: `M0 ${HEIGHT - 1}H${WIDTH}`, class: "ground" }),
    ...lines
      .filter((points) => points.length > 0)
      .map((points) => svg("polyline", { points: [...points, ...(points.length === 1 ? points : [])].join(" ") })),
  );
}

/** A bar for eyes; the number stands beside it. */
export function bar(share: number): SVGElement {
  return svg(
    "svg",
    { viewBox: "0 0 100 10", "aria-hidden": "true", class: "bar", preserveAspectRatio: "none" },
    svg("rect", { x: 0, y: 0, height: 10, width: Math.round(share * 1_000) / 10 }),
  );
}

type Cell = Node | string;

/** A table that scrolls by itself where the page is narrow, by keyboard as well; only its rows change. */
export interface Table {
  readonly element: HTMLElement;
  fill(rows: readonly (readonly Cell[])[]): void;
}

export function table(caption: string, head: readonly string[]): Table {
  const body = h("tbody");
  const columns = h("tr", {}, ...head.map((one) => h("th", { scope: "col" }, one)));
  const whole = h("table", {}, h("caption", {}, caption), h("thead", {}, columns), body);
  return {
    element: h("div", { class: "scroll", role: "region", tabindex: 0, "aria-label": caption }, whole),
    fill: (rows) =>
      body.replaceChildren(
        ...rows.map(([first = "", ...rest]) =>
          h("tr", {}, h("th", { scope: "row" }, first), ...rest.map((cell) => h("td", {}, cell))),
        ),
      ),
  };
}
