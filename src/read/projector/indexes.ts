/** The indexes of one set of documents: made once it has caught up, since it is filled faster without. */
export class Indexes {
  readonly #make: () => Promise<unknown>;
  readonly #failed: (error: unknown) => void;
  #made = false;
  #underWay = false;

  constructor(make: () => Promise<unknown>, failed: (error: unknown) => void) {
    this.#make = make;
    this.#failed = failed;
  }

  get made(): boolean {
    return this.#made;
  }
  get underWay(): boolean {
    return this.#underWay;
  }

  /** Make them unless they are there or on their way. What fails is tried at the next call. */
  ensure(): void {
    if (this.#made || this.#underWay) return;
    this.#underWay = true;
    void this.#make()
      .then(() => {
        this.#made = true;
      }, this.#failed)
      .finally(() => {
        this.#underWay = false;
      });
  }
}
