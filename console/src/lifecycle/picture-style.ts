import { styleOf } from '../../../src/core/picture/style.js';

let said = false;

/**
 * The style of pictures, once for the page. A style element in each picture is what the content
 * security policy forbids; a sheet that a script builds is not.
 */
export const pictureStyle = (): void => {
  if (said) return;
  said = true;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styleOf('auto', { counts: true }));
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
};
