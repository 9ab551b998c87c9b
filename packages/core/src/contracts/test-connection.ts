/** One named step of `omd check`. */
export interface TestStep {
  /** OpenMetadata's step name, for instance `CheckAccess`. */
  readonly name: string;
  readonly description: string;
  /** A failed mandatory step ends the run before anything is read. */
  readonly mandatory: boolean;
  /** Throws when it fails; an error's `hint` says which permission is missing and how to mend it. Returns what it saw. */
  run(): Promise<string | undefined>;
}

export interface TestStepResult {
  readonly name: string;
  readonly description: string;
  readonly mandatory: boolean;
  readonly passed: boolean;
  readonly message?: string | undefined;
  readonly hint?: string | undefined;
}
