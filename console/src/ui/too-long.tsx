/** Nothing that was pasted is cut off in silence: what is too much is said beside it. */
export const TooLong = ({ text, max }: { readonly text: string; readonly max: number }) =>
  text.length > max ? (
    <span className="wrong" role="status">
      {text.length.toLocaleString('en')} characters, {max.toLocaleString('en')} at most
    </span>
  ) : null;
