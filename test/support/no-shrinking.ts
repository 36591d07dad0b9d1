import fc from 'fast-check';

/** A property that fails need not say how little it takes: one failure is all that is asked for. */
fc.configureGlobal({ endOnFailure: true });
