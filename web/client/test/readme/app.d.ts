import type { BackupSecret, LoginToken, Recovered, RecoveryCode, VaultClient } from "@coffer/client";
import type { BackupSource, ObjectStore } from "@coffer/client/backup";

/** What the README's examples take from the app around them. */
declare global {
  const trustPolicyText: string;
  const accountId: string;
  const deviceSeed: Uint8Array<ArrayBuffer>;
  const myServer: { login(fleetId: Uint8Array, deviceKey: Uint8Array): Promise<LoginToken> };
  const input: HTMLInputElement;
  const abort: AbortController;
  const client: VaultClient;
  const secret: BackupSecret;
  const end: Recovered;
  const store: ObjectStore;
  const source: BackupSource;
  function show(told: unknown): void;
  function useKey(octets: Uint8Array): void;
  function warn(problem: unknown): void;
  function save(path: string, part: Uint8Array): Promise<void>;
  function note(path: string, sentence: string): void;
  function trusted(url: string): string;
  function typedCode(text: string): RecoveryCode | undefined;
}
