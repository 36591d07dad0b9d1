import { ElementLink } from '../landscape/element-link.js';
import { kindWord, type Named, nameOf } from '../landscape/name-of.js';
import type { Reached } from './impact-answer.js';
import { verbOf, wayInWords } from './way-in-words.js';

/** The shortest way from the start to an element, step by step and in words. */
export const TheWay = ({
  start,
  to,
  onStart,
  onClose,
}: {
  readonly start: Named;
  readonly to: Reached;
  readonly onStart: () => void;
  readonly onClose: () => void;
}) => (
  <section className="card way" aria-label="The way to the chosen element">
    <header>
      <h2>
        {nameOf(start)} → {nameOf(to)}
      </h2>
      <div className="row">
        <button type="button" className="button small" onClick={onStart}>
          Start from {nameOf(to)}
        </button>
        <button type="button" className="button quiet small" aria-label="Close" onClick={onClose}>
          ✕
        </button>
      </div>
    </header>
    <div className="body stack">
      <ol className="steps" aria-label={wayInWords(nameOf(start), to.path)}>
        <li>
          <span className="small soft">{kindWord(start.type)}</span>
          <ElementLink one={start} />
        </li>
        {to.path.map((step) => (
          <li key={`${step.to.type}:${step.to.id}`}>
            <span className="small soft">
              {verbOf(step)} the {kindWord(step.to.type)}
              {step.confidence < 1 && `, ${Math.round(step.confidence * 100)} % sure`}
            </span>
            <ElementLink one={step.to} />
          </li>
        ))}
      </ol>
      <p className="visually-hidden" role="status">
        The shortest way, {to.distance} step{to.distance === 1 ? '' : 's'}:{' '}
        {wayInWords(nameOf(start), to.path)}.
      </p>
    </div>
  </section>
);
