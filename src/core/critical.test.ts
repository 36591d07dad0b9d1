import { expect, it } from 'vitest';
import { actors } from '../../actors/index.js';
import { criticalEvents } from './critical.js';

const of = (name: string) => criticalEvents(actors.find((one) => one.name === name)!);

it('create, delete and change of classification raise an audit alert (REQ-022), and no more', () => {
  const found = of('Application');
  expect(found.get('ApplicationCreated')).toEqual({
    change: 'created',
    commands: ['CreateApplication'],
  });
  expect(found.get('ApplicationDeleted')?.change).toBe('deleted');
  expect(found.get('DataClassificationChanged')).toEqual({
    change: 'changed',
    commands: ['SetDataClassification'],
  });
  // The general correction is critical and may correct either.
  expect(found.get('DataClassificationCorrected')?.commands).toHaveLength(2);
  expect([...found.keys()].sort()).toEqual([
    'ApplicationCreated',
    'ApplicationDeleted',
    'DataClassificationChanged',
    'DataClassificationCorrected',
    'LifecycleCorrected',
  ]);
  expect([...of('Server').values()].map(({ change }) => change)).toEqual(['created', 'deleted']);
});
