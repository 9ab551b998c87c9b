import { useState } from "react";
import { keepToken } from "../token.ts";

/** Asks for the token of `omd serve --token-file`, and starts the page anew with it. */
export function TokenForm() {
  const [value, setValue] = useState("");
  const [said, setSaid] = useState("");
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        try {
          keepToken(value.trim());
          location.reload();
        } catch {
          setSaid("The browser forbids this page to keep a token.");
        }
      }}
    >
      <label className="row">
        Token of this server
        <input
          type="password"
          autoComplete="current-password"
          required
          value={value}
          onChange={(event) => setValue(event.target.value)}
        />
      </label>
      <button type="submit">Use it</button>
      <span role="status">{said}</span>
    </form>
  );
}
