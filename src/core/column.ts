/** How an indexed field is compared; a `list` matches by any of its members. */
export type ColumnType = 'text' | 'number' | 'boolean' | 'list';
export type Column = {
  readonly name: string;
  readonly type: ColumnType;
  /** In the order in which people look for words: see `peopleKey`. Else by code points. */
  readonly order?: 'people';
};
