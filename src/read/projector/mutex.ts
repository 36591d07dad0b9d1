/** Does one thing after the other, in the order asked for. One that fails does not stop the next. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => {});
    return mine;
  }

  /** The same if its turn comes within so many milliseconds; else it is not done: undefined. */
  runWithin<T>(ms: number, work: () => Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      let gaveUp = false;
      const timer = setTimeout(() => {
        gaveUp = true;
        resolve(undefined);
      }, ms);
      void this.run(async () => {
        if (gaveUp) return;
        clearTimeout(timer);
        await work().then(resolve, reject);
      });
    });
  }
}
