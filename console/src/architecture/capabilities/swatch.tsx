import { type Heat, heatClass } from './heat.js';

export const Swatch = ({ heat }: { readonly heat: Heat }) => (
  <svg className="swatch" width="16" height="16" aria-hidden="true">
    <g className={`map-box leaf ${heatClass(heat)}`}>
      <rect className="map-ground" x="1" y="1" width="14" height="14" rx="3" />
    </g>
  </svg>
);
