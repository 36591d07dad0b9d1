import { soundXml } from '../../../src/core/picture/text.js';

/** What of its style a picture takes along into a file. */
const KEPT = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
] as const;

const NAMESPACE = 'http://www.w3.org/2000/svg';
/** Left and right, above and below the picture in the file, in pixels. */
const MARGIN = 24;

/** A picture on the page as a file of its own: styles are written into it, tokens as colours. */
const standalone = (svg: SVGSVGElement): string => {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const copies = [...copy.querySelectorAll('*')];
  for (const [nth, element] of [...svg.querySelectorAll('*')].entries()) {
    const style = getComputedStyle(element);
    const target = copies[nth];
    for (const name of KEPT) target?.setAttribute(name, style.getPropertyValue(name));
    for (const name of ['class', 'style', 'tabindex', 'role']) target?.removeAttribute(name);
  }
  const { width, height } = svg.viewBox.baseVal;
  const [wide, high] = [width + 2 * MARGIN, height + 2 * MARGIN];
  const ground = document.createElementNS(NAMESPACE, 'rect');
  for (const [name, value] of Object.entries({ x: -MARGIN, y: -MARGIN, width: wide, height: high }))
    ground.setAttribute(name, String(value));
  ground.setAttribute('fill', getComputedStyle(document.body.parentElement ?? svg).backgroundColor);
  copy.prepend(ground);
  copy.setAttribute('xmlns', NAMESPACE);
  copy.setAttribute('viewBox', `${-MARGIN} ${-MARGIN} ${wide} ${high}`);
  copy.setAttribute('width', String(wide));
  copy.setAttribute('height', String(high));
  for (const name of ['class', 'style']) copy.removeAttribute(name);
  // Names may hold characters that a page shows and no file of XML may have.
  return soundXml(new XMLSerializer().serializeToString(copy));
};

/** Hand a text to the browser as a file. */
export const saveText = (text: string, name: string, type: string): void => {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to read it by the next turn.
  setTimeout(() => URL.revokeObjectURL(url), 0);
};

/** Save a picture of the page as `name`, drawn as it is seen. */
export const saveSvg = (svg: SVGSVGElement, name: string): void =>
  saveText(standalone(svg), name, 'image/svg+xml');
