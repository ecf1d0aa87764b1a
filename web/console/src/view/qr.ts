/** A QR code (ISO/IEC 18004) of a text in capitals, dark on light whatever the theme. Loaded when a key is shown. */

const SVG = "http://www.w3.org/2000/svg";

export async function qrCode(text: string): Promise<SVGElement> {
  const { encode } = await import("uqr");
  // Medium correction and the standard's margin of four, as the Java command draws it.
  const { size, data } = encode(text.toUpperCase(), { ecc: "M", border: 4 });
  const modules = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  svg.setAttribute("shape-rendering", "crispEdges");
  svg.setAttribute("aria-hidden", "true");
  for (const [d, fill] of [
    [`M0 0h${size}v${size}h-${size}z`, "#fff"],
    [modules.join(""), "#000"],
  ] as const) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    path.setAttribute("fill", fill);
    svg.append(path);
  }
  return svg;
}
